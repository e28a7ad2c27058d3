#include "zooport/convert/compare_models.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "convert/graphs_for_test.hpp"
#include "tests/support/engine.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;
using predict::TestResult;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

std::string fresh_folder() {
  const fs::path path =
      fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(path);
  fs::create_directories(path);
  return path.string();
}

model::Model model_with(const std::vector<std::string>& inputs) {
  model::Model model;
  for (const std::string& id : inputs) model.inputs.emplace_back().id = id;
  model.outputs.emplace_back().id = "mask";
  return model;
}

onnx::Model clipped_at(float most) {
  using namespace convert::testing;
  return graph({.nodes = {node("Clip", {"x", "", "most"}, "y")}, .constants = {scalar("most", most)}});
}

Loaded loaded_graph(const std::string& folder, const std::string& name, const onnx::Model& model) {
  const std::string path = folder + "/" + name;
  const auto bytes = onnx::to_bytes(model);
  EXPECT_TRUE(bytes.ok());
  std::ofstream(path, std::ios::binary) << bytes->text();
  auto loaded = load_model(path, {});
  EXPECT_TRUE(loaded.ok()) << loaded.error().what.message;
  return std::move(*loaded);
}

Result<CompareResult> compared_graphs(const onnx::Model& a, const onnx::Model& b) {
  const std::string folder = fresh_folder();
  return compare_models(loaded_graph(folder, "a.onnx", a), loaded_graph(folder, "b.onnx", b), {},
                        zooport::testing::installed_engine(), {});
}

TEST(CompareModels, WhatTheMachineCannotHoldIsNotRun) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  const onnx::Model bomb =
      graph({.nodes = {node("Expand", {"x", "sizes"}, "z"),
                       node("ReduceMax", {"z"}, "y", {onnx::make_attribute("axes", std::vector<std::int64_t>{0, 1})})},
             .constants = {onnx::make_integers("sizes", {1 << 20, 1 << 10, 1, 2, 1, 1})}});
  const auto result = compared_graphs(bomb, bomb);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().what.id, "convert.compare-memory");
  EXPECT_EQ(result.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(result.error().what.message.find("TiB"), std::string::npos) << result.error().what.message;
}

TEST(CompareModels, AnOutputTooManyIsADifference) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  const onnx::Model one = graph({.nodes = {node("Relu", {"x"}, "y")}});
  onnx::Model two = graph({.nodes = {node("Relu", {"x"}, "y"), node("Neg", {"x"}, "z")}});
  two.graph.outputs.push_back(value("z", {-1, -4, -5, -6}));
  for (const auto& [a, b] : {std::pair(one, two), std::pair(two, one)}) {
    const auto result = compared_graphs(a, b);
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, TestResult::Status::kFailed);
    EXPECT_NE(result->reason.find("outputs"), std::string::npos) << result->reason;
  }
}

TEST(CompareModels, InputsOfOtherTypesGetWhatBothCanHold) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  using onnx::ElementType;
  const auto root_of = [](ElementType type) {
    onnx::Model model = graph(
        {.nodes = {node("Cast", {"x"}, "f", {onnx::make_attribute("to", std::int64_t{1})}), node("Sqrt", {"f"}, "y")},
         .type = type});
    model.graph.outputs[0].type.element = ElementType::kFloat;
    return model;
  };
  const std::vector<ElementType> types = {ElementType::kUint16, ElementType::kUint8, ElementType::kFloat,
                                          ElementType::kFloat16, ElementType::kInt32};
  for (const ElementType a : types) {
    for (const ElementType b : types) {
      const auto result = compared_graphs(root_of(a), root_of(b));
      ASSERT_TRUE(result.ok()) << result.error().what.message;
      EXPECT_EQ(result->status, TestResult::Status::kPassed)
          << onnx::name_of(a) << ' ' << onnx::name_of(b) << ": " << result->reason;
    }
  }
}

TEST(CompareModels, WhatHalvesCannotHoldIsNoDifference) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  const auto exponential = [](onnx::ElementType type) {
    onnx::Model model = graph({.nodes = {node("Exp", {"x"}, "y")}, .type = type});
    model.graph.outputs[0].type.element = type;
    return model;
  };
  const auto single = exponential(onnx::ElementType::kFloat);
  const auto half = exponential(onnx::ElementType::kFloat16);
  EXPECT_EQ(compared_graphs(single, half)->status, TestResult::Status::kPassed);
  EXPECT_EQ(compared_graphs(half, single)->status, TestResult::Status::kPassed);
}

TEST(CompareModels, AxesWithoutNamesMayHaveToBeEqual) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  onnx::Model product = graph({.nodes = {node("MatMul", {"x", "z"}, "y")}, .input = {-1, -2}, .output = {-1, -4}});
  product.graph.inputs.push_back(value("z", {-3, -4}));
  const auto result = compared_graphs(product, product);
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  onnx::Model refused = graph({.nodes = {node("Reshape", {"x", "s"}, "y")},
                               .constants = {onnx::make_integers("s", {7})},
                               .input = {-1, -2},
                               .output = {7}});
  const auto nothing = compared_graphs(refused, refused);
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().kind, ErrorKind::kUnsupported);
}

TEST(CompareModels, AnUnknownRankIsThatOfTheOther) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  const onnx::Model known = graph({.nodes = {node("Abs", {"x"}, "y")}, .input = {-1, 3}, .output = {-1, 3}});
  onnx::Model unknown = known;
  unknown.graph.inputs[0].type.shape.reset();
  unknown.graph.outputs[0].type.shape.reset();
  for (const auto& [a, b] : {std::pair(known, unknown), std::pair(unknown, known), std::pair(unknown, unknown)}) {
    const auto result = compared_graphs(a, b);
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  }
}

TEST(CompareModels, WhatCannotBeLoadedIsSaidOfItsSide) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  const onnx::Model good = graph({.nodes = {node("Abs", {"x"}, "y")}});
  const onnx::Model bad = graph({.nodes = {node("MatMul", {"x", "w"}, "y")},
                                 .constants = {onnx::make_floats("w", {3, 3}, std::vector<float>(9))},
                                 .input = {1, 2, 4, 4},
                                 .output = {1, 2, 4, 3}});
  const auto result = compared_graphs(good, bad);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().what.message.find("the second: "), 0u) << result.error().what.message;
}

// Behind the first axis "n" is a number of things, not a batch: with one of them attention has nothing to choose from.
TEST(CompareModels, TokensAreMany) {
  ZOOPORT_NEEDS_ENGINE();
  using namespace convert::testing;
  onnx::Model model = graph({.nodes = {node("Relu", {"x"}, "y")}, .input = {1, -1, 16}, .output = {1, -1, 16}});
  (*model.graph.inputs[0].type.shape)[1].symbol = "n";
  (*model.graph.outputs[0].type.shape)[1].symbol = "n";
  const auto result = compared_graphs(model, model);
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_GT(result->trials.at(0).inputs.at(0).second.at(1), 16);
}

TEST(CompareModels, AModelAgreesWithItself) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  const auto result = compare_models(*loaded, *loaded, {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed);
  EXPECT_EQ(result->outputs.at(0).comparison.max_abs, 0);
  EXPECT_TRUE(result->findings.items().empty());
}

TEST(CompareModels, BareGraphsGetNoise) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample + "/weights.onnx", {});
  ASSERT_TRUE(loaded.ok());
  const auto result = compare_models(*loaded, *loaded, {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed);
  EXPECT_TRUE(result->outputs.at(0).comparison.discriminates);
}

TEST(CompareModels, TakesAsManyInputsEach) {
  ZOOPORT_NEEDS_ENGINE();
  Loaded one;
  one.model = model_with({"raw"});
  Loaded two;
  two.model = model_with({"raw", "seed"});
  const auto result = compare_models(one, two, {}, zooport::testing::installed_engine(), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().what.id, "convert.compare-input");
  EXPECT_EQ(compare_models(two, two, {.inputs = {"a.tif"}}, zooport::testing::installed_engine(), {}).error().what.id,
            "convert.predict-inputs");
}

// Inputs meet by their ids, whatever their order.
TEST(CompareModels, OfSeveralInputsEachGetsItsOwn) {
  ZOOPORT_NEEDS_ENGINE();
  const auto difference = [](const std::string& first, const std::string& second) {
    Loaded loaded;
    for (const std::string& id : {first, second}) {
      model::TensorSpec& tensor = loaded.model.inputs.emplace_back();
      tensor.id = id;
      for (const tensor::Axis& axis : tensor::axes_from_letters("bcyx"))
        tensor.axes.push_back({.axis = axis, .size = model::ParametrizedSize{1, 1}});
    }
    loaded.model.outputs.push_back(loaded.model.inputs[0]);
    loaded.model.outputs[0].id = "difference";
    onnx::Model network;
    network.ir_version = 8;
    network.set_opset(17);
    network.graph.name = "g";
    const auto value = [](const std::string& name) {
      onnx::ValueInfo info;
      info.name = name;
      info.type.element = onnx::ElementType::kFloat;
      info.type.shape = std::vector<onnx::Dimension>{{1}, {1}, {std::nullopt, "y"}, {std::nullopt, "x"}};
      return info;
    };
    network.graph.inputs = {value(first), value(second)};
    network.graph.outputs = {value("difference")};
    onnx::Node node;
    node.op = "Sub";
    node.inputs = {"a", "b"};
    node.outputs = {"difference"};
    network.graph.nodes.push_back(node);
    model::Network& candidate = loaded.model.networks.emplace_back();
    candidate.weights = "onnx";
    candidate.load = [network](const Context&) -> Result<onnx::Model> { return network; };
    return loaded;
  };
  const auto result =
      compare_models(difference("a", "b"), difference("b", "a"), {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  EXPECT_TRUE(result->outputs.at(0).comparison.discriminates);
}

// A CZANN wants pixels divided by the maximum of their type: floating-point test tensors would not be.
TEST(CompareModels, AModelAndItsCzannGetIntegers) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  const auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok());
  auto image = tensor::read_npy_file(kExample + "/test_input.npy", {});
  ASSERT_TRUE(image.ok());
  ASSERT_EQ(image->dtype(), tensor::Dtype::kFloat32);
  image->reshape({image->shape()[2], image->shape()[3]});
  const std::string floats = folder + "/floats.npy";
  ASSERT_TRUE(tensor::write_npy_file(floats, image->view(), {}).ok());
  CzannOptions options;
  options.statistics = CzannOptions::Statistics::kOfImage;
  options.statistics_image = floats;
  options.source_dtype = tensor::Dtype::kUint16;
  options.spatial_dims = {128, 128};
  const auto report = to_czann(*source, folder + "/a.czann", options, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  const auto made = load_model(folder + "/a.czann", {});
  ASSERT_TRUE(made.ok());
  for (const bool czann_first : {false, true}) {
    const auto result = compare_models(czann_first ? *made : *source, czann_first ? *source : *made, {},
                                       zooport::testing::installed_engine(), {});
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
    // The image's statistics are part of the CZANN: on images with other ones the two differ, which does not count.
    ASSERT_EQ(result->findings.items().size(), 2u);
    EXPECT_EQ(result->findings.items()[0].id, "convert.compare-integers");
    EXPECT_NE(result->findings.items()[0].message.find("uint16"), std::string::npos);
    EXPECT_EQ(result->findings.items()[1].id, "convert.compare-statistics");
    EXPECT_EQ(result->trials.at(0).kind, Trial::Kind::kTest);
    EXPECT_FALSE(result->trials.at(1).counts);
  }
  const auto named = compare_models(*source, *made, {.inputs = {floats}}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(named.ok()) << named.error().what.message;
  EXPECT_EQ(named->status, TestResult::Status::kFailed);
  EXPECT_EQ(named->findings.items().at(0).id, "convert.compare-floats");
}

// The example's network in other forms, as a graph and behind its description: another opset, channels last.
TEST(CompareModels, FormsOfOneNetworkAgree) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  const auto graph = read_graph(kExample + "/weights.onnx", {});
  ASSERT_TRUE(graph.ok());
  onnx::Model older = *graph;
  Diagnostics findings;
  ASSERT_TRUE(onnx::change_opset(older, {.target = 12}, findings).ok());
  onnx::Model last = *graph;
  const std::vector<int> order = {0, 2, 3, 1};
  ASSERT_TRUE(
      onnx::wrap_layout(last, {{graph->graph.inputs[0].name, order}}, {{graph->graph.outputs[0].name, order}}).ok());
  const Loaded source = loaded_graph(folder, "source.onnx", *graph);
  for (const auto& [name, model] : {std::pair{"older", older}, {"last", last}}) {
    const Loaded other = loaded_graph(folder, std::string(name) + ".onnx", model);
    for (const bool is_first : {false, true}) {
      const auto result = compare_models(is_first ? other : source, is_first ? source : other, {},
                                         zooport::testing::installed_engine(), {});
      ASSERT_TRUE(result.ok()) << result.error().what.message;
      EXPECT_EQ(result->status, TestResult::Status::kPassed) << name << ": " << result->reason;
      EXPECT_TRUE(result->outputs.at(0).comparison.discriminates);
      EXPECT_LT(result->outputs.at(0).comparison.excess, 0.1);
      std::set<std::int64_t> sizes;
      for (const Trial& trial : result->trials)
        if (!trial.outputs.empty()) sizes.insert(trial.inputs.at(0).second.at(2));
      EXPECT_GE(sizes.size(), 3u) << name;
    }
  }
}

// Statistics of each tile are in the graph: the model is the same on any image of one tile. A constant image is nothing
// but rounding there.
TEST(CompareModels, AModelAndItsCzannWithStatisticsOfTilesAgreeOnEveryInput) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  const auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok());
  CzannOptions options;
  options.statistics = CzannOptions::Statistics::kPerTile;
  options.source_dtype = tensor::Dtype::kUint16;
  options.spatial_dims = {128, 128};
  const auto report = to_czann(*source, folder + "/a.czann", options, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  const auto made = load_model(folder + "/a.czann", {});
  ASSERT_TRUE(made.ok());
  const auto result = compare_models(*source, *made, {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  EXPECT_GT(result->trials.size(), 5u);
  for (const Trial& trial : result->trials) {
    EXPECT_TRUE(trial.counts) << trial.name();
    if (trial.pattern == "maximum") {
      EXPECT_NE(trial.status, Trial::Status::kDiffers) << trial.reason;
    } else {
      EXPECT_EQ(trial.status, Trial::Status::kAgrees) << trial.name() << ' ' << trial.reason;
    }
  }
}

TEST(CompareModels, GraphsAreComparedOnInputsOfEveryKind) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  const Loaded a = loaded_graph(folder, "a.onnx", clipped_at(50000));
  const Loaded b = loaded_graph(folder, "b.onnx", clipped_at(60000));
  const auto same = compare_models(a, a, {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(same.ok()) << same.error().what.message;
  EXPECT_EQ(same->status, TestResult::Status::kPassed) << same->reason;
  EXPECT_GT(same->trials.size(), 15u);
  const auto other = compare_models(a, b, {.seed = 3}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(other.ok()) << other.error().what.message;
  EXPECT_EQ(other->status, TestResult::Status::kFailed);
  EXPECT_EQ(other->outputs.at(0).comparison.trial, "extreme large [1, 2, 64, 64]");
  EXPECT_EQ(other->outputs.at(0).comparison.worst_expected, 50000);
  EXPECT_EQ(other->outputs.at(0).comparison.tolerance.from, "spread");
  EXPECT_NE(other->reason.find("(extreme large [1, 2, 64, 64])"), std::string::npos) << other->reason;
  EXPECT_EQ(other->trials.at(0).seed, 3u);
}

TEST(CompareModels, GraphsOfOtherSizesCannotBeCompared) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  onnx::Model wide = clipped_at(1);
  wide.graph.inputs[0] = convert::testing::value("x", {1, 2, 16, 32});
  onnx::Model narrow = clipped_at(1);
  narrow.graph.inputs[0] = convert::testing::value("x", {1, 2, 16, 16});
  const auto result = compare_models(loaded_graph(folder, "a.onnx", wide), loaded_graph(folder, "b.onnx", narrow), {},
                                     zooport::testing::installed_engine(), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().what.id, "convert.compare-sizes");
}

// The example's network, as a graph and with its description: images are of the sizes that both take.
TEST(CompareModels, OnesTestTensorsComeFirst) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  const auto result = compare_models(*loaded, *loaded, {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->trials.at(0).kind, Trial::Kind::kTest);
  std::set<std::int64_t> batches;
  for (std::size_t i = 1; i < result->trials.size(); ++i) {
    const Trial& trial = result->trials[i];
    EXPECT_EQ(trial.status, Trial::Status::kAgrees) << trial.name();
    EXPECT_EQ(trial.outputs.at(0).max_abs, 0) << trial.name();
    EXPECT_EQ(trial.inputs.at(0).second[2] % 4, 0);
    batches.insert(trial.outputs[0].shape[0]);
  }
  EXPECT_EQ(batches, (std::set<std::int64_t>{1, 2}));
}

// With images there are no other trials; several are one trial each.
TEST(CompareModels, NamedImagesAreAllThatIsTried) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  const std::string image = kExample + "/sample.png";
  const auto result =
      compare_models(*loaded, *loaded, {.inputs = {image, image}}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  ASSERT_EQ(result->trials.size(), 2u);
  EXPECT_EQ(result->trials[0].kind, Trial::Kind::kImage);
  EXPECT_EQ(result->trials[0].pattern, image);
}

TEST(CompareModels, TilesAndHaloHoldForBoth) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  CompareOptions options;
  options.tile = {predict::TileChoice::Kind::kSizes, {64}};
  options.halo = {predict::HaloChoice::Kind::kExact, 0};
  const auto tiled = compare_models(*loaded, *loaded, options, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(tiled.ok()) << tiled.error().what.message;
  EXPECT_EQ(tiled->status, TestResult::Status::kPassed) << tiled->reason;
  EXPECT_EQ(tiled->trials.at(1).inputs.at(0).second, (tensor::Shape{1, 128, 128}));
}

TEST(CompareModels, WeightsAreThoseThatAreAskedFor) {
  ZOOPORT_NEEDS_ENGINE();
  auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  model::Network other = loaded->model.networks.at(0);
  other.weights = "other";
  const onnx::Model graph = *other.load({});
  other.load = [graph](const Context&) -> Result<onnx::Model> {
    onnx::Model changed = graph;
    onnx::Node root;
    root.op = "Sqrt";
    root.inputs = {"before"};
    root.outputs = {changed.graph.outputs[0].name};
    for (onnx::Node& node : changed.graph.nodes)
      for (std::string& name : node.outputs)
        if (name == root.outputs[0]) name = "before";
    changed.graph.nodes.push_back(root);
    return changed;
  };
  loaded->model.networks.push_back(std::move(other));
  const auto compared = [&](const std::string& weights) {
    const auto result =
        compare_models(*loaded, *loaded, {.weights = weights}, zooport::testing::installed_engine(), {});
    EXPECT_TRUE(result.ok()) << result.error().what.message;
    return std::pair{result->status == TestResult::Status::kPassed, result->weights};
  };
  EXPECT_EQ(compared("onnx"), (std::pair{true, std::string("onnx")}));
  EXPECT_EQ(compared("onnx,other"), (std::pair{false, std::string("onnx, other")}));
  EXPECT_FALSE(
      compare_models(*loaded, *loaded, {.weights = "onnx,none"}, zooport::testing::installed_engine(), {}).ok());
}

// A test tensor with two samples is no image.
TEST(CompareModels, ATestTensorOfSeveralSamplesIsPassedOver) {
  ZOOPORT_NEEDS_ENGINE();
  auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  loaded->model.open = [](const std::string&, const Context&) -> Result<Bytes> {
    return Bytes(tensor::npy_bytes(tensor::Array(tensor::Dtype::kFloat32, {2, 1, 64, 64}).view()));
  };
  const auto result = compare_models(*loaded, *loaded, {}, zooport::testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed);
  EXPECT_EQ(result->findings.items().at(0).id, "convert.compare-test-tensor");
  EXPECT_EQ(result->trials.at(0).kind, Trial::Kind::kRandom);
}

}  // namespace
}  // namespace zooport::convert
