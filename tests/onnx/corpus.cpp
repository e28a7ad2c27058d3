#include "tests/onnx/corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::testing::corpus {

namespace {

std::string text_of(const doc::Node& node, std::string_view key) {
  const doc::Node* found = node.find(key);
  return found ? std::string(found->text) : std::string();
}

std::vector<File> files_of(const doc::Node& node, std::string_view key, const std::string& folder) {
  std::vector<File> files;
  if (const doc::Node* list = node.find(key)) {
    for (const doc::Node& item : list->children) {
      files.push_back({text_of(item, "name"), os::join_path(folder, text_of(item, "file")), text_of(item, "dtype")});
    }
  }
  return files;
}

Case case_of(const doc::Node& root, const std::string& folder) {
  Case one;
  one.path = os::join_path(folder, text_of(root, "file"));
  one.is_refused = text_of(root, "expect") == "refuse";
  one.refuse_because = text_of(root, "refuse_because");
  if (const doc::Node* lower = root.find("lower_to_12")) one.reaches_twelve = doc::boolean_of(*lower->find("possible"));
  if (const doc::Node* tolerance = root.find("tolerance")) {
    one.atol = doc::real_of(*tolerance->find("atol"));
    one.rtol = doc::real_of(*tolerance->find("rtol"));
  }
  if (one.is_refused) return one;
  one.runs.push_back({files_of(root, "inputs", folder), files_of(root, "outputs", folder)});
  if (const doc::Node* more = root.find("more_runs")) {
    for (const doc::Node& run : more->children) {
      one.runs.push_back({files_of(run, "inputs", folder), files_of(run, "outputs", folder)});
    }
  }
  return one;
}

Result<std::vector<tensor::Array>> arrays_of(const std::vector<File>& files) {
  std::vector<tensor::Array> arrays;
  for (const File& file : files) {
    ZOOPORT_TRY_ASSIGN(tensor::Array array, tensor::read_npy_file(file.path, {}));
    const auto dtype = tensor::dtype_named(file.dtype).value_or(array.dtype());
    arrays.push_back(dtype == array.dtype() ? std::move(array) : tensor::Array::converted(array.view(), dtype));
  }
  return arrays;
}

std::size_t count_of(const Case& one, Sizes sizes) { return sizes == Sizes::kAll ? one.runs.size() : 1; }

Error absent(std::string_view what, const std::string& name) {
  return make_error(ErrorKind::kInvalid, "test.absent", concat("the graph has no ", what, " ", name));
}

std::vector<double> doubles(const tensor::Array& array) {
  const tensor::Array converted = tensor::Array::converted(array.view(), tensor::Dtype::kFloat64);
  return {converted.as<double>().begin(), converted.as<double>().end()};
}

}  // namespace

std::vector<Case> cases() {
  std::vector<Case> all;
  const std::string root = shared_folder() + "/data/frameworks/onnx";
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    const std::string folder = entry.path().string();
    const auto file = os::read_file(os::join_path(folder, "case.json"), 1u << 20);
    EXPECT_TRUE(file.ok()) << folder;
    if (!file) continue;
    const auto read = doc::read_json(std::string(file->text()));
    EXPECT_TRUE(read.ok()) << folder;
    if (!read) continue;
    all.push_back(case_of(read->root(), folder));
    all.back().name = entry.path().filename().string();
  }
  std::sort(all.begin(), all.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  return all;
}

Result<onnx::Model> read(const Case& one) {
  ZOOPORT_TRY_ASSIGN(const Bytes file, os::read_file(one.path, 1u << 30));
  onnx::ReadOptions options;
  options.external = onnx::folder_external_files(os::parent_path(one.path));
  return onnx::read_model(file, options);
}

Result<Outputs> run(const onnx::Model& model, const Case& one, Sizes sizes, engine::Engine& engine) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(model));
  ZOOPORT_TRY_ASSIGN(const auto session, engine.load(bytes, {.threads = 1}, Context{}));
  Outputs outputs;
  for (std::size_t i = 0; i < count_of(one, sizes); ++i) {
    const Run& call = one.runs[i];
    ZOOPORT_TRY_ASSIGN(const auto given, arrays_of(call.inputs));
    std::vector<tensor::Array> taken;
    std::vector<tensor::View> views;
    for (const engine::Port& port : session->inputs()) {
      const auto found = std::find_if(call.inputs.begin(), call.inputs.end(),
                                      [&](const File& input) { return input.name == port.name; });
      if (found == call.inputs.end()) return absent("recorded input", port.name);
      const tensor::Array& array = given[static_cast<std::size_t>(found - call.inputs.begin())];
      taken.push_back(tensor::Array::converted(array.view(), port.dtype));
    }
    for (const tensor::Array& array : taken) views.push_back(array.view());
    ZOOPORT_TRY_ASSIGN(auto results, session->run(views, Context{}));
    std::vector<tensor::Array> ordered;
    for (const File& output : call.outputs) {
      const auto& ports = session->outputs();
      const auto found =
          std::find_if(ports.begin(), ports.end(), [&](const engine::Port& port) { return port.name == output.name; });
      if (found == ports.end()) return absent("output", output.name);
      ordered.push_back(std::move(results[static_cast<std::size_t>(found - ports.begin())]));
    }
    outputs.push_back(std::move(ordered));
  }
  return outputs;
}

Result<Outputs> recorded(const Case& one, Sizes sizes) {
  Outputs outputs;
  for (std::size_t i = 0; i < count_of(one, sizes); ++i) {
    ZOOPORT_TRY_ASSIGN(auto arrays, arrays_of(one.runs[i].outputs));
    outputs.push_back(std::move(arrays));
  }
  return outputs;
}

Distance distance(const Outputs& actual, const Outputs& expected, double atol, double rtol) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  Distance found;
  if (actual.size() != expected.size()) return {kFar, kFar};
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (actual[i].size() != expected[i].size()) return {kFar, kFar};
    for (std::size_t k = 0; k < actual[i].size(); ++k) {
      const tensor::Array& a = actual[i][k];
      const tensor::Array& e = expected[i][k];
      if (a.shape() != e.shape() || a.dtype() != e.dtype()) return {kFar, kFar};
      const std::vector<double> x = doubles(a);
      const std::vector<double> y = doubles(e);
      for (std::size_t at = 0; at < x.size(); ++at) {
        if (x[at] == y[at] || (std::isnan(x[at]) && std::isnan(y[at]))) continue;
        const double far = std::abs(x[at] - y[at]);
        if (!std::isfinite(far)) return {kFar, kFar};
        const double allowed = atol + rtol * std::abs(y[at]);
        found.largest = std::max(found.largest, far);
        found.excess = std::max(found.excess, allowed > 0 ? far / allowed : kFar);
      }
    }
  }
  return found;
}

}  // namespace zooport::testing::corpus
