#include "zooport/convert/verify_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "convert/graphs_for_test.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/fake_engine.hpp"

namespace zooport::convert {
namespace {

using namespace convert::testing;
using onnx::make_attribute;
using Ints = std::vector<std::int64_t>;

GraphVerification verified(const onnx::Model& before, const onnx::Model& after, std::uint64_t seed = 0) {
  const auto result = verify_graph(before, after, *zooport::testing::installed_engine(), seed, {});
  if (result.ok()) return *result;
  ADD_FAILURE() << result.error().what.message;
  return GraphVerification();
}

std::string differing(const GraphVerification& verification) {
  std::string names;
  for (const Trial& trial : verification.trials)
    if (trial.status == Trial::Status::kDiffers && trial.counts) names += trial.what() + "; ";
  return names;
}

// Both are the same to numbers in [0, 1) of one size and a batch of one, which is all that used to be tried.
bool is_missed_by_one_random_input(const GraphVerification& verification) {
  return verification.trials.at(0).pattern == "uniform" && verification.trials.at(0).status == Trial::Status::kAgrees;
}

bool has_finding(const Diagnostics& findings, const std::string& id) {
  return std::any_of(findings.items().begin(), findings.items().end(),
                     [&](const Diagnostic& finding) { return finding.id == id; });
}

onnx::Model doubled() { return graph({.nodes = {node("Mul", {"x", "two"}, "y")}, .constants = {scalar("two", 2)}}); }

TEST(VerifyGraph, RunsManyInputsOfSeveralSizes) {
  ZOOPORT_NEEDS_ENGINE();
  const GraphVerification same = verified(doubled(), doubled());
  EXPECT_TRUE(same.passed()) << same.reason;
  EXPECT_EQ(same.max_abs(), 0);
  EXPECT_EQ(same.runs(), same.trials.size());
  std::vector<tensor::Shape> shapes;
  for (const Trial& trial : same.trials) shapes.push_back(trial.inputs.at(0).second);
  std::sort(shapes.begin(), shapes.end());
  shapes.erase(std::unique(shapes.begin(), shapes.end()), shapes.end());
  EXPECT_EQ(shapes,
            (std::vector<tensor::Shape>{{1, 2, 1, 1}, {1, 2, 49, 77}, {1, 2, 49, 96}, {1, 2, 64, 64}, {2, 2, 64, 64}}));
  EXPECT_EQ(same.shapes.at("x"), (tensor::Shape{1, 2, 64, 64}));
}

TEST(VerifyGraph, WhatTheMachineCannotHoldIsNotRun) {
  ZOOPORT_NEEDS_ENGINE();
  onnx::Model bomb = graph(
      {.nodes = {node("ConstantOfShape", {"sizes"}, "z"), node("ReduceMax", {"z"}, "m"), node("Add", {"x", "m"}, "y")},
       .constants = {onnx::make_integers("sizes", {1 << 20, 1 << 20, 1 << 4})}});
  const GraphVerification result = verified(bomb, bomb);
  EXPECT_FALSE(result.has_run);
  EXPECT_NE(result.reason.find("TiB of memory at least"), std::string::npos) << result.reason;
}

TEST(VerifyGraph, FindsWhatOnlyLargeValuesShow) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model clipped = graph({.nodes = {node("Mul", {"x", "two"}, "d"), node("Clip", {"d", "", "most"}, "y")},
                                     .constants = {scalar("two", 2), scalar("most", 1000)}});
  const GraphVerification result = verified(doubled(), clipped);
  EXPECT_TRUE(is_missed_by_one_random_input(result));
  EXPECT_FALSE(result.passed());
  EXPECT_EQ(differing(result).find("extreme large; "), 0u) << differing(result);
  EXPECT_EQ(result.outputs.at(0).worst_found, 1000);
  EXPECT_GT(result.outputs.at(0).worst_expected, 1000);
  EXPECT_NE(result.outputs.at(0).trial.find("extreme"), std::string::npos);
}

TEST(VerifyGraph, FindsWhatOnlyNegativeValuesShow) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model positive =
      graph({.nodes = {node("Mul", {"x", "two"}, "d"), node("Relu", {"d"}, "y")}, .constants = {scalar("two", 2)}});
  const GraphVerification result = verified(doubled(), positive);
  EXPECT_TRUE(is_missed_by_one_random_input(result));
  EXPECT_NE(differing(result).find("extreme negative"), std::string::npos);
  EXPECT_NE(differing(result).find("random normal"), std::string::npos);
}

// Where two by two does not divide, one pads behind and the other in front.
TEST(VerifyGraph, FindsWhatOnlyOddSizesShow) {
  ZOOPORT_NEEDS_ENGINE();
  const auto pooled = [](const std::string& padding) {
    return graph({.nodes = {node("MaxPool", {"x"}, "y",
                                 {make_attribute("kernel_shape", Ints{2, 2}), make_attribute("strides", Ints{2, 2}),
                                  make_attribute("auto_pad", padding)})}});
  };
  const GraphVerification result = verified(pooled("SAME_UPPER"), pooled("SAME_LOWER"));
  EXPECT_TRUE(is_missed_by_one_random_input(result));
  EXPECT_EQ(differing(result), "random uniform; ");
}

TEST(VerifyGraph, FindsWhatOnlyTheBorderShows) {
  ZOOPORT_NEEDS_ENGINE();
  const auto smoothed = [](const std::string& mode) {
    onnx::Model made = graph({.nodes = {node("Pad", {"x", "pads"}, "p", {make_attribute("mode", mode)}),
                                        node("AveragePool", {"p"}, "y", {make_attribute("kernel_shape", Ints{3, 3})})},
                              .constants = {onnx::make_integers("pads", {0, 0, 1, 1, 0, 0, 1, 1})}});
    return made;
  };
  const GraphVerification result = verified(smoothed("edge"), smoothed("reflect"));
  EXPECT_FALSE(result.passed());
  const tensor::Shape& worst = result.outputs.at(0).worst;
  const tensor::Shape& shape = result.outputs.at(0).shape;
  EXPECT_TRUE(worst[2] == 0 || worst[3] == 0 || worst[2] == shape[2] - 1 || worst[3] == shape[3] - 1);
}

TEST(VerifyGraph, FindsWhatOnlyABatchOfTwoShows) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model mixed = graph(
      {.nodes = {node("ReduceMean", {"x"}, "m", {make_attribute("axes", Ints{0})}), node("Add", {"x", "m"}, "y")}});
  const GraphVerification result = verified(doubled(), mixed);
  EXPECT_TRUE(is_missed_by_one_random_input(result));
  EXPECT_EQ(differing(result), "natural; extreme alternating; ");
  for (const Trial& trial : result.trials)
    EXPECT_EQ(trial.status == Trial::Status::kDiffers, trial.inputs.at(0).second[0] == 2) << trial.name();
}

TEST(VerifyGraph, FindsABranchThatIsRarelyTaken) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model branching =
      graph({.nodes = {node("ReduceMax", {"x"}, "m", {make_attribute("keepdims", std::int64_t{0})}),
                       node("Greater", {"m", "hundred"}, "bright"), node("Where", {"bright", "three", "two"}, "by"),
                       node("Mul", {"x", "by"}, "y")},
             .constants = {scalar("hundred", 100), scalar("three", 3), scalar("two", 2)}});
  const GraphVerification result = verified(doubled(), branching);
  EXPECT_TRUE(is_missed_by_one_random_input(result));
  EXPECT_NE(differing(result).find("extreme hot pixel"), std::string::npos);
  const onnx::Model of_dark =
      graph({.nodes = {node("ReduceMax", {"x"}, "m", {make_attribute("keepdims", std::int64_t{0})}),
                       node("Equal", {"m", "zero"}, "dark"), node("Where", {"dark", "one", "zero"}, "more"),
                       node("Mul", {"x", "two"}, "d"), node("Add", {"d", "more"}, "y")},
             .constants = {scalar("zero", 0), scalar("one", 1), scalar("two", 2)}});
  EXPECT_EQ(differing(verified(doubled(), of_dark)), "extreme zeros; ");
}

TEST(VerifyGraph, FindsChannelsThatWereExchanged) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model exchanged =
      graph({.nodes = {node("Gather", {"x", "order"}, "g", {make_attribute("axis", std::int64_t{1})}),
                       node("Mul", {"g", "two"}, "y")},
             .constants = {onnx::make_integers("order", {1, 0}), scalar("two", 2)}});
  EXPECT_FALSE(verified(doubled(), exchanged).passed());
}

// A probability beside a distance: a tenth is much for the one and nothing for the other.
TEST(VerifyGraph, HoldsEachChannelAgainstItsOwnSpread) {
  ZOOPORT_NEEDS_ENGINE();
  const auto both = [](float more) {
    return graph(
        {.nodes = {node("Sigmoid", {"x"}, "p"), node("Add", {"p", "more"}, "probability"),
                   node("Mul", {"x", "thousand"}, "distance"),
                   node("Concat", {"probability", "distance"}, "y", {make_attribute("axis", std::int64_t{1})})},
         .constants = {scalar("more", more), scalar("thousand", 1000)},
         .input = {-1, 1, -2, -3},
         .output = {-1, 2, -2, -3}});
  };
  EXPECT_TRUE(verified(both(0), both(0)).passed());
  const GraphVerification result = verified(both(0), both(0.1f));
  EXPECT_FALSE(result.passed());
  EXPECT_EQ(result.outputs.at(0).worst.at(1), 0);
  EXPECT_EQ(result.outputs.at(0).mismatched * 2, result.outputs.at(0).elements);
}

TEST(VerifyGraph, NothingFromBothIsTheSame) {
  ZOOPORT_NEEDS_ENGINE();
  onnx::Model places = graph({.nodes = {node("NonZero", {"x"}, "y")}, .output = {4, -7}});
  places.graph.outputs[0] = value("y", {4, -7}, onnx::ElementType::kInt64);
  const GraphVerification result = verified(places, places);
  EXPECT_TRUE(result.passed()) << result.reason;
}

// Of negative values, one gives NaN. Whatever both do alike is no difference, but told.
TEST(VerifyGraph, FindsNanThatOnlyOneGives) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model root = graph({.nodes = {node("Sqrt", {"x"}, "y")}});
  const onnx::Model safe = graph({.nodes = {node("Relu", {"x"}, "r"), node("Sqrt", {"r"}, "y")}});
  for (const bool has_nan_first : {false, true}) {
    const GraphVerification result = verified(has_nan_first ? root : safe, has_nan_first ? safe : root);
    EXPECT_TRUE(is_missed_by_one_random_input(result));
    EXPECT_FALSE(result.passed());
    EXPECT_NE(differing(result).find("random normal"), std::string::npos);
    // Of an extreme input, what the second gives in the place of NaN is as good.
    EXPECT_EQ(differing(result).find("extreme negative") == std::string::npos, has_nan_first);
    EXPECT_EQ(has_finding(result.findings, "convert.compare-nan"), has_nan_first);
    EXPECT_EQ(has_nan_first ? result.outputs.at(0).nan_expected > 0 : result.outputs.at(0).nan_found > 0, true);
  }
  const GraphVerification same = verified(root, root);
  EXPECT_TRUE(same.passed()) << same.reason;
  EXPECT_TRUE(has_finding(same.findings, "convert.compare-nan"));
}

// Engines fuse what lies between the quantised values of one graph, and not of the other, whose nodes say the same.
TEST(VerifyGraph, QuantisedValuesAreThoseOfTheNodes) {
  ZOOPORT_NEEDS_ENGINE();
  std::vector<std::int8_t> steps;
  std::vector<float> numbers;
  for (int i = 0; i < 36; ++i) {
    steps.push_back(static_cast<std::int8_t>(i * 37 % 255 - 127));
    numbers.push_back(static_cast<float>(steps.back()) * 0.0051f);
  }
  const auto convolved = [&](std::vector<onnx::Node> nodes, const onnx::Tensor& weights) {
    nodes.insert(nodes.end(), {node("QuantizeLinear", {"x", "step", "zero"}, "q"),
                               node("DequantizeLinear", {"q", "step", "zero"}, "d"), node("Conv", {"d", "w"}, "c"),
                               node("QuantizeLinear", {"c", "out", "zero"}, "r"),
                               node("DequantizeLinear", {"r", "out", "zero"}, "y")});
    return graph({.nodes = std::move(nodes),
                  .constants = {scalar("step", 0.0137f), scalar("out", 0.0271f), scalar("own", 0.0051f), weights,
                                onnx::make_tensor("zero", tensor::Array::of<std::uint8_t>({}, {100}).view()),
                                onnx::make_tensor("none", tensor::Array::of<std::int8_t>({}, {0}).view())}});
  };
  const onnx::Model fused =
      convolved({node("DequantizeLinear", {"wq", "own", "none"}, "w")},
                onnx::make_tensor("wq", tensor::Array::of<std::int8_t>({2, 2, 3, 3}, steps).view()));
  const onnx::Model as_floats = convolved({}, onnx::make_floats("w", {2, 2, 3, 3}, numbers));
  const GraphVerification result = verified(fused, as_floats);
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_EQ(result.max_abs(), 0);
}

// As halves do in products that are taken apart: infinity minus infinity, of large values only.
TEST(VerifyGraph, NanOfTheFirstOnExtremeInputsDoesNotCount) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model overflows =
      graph({.nodes = {node("Mul", {"x", "huge"}, "h"), node("Sub", {"h", "h"}, "d"), node("Add", {"x", "d"}, "y")},
             .constants = {scalar("huge", 1e36f)}});
  const auto plus = [](float more) {
    return graph({.nodes = {node("Add", {"x", "more"}, "y")}, .constants = {scalar("more", more)}});
  };
  const GraphVerification result = verified(overflows, plus(0));
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_TRUE(has_finding(result.findings, "convert.compare-nan"));
  EXPECT_FALSE(verified(plus(0), overflows).passed());
  EXPECT_FALSE(verified(overflows, plus(0.5f)).passed());
}

// Relu by way of a comparison loses NaN: told, and no difference.
TEST(VerifyGraph, WhatIsDoneToNanDoesNotCount) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model relu = graph({.nodes = {node("Relu", {"x"}, "y")}});
  const onnx::Model where =
      graph({.nodes = {node("Greater", {"x", "zero"}, "above"), node("Where", {"above", "x", "zero"}, "y")},
             .constants = {scalar("zero", 0)}});
  const GraphVerification result = verified(where, relu);
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_TRUE(has_finding(result.findings, "convert.compare-not-finite"));
}

TEST(VerifyGraph, AConstantOutputProvesNothing) {
  ZOOPORT_NEEDS_ENGINE();
  const auto constant = [](float number) {
    return graph({.nodes = {node("Mul", {"x", "zero"}, "z"), node("Clip", {"z", "zero", "zero"}, "c"),
                            node("Add", {"c", "number"}, "y")},
                  .constants = {scalar("zero", 0), scalar("number", number)}});
  };
  const GraphVerification result = verified(constant(3), constant(3));
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_FALSE(result.outputs.at(0).discriminates);
  ASSERT_TRUE(has_finding(result.findings, "convert.compare-constant"));
  const auto found = std::find_if(result.findings.items().begin(), result.findings.items().end(),
                                  [](const Diagnostic& finding) { return finding.id == "convert.compare-constant"; });
  EXPECT_EQ(found->severity, Severity::kAlert);
  EXPECT_NE(found->message.find("standard deviation 0 around 3 over all"), std::string::npos) << found->message;
  EXPECT_FALSE(verified(constant(3), constant(3.1f)).passed());
}

// It varies for large values alone.
TEST(VerifyGraph, AnOutputThatHardlyVariesIsTold) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model shy = graph(
      {.nodes = {node("Sub", {"x", "hundred"}, "s"), node("Relu", {"s"}, "y")}, .constants = {scalar("hundred", 100)}});
  const GraphVerification result = verified(shy, shy);
  EXPECT_TRUE(result.passed());
  EXPECT_TRUE(result.outputs.at(0).discriminates);
  EXPECT_TRUE(has_finding(result.findings, "convert.compare-varies-little"));
}

// The mean of a constant, taken from it and divided by nearly nothing, is rounding alone: two orders of summing differ.
TEST(VerifyGraph, WhatIsUnstableIsNoDifference) {
  ZOOPORT_NEEDS_ENGINE();
  const auto normalised = [](bool rounds) {
    GraphParts parts{.nodes = {node("ReduceMean", {rounds ? "r" : "x"}, "m"), node("Sub", {"x", "m"}, "d"),
                               node("Mul", {"d", "d"}, "s"), node("ReduceMean", {"s"}, "v"), node("Sqrt", {"v"}, "q"),
                               node("Add", {"q", "least"}, "e"), node("Div", {"d", "e"}, "y")},
                     .constants = {scalar("least", 1e-6f), scalar("third", 1.0000001f)}};
    if (rounds) parts.nodes.insert(parts.nodes.begin(), node("Mul", {"x", "third"}, "r"));
    return graph(std::move(parts));
  };
  const GraphVerification result = verified(normalised(false), normalised(true));
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_TRUE(has_finding(result.findings, "convert.compare-unstable"));
  EXPECT_TRUE(result.outputs.at(0).discriminates);
}

TEST(VerifyGraph, IntegersGetWhatTheyHold) {
  ZOOPORT_NEEDS_ENGINE();
  const auto table = [](float last) {
    return graph({.nodes = {node("Gather", {"table", "x"}, "g"),
                            node("Cast", {"g"}, "y", {make_attribute("to", std::int64_t{7})})},
                  .constants = {onnx::make_floats("table", {8}, {5, 1, 4, 2, 3, 8, 6, last})},
                  .input = {-1, -2},
                  .output = {-1, -2},
                  .type = onnx::ElementType::kInt64});
  };
  EXPECT_TRUE(verified(table(7), table(7)).passed());
  EXPECT_FALSE(verified(table(7), table(9)).passed());
  const auto brightened = [](float most) {
    return graph({.nodes = {node("Cast", {"x"}, "f", {make_attribute("to", std::int64_t{1})}),
                            node("Clip", {"f", "", "most"}, "c"),
                            node("Cast", {"c"}, "y", {make_attribute("to", std::int64_t{4})})},
                  .constants = {scalar("most", most)},
                  .type = onnx::ElementType::kUint16});
  };
  EXPECT_TRUE(verified(brightened(60000), brightened(60000)).passed());
  EXPECT_FALSE(verified(brightened(60000), brightened(61000)).passed());
}

TEST(VerifyGraph, FixedSizesAreKept) {
  ZOOPORT_NEEDS_ENGINE();
  onnx::Model fixed = doubled();
  fixed.graph.inputs[0] = value("x", {1, 2, 24, 40});
  fixed.graph.outputs[0] = value("y", {1, 2, 24, 40});
  for (const auto& [before, after] : {std::pair{fixed, doubled()}, {doubled(), fixed}, {fixed, fixed}}) {
    const GraphVerification result = verified(before, after);
    EXPECT_TRUE(result.passed()) << result.reason;
    for (const Trial& trial : result.trials) EXPECT_EQ(trial.inputs.at(0).second, (tensor::Shape{1, 2, 24, 40}));
  }
  onnx::Model other = doubled();
  other.graph.inputs[0] = value("x", {1, 2, 32, 40});
  const GraphVerification none = verified(fixed, other);
  EXPECT_FALSE(none.has_run);
  EXPECT_NE(none.reason.find("no size that both take"), std::string::npos) << none.reason;
}

// Sizes that the graph refuses are passed over: here what is no multiple of 96.
TEST(VerifyGraph, TriesOtherSizesWhereOneIsRefused) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model split = graph({.nodes = {node("Reshape", {"x", "shape"}, "r"), node("Identity", {"r"}, "y")},
                                   .constants = {onnx::make_integers("shape", {1, 2, 128, 128})},
                                   .input = {-1, 2, -2, -3}});
  const GraphVerification result = verified(split, split);
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_EQ(result.shapes.at("x"), (tensor::Shape{1, 2, 128, 128}));
}

// A network that takes what the other refuses is not the same.
TEST(VerifyGraph, ASizeThatOnlyTheFirstTakesIsADifference) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model strict = graph({.nodes = {node("Reshape", {"x", "shape"}, "r"), node("Mul", {"r", "two"}, "y")},
                                    .constants = {onnx::make_integers("shape", {1, 2, 64, 64}), scalar("two", 2)}});
  const GraphVerification result = verified(doubled(), strict);
  EXPECT_FALSE(result.passed());
  EXPECT_NE(result.reason.find("the second does not run"), std::string::npos) << result.reason;
}

TEST(VerifyGraph, ChannelsMayHaveMoved) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model last = graph({.nodes = {node("Transpose", {"x"}, "f", {make_attribute("perm", Ints{0, 3, 1, 2})}),
                                            node("Mul", {"f", "two"}, "d"),
                                            node("Transpose", {"d"}, "y", {make_attribute("perm", Ints{0, 2, 3, 1})})},
                                  .constants = {scalar("two", 2)},
                                  .input = {-1, -2, -3, 2}});
  const GraphVerification result = verified(doubled(), last);
  EXPECT_TRUE(result.passed()) << result.reason;
  EXPECT_GT(result.runs(), 10u);
}

// Both graphs are loaded once, whatever the number of inputs.
TEST(VerifyGraph, LoadsEachGraphOnce) {
  class Counting final : public engine::Engine {
   public:
    const std::string& name() const override { return text_; }
    const std::string& version() const override { return text_; }
    const std::string& path() const override { return text_; }
    const std::vector<std::string>& providers() const override { return none_; }
    Result<std::unique_ptr<engine::Session>> load(const Bytes&, const engine::SessionOptions&,
                                                  const Context&) override {
      ++loads;
      zooport::testing::FakeNetwork network;
      network.compute = [](const std::vector<tensor::View>& inputs) {
        std::vector<tensor::Array> outputs;
        outputs.push_back(tensor::Array::copy_of(inputs.at(0)));
        return Result<std::vector<tensor::Array>>(std::move(outputs));
      };
      return std::unique_ptr<engine::Session>(std::make_unique<zooport::testing::FakeSession>(std::move(network)));
    }
    int loads = 0;

   private:
    std::string text_ = "counting";
    std::vector<std::string> none_;
  };
  Counting engine;
  const auto result = verify_graph(doubled(), doubled(), engine, 0, {});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->passed());
  EXPECT_EQ(engine.loads, 2);
}

TEST(VerifyGraph, StopsWhenItIsTold) {
  std::stop_source stop;
  Context context;
  context.stop = stop.get_token();
  stop.request_stop();
  zooport::testing::FakeNetwork network;
  zooport::testing::FakeEngine engine(std::move(network));
  const auto result = verify_graph(doubled(), doubled(), engine, 0, context);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace zooport::convert
