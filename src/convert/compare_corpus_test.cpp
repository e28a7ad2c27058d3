#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/convert/compare_models.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/tensor/npy.hpp"

// Networks of the recorded corpus against each other: one network by several exporters and in several opsets agrees,
// others do not, and neither does one whose weights were touched.
namespace zooport::convert {
namespace {

namespace fs = std::filesystem;
using predict::TestResult;

fs::path corpus() { return fs::path(zooport::testing::shared_folder()) / "data/frameworks/onnx"; }

// Folders by the name of the network.
std::map<std::string, std::vector<fs::path>> networks() {
  std::map<std::string, std::vector<fs::path>> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpus())) {
    const std::string name = entry.path().filename().string();
    const std::size_t end = name.find("__");
    if (end != std::string::npos && fs::exists(entry.path() / "model.onnx"))
      found[name.substr(0, end)].push_back(entry.path());
  }
  for (auto& [name, folders] : found) std::sort(folders.begin(), folders.end());
  return found;
}

Result<CompareResult> compared(const fs::path& a, const fs::path& b) {
  const auto first = load_model((a / "model.onnx").string(), {});
  if (!first) return first.error();
  const auto second = load_model((b / "model.onnx").string(), {});
  if (!second) return second.error();
  return compare_models(*first, *second, {}, zooport::testing::installed_engine(), {});
}

// Of the same input, as recorded; none if the inputs are others.
std::optional<bool> have_equal_outputs(const fs::path& a, const fs::path& b) {
  const auto read = [](const fs::path& path) { return tensor::read_npy_file(path.string(), {}); };
  const auto near = [&](const char* file, double tolerance) -> std::optional<bool> {
    const auto first = read(a / file);
    const auto second = read(b / file);
    if (!first.ok() || !second.ok()) return std::nullopt;
    return predict::compare(file, first->view(), second->view(), {.absolute = tolerance, .relative = tolerance}).passed;
  };
  if (near("input_0.npy", 0) != std::optional<bool>(true)) return std::nullopt;
  return near("output_0.npy", 1e-4);
}

TEST(CompareCorpus, OneNetworkByAllExportersAgrees) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  // ONNX Runtime's GroupNormalization gives NaN for constant inputs, whose variance rounding makes negative.
  const std::string nan_of_constants = "residual_unet3d__dynamo__op21";
  std::size_t same = 0;
  std::size_t other = 0;
  for (const auto& [network, folders] : networks()) {
    for (std::size_t i = 1; i < folders.size(); ++i) {
      const std::string name = folders[i].filename().string();
      const std::optional<bool> expected = have_equal_outputs(folders[0], folders[i]);
      const auto result = compared(folders[0], folders[i]);
      ASSERT_TRUE(result.ok()) << name << ": " << result.error().what.message;
      EXPECT_GE(result->trials.size(), 13u) << name;
      for (const predict::TestedOutput& output : result->outputs) EXPECT_TRUE(output.comparison.discriminates) << name;
      if (name == nan_of_constants) {
        for (const Trial& trial : result->trials)
          EXPECT_EQ(trial.status == Trial::Status::kDiffers, trial.pattern == "maximum" || trial.pattern == "huge");
        continue;
      }
      const bool agrees = result->status == TestResult::Status::kPassed;
      ++(agrees ? same : other);
      EXPECT_EQ(agrees, expected.value_or(true)) << name << ": " << result->reason;
    }
  }
  std::cout << same << " pairs agree, " << other << " differ as their recorded outputs do\n";
  EXPECT_GE(same, 80u);
  EXPECT_GE(other, 1u);
}

TEST(CompareCorpus, OtherNetworksDoNot) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  std::vector<fs::path> firsts;
  for (const auto& [network, folders] : networks()) firsts.push_back(folders[0]);
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    for (std::size_t k = i + 1; k < firsts.size() && k < i + 9; ++k) {
      const auto result = compared(firsts[i], firsts[k]);
      if (!result.ok()) continue;  // inputs that do not go together
      ++pairs;
      EXPECT_EQ(result->status, TestResult::Status::kFailed) << firsts[i] << ' ' << firsts[k];
    }
  }
  std::cout << pairs << " pairs of different networks\n";
  EXPECT_GE(pairs, 10u);
}

// One weight in the middle of a tensor, by a tenth of the largest.
void change_one_weight(onnx::Tensor& weights) {
  std::string bytes(weights.raw.text());
  const std::size_t count = bytes.size() / sizeof(float);
  std::vector<float> values(count);
  std::memcpy(values.data(), bytes.data(), count * sizeof(float));
  float most = 0;
  for (const float value : values) most = std::max(most, std::abs(value));
  values[count / 2] += most / 10;
  std::memcpy(bytes.data(), values.data(), count * sizeof(float));
  weights.raw = Bytes(std::move(bytes));
}

TEST(CompareCorpus, OneWeightThatWasTouchedIsFound) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = zooport::testing::installed_engine();
  std::size_t tried = 0;
  std::size_t found = 0;
  std::size_t found_by_one = 0;
  for (const auto& [network, folders] : networks()) {
    const auto before = read_graph((folders[0] / "model.onnx").string(), {});
    ASSERT_TRUE(before.ok());
    std::size_t of_network = 0;
    for (std::size_t i = 0; i < before->graph.initializers.size() && of_network < 3; ++i) {
      const onnx::Tensor& weights = before->graph.initializers[i];
      if (weights.type != onnx::ElementType::kFloat || weights.dims.size() < 2 || weights.raw.size() < 64) continue;
      ++of_network;
      onnx::Model after = *before;
      change_one_weight(after.graph.initializers[i]);
      const auto result = verify_graph(*before, after, *engine, 0, {});
      ASSERT_TRUE(result.ok()) << result.error().what.message;
      ++tried;
      found += result->passed() ? 0 : 1;
      found_by_one += result->trials.at(0).status == Trial::Status::kDiffers ? 1 : 0;
      // What hardly changes the output at all is not to be found.
      if (result->passed()) {
        EXPECT_LT(result->outputs.at(0).excess, 1) << network << ' ' << weights.name;
      }
    }
  }
  std::cout << found << " of " << tried << " touched weights found, " << found_by_one << " by the first random input\n";
  EXPECT_GT(tried, 50u);
  EXPECT_GE(10 * found, 9 * tried);
  EXPECT_GT(found, found_by_one);
}

}  // namespace
}  // namespace zooport::convert
