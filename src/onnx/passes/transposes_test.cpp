#include "onnx/passes/transposes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/channel_orders.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

using Ints = std::vector<std::int64_t>;

ValueInfo value_of(const std::string& name, const Ints& extents) {
  ValueInfo value;
  value.name = name;
  value.type.element = ElementType::kFloat;
  value.type.shape.emplace();
  for (const std::int64_t extent : extents) {
    Dimension& dimension = value.type.shape->emplace_back();
    if (extent >= 0) dimension.value = extent;
  }
  return value;
}

// A graph with one input x; nodes are added with `build`, and the last value is the output y.
struct Sketch {
  explicit Sketch(const Ints& extents, std::int64_t opset = 13) : build(start(extents, opset)) {}
  Builder& start(const Ints& extents, std::int64_t opset) {
    model.ir_version = 7;
    model.set_opset(opset);
    model.graph.inputs.push_back(value_of("x", extents));
    return builder.emplace(model);
  }
  Model finish(const std::vector<std::string>& outputs) {
    for (const std::string& name : outputs) {
      ValueInfo& output = model.graph.outputs.emplace_back();
      output.name = name;
      output.type.element = ElementType::kFloat;
    }
    return model;
  }
  std::string conv(const std::string& x, std::int64_t from, std::int64_t to, Ints kernel = {3, 2}) {
    const tensor::Shape dims{to, from, kernel[0], kernel[1]};
    const std::vector<float> weights(static_cast<std::size_t>(to * from * kernel[0] * kernel[1]), 0.5F);
    return build.add("Conv", {x, build.floats(dims, weights)}, {make_attribute("strides", Ints{1, 2})});
  }
  Model model;
  std::optional<Builder> builder;
  Builder& build;
};

std::size_t count(const Model& model, std::string_view op) {
  const auto& nodes = model.graph.nodes;
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.op == op; }));
}
const Node& only(const Model& model, std::string_view op) {
  const auto& nodes = model.graph.nodes;
  return *std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.op == op; });
}

void absorb(Model& model) {
  ASSERT_TRUE(absorb_transposes(model));
  Diagnostics diagnostics;
  check_model(model, diagnostics);
  for (const auto& found : diagnostics.items()) ADD_FAILURE() << found.message;
}

TEST(Transposes, CancelAndMerge) {
  Sketch sketch({2, 3, 4, 5});
  const std::string last = sketch.build.transpose("x", {0, 2, 3, 1});
  const std::string back = sketch.build.add("Relu", {sketch.build.transpose(last, {0, 3, 1, 2})});
  const std::string twice = sketch.build.transpose(sketch.build.transpose("x", {1, 0, 2, 3}), {1, 2, 0, 3});
  const std::string kept = sketch.build.add("Flatten", {twice});
  Model model = sketch.finish({back, kept});
  absorb(model);
  ASSERT_EQ(count(model, "Transpose"), 1U);
  EXPECT_EQ(only(model, "Transpose").ints_or("perm", {}), (Ints{0, 2, 1, 3}));
  EXPECT_EQ(only(model, "Relu").input(0), "x");
  EXPECT_EQ(model.graph.outputs[0].name, back);
}

TEST(Transposes, AreLeftOutWhereTheyCancelAcrossOperators) {
  Sketch sketch({2, 3, 4, 5});
  const std::string last = sketch.build.transpose("x", {0, 2, 3, 1});
  const std::string scaled = sketch.build.add("Mul", {last, sketch.build.floats({3}, {1, 2, 3})});
  const std::string mean = sketch.build.reduce("ReduceMean", scaled, {3});
  const std::string more = sketch.build.add("Sub", {scaled, mean});
  const std::string out = sketch.build.transpose(sketch.build.softmax(more, 3, 4), {0, 3, 1, 2});
  Model model = sketch.finish({out});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 0U);
  EXPECT_EQ(only(model, "ReduceMean").ints_or("axes", {}), (Ints{1}));
  EXPECT_EQ(only(model, "Softmax").int_or("axis", -9), 1);
  EXPECT_EQ(model.graph.find_initializer(only(model, "Mul").input(1))->dims, (tensor::Shape{1, 3, 1, 1}));
  EXPECT_EQ(only(model, "Softmax").outputs[0], out);
}

TEST(Transposes, OfSpaceAloneArePartOfKernels) {
  Sketch sketch({1, 1, -1, -1});
  std::string value = sketch.conv(sketch.build.transpose("x", {0, 1, 3, 2}), 1, 4);
  value = sketch.build.add("MaxPool", {sketch.build.add("Relu", {value})},
                           {make_attribute("kernel_shape", Ints{3, 1}), make_attribute("pads", Ints{1, 0, 2, 0})});
  Model model = sketch.finish({sketch.build.transpose(value, {0, 1, 3, 2})});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 0U);
  const Node& conv = only(model, "Conv");
  EXPECT_EQ(conv.ints_or("strides", {}), (Ints{2, 1}));
  EXPECT_EQ(model.graph.find_initializer(conv.input(1))->dims, (tensor::Shape{4, 1, 2, 3}));
  EXPECT_EQ(model.graph.initializers.size(), 1U) << "the kernel as it was is of no use any more";
  EXPECT_EQ(only(model, "MaxPool").ints_or("kernel_shape", {}), (Ints{1, 3}));
  EXPECT_EQ(only(model, "MaxPool").ints_or("pads", {}), (Ints{0, 1, 0, 2}));
}

// What has to be last stays last, and space is turned around it: two blocks that change places are moved faster than
// axes that do so one by one.
TEST(Transposes, ThatStayMoveBlocks) {
  Sketch sketch({1, 4, -1, -1}, 17);
  std::string value = sketch.conv(sketch.build.transpose("x", {0, 1, 3, 2}), 4, 4);
  value = sketch.build.transpose(value, {0, 2, 3, 1});
  value = sketch.build.add("LayerNormalization", {value, sketch.build.floats({4}, {1, 2, 3, 4})});
  value = sketch.conv(sketch.build.transpose(value, {0, 3, 1, 2}), 4, 2);
  Model model = sketch.finish({sketch.build.transpose(value, {0, 1, 3, 2})});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 2U);
  for (const Node& node : model.graph.nodes) {
    if (node.op != "Transpose") continue;
    const Ints perm = node.ints_or("perm", {});
    EXPECT_TRUE(perm == (Ints{0, 2, 3, 1}) || perm == (Ints{0, 3, 1, 2})) << perm[1] << perm[2] << perm[3];
  }
}

TEST(Transposes, OfOneChannelBecomeReshapes) {
  // The first axes stay where they are.
  Sketch fixed({4, 5, 1, 1, 1});
  Model model = fixed.finish({fixed.build.add("Flatten", {fixed.build.transpose("x", {0, 1, 4, 2, 3})})});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 0U);
  EXPECT_EQ(integers_of(*model.graph.find_initializer(only(model, "Reshape").input(1))), (Ints{0, 0, 1, 1, 1}));

  // No Reshape can say that without numbers, and numbers would fix sizes.
  Sketch open({-1, -1, -1, 1}, 11);
  model = open.finish({open.conv(open.build.transpose("x", {0, 3, 1, 2}), 1, 2)});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 0U);
  EXPECT_EQ(only(model, "Squeeze").ints_or("axes", {}), (Ints{3}));
  EXPECT_EQ(only(model, "Unsqueeze").ints_or("axes", {}), (Ints{1}));
}

TEST(Transposes, AroundEveryConvolutionCollapse) {
  Sketch sketch({1, 8, 8, 3});
  std::string value = "x";
  for (int i = 0; i < 6; ++i) {
    value = sketch.conv(sketch.build.transpose(value, {0, 3, 1, 2}), 3, 3, {1, 1});
    value = sketch.build.add("Relu", {sketch.build.transpose(value, {0, 2, 3, 1})});
    value = sketch.build.add("Add", {value, sketch.build.floats({3}, {1, 2, 3})});
  }
  Model model = sketch.finish({value});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 2U);
}

TEST(Transposes, OfOneValueAreShared) {
  Sketch sketch({2, 3, 4, 5});
  std::vector<std::string> outputs;
  for (int i = 0; i < 3; ++i) {
    const std::string turned = sketch.build.transpose("x", {0, 2, 3, 1});
    outputs.push_back(sketch.build.add("Flatten", {turned}));
    if (i == 1) outputs.push_back(turned);
  }
  const std::vector<std::string> names = outputs;
  Model model = sketch.finish(outputs);
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 1U);
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(model.graph.outputs[i].name, names[i]);
}

TEST(Transposes, StayWhereNothingIsWon) {
  Sketch sketch({2, 3, 4, 5});
  const std::string turned = sketch.build.add("Relu", {sketch.build.transpose("x", {0, 2, 3, 1})});
  Model model = sketch.finish({sketch.build.add("Flatten", {turned})});
  const std::string before(to_bytes(model)->text());
  const auto steps = absorb_transposes(model);
  ASSERT_TRUE(steps);
  EXPECT_TRUE(steps->empty());
  EXPECT_EQ(to_bytes(model)->text(), before);
}

TEST(Transposes, KernelsThatOthersNeedAreCopied) {
  Sketch sketch({1, 1, 8, 8});
  const std::string kernel = sketch.build.floats({1, 1, 1, 2}, {1, 2});
  const std::string turned = sketch.build.transpose("x", {0, 1, 3, 2});
  const std::string one = sketch.build.transpose(sketch.build.add("Conv", {turned, kernel}), {0, 1, 3, 2});
  const std::string other = sketch.build.add("Conv", {"x", kernel});
  Model model = sketch.finish({one, other});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 0U);
  EXPECT_EQ(model.graph.initializers.size(), 2U);
}

TEST(Transposes, ConstantsThatCallersMayReplaceStay) {
  Sketch sketch({1, 1, 8, 8});
  const std::string kernel = sketch.build.floats({1, 1, 1, 2}, {1, 2});
  sketch.model.graph.inputs.push_back(value_of(kernel, {1, 1, 1, 2}));
  const std::string turned = sketch.build.transpose("x", {0, 1, 3, 2});
  Model model = sketch.finish({sketch.build.transpose(sketch.build.add("Conv", {turned, kernel}), {0, 1, 3, 2})});
  absorb(model);
  EXPECT_EQ(model.graph.find_initializer(kernel)->dims, (tensor::Shape{1, 1, 1, 2}));
  EXPECT_EQ(count(model, "Transpose"), 0U);
  EXPECT_EQ(only(model, "Squeeze").input(0), kernel) << "turned when the graph runs";
}

TEST(Transposes, SubgraphsFindTheirNames) {
  Sketch sketch({2, 3, 4, 5});
  const std::string turned = sketch.build.transpose("x", {0, 2, 3, 1});
  const std::string relu = sketch.build.add("Relu", {turned});
  const std::string back = sketch.build.transpose(relu, {0, 3, 1, 2});
  const std::string choice = sketch.build.add("If", {sketch.build.constant([] {
                                                Tensor yes;
                                                yes.type = ElementType::kBool;
                                                yes.raw = Bytes(std::string(1, '\1'));
                                                return yes;
                                              }())});
  for (const char* name : {"then_branch", "else_branch"}) {
    Attribute branch;
    branch.name = name;
    branch.type = AttributeType::kGraph;
    Graph& inner = branch.graphs.emplace_back();
    inner.name = name;
    Node& node = inner.nodes.emplace_back();
    node.op = "Neg";
    node.inputs = {relu};
    node.outputs = {std::string(name) + "_out"};
    inner.outputs.emplace_back().name = node.outputs[0];
    sketch.model.graph.nodes.back().attributes.push_back(branch);
  }
  Model model = sketch.finish({back, choice});
  absorb(model);
  EXPECT_EQ(count(model, "Transpose"), 1U);
  EXPECT_TRUE(std::any_of(model.graph.nodes.begin(), model.graph.nodes.end(),
                          [&](const Node& node) { return node.outputs[0] == relu; }));
}

TEST(Transposes, ChoicesOfChannelsArePartOfWeights) {
  Sketch sketch({1, 8, 8, 3});
  std::string value = sketch.build.gather("x", {1, 2, 0}, 3);
  value = sketch.build.add("Sub", {value, sketch.build.floats({3}, {1, 2, 3})});
  value = sketch.build.transpose(value, {0, 3, 1, 2});
  value = sketch.build.add("Conv", {value, sketch.build.floats({1, 3, 1, 1}, {4, 5, 6})});
  Model model = sketch.finish({value});
  absorb(model);
  EXPECT_EQ(count(model, "Gather"), 0U);
  const auto floats = [&](const std::string& name) {
    const std::string_view raw = model.graph.find_initializer(name)->raw.text();
    std::vector<float> numbers(raw.size() / sizeof(float));
    std::memcpy(numbers.data(), raw.data(), raw.size());
    return numbers;
  };
  EXPECT_EQ(floats(only(model, "Sub").input(1)), (std::vector<float>{3, 1, 2}));
  EXPECT_EQ(floats(only(model, "Conv").input(1)), (std::vector<float>{6, 4, 5}));
  EXPECT_EQ(model.graph.initializers.size(), 2U);
}

TEST(Transposes, ChoicesOfChannelsPassNormalizations) {
  Sketch sketch({1, 3, 8, 8});
  std::string value = sketch.build.gather("x", {1, 2, 0}, 1);
  const std::string list = sketch.build.floats({3}, {1, 2, 3});
  value = sketch.build.add("BatchNormalization", {value, list, list, list, list});
  value = sketch.build.add("Conv", {value, sketch.build.floats({1, 3, 1, 1}, {4, 5, 6})});
  Model model = sketch.finish({value});
  EXPECT_EQ(fold_channel_orders(model), 1U);
  EXPECT_EQ(count(model, "Gather"), 0U);
  for (std::size_t i = 1; i < 5; ++i) {
    float first = 0;
    const Tensor* turned = model.graph.find_initializer(only(model, "BatchNormalization").input(i));
    std::memcpy(&first, turned->raw.text().data(), sizeof(first));
    EXPECT_EQ(first, 3) << i;
  }
}

TEST(Transposes, ChoicesOfChannelsThatOthersSeeStay) {
  // More channels than are chosen, a repetition, a reader that is no convolution, a group.
  for (const int kind : {0, 1, 2, 3}) {
    Sketch sketch({1, kind == 0 ? 4 : 3, 8, 8});
    std::string value = sketch.build.gather("x", {1, kind == 1 ? 1 : 2, 0}, 1);
    if (kind == 2) sketch.build.softmax(value, 1, 4);
    const std::string weights =
        sketch.build.floats({3, kind == 3 ? 1 : 3, 1, 1}, std::vector<float>(kind == 3 ? 3 : 9));
    value = sketch.build.add("Conv", {value, weights}, {make_attribute("group", std::int64_t{kind == 3 ? 3 : 1})});
    Model model = sketch.finish({value});
    absorb(model);
    EXPECT_EQ(count(model, "Gather"), 1U) << kind;
  }
}

// Whatever a graph says, the result is a graph again.
TEST(Transposes, MutatedGraphsDoNoHarm) {
  Sketch sketch({1, 3, 8, 8});
  std::string value = "x";
  for (int i = 0; i < 3; ++i) {
    value = sketch.build.transpose(sketch.build.transpose(value, {0, 1, 3, 2}), {0, 2, 3, 1});
    value = sketch.build.concat(sketch.build.split(value, {1, 2}, 3), 3);
    value = sketch.build.pad(sketch.build.transpose(value, {0, 3, 2, 1}), {0, 0, 1, 0, 0, 0, 0, 1});
    value = sketch.conv(value, 3, 3);
    value = sketch.build.softmax(sketch.build.slice(value, {0}, {2}, {1}), 1, 4);
    value = sketch.build.gather(value, {1, 0, 1}, 1);
  }
  const Model model = sketch.finish({value, sketch.build.squeeze(sketch.build.reduce("ReduceMax", value, {1}), {1})});
  std::mt19937 random(7);
  const auto some = [&](auto& list) -> auto& { return list[random() % list.size()]; };
  for (int i = 0; i < 1500; ++i) {
    Model mutant = model;
    for (unsigned times = random() % 4 + 1; times > 0; --times) {
      Node& node = some(mutant.graph.nodes);
      Node& other = some(mutant.graph.nodes);
      const Ints odd{-9, -1, 0, 1, 2, 3, 4, 1LL << 62, INT64_MIN};
      switch (random() % 8) {
        case 0: std::swap(node.op, other.op); break;
        case 1:
          if (!node.inputs.empty() && !other.outputs.empty()) some(node.inputs) = some(other.outputs);
          break;
        case 2: std::swap(node.attributes, other.attributes); break;
        case 3:
          if (!node.attributes.empty()) some(node.attributes).i = odd[random() % odd.size()];
          break;
        case 4:
          if (!node.attributes.empty()) some(node.attributes).ints.assign(random() % 5, odd[random() % odd.size()]);
          break;
        case 5:
          if (!node.inputs.empty()) node.inputs.resize(random() % 5);
          break;
        case 6: some(mutant.graph.initializers).dims.assign(random() % 6, odd[random() % odd.size()]); break;
        default:
          if (!node.outputs.empty()) node.outputs.resize(random() % 3);
          break;
      }
    }
    const std::size_t before = count(mutant, "Transpose");
    mutant.set_opset(static_cast<std::int64_t>(random() % 20) + 5);
    ASSERT_TRUE(absorb_transposes(mutant));
    ASSERT_LE(count(mutant, "Transpose"), before);
  }
}

TEST(Transposes, LargeGraphsStayCheap) {
  Sketch sketch({1, 3, 8, 8});
  std::string value = "x";
  const int layers = 1000;
  for (int i = 0; i < layers; ++i) {
    value = sketch.build.add("Relu", {sketch.build.transpose(value, {0, 3, 1, 2})});
    value = sketch.build.add("Flatten", {value});
    value = sketch.build.reshape(value, {1, 3, 8, 8});
  }
  Model model = sketch.finish({value});
  ASSERT_TRUE(absorb_transposes(model));
  EXPECT_EQ(count(model, "Transpose"), static_cast<std::size_t>(layers));
}

}  // namespace
}  // namespace zooport::onnx
