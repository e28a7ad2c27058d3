#include <gtest/gtest.h>

#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

// Graphs of fixed size whose constants leave room for more than one reading.
namespace zooport::onnx {
namespace {

using Ints = std::vector<std::int64_t>;

class Fixed {
 public:
  explicit Fixed(const Ints& input) {
    model_.ir_version = 8;
    model_.set_opset(17);
    model_.graph.name = "g";
    ValueInfo value;
    value.name = "x";
    value.type.element = ElementType::kFloat;
    value.type.shape.emplace();
    for (const std::int64_t size : input) value.type.shape->push_back({size});
    model_.graph.inputs.push_back(value);
  }

  std::string op(std::string name, std::vector<std::string> inputs, std::vector<Attribute> attributes = {}) {
    Node node;
    node.op = std::move(name);
    node.inputs = std::move(inputs);
    node.outputs = {"v" + std::to_string(model_.graph.nodes.size())};
    node.name = node.op + std::to_string(model_.graph.nodes.size());
    node.attributes = std::move(attributes);
    model_.graph.nodes.push_back(node);
    return node.outputs[0];
  }
  std::string ints(const Ints& values) {
    const std::string name = "c" + std::to_string(model_.graph.initializers.size());
    model_.graph.initializers.push_back(make_integers(name, values));
    return name;
  }
  std::string floats(const Ints& dims, const std::vector<float>& values) {
    const std::string name = "f" + std::to_string(model_.graph.initializers.size());
    model_.graph.initializers.push_back(make_floats(name, dims, values));
    return name;
  }
  std::string reshape(const std::string& x, const Ints& target) { return op("Reshape", {x, ints(target)}); }
  std::string transpose(const std::string& x, const Ints& perm) {
    return op("Transpose", {x}, {make_attribute("perm", perm)});
  }
  std::string pool(const std::string& x, std::string kind, const Ints& window, const Ints& strides) {
    return op(std::move(kind), {x}, {make_attribute("kernel_shape", window), make_attribute("strides", strides)});
  }
  std::string resize(const std::string& x, const Ints& sizes) { return op("Resize", {x, "", "", ints(sizes)}); }
  std::string slice(const std::string& x, std::int64_t start, std::int64_t end, std::int64_t axis) {
    return op("Slice", {x, ints({start}), ints({end}), ints({axis})});
  }

  // Opens the axes that are named, and gives the shape of the last value at another size; or the error.
  std::string opened(const std::vector<std::string>& names, const tensor::Shape& at) {
    ValueInfo output;
    output.name = model_.graph.nodes.back().outputs[0];
    output.type.element = ElementType::kFloat;
    model_.graph.outputs = {output};
    opened_ = model_;
    const auto done = open_axes(opened_, {{"x", names}});
    if (!done) return done.error().what.message;
    steps_ = *done;
    const auto values = infer_shapes(opened_, {{"x", at}});
    if (!values) return values.error().what.message;
    const Inferred& last = values->at(output.name);
    return last.shape ? shape_text(*last.shape) : "unknown";
  }
  const Model& opened() const { return opened_; }
  const std::vector<std::string>& steps() const { return steps_; }
  std::vector<Node>& nodes() { return model_.graph.nodes; }

 private:
  Model model_;
  Model opened_;
  std::vector<std::string> steps_;
};

const std::vector<std::string> kRows = {"", "h", "w", ""};    // [n, y, x, channels]
const std::vector<std::string> kPlanes = {"", "", "h", "w"};  // [n, channels, y, x]

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// Windows of 4 by 4 pixels go into the batch, and come back.
TEST(OpenCuts, TheNumberOfWindowsGrows) {
  Fixed graph({1, 16, 32, 8});
  std::string x = graph.reshape("x", {1, 4, 4, 8, 4, 8});
  x = graph.reshape(graph.transpose(x, {0, 1, 3, 2, 4, 5}), {-1, 16, 8});
  x = graph.op("Softmax", {x}, {make_attribute("axis", std::int64_t{1})});
  EXPECT_EQ(graph.opened(kRows, {1, 8, 12, 8}), "[6, 16, 8]");
  x = graph.transpose(graph.reshape(x, {1, 4, 8, 4, 4, 8}), {0, 1, 3, 2, 4, 5});
  graph.reshape(x, {1, 16, 32, 8});
  EXPECT_EQ(graph.opened(kRows, {1, 8, 12, 8}), "[1, 8, 12, 8]");
  // A size that is no multiple is not dealt out in another way.
  EXPECT_TRUE(has(graph.opened(kRows, {1, 6, 16, 8}), "cannot take these sizes"));
}

// Zeros would be extents of nothing there, and none is: they may copy.
TEST(OpenReshape, AllowzeroGivesWayToCopiedAxes) {
  Fixed graph({1, 3, 33, 33});
  const std::string x = graph.pool("x", "MaxPool", {3, 3}, {2, 2});
  graph.op("Reshape", {x, graph.ints({1, 3, 16, 1, 16})}, {make_attribute("allowzero", std::int64_t{1})});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 21, 65}), "[1, 3, 10, 1, 32]");
}

// A grid of 4 by 4 cells: what goes into the batch is the size of a cell.
TEST(OpenCuts, TheSizeOfCellsGrows) {
  Fixed graph({1, 16, 32, 8});
  const std::string x = graph.reshape("x", {1, 4, 4, 4, 8, 8});
  graph.reshape(graph.transpose(x, {0, 2, 4, 1, 3, 5}), {-1, 16, 8});
  EXPECT_EQ(graph.opened(kRows, {1, 8, 12, 8}), "[6, 16, 8]");
}

TEST(OpenCuts, PixelsOfABlockBecomeChannels) {
  Fixed graph({1, 1, 4, 4});
  const std::string x = graph.reshape("x", {1, 1, 2, 2, 2, 2});
  graph.reshape(graph.transpose(x, {0, 1, 3, 5, 2, 4}), {1, 4, 2, 2});
  EXPECT_EQ(graph.opened(kPlanes, {1, 1, 10, 6}), "[1, 4, 5, 3]");
}

TEST(OpenCuts, BlocksThatAreTakenTogetherStay) {
  Fixed graph({1, 3, 16, 16});
  const std::string x = graph.reshape("x", {1, 3, 4, 4, 4, 4});
  graph.op("ReduceMax", {x}, {make_attribute("axes", Ints{3, 5}), make_attribute("keepdims", std::int64_t{0})});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 8, 20}), "[1, 3, 2, 5]");
}

TEST(OpenCuts, WhatNothingSaysIsRefused) {
  Fixed graph({1, 3, 16, 16});
  graph.op("Relu", {graph.reshape("x", {1, 3, 4, 4, 4, 4})});
  EXPECT_TRUE(has(graph.opened(kPlanes, {1, 3, 8, 8}), "which of them grow is not written there"));
}

// Parts that only fit in one way: a constant of 4 elements stands beside the inner ones.
TEST(OpenCuts, OneReadingFits) {
  Fixed graph({1, 3, 16, 8});
  const std::string x = graph.reshape("x", {1, 3, 4, 4, 8});
  graph.op("Concat", {x, graph.op("ConstantOfShape", {graph.ints({1, 3, 4, 1, 8})})},
           {make_attribute("axis", std::int64_t{3})});
  EXPECT_EQ(graph.opened({"", "", "h", ""}, {1, 3, 40, 8}), "[1, 3, 4, 11, 8]");
}

// As large as the skip connection, which a scale would miss at odd sizes.
TEST(OpenSizes, FollowTheValueThatTheyAreJoinedWith) {
  Fixed graph({1, 3, 16, 16});
  const std::string small = graph.pool("x", "MaxPool", {2, 2}, {2, 2});
  const std::string large = graph.op("Relu", {graph.resize(small, {1, 3, 16, 16})});
  graph.op("Concat", {large, "x"}, {make_attribute("axis", std::int64_t{1})});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 9, 13}), "[1, 6, 9, 13]");
}

TEST(OpenSizes, OfTheImageFollowIt) {
  Fixed graph({1, 3, 16, 16});
  graph.resize(graph.pool("x", "MaxPool", {2, 2}, {2, 2}), {1, 3, 16, 16});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 9, 13}), "[1, 3, 9, 13]");
}

TEST(OpenSizes, OddOnesAreNoConflictWhereAPartnerIs) {
  Fixed graph({1, 3, 17, 15});
  const std::string large = graph.resize(graph.pool("x", "MaxPool", {2, 2}, {2, 2}), {1, 3, 17, 15});
  graph.op("Add", {large, "x"});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 8, 10}), "[1, 3, 8, 10]");
}

TEST(OpenSizes, AWindowOverTheWholeImageStaysOne) {
  Fixed graph({1, 3, 16, 8});
  graph.pool("x", "AveragePool", {16, 8}, {16, 8});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 32, 9}), "[1, 3, 1, 1]");
  EXPECT_EQ(graph.opened().graph.nodes[0].op, "GlobalAveragePool");
}

TEST(OpenSizes, WindowsOfAdaptivePoolingAreRefused) {
  Fixed pyramid({1, 3, 12, 12});
  pyramid.pool("x", "AveragePool", {4, 4}, {4, 4});
  EXPECT_TRUE(has(pyramid.opened(kPlanes, {1, 3, 24, 24}), "adaptive pooling"));
  Fixed beside({1, 3, 12, 12});
  const std::string a = beside.pool("x", "AveragePool", {2, 2}, {2, 2});
  const std::string b = beside.pool("x", "AveragePool", {3, 3}, {3, 3});
  beside.op("Add", {beside.resize(a, {1, 3, 12, 12}), beside.resize(b, {1, 3, 12, 12})});
  EXPECT_TRUE(has(beside.opened(kPlanes, {1, 3, 24, 24}), "adaptive pooling"));
  Fixed ordinary({1, 3, 16, 16});
  ordinary.pool("x", "AveragePool", {2, 2}, {2, 2});
  EXPECT_EQ(ordinary.opened(kPlanes, {1, 3, 24, 24}), "[1, 3, 12, 12]");
}

// A crop leaves the same margin at every size.
TEST(OpenSlices, CropsAreCountedFromBothEnds) {
  Fixed graph({1, 3, 16, 20});
  const std::string cropped = graph.slice(graph.slice("x", 2, 14, 2), 2, 18, 3);
  const std::string small = graph.pool("x", "MaxPool", {5, 5}, {1, 1});
  graph.op("Concat", {cropped, small}, {make_attribute("axis", std::int64_t{1})});
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 30, 11}), "[1, 6, 26, 7]");
}

// Turned by two pixels to either side: where it is cut is counted from the nearer end.
TEST(OpenSlices, TurningGoesTheShorterWay) {
  for (const std::int64_t place : {2, 14}) {
    Fixed graph({1, 3, 16, 20});
    const std::string head = graph.slice("x", 0, place, 2);
    graph.op("Concat", {graph.slice("x", place, 16, 2), head}, {make_attribute("axis", std::int64_t{2})});
    EXPECT_EQ(graph.opened(kPlanes, {1, 3, 30, 20}), "[1, 3, 30, 20]");
    const auto values = infer_shapes(graph.opened(), {{"x", {1, 3, 30, 20}}});
    ASSERT_TRUE(values.ok());
    EXPECT_EQ(values->at(head).shape->at(2), place == 2 ? 2 : 28);
  }
  Fixed half({1, 3, 16, 20});
  const std::string head = half.slice("x", 0, 8, 2);
  half.op("Concat", {half.slice("x", 8, 16, 2), head}, {make_attribute("axis", std::int64_t{2})});
  EXPECT_TRUE(has(half.opened(kPlanes, {1, 3, 30, 20}), "by 8 of 16 pixels"));
}

// Nothing else tells whether a crop follows the size: what stays is said.
TEST(OpenSlices, WhatACropKeepsIsSaid) {
  using Steps = std::vector<std::string>;
  Fixed both({1, 3, 16, 20});
  both.op("Slice", {"x", both.ints({2, 3}), both.ints({14, 16}), both.ints({2, 3})});
  EXPECT_EQ(both.opened(kPlanes, {1, 3, 30, 24}), "[1, 3, 12, 13]");
  EXPECT_EQ(both.steps(), Steps{"Slice0 (Slice) keeps the pixels 2 to 14 and 3 to 16 at every size"});
  Fixed last({1, 3, 16, 20});
  last.slice("x", -3, 16, 2);
  EXPECT_EQ(last.opened(kPlanes, {1, 3, 30, 20}), "[1, 3, 3, 20]");
  EXPECT_EQ(last.steps(), Steps{"Slice0 (Slice) keeps the pixels -3 to the end at every size"});
  // A margin on both sides follows the size, and channels do not grow.
  Fixed margin({1, 3, 16, 20});
  margin.slice(margin.slice("x", 2, -2, 2), 0, 2, 1);
  EXPECT_EQ(margin.opened(kPlanes, {1, 3, 30, 20}), "[1, 2, 26, 20]");
  EXPECT_EQ(margin.steps(), Steps{});
}

TEST(OpenSteps, NameNodesWithoutANameByWhatTheyMake) {
  Fixed graph({1, 3, 16, 20});
  graph.reshape("x", {1, 3, 320});
  graph.nodes()[0].name.clear();
  EXPECT_EQ(graph.opened(kPlanes, {1, 3, 30, 20}), "[1, 3, 600]");
  EXPECT_EQ(graph.steps(), std::vector<std::string>{"the target of v0 (Reshape) follows the input"});
}

// What reads a value is looked up: searched for, it would take minutes here.
TEST(OpenSteps, ThousandsOfPartsOfOneImageAreOpened) {
  constexpr int kParts = 2000;
  Fixed graph({1, 1, 16, 16});
  for (int i = 0; i < kParts; ++i) {
    graph.slice("x", 3, 16, 2);
    graph.slice("x", 0, 3, 3);
  }
  graph.op("Concat", {"v0", "v2"}, {make_attribute("axis", std::int64_t{2})});
  EXPECT_EQ(graph.opened(kPlanes, {1, 1, 30, 20}), "[1, 1, 54, 20]");
  EXPECT_EQ(graph.steps().size(), 2u * kParts);
}

TEST(OpenSlices, PaddingToAMultipleIsRefused) {
  Fixed multiple({1, 1, 13, 16});
  multiple.op("Pad", {"x", multiple.ints({0, 0, 0, 0, 0, 0, 3, 0})});
  EXPECT_TRUE(has(multiple.opened(kPlanes, {1, 1, 5, 7}), "a multiple of 4"));
  Fixed odd({1, 1, 16, 16});
  odd.op("Pad", {"x", odd.ints({0, 0, 0, 1, 0, 0, 1, 1})});
  EXPECT_EQ(odd.opened(kPlanes, {1, 1, 5, 7}), "[1, 1, 6, 9]");
}

TEST(OpenConstants, OneNumberIsSpreadOverEverySize) {
  Fixed zeros({1, 1, 2, 3});
  zeros.op("Max", {"x", zeros.floats({1, 1, 2, 3}, std::vector<float>(6, 0.5f))});
  EXPECT_EQ(zeros.opened(kPlanes, {1, 1, 5, 7}), "[1, 1, 5, 7]");
  EXPECT_EQ(zeros.opened().graph.initializers.back().raw.size(), sizeof(float));
  Fixed differ({1, 1, 2, 3});
  differ.op("Max", {"x", differ.floats({1, 1, 2, 3}, {1, 1, 1, 1, 1, 2})});
  EXPECT_TRUE(has(differ.opened(kPlanes, {1, 1, 5, 7}), "do not fit"));
}

TEST(OpenSlices, ListsOfPlacesAreRefusedUnlessTheyTurnTheImage) {
  Fixed turned({1, 1, 3, 4});
  turned.op("Gather", {"x", turned.ints({3, 2, 1, 0})}, {make_attribute("axis", std::int64_t{3})});
  EXPECT_EQ(turned.opened(kPlanes, {1, 1, 5, 7}), "[1, 1, 5, 7]");
  Fixed taken({1, 1, 3, 4});
  taken.op("Gather", {"x", taken.ints({0, 2, 1, 3})}, {make_attribute("axis", std::int64_t{3})});
  EXPECT_TRUE(has(taken.opened(kPlanes, {1, 1, 5, 7}), "from given places"));
}

}  // namespace
}  // namespace zooport::onnx
