#include <gtest/gtest.h>

#include "onnx/passes/graph_for_test.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

using for_test::Names;
using for_test::node;
using for_test::value;

Attribute inside(std::string name, Graph graph) {
  Attribute made;
  made.name = std::move(name);
  made.type = AttributeType::kGraph;
  made.graphs.push_back(std::move(graph));
  return made;
}

Tensor truth(std::string name, bool is_true) {
  Tensor made;
  made.name = std::move(name);
  made.type = ElementType::kBool;
  made.raw = Bytes(std::vector<std::byte>{std::byte{is_true}});
  return made;
}

Tensor number(std::string name, std::int64_t is) {
  Tensor made = make_integers(std::move(name), {is});
  made.dims.clear();
  return made;
}

Model around(Node of, std::vector<Tensor> constants) {
  Model model;
  model.ir_version = 8;
  model.set_opset(13);
  model.graph.inputs = {value("x", {2})};
  model.graph.outputs = {value("y", {2})};
  model.graph.initializers = std::move(constants);
  model.graph.nodes = {std::move(of)};
  return model;
}

Names lowered(Model& model) {
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = 12}, diagnostics);
  if (!steps) return {steps.error().what.message};
  Diagnostics found;
  check_model(model, found);
  // One case has a branch with inputs, which no checked graph has.
  for (const Diagnostic& item : found.items())
    if (item.id != "onnx.body-arity") ADD_FAILURE() << item.message;
  Names ops;
  for (const Node& made : model.graph.nodes) {
    if (made.op != "Constant" && made.op != "Identity") ops.push_back(made.op);
  }
  return ops;
}

Model choice(const char* condition) {
  Node decide = node("If", {condition}, {"y"});
  for (const char* name : {"then_branch", "else_branch"}) {
    Graph graph;
    // Both have a value of one name.
    graph.nodes = {node(name[0] == 't' ? "Relu" : "Neg", {"x"}, {"inner"}), node("Abs", {"inner"}, {"out"})};
    graph.outputs = {value("out", {2})};
    decide.set(inside(name, graph));
  }
  return around(decide, {truth("yes", true), truth("no", false)});
}

TEST(FoldControl, TheBranchThatIsTakenStandsInPlaceOfIf) {
  Model taken = choice("yes");
  EXPECT_EQ(lowered(taken), (Names{"Relu", "Abs"}));
  Model other = choice("no");
  EXPECT_EQ(lowered(other), (Names{"Neg", "Abs"}));
  Model open = choice("c");
  open.graph.inputs.push_back(value("c", {}, ElementType::kBool));
  EXPECT_EQ(lowered(open), Names{"If"});
}

// y = x + 0 + 1 + …
Model counting(std::int64_t rounds, const char* condition) {
  Graph body;
  body.inputs = {value("i", {}, ElementType::kInt64), value("go", {}, ElementType::kBool), value("sum", {2})};
  body.nodes = {node("Identity", {condition}, {"on"}), node("Cast", {"i"}, {"f"}), node("Add", {"sum", "f"}, {"more"})};
  body.nodes[1].set(make_attribute("to", std::int64_t{1}));
  body.outputs = {value("on", {}, ElementType::kBool), value("more", {2})};
  Node loop = node("Loop", {"n", "yes", "x"}, {"y"});
  loop.set(inside("body", body));
  return around(loop, {number("n", rounds), truth("yes", true)});
}

TEST(FoldControl, RoundsThatAreFewStandInPlaceOfLoop) {
  Model twice = counting(2, "go");
  EXPECT_EQ(lowered(twice), (Names{"Cast", "Add", "Cast", "Add"}));
  Model never = counting(0, "go");
  EXPECT_EQ(lowered(never), Names{});
  Model often = counting(100'000, "go");
  EXPECT_EQ(lowered(often), Names{"Loop"});
}

TEST(FoldControl, ConstantsOfRoundsAreInitializersBelowNine) {
  Model model = counting(2, "go");
  model.set_opset(8);
  model.ir_version = 3;
  model.graph.inputs.push_back(value("n", {}, ElementType::kInt64));
  model.graph.inputs.push_back(value("yes", {}, ElementType::kBool));
  Diagnostics diagnostics;
  ASSERT_TRUE(change_opset(model, {.target = 7}, diagnostics));
  for (const Node& made : model.graph.nodes) EXPECT_NE(made.op, "Constant");
  EXPECT_EQ(model.ir_version, 4) << "initializers that are no inputs came with IR 4";
}

TEST(FoldControl, ALoopThatMayEndEarlyStays) {
  Model model = counting(2, "c");
  model.graph.inputs.push_back(value("c", {}, ElementType::kBool));
  EXPECT_EQ(lowered(model), Names{"Loop"});
}

TEST(FoldControl, ABranchWithInputsStays) {
  Graph branch;
  branch.inputs = {value("nobody", {2})};
  branch.nodes = {node("Relu", {"nobody"}, {"w"})};
  branch.outputs = {value("w", {2})};
  Node choice = node("If", {"yes"}, {"y"});
  choice.set(inside("then_branch", branch));
  choice.set(inside("else_branch", branch));
  Model model = around(choice, {truth("yes", true)});
  EXPECT_EQ(lowered(model), Names{"If"});
}

}  // namespace
}  // namespace zooport::onnx
