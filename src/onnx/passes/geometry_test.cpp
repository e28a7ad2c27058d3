#include "zooport/onnx/geometry.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

// One input x [1, 1, open], one output y; layers are appended by the tests. One-dimensional, so that influence can be
// computed by hand.
class Chain {
 public:
  Chain() {
    model_.ir_version = 8;
    model_.set_opset(17);
    model_.graph.name = "g";
    ValueInfo value;
    value.type.element = ElementType::kFloat;
    value.type.shape = std::vector<Dimension>{{1}, {1}, {std::nullopt, "n"}};
    value.name = "x";
    model_.graph.inputs.push_back(value);
    value.name = "y";
    model_.graph.outputs.push_back(value);
    last_ = "x";
  }
  void conv(std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t before, std::int64_t behind) {
    layers_.push_back({Layer::kConv, kernel, stride, dilation, before});
    const std::string w = "w" + std::to_string(layers_.size());
    model_.graph.initializers.push_back(
        make_floats(w, {1, 1, kernel}, std::vector<float>(static_cast<std::size_t>(kernel), 1.0f)));
    add("Conv", {last_, w},
        {make_attribute("strides", std::vector<std::int64_t>{stride}),
         make_attribute("dilations", std::vector<std::int64_t>{dilation}),
         make_attribute("pads", std::vector<std::int64_t>{before, behind})});
  }
  void nearest(std::int64_t factor) {
    layers_.push_back({Layer::kNearest, factor, 1, 1, 0});
    const std::string s = "s" + std::to_string(layers_.size());
    model_.graph.initializers.push_back(make_floats(s, {3}, {1, 1, static_cast<float>(factor)}));
    add("Resize", {last_, "", s},
        {make_attribute("mode", std::string("nearest")),
         make_attribute("coordinate_transformation_mode", std::string("asymmetric")),
         make_attribute("nearest_mode", std::string("floor"))});
  }
  void linear(std::int64_t factor) {
    layers_.push_back({Layer::kLinear, factor, 1, 1, 0});
    const std::string s = "s" + std::to_string(layers_.size());
    model_.graph.initializers.push_back(make_floats(s, {3}, {1, 1, static_cast<float>(factor)}));
    add("Resize", {last_, "", s},
        {make_attribute("mode", std::string("linear")),
         make_attribute("coordinate_transformation_mode", std::string("half_pixel"))});
  }
  void op(const std::string& name) { add(name, {last_}, {}); }
  const Model& finish() {
    model_.graph.nodes.back().outputs[0] = "y";
    return model_;
  }

  // Input pixels that element `i` of the output sees, found by walking backwards.
  std::pair<std::int64_t, std::int64_t> sees(std::int64_t i) const {
    std::int64_t least = i, most = i;
    for (std::size_t k = layers_.size(); k-- > 0;) {
      const Layer& layer = layers_[k];
      const auto down = [](std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); };
      if (layer.kind == Layer::kConv) {
        least = least * layer.stride - layer.before;
        most = most * layer.stride - layer.before + layer.dilation * (layer.size - 1);
      } else if (layer.kind == Layer::kNearest) {
        least = down(least, layer.size);
        most = down(most, layer.size);
      } else {
        // Twice the position of the output's centre, in input pixels: (2 i + 1) / f - 1.
        least = down(2 * least + 1 - layer.size, 2 * layer.size);
        const std::int64_t position = 2 * most + 1 - layer.size;
        most = down(position, 2 * layer.size) + (position % (2 * layer.size) == 0 ? 0 : 1);
      }
    }
    return {least, most};
  }

 private:
  struct Layer {
    enum Kind { kConv, kNearest, kLinear } kind;
    std::int64_t size, stride, dilation, before;
  };
  void add(const std::string& name, std::vector<std::string> inputs, std::vector<Attribute> attributes) {
    Node node;
    node.op = name;
    node.name = name + std::to_string(model_.graph.nodes.size());
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    last_ = "v" + std::to_string(model_.graph.nodes.size());
    node.outputs = {last_};
    model_.graph.nodes.push_back(std::move(node));
  }
  Model model_;
  std::string last_;
  std::vector<Layer> layers_;
};

TEST(Geometry, OfOneConvolution) {
  Chain chain;
  chain.conv(5, 1, 2, 4, 4);
  const Geometry geometry = geometry_of(chain.finish(), {2});
  ASSERT_TRUE(geometry.is_known) << geometry.reason;
  EXPECT_EQ(geometry.axes[0].reach_before, 4);
  EXPECT_EQ(geometry.axes[0].reach_behind, 4);
  EXPECT_EQ(geometry.axes[0].stride, 1);
  EXPECT_EQ(geometry.axes[0].size_step, 1);
}

TEST(Geometry, NamesTheNodeThatSeesEverything) {
  Chain chain;
  chain.conv(3, 1, 1, 1, 1);
  chain.op("InstanceNormalization");
  chain.op("Relu");
  const Geometry geometry = geometry_of(chain.finish(), {2});
  EXPECT_FALSE(geometry.is_known);
  EXPECT_NE(geometry.reason.find("InstanceNormalization1 (InstanceNormalization)"), std::string::npos)
      << geometry.reason;
}

// Chains drawn at random: the reach is that of the phase that sees farthest.
TEST(Geometry, IsWhatIsSeen) {
  std::mt19937 random(11);
  const auto draw = [&](std::int64_t a, std::int64_t b) {
    return std::uniform_int_distribution<std::int64_t>(a, b)(random);
  };
  for (int round = 0; round < 100; ++round) {
    Chain chain;
    std::int64_t scale = 1;
    for (std::int64_t layer = draw(2, 7); layer > 0; --layer) {
      switch (draw(0, 3)) {
        case 0: chain.conv(2, 2, 1, 0, 0), scale *= 2; break;
        case 1:
          if (scale > 1) {
            draw(0, 1) ? chain.nearest(2) : chain.linear(2), scale /= 2;
            break;
          }
          [[fallthrough]];
        default: {
          const std::int64_t half = draw(0, 2), dilation = draw(1, 2);
          chain.conv(2 * half + 1, 1, dilation, half * dilation, half * dilation);
        }
      }
    }
    while (scale > 1) chain.nearest(2), scale /= 2;
    chain.conv(1, 1, 1, 0, 0);
    const Geometry geometry = geometry_of(chain.finish(), {2});
    ASSERT_TRUE(geometry.is_known) << geometry.reason;
    const AxisGeometry& axis = geometry.axes[0];
    std::int64_t before = 0, behind = 0;
    for (std::int64_t i = 1000 * axis.stride; i < 1001 * axis.stride; ++i) {
      const auto [least, most] = chain.sees(i);
      before = std::max(before, i - least);
      behind = std::max(behind, most - i);
      // Moving by the stride changes nothing else.
      EXPECT_EQ(chain.sees(i + axis.stride).first, least + axis.stride);
    }
    EXPECT_EQ(axis.reach_before, before) << "round " << round;
    EXPECT_EQ(axis.reach_behind, behind) << "round " << round;
    EXPECT_EQ(axis.size_step % axis.stride, 0);
  }
}

Geometry of_file(const std::string& path, Model* model = nullptr) {
  const auto bytes = os::read_file(path, 1u << 30);
  EXPECT_TRUE(bytes.ok());
  const auto read = read_model(*bytes);
  EXPECT_TRUE(read.ok());
  if (model) *model = *read;
  return geometry_of(*read, {2, 3});
}

TEST(Geometry, OfTheExampleModel) {
  const Geometry geometry = of_file(ZOOPORT_SOURCE_DIR "/examples/nuclei/weights.onnx");
  ASSERT_TRUE(geometry.is_known) << geometry.reason;
  for (const AxisGeometry& axis : geometry.axes) {
    EXPECT_EQ(axis.stride, 4);
    EXPECT_EQ(axis.size_step, 4);
    // The training script proves that pixels farther away than 23 have no influence, and that some at 23 have.
    EXPECT_EQ(axis.reach(), 23);
  }
}

TEST(Geometry, OfTheNucleiModel) {
  ZOOPORT_NEEDS_SHARED();
  Model model;
  const Geometry geometry = of_file(testing::shared_folder() + "/data/models/unet2d_nuclei_broad/weights.onnx", &model);
  ASSERT_TRUE(geometry.is_known) << geometry.reason;
  for (const AxisGeometry& axis : geometry.axes) {
    EXPECT_EQ(axis.stride, 8);
    EXPECT_EQ(axis.size_step, 8);
    EXPECT_EQ(axis.size_min, 8);
    // Influence was measured as far as 53 to 58 pixels.
    EXPECT_EQ(axis.reach(), 58);
  }
  ASSERT_TRUE(make_symbolic(model, {{"input.1", {"", "", "y", "x"}}}).ok());
  EXPECT_EQ(model.graph.inputs[0].type.shape->at(2).symbol, "y");
  EXPECT_EQ(model.graph.outputs[0].type.shape->at(3).symbol, "x");
  EXPECT_EQ(model.graph.outputs[0].type.shape->at(1).value, 1);
  const auto shapes = infer_shapes(model, {{"input.1", {1, 1, 704, 904}}});
  ASSERT_TRUE(shapes.ok());
  EXPECT_EQ(*shapes->find("82")->second.shape, (tensor::Shape{1, 1, 704, 904}));
  EXPECT_EQ(infer_shapes(model, {{"input.1", {1, 1, 700, 904}}}).error().what.id, "onnx.shape-conflict");
  EXPECT_GT(peak_bytes(model, {{"input.1", {1, 1, 512, 512}}}), 60u << 20);
  // About 35,000 a pixel.
  EXPECT_NEAR(static_cast<double>(multiply_adds(model, {{"input.1", {1, 1, 512, 512}}})) / (512 * 512), 35'000, 5'000);
}

TEST(Shape, NamesWhatFixesASize) {
  Chain chain;
  chain.conv(3, 1, 1, 1, 1);
  Model model = chain.finish();
  model.graph.inputs[0].type.shape->at(2) = {16};
  model.graph.initializers.push_back(make_integers("t", {1, 4, 4}));
  Node node;
  node.op = "Reshape";
  node.name = "fixing";
  node.inputs = {"y0", "t"};
  node.outputs = {"y"};
  model.graph.nodes.back().outputs[0] = "y0";
  model.graph.nodes.push_back(node);
  const auto opened = make_symbolic(model, {{"x", {"", "", "n"}}});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().what.id, "onnx.fixed-size");
  EXPECT_NE(opened.error().what.message.find("fixing (Reshape)"), std::string::npos) << opened.error().what.message;
  EXPECT_EQ(make_symbolic(model, {{"z", {"n"}}}).error().what.id, "onnx.no-input");
  ASSERT_TRUE(make_fixed(model, {{"x", {1, 1, 16}}}).ok());
  EXPECT_EQ(model.graph.outputs[0].type.shape->at(2).value, 4);
}

TEST(Shape, AxesThatComeAndGoWithTheSizeCannotBeOpened) {
  Chain chain;
  chain.op("Squeeze");  // of every axis of size 1
  Model model = chain.finish();
  model.graph.inputs[0].type.shape->at(2) = {1};
  const auto opened = make_symbolic(model, {{"x", {"", "", "n"}}});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().what.id, "onnx.fixed-size");
  EXPECT_NE(opened.error().what.message.find("the number of its axes changes"), std::string::npos)
      << opened.error().what.message;
}

// x -> … -> y, between Reshapes to `there` and `back`.
class Reshaped {
 public:
  Reshaped(const std::vector<Dimension>& input, const std::vector<std::int64_t>& there,
           const std::vector<std::int64_t>& back) {
    model_.ir_version = 8;
    model_.set_opset(17);
    model_.graph.name = "g";
    ValueInfo value;
    value.type.element = ElementType::kFloat;
    value.type.shape = input;
    value.name = "x";
    model_.graph.inputs.push_back(value);
    value.name = "y";
    model_.graph.outputs.push_back(value);
    model_.graph.initializers.push_back(make_integers("there", there));
    model_.graph.initializers.push_back(make_integers("back", back));
    add("Reshape", {"x", "there"}, "a", {});
  }
  void constant(Tensor tensor) { model_.graph.initializers.push_back(std::move(tensor)); }
  void add(std::string op, std::vector<std::string> inputs, std::string output, std::vector<Attribute> attributes) {
    Node& node = model_.graph.nodes.emplace_back();
    node.op = std::move(op);
    node.inputs = std::move(inputs);
    node.outputs = {std::move(output)};
    node.attributes = std::move(attributes);
  }
  // Behind what makes "b".
  Geometry geometry(const std::vector<int>& space) {
    add("Reshape", {"b", "back"}, "y", {});
    return geometry_of(model_, space);
  }

 private:
  Model model_;
};

// As tf2onnx has it: x [n, y, x, channels], a Reshape to `there`, a convolution, and a Reshape to `back`.
Geometry of_reshapes(const std::vector<Dimension>& input, const std::vector<std::int64_t>& there,
                     const std::vector<std::int64_t>& back) {
  Reshaped graph(input, there, back);
  graph.constant(make_floats("w", {1, 1, 5, 3}, std::vector<float>(15, 1.0f)));
  graph.add("Conv", {"a", "w"}, "b", {make_attribute("pads", std::vector<std::int64_t>{2, 1, 2, 1})});
  return graph.geometry({1, 2});
}

TEST(Geometry, FollowsAxesOfSizeOneThatMove) {
  const Dimension open{std::nullopt, "open"};
  for (const Dimension& batch : {Dimension{1}, open}) {
    for (const std::int64_t height : {32, 16}) {
      const Geometry geometry = of_reshapes({batch, {height}, {32}, {1}}, {-1, 1, height, 32}, {-1, height, 32, 1});
      ASSERT_TRUE(geometry.is_known) << geometry.reason;
      EXPECT_EQ(geometry.axes[0].reach(), 2);
      EXPECT_EQ(geometry.axes[1].reach(), 1);
      EXPECT_EQ(geometry.axes[0].stride, 1);
      EXPECT_EQ(geometry.axes[0].size_step, 0);  // the Reshape fixes it
    }
  }
  const Geometry opened = of_reshapes({{1}, open, {32}, {1}}, {1, 1, -1, 32}, {1, -1, 32, 1});
  ASSERT_TRUE(opened.is_known) << opened.reason;
  EXPECT_EQ(opened.axes[0].reach(), 2);
  EXPECT_EQ(opened.axes[0].size_step, 1);
}

TEST(Geometry, ReshapesThatTearAxesOfSpaceAreUnknown) {
  const Dimension open{std::nullopt, "open"};
  const auto tears = [](const Geometry& geometry) {
    return !geometry.is_known && geometry.reason.find("groups the axes of space") != std::string::npos;
  };
  // Turned; torn; more than one channel; an axis of space that cannot be told from others of size 1.
  EXPECT_TRUE(tears(of_reshapes({{1}, {16}, {32}, {1}}, {1, 1, 32, 16}, {1, 16, 32, 1})));
  EXPECT_TRUE(tears(of_reshapes({{1}, {16}, {32}, {1}}, {1, 1, 8, 64}, {1, 16, 32, 1})));
  EXPECT_TRUE(tears(of_reshapes({{1}, {16}, {32}, {2}}, {2, 1, 16, 32}, {1, 16, 32, 2})));
  EXPECT_TRUE(tears(of_reshapes({{1}, {1}, {32}, {1}}, {1, 1, 1, 32}, {1, 1, 32, 1})));
  // Fits only the size that open axes are tried at: 256 by 256.
  EXPECT_TRUE(tears(of_reshapes({{1}, open, open, {1}}, {1, 1, 256, -1}, {1, 256, -1, 1})));
  EXPECT_TRUE(tears(of_reshapes({{1}, open, open, {1}}, {1, 1, 256, 256}, {1, 256, 256, 1})));
}

// x [1, channels, y, x] goes through a Reshape, a Transpose and a Reshape.
Geometry of_blocks(const std::vector<Dimension>& input, const std::vector<std::int64_t>& there,
                   const std::vector<std::int64_t>& turn, const std::vector<std::int64_t>& back) {
  Reshaped graph(input, there, back);
  graph.add("Transpose", {"a"}, "b", {make_attribute("perm", turn)});
  return graph.geometry({2, 3});
}

TEST(Geometry, FollowsBlocksOfPixelsThatBecomeChannels) {
  const Geometry down = of_blocks({{1}, {3}, {16}, {12}}, {1, 3, 8, 2, 3, 4}, {0, 1, 3, 5, 2, 4}, {1, 24, 8, 3});
  ASSERT_TRUE(down.is_known) << down.reason;
  EXPECT_EQ(down.axes[0].stride, 2);
  EXPECT_EQ(down.axes[1].stride, 4);
  EXPECT_EQ(down.axes[0].scale_denominator, 2);
  EXPECT_EQ(down.axes[1].reach_behind, 3);
  const Geometry up = of_blocks({{1}, {8}, {16}, {12}}, {1, 2, 2, 2, 16, 12}, {0, 1, 4, 2, 5, 3}, {1, 2, 32, 24});
  ASSERT_TRUE(up.is_known) << up.reason;
  EXPECT_EQ(up.axes[0].scale_numerator, 2);
  EXPECT_EQ(up.axes[0].reach(), 0);
  // There and back.
  const Geometry whole = of_blocks({{1}, {3}, {16}, {12}}, {1, 3, 8, 2, 3, 4}, {0, 1, 2, 3, 4, 5}, {1, 3, 16, 12});
  ASSERT_TRUE(whole.is_known) << whole.reason;
  EXPECT_EQ(whole.axes[0].stride, 1);
}

TEST(Geometry, WindowsAreUnknown) {
  const Geometry batch = of_blocks({{1}, {3}, {16}, {12}}, {1, 3, 8, 2, 3, 4}, {0, 2, 4, 1, 3, 5}, {24, 3, 2, 4});
  EXPECT_FALSE(batch.is_known);
  // The cells of a grid: the wrong part becomes channels.
  const Geometry grid = of_blocks({{1}, {3}, {16}, {12}}, {1, 3, 8, 2, 3, 4}, {0, 1, 2, 4, 3, 5}, {1, 72, 2, 4});
  EXPECT_FALSE(grid.is_known);
}

TEST(Geometry, NumbersThatNoNetworkHasAreUnknown) {
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 30, INT64_MAX, INT64_MIN}) {
    Chain strides;
    strides.conv(3, number, 1, 1, 1);
    EXPECT_FALSE(geometry_of(strides.finish(), {2}).is_known) << number;
    Chain dilations;
    dilations.conv(3, 1, number, 1, 1);
    EXPECT_FALSE(geometry_of(dilations.finish(), {2}).is_known) << number;
    if (number == 0 || number == -1) continue;
    Chain pads;
    pads.conv(3, 1, 1, number, number);
    EXPECT_FALSE(geometry_of(pads.finish(), {2}).is_known) << number;
    Chain sizes;
    sizes.conv(3, 1, 1, 1, 1);
    Model model = sizes.finish();
    model.graph.inputs[0].type.shape->at(2) = {number};
    EXPECT_FALSE(make_symbolic(model, {{"x", {"", "", "n"}}}).ok() && number > (std::int64_t{1} << 40)) << number;
    if (number != std::int64_t{1} << 30) {
      EXPECT_FALSE(geometry_of(model, {2}).is_known) << number;
    }
  }
  // A Resize that lost its output.
  Chain chain;
  chain.nearest(2);
  Model model = chain.finish();
  model.graph.nodes.back().outputs.clear();
  EXPECT_FALSE(geometry_of(model, {2}).is_known);
}

}  // namespace
}  // namespace zooport::onnx
