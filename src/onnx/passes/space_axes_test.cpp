#include <gtest/gtest.h>

#include "zooport/onnx/geometry.hpp"

namespace zooport::onnx {
namespace {

using Ints = std::vector<std::int64_t>;

// A chain of nodes from the input x; a second input is a constant of the graph.
class Chain {
 public:
  explicit Chain(tensor::Shape shape) : shape_(std::move(shape)) {
    model_.ir_version = 8;
    model_.set_opset(17);
    ValueInfo& input = model_.graph.inputs.emplace_back();
    input.name = value_ = "x";
    input.type.element = ElementType::kFloat;
  }
  Chain& then(const std::string& op, std::vector<Attribute> attributes = {}, std::optional<Tensor> second = {}) {
    Node node;
    node.op = op;
    node.attributes = std::move(attributes);
    node.inputs = {value_};
    value_ = "v" + std::to_string(model_.graph.nodes.size());
    if (second) {
      second->name = "c" + value_;
      node.inputs.push_back(second->name);
      model_.graph.initializers.push_back(std::move(*second));
    }
    node.outputs = {value_};
    model_.graph.nodes.push_back(std::move(node));
    return *this;
  }
  Chain& conv(std::int64_t channels, std::size_t axes = 2) {
    tensor::Shape shape{4, channels};
    shape.resize(2 + axes, 3);
    return then("Conv", {}, make_floats("", shape, std::vector<float>(tensor::element_count(shape), 1)));
  }
  std::vector<int> space() {
    model_.graph.outputs.emplace_back().name = value_;
    const auto values = infer_shapes(model_, {{"x", shape_}});
    EXPECT_TRUE(values.ok());
    return values ? space_axes_of(model_, *values) : std::vector<int>{};
  }

 private:
  Model model_;
  tensor::Shape shape_;
  std::string value_;
};

using Axes = std::vector<int>;

TEST(SpaceAxes, AreThoseOfTheFirstConvolution) {
  EXPECT_EQ(Chain({1, 3, 32, 48}).conv(3).space(), (Axes{2, 3}));
  EXPECT_EQ(Chain({1, 3, 16, 32, 48}).then("Relu").conv(3, 3).space(), (Axes{2, 3, 4}));
  EXPECT_EQ(Chain({1, 3, 64}).then("MaxPool", {make_attribute("kernel_shape", Ints{2})}).space(), (Axes{2}));
}

TEST(SpaceAxes, AreFollowedThroughTransposes) {
  const auto turn = [](Ints order) { return std::vector<Attribute>{make_attribute("perm", std::move(order))}; };
  EXPECT_EQ(Chain({1, 32, 48, 3}).then("Transpose", turn({0, 3, 1, 2})).conv(3).space(), (Axes{1, 2}));
  EXPECT_EQ(Chain({1, 48, 32, 3}).then("Transpose", turn({0, 3, 2, 1})).conv(3).space(), (Axes{1, 2})) << "x before y";
  EXPECT_EQ(Chain({1, 8, 32, 48, 3})
                .then("Mul", {}, make_floats("", {1}, {2.0f}))
                .then("Transpose", turn({0, 4, 1, 2, 3}))
                .conv(3, 3)
                .space(),
            (Axes{1, 2, 3}));
  EXPECT_EQ(Chain({32, 48, 3, 1}).then("Transpose").then("Transpose", turn({0, 1, 3, 2})).conv(3).space(),
            (Axes{0, 1}));
}

TEST(SpaceAxes, AreFollowedThroughAxesOfSizeOne) {
  EXPECT_EQ(Chain({1, 32, 48, 1}).then("Reshape", {}, make_integers("", {1, 1, 32, 48})).conv(1).space(), (Axes{1, 2}));
  EXPECT_EQ(Chain({32, 48}).then("Unsqueeze", {}, make_integers("", {0, 1})).conv(1).space(), (Axes{0, 1}));
}

TEST(SpaceAxes, AreUnknownWhereNothingSaysThem) {
  EXPECT_EQ(Chain({1, 32, 48, 3}).then("Relu").space(), Axes{});
  EXPECT_EQ(Chain({1, 32, 48, 3}).then("Reshape", {}, make_integers("", {1, 3, 32, 48})).conv(3).space(), Axes{})
      << "pixels are mixed";
}

}  // namespace
}  // namespace zooport::onnx
