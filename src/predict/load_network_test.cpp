#include "zooport/predict/load_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/engine.hpp"

namespace zooport::predict {
namespace {

onnx::ValueInfo value(const std::string& name, std::int64_t rows, std::int64_t columns) {
  onnx::ValueInfo info;
  info.name = name;
  info.type.element = onnx::ElementType::kFloat;
  info.type.shape.emplace(2);
  (*info.type.shape)[0].value = rows;
  (*info.type.shape)[1].value = columns;
  return info;
}

onnx::Node node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output) {
  onnx::Node made;
  made.op = op;
  made.inputs = inputs;
  made.outputs = {output};
  return made;
}

// y = (x w) + b, with a w of 256 KiB that older files name as an input as well, and a small b.
onnx::Model network() {
  onnx::Model model;
  model.ir_version = 8;
  model.set_opset(13);
  model.graph.name = "n";
  std::vector<float> weights(256 * 256);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 7) - 3;
  model.graph.initializers = {onnx::make_floats("b", {256}, std::vector<float>(256, 0.5f)),
                              onnx::make_floats("w", {256, 256}, weights)};
  model.graph.inputs = {value("w", 256, 256), value("x", 2, 256)};
  model.graph.outputs = {value("y", 2, 256)};
  model.graph.nodes = {node("MatMul", {"x", "w"}, "p"), node("Add", {"p", "b"}, "y")};
  return model;
}

tensor::Array ramp() {
  tensor::Array x(tensor::Dtype::kFloat32, {2, 256});
  float next = 0;
  for (float& one : x.as<float>()) one = next += 0.125f;
  return x;
}

TEST(LoadNetwork, LargeConstantsAreGivenByTheSession) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  const auto whole = load_network(network(), *engine, {}, {});
  ASSERT_TRUE(whole.ok()) << whole.error().what.message;
  Result<std::unique_ptr<engine::Session>> apart = Error();
  {
    const onnx::Model passing = network();
    apart = load_network(passing, *engine, {}, {}, 1000);
  }
  ASSERT_TRUE(apart.ok()) << apart.error().what.message;
  ASSERT_EQ((*apart)->inputs().size(), 1u);
  EXPECT_EQ((*apart)->inputs()[0].name, "x");
  const tensor::Array x = ramp();
  for (int i = 0; i < 2; ++i) {
    const auto expected = (*whole)->run({x.view()}, {});
    const auto found = (*apart)->run({x.view()}, {});
    ASSERT_TRUE(expected.ok());
    ASSERT_TRUE(found.ok()) << found.error().what.message;
    EXPECT_TRUE(std::ranges::equal((*found)[0].as<float>(), (*expected)[0].as<float>()));
  }
}

TEST(LoadNetwork, ConstantsThatStandAtOddAddressesAreMoved) {
  ZOOPORT_NEEDS_ENGINE();
  onnx::Model model = network();
  Bytes& raw = model.graph.initializers[1].raw;
  std::vector<std::byte> shifted(raw.size() + 1);
  std::copy(raw.data(), raw.data() + raw.size(), shifted.data() + 1);
  raw = Bytes(std::move(shifted)).slice(1);
  const auto session = load_network(model, *testing::installed_engine(), {}, {}, 1000);
  ASSERT_TRUE(session.ok()) << session.error().what.message;
  EXPECT_TRUE((*session)->run({ramp().view()}, {}).ok());
}

TEST(LoadNetwork, AConstantThatIsHandedOutIsTheSame) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  onnx::Model model = network();
  model.graph.outputs.push_back(value("w", 256, 256));
  const auto session = load_network(model, *engine, {}, {}, 1000);
  ASSERT_TRUE(session.ok()) << session.error().what.message;
  const auto found = (*session)->run({ramp().view()}, {});
  ASSERT_TRUE(found.ok()) << found.error().what.message;
  const std::span<const std::byte> weights = model.graph.initializers[1].raw.span();
  EXPECT_TRUE(std::ranges::equal((*found)[1].bytes(), weights));
}

TEST(LoadNetwork, WhatCannotBeAnInputStaysAConstant) {
  ZOOPORT_NEEDS_ENGINE();
  onnx::Model model = network();
  onnx::Tensor halves = onnx::make_floats("h", {1 << 16}, std::vector<float>(1 << 16, 1.0f));
  halves.type = onnx::ElementType::kBfloat16;
  halves.raw = halves.raw.slice(0, 2 << 16);
  model.graph.initializers.push_back(halves);
  const auto session = load_network(model, *testing::installed_engine(), {}, {}, 1000);
  ASSERT_TRUE(session.ok()) << session.error().what.message;
  EXPECT_EQ((*session)->inputs().size(), 1u);
}

}  // namespace
}  // namespace zooport::predict
