#include <algorithm>

#include <gtest/gtest.h>

#include <algorithm>

#include "onnx/passes/graph_for_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

using for_test::value;

Result<Model> model_at(const std::string& path) {
  ZOOPORT_TRY_ASSIGN(const Bytes file, os::read_file(path, 1u << 30));
  ReadOptions options;
  options.external = folder_external_files(os::parent_path(path));
  return read_model(file, options);
}

std::vector<std::string> ops(const Model& model) {
  std::vector<std::string> names;
  for (const Node& node : model.graph.nodes) names.push_back(node.op);
  return names;
}

// x -> op -> y, with constants k1, k2, … as further inputs.
Model one(std::string op, std::int64_t opset, std::vector<Attribute> attributes, std::vector<Tensor> constants = {}) {
  Model model;
  model.ir_version = 8;
  model.set_opset(opset);
  model.graph.inputs.push_back(value("x", {1, 4, 6, 6}));
  model.graph.outputs.push_back(value("y", {1, 4, 6, 6}));
  Node node;
  node.op = std::move(op);
  node.name = "it";
  node.inputs = {"x"};
  node.outputs = {"y"};
  node.attributes = std::move(attributes);
  for (std::size_t i = 0; i < constants.size(); ++i) {
    constants[i].name = "k" + std::to_string(i + 1);
    node.inputs.push_back(constants[i].name);
    model.graph.initializers.push_back(constants[i]);
  }
  model.graph.nodes.push_back(node);
  return model;
}

void change(Model& model, std::int64_t target) {
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = target}, diagnostics);
  ASSERT_TRUE(steps) << steps.error().what.message;
  EXPECT_EQ(model.opset(), target);
  Diagnostics found;
  check_model(model, found);
  for (const Diagnostic& item : found.items()) ADD_FAILURE() << item.message;
}

std::string refusal(Model model, std::int64_t target) {
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = target}, diagnostics);
  return steps ? "" : steps.error().what.id;
}

TEST(Opset, NucleiModelReachesTwelve) {
  ZOOPORT_NEEDS_SHARED();
  auto model = model_at(testing::shared_folder() + "/data/models/unet2d_nuclei_broad/weights.onnx");
  ASSERT_TRUE(model);
  ASSERT_EQ(model->opset(), 20);
  change(*model, 12);
  EXPECT_EQ(model->ir_version, 7);
}

TEST(Opset, SymmetricCoordinatesThatRoundASizeBecomeARegion) {
  Attribute coordinates = make_attribute("coordinate_transformation_mode", std::string("half_pixel_symmetric"));
  Model model = one("Resize", 19, {coordinates, make_attribute("mode", std::string("linear"))},
                    {make_floats("", {0}, {}), make_floats("", {4}, {1, 1, 1.4f, 0.6f})});
  change(model, 12);
  EXPECT_EQ(model.graph.nodes.back().string_or("coordinate_transformation_mode", ""), "tf_crop_and_resize");
  EXPECT_EQ(model.graph.nodes.back().inputs.size(), 4u);
  Model nearest = one("Resize", 19, {coordinates}, {make_floats("", {0}, {}), make_floats("", {4}, {1, 1, 1.4f, 1})});
  EXPECT_EQ(refusal(nearest, 12), "");
  nearest.graph.inputs[0].type.shape->at(2) = {};
  EXPECT_EQ(refusal(nearest, 12), "onnx.opset-unsupported");
  Model huge = one("Resize", 19, {coordinates, make_attribute("mode", std::string("linear"))},
                   {make_floats("", {0}, {}), make_floats("", {4}, {1, 1, 1e30f, 0.01f})});
  EXPECT_EQ(refusal(huge, 12), "onnx.opset-unsupported");
}

TEST(Opset, WhatResizeCannotSayBecomesSums) {
  Model model =
      one("Resize", 18, {make_attribute("antialias", std::int64_t{1}), make_attribute("mode", std::string("linear"))},
          {make_floats("", {0}, {}), make_floats("", {4}, {1, 1, 0.5f, 2})});
  change(model, 12);
  const auto names = ops(model);
  EXPECT_EQ(std::count(names.begin(), names.end(), "Resize"), 0);
  EXPECT_EQ(std::count(names.begin(), names.end(), "MatMul"), 2);
  Model open =
      one("Resize", 18, {make_attribute("antialias", std::int64_t{1}), make_attribute("mode", std::string("linear"))},
          {make_floats("", {0}, {}), make_floats("", {4}, {1, 1, 0.5f, 2})});
  open.graph.inputs[0].type.shape->at(2) = {};
  EXPECT_EQ(refusal(open, 12), "onnx.opset-unsupported");
}

TEST(Opset, AxesMoveBetweenAttributeAndInput) {
  Model model = one("ReduceMean", 18, {}, {make_integers("", {2, 3})});
  change(model, 12);
  EXPECT_EQ(model.graph.nodes.back().ints_or("axes", {}), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(model.graph.nodes.back().inputs, std::vector<std::string>{"x"});
  change(model, 18);
  EXPECT_EQ(model.graph.nodes.back().inputs.size(), 2u);
  EXPECT_EQ(model.graph.nodes.back().find("axes"), nullptr);
}

TEST(Opset, EmptyNamesAtTheEndAreNoInputs) {
  Model model = one("Squeeze", 13, {});
  model.graph.nodes[0].inputs = {"x", ""};
  change(model, 12);
  EXPECT_EQ(model.graph.nodes.back().inputs, std::vector<std::string>{"x"});
}

TEST(Opset, AxesThatAreComputedAreRefused) {
  Model model = one("ReduceMean", 18, {});
  model.graph.inputs.push_back(value("axes", {1}, ElementType::kInt64));
  model.graph.nodes[0].inputs.push_back("axes");
  EXPECT_EQ(refusal(model, 17), "onnx.opset-unsupported");
}

TEST(Opset, SoftmaxAlongChannelsIsTransposed) {
  Model model = one("Softmax", 13, {make_attribute("axis", std::int64_t{1})});
  change(model, 12);
  EXPECT_EQ(ops(model), (std::vector<std::string>{"Transpose", "Softmax", "Transpose"}));
  EXPECT_EQ(model.graph.nodes[1].int_or("axis", 0), 3);
  Model last = one("Softmax", 13, {});
  change(last, 12);
  EXPECT_EQ(ops(last), std::vector<std::string>{"Softmax"});
  EXPECT_EQ(last.graph.nodes[0].int_or("axis", 0), 3);
  Model unknown = one("Softmax", 13, {make_attribute("axis", std::int64_t{1})});
  unknown.graph.inputs[0].type.shape.reset();
  change(unknown, 12);
  EXPECT_EQ(ops(unknown), (std::vector<std::string>{"ReduceMax", "Sub", "Exp", "ReduceSum", "Div"}));
}

TEST(Opset, EveryRefusalIsCollected) {
  Model model = one("ImageDecoder", 20, {});
  Node more = model.graph.nodes[0];
  more.name = "other";
  more.outputs = {"z"};
  model.graph.nodes.push_back(more);
  model.graph.nodes.push_back(more);
  model.graph.nodes[2].op = "RegexFullMatch";
  model.graph.nodes[2].outputs = {"w"};
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = 12}, diagnostics);
  ASSERT_FALSE(steps);
  EXPECT_EQ(diagnostics.items().size(), 3u);
  for (const Diagnostic& item : diagnostics.items()) EXPECT_EQ(item.id, "onnx.opset-unsupported");
}

TEST(Opset, ElementTypesThatAnOpsetLacksAreRefused) {
  Model model = one("Identity", 19, {});
  model.graph.inputs[0].type.element = ElementType{17};  // float8e4m3fn
  EXPECT_EQ(refusal(model, 18), "onnx.opset-unsupported");
  EXPECT_EQ(refusal(one("Relu", 13, {}), 12), "");
}

TEST(Opset, StepsTellWhatWasChanged) {
  Model model = one("Pad", 19, {}, {make_integers("", {0, 0, 1, 1, 0, 0, 1, 1})});
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = 12}, diagnostics);
  ASSERT_TRUE(steps);
  EXPECT_EQ(*steps, (std::vector<std::string>{"opset 19 to 12", "3 changes of form that did not concern this graph",
                                              "IR version 8 to 7"}));
  Model gelu = one("Gelu", 20, {});
  const auto more = change_opset(gelu, {.target = 19}, diagnostics);
  ASSERT_TRUE(more);
  EXPECT_EQ(more->at(1), "Gelu of opset 20: the form with Erf or Tanh (1 time)");
}

TEST(Opset, TargetsAreChecked) {
  EXPECT_EQ(refusal(one("Relu", 13, {}), 6), "onnx.opset-target");
  EXPECT_EQ(refusal(one("Relu", 13, {}), 99), "onnx.opset-target");
  EXPECT_EQ(refusal(one("Relu", 6, {}), 12), "onnx.opset-version");
}

TEST(Opset, OldUpsamplingBecomesResize) {
  Model model =
      one("Upsample", 9, {make_attribute("mode", std::string("nearest"))}, {make_floats("", {4}, {1, 1, 2, 2})});
  change(model, 12);
  const Node& node = model.graph.nodes.back();
  EXPECT_EQ(node.op, "Resize");
  EXPECT_EQ(node.inputs.size(), 3u);
  EXPECT_EQ(node.string_or("coordinate_transformation_mode", ""), "asymmetric");
  EXPECT_EQ(node.string_or("nearest_mode", ""), "floor");
}

TEST(Opset, FunctionsAreInlined) {
  Model model = one("twice", 18, {make_attribute("slope", 0.5f)});
  model.graph.nodes[0].domain = "local";
  model.opsets.emplace_back().domain = "local";
  Function& function = model.functions.emplace_back();
  function.name = "twice";
  function.domain = "local";
  function.inputs = {"a"};
  function.outputs = {"b"};
  function.attributes = {"slope"};
  function.opsets.emplace_back().version = 18;
  Node leaky;
  leaky.op = "LeakyRelu";
  leaky.inputs = {"a"};
  leaky.outputs = {"x"};  // the name of a value outside
  leaky.attributes.emplace_back().name = "alpha";
  leaky.attributes[0].type = AttributeType::kFloat;
  leaky.attributes[0].reference = "slope";
  function.nodes.push_back(leaky);
  leaky.inputs = {"x"};
  leaky.outputs = {"b"};
  function.nodes.push_back(leaky);
  change(model, 12);
  ASSERT_EQ(ops(model), (std::vector<std::string>{"LeakyRelu", "LeakyRelu"}));
  EXPECT_EQ(model.graph.nodes[0].inputs[0], "x");
  EXPECT_NE(model.graph.nodes[0].outputs[0], "x");
  EXPECT_EQ(model.graph.nodes[1].inputs[0], model.graph.nodes[0].outputs[0]);
  EXPECT_EQ(model.graph.nodes[1].outputs[0], "y");
  EXPECT_EQ(model.graph.nodes[1].float_or("alpha", 0), 0.5f);
  EXPECT_TRUE(model.functions.empty());
  EXPECT_EQ(model.opsets.size(), 1u);
}

TEST(Opset, FunctionsOfAnotherOpsetAndEndlessOnesAreRefused) {
  Model model = one("f", 18, {});
  model.graph.nodes[0].domain = "local";
  model.opsets.emplace_back().domain = "local";
  Function& function = model.functions.emplace_back();
  function.name = "f";
  function.domain = "local";
  function.inputs = {"a"};
  function.outputs = {"b"};
  function.opsets.emplace_back().version = 17;
  Node& inner = function.nodes.emplace_back();
  inner.op = "Relu";
  inner.inputs = {"a"};
  inner.outputs = {"b"};
  EXPECT_EQ(refusal(model, 12), "") << "the same in both opsets";
  function.nodes[0].op = "ReduceMean";
  EXPECT_EQ(refusal(model, 12), "onnx.function-opset");
  function.nodes.clear();
  model.functions[0].opsets[0].version = 18;
  model.functions[0].nodes.push_back(model.graph.nodes[0]);
  model.functions[0].nodes[0].inputs = {"a"};
  model.functions[0].nodes[0].outputs = {"b"};
  EXPECT_EQ(refusal(model, 12), "onnx.too-deep");
}

// x -> ReduceMean over the input `axes`, which has a default.
Model with_default(std::int64_t ir_version) {
  Model model = one("ReduceMean", 18, {});
  model.ir_version = ir_version;
  model.graph.nodes[0].inputs.push_back("axes");
  model.graph.inputs.emplace_back().name = "axes";
  model.graph.inputs.back().type.element = ElementType::kInt64;
  model.graph.initializers.push_back(make_integers("axes", {1}));
  return model;
}

TEST(Opset, DefaultsOfInputsAreConstantsOnlyWhereThatIsNeeded) {
  Model model = with_default(8);
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = 12}, diagnostics);
  ASSERT_TRUE(steps) << steps.error().what.message;
  EXPECT_EQ(model.graph.inputs.size(), 1u);
  EXPECT_NE(std::find(steps->begin(), steps->end(), "input 'axes' is no input any more: it always has its default"),
            steps->end());
  model = with_default(8);
  ASSERT_TRUE(change_opset(model, {.target = 21}, diagnostics));
  EXPECT_EQ(model.graph.inputs.size(), 2u) << "nothing hangs on the value";
}

// Whether an If is taken by an input's default, the other branch is there for the caller.
TEST(Opset, SwitchesOfTheCallerStay) {
  Model model = one("If", 18, {});
  model.ir_version = 8;
  Node& choice = model.graph.nodes[0];
  const std::string x = choice.inputs[0];
  choice.inputs = {"switch"};
  for (const char* name : {"then_branch", "else_branch"}) {
    Attribute branch;
    branch.name = name;
    branch.type = AttributeType::kGraph;
    Graph& body = branch.graphs.emplace_back();
    body.name = name;
    Node& node = body.nodes.emplace_back();
    node.op = name[0] == 't' ? "Relu" : "Neg";
    node.inputs = {x};
    node.outputs = {std::string("of_") + name};
    body.outputs.emplace_back().name = node.outputs[0];
    choice.attributes.push_back(branch);
  }
  Tensor truth;
  truth.name = "switch";
  truth.type = ElementType::kBool;
  truth.raw = Bytes(std::vector<std::byte>{std::byte{1}});
  model.graph.initializers.push_back(truth);
  Model constant = model;
  Diagnostics diagnostics;
  ASSERT_TRUE(change_opset(constant, {.target = 12}, diagnostics));
  EXPECT_EQ(constant.graph.nodes[0].op, "Relu");
  model.graph.inputs.emplace_back().name = "switch";
  model.graph.inputs.back().type.element = ElementType::kBool;
  ASSERT_TRUE(change_opset(model, {.target = 12}, diagnostics));
  EXPECT_EQ(model.graph.nodes[0].op, "If");
}

TEST(Opset, SequencesThatALoopCarriesAreRefused) {
  Model model = one("Loop", 13, {});
  Node& loop = model.graph.nodes[0];
  Node empty;
  empty.op = "SequenceEmpty";
  empty.outputs = {"list"};
  loop.inputs = {"", "", "list"};
  model.graph.nodes.insert(model.graph.nodes.begin(), empty);
  EXPECT_EQ(refusal(model, 12), "onnx.opset-unsupported");
}

// The branches call what they make by one name, and mean other axes by another.
TEST(Opset, GraphsInsideHaveNamesOfTheirOwn) {
  Model model = one("If", 18, {});
  Node& choice = model.graph.nodes[0];
  choice.inputs = {"switch"};
  model.graph.inputs.push_back(value("switch", {}, ElementType::kBool));
  for (const std::int64_t axis : {2, 3}) {
    Attribute branch;
    branch.name = axis == 2 ? "then_branch" : "else_branch";
    branch.type = AttributeType::kGraph;
    Graph& body = branch.graphs.emplace_back();
    body.name = branch.name;
    body.initializers = {make_integers("axes", {axis})};
    Node& node = body.nodes.emplace_back();
    node.op = "ReduceMean";
    node.inputs = {"x", "axes"};
    node.outputs = {"mean"};
    body.outputs.emplace_back().name = "mean";
    choice.attributes.push_back(branch);
  }
  change(model, 17);
  const auto mean = [&](const char* branch) { return model.graph.nodes[0].find(branch)->graphs[0].nodes.back(); };
  EXPECT_EQ(mean("then_branch").ints_or("axes", {}), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(mean("else_branch").ints_or("axes", {}), (std::vector<std::int64_t>{3}));
}

TEST(Opset, ConstantsOfEveryKindReachEight) {
  Model model = one("Constant", 12, {});
  Node& node = model.graph.nodes[0];
  node.inputs.clear();
  Attribute sparse;
  sparse.name = "sparse_value";
  sparse.type = AttributeType::kSparseTensor;
  SparseTensor& tensor = sparse.sparse_tensors.emplace_back();
  tensor.dims = {2, 2};
  tensor.values = make_floats("", {2}, {5, 7});
  tensor.indices = make_integers("", {0, 3});
  node.attributes = {sparse};
  change(model, 8);
  const Tensor& dense = model.graph.nodes[0].find("value")->tensors[0];
  EXPECT_EQ(dense.dims, (tensor::Shape{2, 2}));
  std::vector<float> values(4);
  std::copy(dense.raw.span().begin(), dense.raw.span().end(), reinterpret_cast<std::byte*>(values.data()));
  EXPECT_EQ(values, (std::vector<float>{5, 0, 0, 7}));

  sparse.sparse_tensors[0].indices = make_integers("", {0, 4});
  model = one("Constant", 12, {sparse});
  model.graph.nodes[0].inputs.clear();
  EXPECT_EQ(refusal(model, 8), "onnx.opset-unsupported") << "a place outside";

  Attribute texts;
  texts.name = "value_strings";
  texts.type = AttributeType::kStrings;
  texts.strings = {"a", "b"};
  model = one("Constant", 12, {texts});
  model.graph.nodes[0].inputs.clear();
  change(model, 8);
  ASSERT_EQ(model.graph.initializers.size(), 1u);
  EXPECT_EQ(model.graph.initializers[0].strings, texts.strings);
}

// Bodies say no types: they are those of what the Loop gets.
TEST(Opset, BodiesKnowTheTypesOfWhatTheyGet) {
  Model model = one("Loop", 18, {});
  Node& loop = model.graph.nodes[0];
  loop.inputs = {"rounds", "", "x"};
  model.graph.inputs.push_back(value("rounds", {}, ElementType::kInt64));
  model.graph.initializers = {make_integers("seven", {7})};
  Attribute attribute;
  attribute.name = "body";
  attribute.type = AttributeType::kGraph;
  Graph& body = attribute.graphs.emplace_back();
  body.name = "body";
  for (const char* name : {"i", "go", "state"}) body.inputs.emplace_back().name = name;
  const auto add = [&](const char* op, std::vector<std::string> inputs, const char* output) {
    Node& node = body.nodes.emplace_back();
    node.op = op;
    node.inputs = std::move(inputs);
    node.outputs = {output};
  };
  add("Identity", {"go"}, "on");
  add("CastLike", {"seven", "state"}, "like");
  add("Add", {"state", "like"}, "more");
  for (const char* name : {"on", "more"}) body.outputs.emplace_back().name = name;
  loop.attributes = {attribute};
  change(model, 12);
  EXPECT_EQ(model.graph.nodes.back().find("body")->graphs[0].nodes[1].op, "Cast");
}

}  // namespace
}  // namespace zooport::onnx
