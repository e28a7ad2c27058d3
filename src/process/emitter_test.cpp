#include <gtest/gtest.h>

#include "zooport/process/emitter.hpp"
#include "zooport/process/registry.hpp"

namespace zooport::process {

namespace {

onnx::Model identity(std::int64_t opset) {
  onnx::Model model;
  model.ir_version = 8;
  model.set_opset(opset);
  onnx::ValueInfo x;
  x.name = "x";
  x.type.element = onnx::ElementType::kFloat;
  model.graph.inputs = {x};
  x.name = "y";
  model.graph.outputs = {x};
  onnx::Node node;
  node.op = "Identity";
  node.inputs = {"x"};
  node.outputs = {"y"};
  model.graph.nodes = {node};
  return model;
}

struct Emitted {
  onnx::Model model;
  Result<void> result;
  int count(std::string_view op) const {
    int found = 0;
    for (const onnx::Node& node : model.graph.nodes) found += node.op == op ? 1 : 0;
    return found;
  }
};

Emitted emitted(std::string_view name, std::map<std::string, Value, std::less<>> values,
                const Measured* frozen = nullptr, std::int64_t opset = 13,
                tensor::Dtype dtype = tensor::Dtype::kFloat32) {
  const tensor::Axes axes = tensor::axes_from_letters("bcyx");
  Emitted out{identity(opset), {}};
  onnx::Builder builder(out.model);
  Emitter emitter(builder, {builder.open_output("y").value(), axes, dtype});
  const auto made = make_operation(name, Parameters{std::move(values)}, axes);
  EXPECT_TRUE(made.ok()) << made.error().what.message;
  out.result = (*made)->emit(emitter, frozen);
  builder.close_output("y", emitter.now().value);
  return out;
}

Measured frozen_for(std::string_view name, const std::map<std::string, Value, std::less<>>& values,
                    const tensor::Shape& shape) {
  const auto made = make_operation(name, Parameters{values}, tensor::axes_from_letters("bcyx"));
  Measured measured;
  const auto count = static_cast<std::size_t>(tensor::element_count(shape));
  for (const Measure& measure : (*made)->measures()) {
    measured[measure] = {shape, std::vector<double>(count, 1), {"batch", "channel", "y", "x"}};
  }
  return measured;
}

void expect_refusal(const Emitted& emitted, std::string_view word) {
  ASSERT_FALSE(emitted.result.ok()) << word;
  EXPECT_EQ(emitted.result.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(emitted.result.error().what.id, "process.not-in-graph");
  EXPECT_NE(emitted.result.error().what.message.find(word), std::string::npos) << emitted.result.error().what.message;
}

}  // namespace

TEST(Emitter, FrozenValuesBecomeConstants) {
  const std::map<std::string, Value, std::less<>> yx = {{"axes", std::string("yx")}};
  const Measured frozen = frozen_for("zero_mean_unit_variance", yx, {1, 3, 1, 1});
  const Emitted constant = emitted("zero_mean_unit_variance", yx, &frozen);
  ASSERT_TRUE(constant.result.ok());
  EXPECT_EQ(constant.count("ReduceMean"), 0);
  const Emitted computed = emitted("zero_mean_unit_variance", yx);
  ASSERT_TRUE(computed.result.ok());
  EXPECT_EQ(computed.count("ReduceMean"), 3);  // two for the mean, which is shared
}

TEST(Emitter, PercentilesSortTheShorterSideAndTheEndsNeedNone) {
  const Emitted both =
      emitted("scale_range", {{"axes", std::string("yx")}, {"min_percentile", 1.0}, {"max_percentile", 99.0}});
  ASSERT_TRUE(both.result.ok());
  EXPECT_EQ(both.count("TopK"), 2);  // 1 % of the elements each
  const Emitted ends = emitted("scale_range", {{"axes", std::string("yx")}});
  ASSERT_TRUE(ends.result.ok());
  EXPECT_EQ(ends.count("TopK"), 0);
  EXPECT_EQ(ends.count("ReduceMin") + ends.count("ReduceMax"), 2);
}

TEST(Emitter, NothingIsCastThatIsFloatAlready) {
  EXPECT_EQ(emitted("sigmoid", {}).count("Cast"), 0);
  EXPECT_EQ(emitted("ensure_dtype", {{"dtype", std::string("float32")}}).count("Cast"), 0);
  EXPECT_EQ(emitted("clip", {{"min", 0.0}}, nullptr, 13, tensor::Dtype::kUint8).count("Cast"), 1);
}

TEST(Emitter, SaysWhatHasNoPlaceInAGraph) {
  const std::map<std::string, Value, std::less<>> x = {{"axes", std::string("x")}};
  const Measured rows = frozen_for("zero_mean_unit_variance", x, {1, 3, 4, 1});
  expect_refusal(emitted("zero_mean_unit_variance", x, &rows), "along y");
  const Measured nothing;
  expect_refusal(emitted("zero_mean_unit_variance", x, &nothing), "not measured");
  expect_refusal(emitted("scale_range", {{"min_percentile", 1.0}}, nullptr, 10), "opset 11");
  expect_refusal(emitted("scale_range", {{"reference_tensor", std::string("raw")}}), "raw");
  expect_refusal(emitted("sigmoid", {}, nullptr, 13, tensor::Dtype::kUint8), "uint8");
}

}  // namespace zooport::process
