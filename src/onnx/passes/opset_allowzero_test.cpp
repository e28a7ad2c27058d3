#include <gtest/gtest.h>

#include <algorithm>

#include "zooport/onnx/passes.hpp"

// Reshape with allowzero, whose target is computed.
namespace zooport::onnx {
namespace {

using Inputs = std::vector<std::string>;

class Computed {
 public:
  explicit Computed(std::optional<std::int64_t> height = std::nullopt) {
    model_.ir_version = 8;
    model_.set_opset(18);
    ValueInfo x;
    x.name = "x";
    x.type.element = ElementType::kFloat;
    x.type.shape.emplace(3);
    (*x.type.shape)[0].value = 1;
    (*x.type.shape)[1].symbol = "h";
    if (height) (*x.type.shape)[1] = Dimension{height, "", ""};
    (*x.type.shape)[2].symbol = "w";
    model_.graph.inputs.push_back(x);
    x.name = "list";
    x.type.element = ElementType::kInt64;
    x.type.shape->resize(1);
    (*x.type.shape)[0].value = 1;
    model_.graph.inputs.push_back(x);
  }

  std::string op(std::string name, Inputs inputs, std::vector<Attribute> attributes = {}) {
    Node node;
    node.op = std::move(name);
    node.inputs = std::move(inputs);
    node.name = "n" + std::to_string(model_.graph.nodes.size());
    node.outputs = {node.name + "_out"};
    node.attributes = std::move(attributes);
    model_.graph.nodes.push_back(node);
    return node.outputs[0];
  }
  std::string ints(const std::vector<std::int64_t>& values) {
    const std::string name = "c" + std::to_string(model_.graph.initializers.size());
    model_.graph.initializers.push_back(make_integers(name, values));
    return name;
  }
  std::string extent(std::int64_t axis) {
    return op("Shape", {"x"}, {make_attribute("start", axis), make_attribute("end", axis + 1)});
  }
  std::string joined(Inputs parts) { return op("Concat", std::move(parts), {make_attribute("axis", std::int64_t{0})}); }

  // The operators at opset 12 after x is reshaped; or why that was refused.
  Inputs at_twelve(const std::string& target) {
    ValueInfo y;
    y.name = op("Reshape", {"x", target}, {make_attribute("allowzero", std::int64_t{1})});
    y.type.element = ElementType::kFloat;
    model_.graph.outputs.push_back(y);
    Diagnostics diagnostics;
    const auto steps = change_opset(model_, {.target = 12}, diagnostics);
    if (!steps) return {steps.error().what.message};
    Inputs ops;
    for (const Node& node : model_.graph.nodes) {
      EXPECT_EQ(node.find("allowzero"), nullptr);
      ops.push_back(node.op);
    }
    return ops;
  }

 private:
  Model model_;
};

bool has(const Inputs& ops, const std::string& op) { return std::find(ops.begin(), ops.end(), op) != ops.end(); }

TEST(OpsetAllowzero, ATargetOfExtentsNeedsNoAllowzero) {
  Computed graph;
  const std::string half = graph.op("Div", {graph.extent(1), graph.ints({2})});
  const std::string area = graph.op("Mul", {half, graph.extent(2)});
  EXPECT_TRUE(has(graph.at_twelve(graph.joined({graph.ints({1, 2}), area})), "Reshape"));
}

TEST(OpsetAllowzero, AZeroInTheTargetIsRefused) {
  Computed graph;
  const Inputs ops = graph.at_twelve(graph.joined({graph.ints({1, 0}), graph.ints({4})}));
  ASSERT_EQ(ops.size(), 1U);
  EXPECT_NE(ops[0].find("allowzero = 1 with a 0 in the target"), std::string::npos) << ops[0];
}

TEST(OpsetAllowzero, ATargetThatIsGivenNeedsNoAllowzero) {
  Computed graph;
  EXPECT_TRUE(has(graph.at_twelve(graph.joined({graph.extent(1), "list"})), "Reshape"));
}

TEST(OpsetAllowzero, ATensorWithoutElementsIsMadeAnew) {
  Computed graph(0);
  const Inputs ops = graph.at_twelve(graph.joined({graph.extent(2), graph.ints({0})}));
  EXPECT_TRUE(has(ops, "ConstantOfShape"));
  EXPECT_FALSE(has(ops, "Reshape"));
}

}  // namespace
}  // namespace zooport::onnx
