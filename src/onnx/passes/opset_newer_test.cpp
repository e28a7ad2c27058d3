#include <gtest/gtest.h>

#include <algorithm>

#include "onnx/passes/opset_for_test.hpp"

// Forms that came after opset 13. What they compute is compared in tests/peers/opset_rules.py.
namespace zooport::onnx {
namespace {

using for_test::changed;
using for_test::Names;
using for_test::value;

using Integers = std::vector<std::int64_t>;

// inputs -> op -> outputs
Model one(std::string op, std::int64_t opset, std::vector<ValueInfo> inputs, std::vector<ValueInfo> outputs,
          std::vector<Attribute> attributes = {}) {
  Model model;
  model.ir_version = 8;
  model.set_opset(opset);
  Node node;
  node.op = std::move(op);
  node.name = "it";
  node.attributes = std::move(attributes);
  for (const ValueInfo& input : inputs) {
    node.inputs.push_back(input.name);
    if (!input.name.empty()) model.graph.inputs.push_back(input);
  }
  for (const ValueInfo& output : outputs) node.outputs.push_back(output.name);
  model.graph.outputs = std::move(outputs);
  model.graph.nodes.push_back(std::move(node));
  return model;
}

TEST(OpsetNewer, SequencesAreNotHandedThroughBeforeOpsetFourteen) {
  ValueInfo sequence = value("s", {});
  sequence.type = {};
  sequence.type.other = std::string("\x22\x06\x0a\x04\x0a\x02\x08\x01", 8);  // of float tensors
  ValueInfo made = sequence;
  made.name = "t";
  const Model model = one("Identity", 16, {sequence}, {made});
  Model low = model;
  EXPECT_EQ(changed(low, 12), Names{"operator Identity 'it': takes no sequence in opset 13"});
  Model high = model;
  EXPECT_EQ(changed(high, 14), Names{"Identity"});
}

TEST(OpsetNewer, ScalesOfQuantizedProductsBecomeFloats) {
  const auto half = [](const char* name) { return value(name, {}, ElementType::kFloat16); };
  const auto byte = [](const char* name) { return value(name, {}, ElementType::kUint8); };
  Model model = one("QLinearMatMul", 21,
                    {value("a", {2, 3}, ElementType::kUint8), half("as"), byte("az"),
                     value("b", {3, 2}, ElementType::kUint8), half("bs"), byte("bz"), half("ys"), byte("yz")},
                    {value("y", {2, 2}, ElementType::kUint8)});
  EXPECT_EQ(changed(model, 20), (Names{"Cast", "Cast", "Cast", "QLinearMatMul"}));
}

TEST(OpsetNewer, SixteenBitsAreQuantizedByHand) {
  Model model = one("QuantizeLinear", 21, {value("x", {2, 3}), value("s", {}), value("z", {}, ElementType::kUint16)},
                    {value("y", {2, 3}, ElementType::kUint16)});
  EXPECT_EQ(changed(model, 20), (Names{"Div", "Round", "Cast", "Add", "Clip", "Cast"}));
  Model eighth = one("QuantizeLinear", 19, {value("x", {2, 3}), value("s", {}), value("z", {}, ElementType{17})},
                     {value("y", {2, 3}, ElementType{17})});
  EXPECT_EQ(changed(eighth, 18), Names{"operator QuantizeLinear 'it': 8-bit floats have no counterpart"});
}

TEST(OpsetNewer, AWindowOverPaddingAloneIsLeftOut) {
  const auto pool = [](std::vector<std::int64_t> pads) {
    return one(
        "MaxPool", 22, {value("x", {1, 1, 2, 2})}, {value("y", {1, 1, 1, 1})},
        {make_attribute("ceil_mode", std::int64_t{1}), make_attribute("kernel_shape", std::vector<std::int64_t>{1, 1}),
         make_attribute("pads", std::move(pads)), make_attribute("strides", std::vector<std::int64_t>{2, 2})});
  };
  Model cut = pool({0, 0, 0, 0});
  EXPECT_EQ(changed(cut, 21), Names{"MaxPool"});
  EXPECT_EQ(cut.graph.nodes[0].int_or("ceil_mode", 0), 0);
  Model shorter = pool({0, 0, 1, 1});
  EXPECT_EQ(changed(shorter, 21), Names{"MaxPool"});
}

TEST(OpsetNewer, EarlierKeysAndValuesAreJoined) {
  const auto heads = [](const char* name, std::int64_t positions) { return value(name, {1, 2, positions, 4}); };
  const ValueInfo none;
  const std::vector<ValueInfo> outputs = {heads("y", 3), heads("k2", 7), heads("v2", 7)};
  Model model =
      one("Attention", 23, {heads("q", 3), heads("k", 5), heads("v", 5), none, heads("pk", 2), heads("pv", 2)}, outputs,
          {make_attribute("is_causal", std::int64_t{1})});
  const Names ops = changed(model, 12);
  EXPECT_EQ(std::count(ops.begin(), ops.end(), "Concat"), 2) << ops.front();
  EXPECT_EQ(std::count(ops.begin(), ops.end(), "MatMul"), 2);
  Model half =
      one("Attention", 23, {heads("q", 3), heads("k", 5), heads("v", 5), none, heads("pk", 2)}, {heads("y", 3)});
  EXPECT_EQ(changed(half, 12), Names{"operator Attention 'it': earlier keys without values"});
}

TEST(OpsetNewer, NumbersAreOfTheTypeThatTheyMeet) {
  Model model = one("Gelu", 20, {value("x", {2}, ElementType::kBfloat16)}, {value("y", {2}, ElementType::kBfloat16)});
  const Names ops = changed(model, 19);
  EXPECT_EQ(std::count(ops.begin(), ops.end(), "Cast"), 3);  // bfloat16 constants
  Model bytes = one("Add", 14, {value("a", {2}, ElementType::kUint8), value("b", {2}, ElementType::kUint8)},
                    {value("y", {2}, ElementType::kUint8)});
  EXPECT_EQ(changed(bytes, 13), (Names{"Cast", "Cast", "Add", "Cast"}));
}

TEST(OpsetNewer, FloatsOfSixteenBitsAreWidenedForOperatorsThatTakeNone) {
  for (const ElementType type : {ElementType::kFloat16, ElementType::kBfloat16}) {
    Model model = one("Celu", 28, {value("x", {2}, type)}, {value("y", {2}, type)});
    EXPECT_EQ(changed(model, 27), (Names{"Cast", "Celu", "Cast"}));
    Model asked = one("IsNaN", 20, {value("x", {2}, ElementType::kBfloat16)}, {value("y", {2}, ElementType::kBool)});
    EXPECT_EQ(changed(asked, 19), Names{"IsNaN"});
  }
  // What an older Cast cannot make stays refused, whatever it is made of.
  Model eighth = one("CastLike", 19, {value("x", {2}, ElementType::kFloat16), value("z", {2}, ElementType{17})},
                     {value("y", {2}, ElementType{17})});
  EXPECT_EQ(changed(eighth, 15), Names{"operator CastLike 'it': takes no float8e4m3fn in opset 18"});
  Model chosen = one("Where", 16,
                     {value("c", {2}, ElementType::kBool), value("a", {2}, ElementType::kBfloat16),
                      value("b", {2}, ElementType::kBfloat16)},
                     {value("y", {2}, ElementType::kBfloat16)});
  EXPECT_EQ(changed(chosen, 15), (Names{"Cast", "Cast", "Where", "Cast"}));
}

TEST(OpsetNewer, TensorsAreNoOptionalValuesBeforeOpsetEighteen) {
  Model asked = one("OptionalHasElement", 18, {value("x", {2})}, {value("y", {}, ElementType::kBool)});
  EXPECT_EQ(changed(asked, 12), Names{});
  EXPECT_EQ(asked.graph.nodes[0].op, "Constant");
  Model taken = one("OptionalGetElement", 18, {value("x", {2})}, {value("y", {2})});
  EXPECT_EQ(changed(taken, 12), Names{"Identity"});
}

TEST(OpsetNewer, RowsThatAreWrittenTwiceAreTakenInRounds) {
  Model model = one("ScatterND", 16, {value("x", {4, 2}), value("i", {3, 1}, ElementType::kInt64), value("u", {3, 2})},
                    {value("y", {4, 2})}, {make_attribute("reduction", std::string("add"))});
  Model computed = model;
  EXPECT_NE(changed(computed, 15)[0].find("indices that are computed"), std::string::npos);
  Tensor indices = make_integers("i", {1, -1, 1});
  indices.dims = {3, 1};
  model.graph.inputs.erase(model.graph.inputs.begin() + 1);
  model.graph.initializers.push_back(indices);
  const Names ops = changed(model, 12);
  EXPECT_EQ(std::count(ops.begin(), ops.end(), "ScatterND"), 2);
}

TEST(OpsetNewer, PlacesOfAGridAreGathered) {
  Model model = one("GridSample", 16, {value("x", {1, 2, 3, 3}), value("g", {1, 4, 4, 2})}, {value("y", {1, 2, 4, 4})});
  const Names ops = changed(model, 12);
  EXPECT_EQ(std::count(ops.begin(), ops.end(), "GatherND"), 4);
}

TEST(OpsetNewer, WindowsOfSignalsAreConstants) {
  Model model = one("HannWindow", 17, {value("n", {}, ElementType::kInt64)}, {value("y", {4})});
  EXPECT_EQ(changed(model, 16), Names{"operator HannWindow 'it': its size is computed inside the graph"});
  Tensor size = make_integers("n", {4});
  size.dims.clear();
  model.graph.inputs.clear();
  model.graph.initializers.push_back(size);
  EXPECT_EQ(changed(model, 16), Names{"Cast"});
}

TEST(OpsetNewer, ProportionsAreKeptWithSymmetricPixels) {
  Model model = one("Resize", 19, {value("x", {1, 1, 9, 11}), {}, {}, value("s", {2}, ElementType::kInt64)},
                    {value("y", {1, 1, 5, 6})},
                    {make_attribute("mode", std::string("linear")), make_attribute("axes", Integers{2, 3}),
                     make_attribute("coordinate_transformation_mode", std::string("half_pixel_symmetric")),
                     make_attribute("keep_aspect_ratio_policy", std::string("not_larger"))});
  model.graph.inputs.pop_back();
  model.graph.initializers.push_back(make_integers("s", {7, 6}));
  EXPECT_EQ(changed(model, 18), (Names{"MatMul", "MatMul", "Identity"}));
}

TEST(OpsetNewer, NearestPlacesThatAreWholeNumbersStayThem) {
  Model model =
      one("Resize", 19, {value("x", {11}), {}, value("s", {1})}, {value("y", {15})},
          {make_attribute("mode", std::string("nearest")), make_attribute("nearest_mode", std::string("ceil")),
           make_attribute("coordinate_transformation_mode", std::string("half_pixel_symmetric"))});
  model.graph.inputs.pop_back();
  model.graph.initializers.push_back(make_floats("s", {1}, {1.45f}));
  EXPECT_EQ(changed(model, 18), (Names{"Gather", "Identity"}));
  const auto places = integers_of(model.graph.nodes[0].find("value")->tensors[0]);
  ASSERT_TRUE(places && places->size() == 15);
  EXPECT_EQ((*places)[7], 5);  // the middle
}

TEST(OpsetNewer, WhatAnAttributeSaysIsMadeAsAnOlderTypeAndCast) {
  const ElementType type = ElementType::kBfloat16;
  const std::vector<Attribute> said = {make_attribute("dtype", std::int64_t{16})};
  Model eye = one("EyeLike", 22, {value("x", {2, 3})}, {value("y", {2, 3}, type)}, said);
  EXPECT_EQ(changed(eye, 21), (Names{"EyeLike", "Cast"}));
  EXPECT_EQ(eye.graph.nodes[0].int_or("dtype", 0), 1);
  std::vector<Attribute> shaped = said;
  shaped.push_back(make_attribute("shape", Integers{2, 3}));
  Model random = one("RandomUniform", 22, {}, {value("y", {2, 3}, type)}, shaped);
  EXPECT_EQ(changed(random, 21), (Names{"RandomUniform", "Cast"}));
}

TEST(OpsetNewer, ChannelsInAnotherOrderAreFew) {
  const auto model = [](std::int64_t channels, std::int64_t block) {
    return one("SpaceToDepth", 28, {value("x", {1, channels, block, block})},
               {value("y", {1, channels * block * block, 1, 1})},
               {make_attribute("blocksize", block), make_attribute("mode", std::string("CRD"))});
  };
  Model few = model(3, 2);
  EXPECT_EQ(changed(few, 27), (Names{"SpaceToDepth", "Gather"}));
  Model many = model(1 << 20, 1 << 10);
  EXPECT_NE(changed(many, 27)[0].find("too large"), std::string::npos);
}

TEST(OpsetNewer, AWindowOverPaddingIsLeftOutWhereAnotherAxisIsRoundedUp) {
  const auto pool = [](std::string op, std::int64_t counts) {
    std::vector<Attribute> attributes = {make_attribute("ceil_mode", std::int64_t{1}),
                                         make_attribute("kernel_shape", Integers{1, 3}),
                                         make_attribute("strides", Integers{2, 2})};
    if (counts) attributes.push_back(make_attribute("count_include_pad", counts));
    return one(std::move(op), 22, {value("x", {1, 1, 4, 6})}, {value("y", {1, 1, 2, 3})}, std::move(attributes));
  };
  for (const char* op : {"MaxPool", "AveragePool"}) {
    Model padded = pool(op, 0);
    EXPECT_EQ(changed(padded, 21), Names{op});
    EXPECT_EQ(padded.graph.nodes[0].ints_or("pads", {}), (Integers{0, 0, 0, 1}));
    EXPECT_EQ(padded.graph.nodes[0].int_or("ceil_mode", 0), 0);
  }
  Model counted = pool("AveragePool", 1);
  EXPECT_EQ(changed(counted, 21), Names{"operator AveragePool 'it': a last window over padding alone is no window"});
}

TEST(OpsetNewer, DefaultsThatNoRefusalHangsOnStayInputs) {
  Model model =
      one("Squeeze", 13, {value("x", {2, 1, 3}), value("axes", {1}, ElementType::kInt64)}, {value("squeezed", {2, 3})});
  model.graph.initializers = {make_integers("axes", {1}), make_floats("least", {}, {0})};
  model.graph.inputs.push_back(value("least", {}));
  Node clip;
  clip.op = "Clip";
  clip.inputs = {"squeezed", "least"};
  clip.outputs = {"y"};
  model.graph.nodes.push_back(std::move(clip));
  model.graph.outputs = {value("y", {2, 3})};
  EXPECT_EQ(changed(model, 10), (Names{"Squeeze", "Max"}));
  ASSERT_EQ(model.graph.inputs.size(), 2u);
  EXPECT_EQ(model.graph.inputs[1].name, "least");
}

TEST(OpsetNewer, ExtremesOfIntegersAreOfThoseThatEnginesCompare) {
  const auto model = [](ElementType type) {
    return one("Max", 12, {value("a", {2}, type), value("b", {2}, type)}, {value("y", {2}, type)});
  };
  Model plain = model(ElementType::kInt64);
  EXPECT_EQ(changed(plain, 11), (Names{"Greater", "Where", "Identity"}));
  for (const ElementType type : {ElementType::kUint8, ElementType::kUint32}) {
    Model wider = model(type);
    EXPECT_EQ(changed(wider, 11), (Names{"Cast", "Cast", "Greater", "Where", "Cast"}));
  }
  Model widest = model(ElementType::kUint64);
  EXPECT_EQ(changed(widest, 11), Names{"operator Max 'it': takes no uint64 in opset 11"});
}

}  // namespace
}  // namespace zooport::onnx
