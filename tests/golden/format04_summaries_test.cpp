#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "tests/golden/npz.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/test_source.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/predict/predictor.hpp"

// The package's own tests of models 0.4 (data/golden/tests), and its predictions with one (data/golden/predict).
namespace zooport::testing::golden {

namespace {

using predict::TestResult;

// Pixels that differ, spread over the array.
tensor::Array with_few_off(const tensor::View& from, std::size_t count, float by) {
  tensor::Array array = tensor::Array::copy_of(from);
  const auto values = array.as<float>();
  for (std::size_t i = 0; i < count; ++i) values[i * (values.size() / count)] += by;
  return array;
}

// The expected output as the record's variant has it. The reference chose pixels at random; any will do.
tensor::Array edited(const std::string& variant, const tensor::View& from) {
  tensor::Array array = tensor::Array::copy_of(from);
  if (variant.starts_with("expected + ")) {
    const float more = std::stof(variant.substr(std::string("expected + ").size()));
    for (float& value : array.as<float>()) value += more;
  } else if (variant.find("off by 0.5") != std::string::npos) {
    return with_few_off(from, std::stoul(variant), 0.5f);
  } else if (variant.starts_with("1000 expected pixels NaN")) {
    const auto values = array.as<float>();
    std::fill_n(values.begin(), 1000, std::numeric_limits<float>::quiet_NaN());
  } else if (variant == "expected float64") {
    return tensor::Array::converted(from, tensor::Dtype::kFloat64);
  } else if (variant == "expected cropped by one row") {
    return tensor::Array::copy_of(from.cropped(2, 0, from.shape[2] - 1));
  }
  return array;
}

std::string text_of(const doc::Node& node, std::string_view key) {
  const doc::Node* found = node.find(key);
  return found ? std::string(found->text) : std::string();
}

}  // namespace

TEST(GoldenFormat04, TestsOfModels) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const std::string data = shared_folder() + "/data/";
  std::ifstream lines(data + "golden/tests/summaries.jsonl");
  std::map<std::string, int> counts;
  std::map<std::string, std::string> known;  // what a record says twice, with and without stop_early
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(line);
    ASSERT_TRUE(record.ok());
    const doc::Node& root = record->root();
    const doc::Node* summary = root.find("summary");
    if (!summary || !text_of(*summary, "format_version").starts_with("0.4")) continue;
    ++counts["records of models 0.4"];
    const std::string id = text_of(root, "id");
    const std::string variant = text_of(root, "variant");
    const std::string weights = text_of(root, "weights_format");
    const std::string status = text_of(root, "status");
    const std::string key = concat(text_of(root, "file"), " ", variant, " ", weights);
    if (known.count(key) > 0) {
      EXPECT_EQ(known[key], status) << id;
      ++counts["the same again with stop_early"];
      continue;
    }
    known[key] = status;
    auto loaded = convert::load_model(data + text_of(root, "file"), {});
    if (status == "failed") {  // the description, or a file that it names
      if (!loaded) {
        ++counts["invalid descriptions, refused"];
        continue;
      }
      const auto result = convert::test_source(*loaded, {}, installed_engine(), {});
      EXPECT_FALSE(result.ok()) << id;
      ++counts["lack files of weights, not run"];
      continue;
    }
    ASSERT_TRUE(loaded.ok()) << id << ": " << loaded.error().what.message;
    loaded->model.open = [open = loaded->model.open, variant, output = loaded->model.outputs[0].test_file](
                             const std::string& source, const Context& context) -> Result<Bytes> {
      ZOOPORT_TRY_ASSIGN(Bytes bytes, open(source, context));
      if (source != output) return bytes;
      ZOOPORT_TRY_ASSIGN(const tensor::Array array, tensor::read_npy(bytes, context.limits));
      return Bytes(tensor::npy_bytes(edited(variant, array.view()).view()));
    };
    const auto result = convert::test_source(*loaded, {.weights = weights}, installed_engine(), {});
    if (weights != "onnx") {
      ASSERT_FALSE(result.ok()) << id;
      EXPECT_EQ(result.error().what.id, "model.no-usable-weights") << id;
      ++counts["weights that zooport does not run yet"];
      continue;
    }
    ASSERT_TRUE(result.ok()) << id << ": " << result.error().what.message;
    if (variant == "1000 expected pixels NaN") {  // docs/differences.md, Tests of models
      EXPECT_EQ(status, "passed");
      EXPECT_EQ(result->status, TestResult::Status::kFailed);
      EXPECT_EQ(result->outputs.at(0).comparison.nan_expected, 1000u);
      EXPECT_NE(result->reason.find("1000 expected values are NaN"), std::string::npos) << result->reason;
      ++counts["different on purpose: NaN never passes"];
      continue;
    }
    EXPECT_EQ(result->status == TestResult::Status::kPassed, status == "passed") << id << ": " << result->reason;
    EXPECT_EQ(result->reason.empty(), status == "passed") << id;
    if (variant.find("off by 0.5") != std::string::npos) {
      EXPECT_EQ(result->outputs.at(0).comparison.mismatched, std::stoul(variant)) << id;
      EXPECT_NEAR(std::abs(result->outputs[0].comparison.worst_expected - result->outputs[0].comparison.worst_found),
                  0.5, 1e-3);
    }
    ++counts[concat("run, status equal: ", status)];
  }
  for (const auto& [what, count] : counts) std::cout << count << " " << what << "\n";
  EXPECT_EQ(counts["records of models 0.4"], 31);
  EXPECT_EQ(counts["run, status equal: passed"], 5);
  EXPECT_EQ(counts["run, status equal: valid-format"], 5);
  EXPECT_EQ(counts["different on purpose: NaN never passes"], 1);
}

// Whole images; the reference does not cut images for models 0.4, zooport does.
TEST(GoldenFormat04, Predictions) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = shared_folder() + "/data/golden/predict";
  const Npz inputs(folder + "/inputs.npz");
  const Npz outputs(folder + "/outputs.npz");
  const auto loaded = convert::load_model(folder + "/models/conv_v04", {});
  ASSERT_TRUE(loaded.ok()) << loaded.error().what.message;
  std::ifstream lines(folder + "/index.jsonl");
  int equal = 0;
  int cut = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(line);
    if (text_of(record->root(), "model") != "conv_v04") continue;
    const tensor::Array raw = inputs.get(text_of(*record->root().find("inputs")->find("raw"), "key"));
    const auto predicted = [&](const predict::PredictOptions& options) {
      auto predictor = predict::Predictor::open(loaded->model, installed_engine(), options, {});
      auto made = predict::predict_array(*predictor, tensor::Array::copy_of(raw.view().without_axis(0)), "cyx", {});
      EXPECT_TRUE(made.ok()) << made.error().what.message;
      return made ? std::move((*made)[0]) : tensor::Array();
    };
    const model::Tolerance tolerance{.absolute = 1e-5, .relative = 1e-5, .mismatched_per_million = 0};
    const tensor::Array whole = predicted({.tile = {predict::TileChoice::Kind::kWhole, {}}});
    if (const doc::Node* recorded = record->root().find("outputs")) {
      const tensor::Array expected = outputs.get(text_of(*recorded->find("prob"), "key"));
      const auto compared = predict::compare("prob", expected.view(), whole.view(), tolerance);
      EXPECT_TRUE(compared.passed) << text_of(record->root(), "id") << ": " << compared.reason;
      ++equal;
    } else {
      const tensor::Array tiled = predicted(
          {.tile = {predict::TileChoice::Kind::kSizes, {24}}, .halo = {predict::HaloChoice::Kind::kExact, 0}});
      const auto compared = predict::compare("prob", whole.view(), tiled.view(), tolerance);
      EXPECT_TRUE(compared.passed) << text_of(record->root(), "id") << ": " << compared.reason;
      ++cut;
    }
  }
  std::cout << equal << " predictions equal, " << cut << " that the reference refuses equal to the whole image's\n";
  EXPECT_EQ(equal, 2);
  EXPECT_EQ(cut, 3);
}

}  // namespace zooport::testing::golden
