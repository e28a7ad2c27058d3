#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/golden/processing_cases.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::testing::golden {

namespace {

using process::OperationPtr;

// Where the reference refuses or crashes and the format says what to compute, zooport computes it.
const std::set<std::string> kComputedHere = {"p0038",  // binarize with a list along an axis that is not the last one
                                             "p0104",  // 0.4 scale_linear with axes
                                             "p0212", "p0213", "p0214", "p0215",  // one mean and std for an axis of two
                                             "p0416", "p0417", "p0418", "p0419",
                                             "p0426", "p0427"};  // statistics of an output
// The description is rejected before anything is computed: not this module's business.
constexpr std::string_view kRejected = "describe";
// Small spread on a large mean, which the reference measures in float32: its own digits are wrong there.
const std::set<std::string> kMeasuredInFloat32 = {"p0183", "p0340"};

std::vector<double> doubles(const tensor::Array& array) {
  const tensor::Array converted = tensor::Array::converted(array.view(), tensor::Dtype::kFloat64);
  return {converted.as<double>().begin(), converted.as<double>().end()};
}

struct Computed {
  std::vector<std::map<std::string, tensor::Array>> outputs;
  std::optional<Error> error;
};

// Statistics of the tensors as given, then the operations; samples one after the other.
Computed run(const Case& one, const Npz& inputs) {
  Computed result;
  std::map<std::string, std::vector<OperationPtr>> operations;
  std::map<std::string, const CaseTensor*> tensors;
  for (const CaseTensor& tensor : one.tensors) {
    tensors[tensor.id] = &tensor;
    for (const Step& step : tensor.steps) {
      auto made = process::make_operation(step.name, step.parameters, tensor.axes);
      if (!made) return {{}, made.error()};
      operations[tensor.id].push_back(*made);
    }
  }
  std::map<std::pair<std::string, std::string>, process::DatasetStatistics> running;
  for (const auto& sample : one.samples) {
    std::map<std::string, tensor::Array> given;
    for (const auto& [id, key] : sample) given.emplace(id, inputs.get(key));
    auto& outputs = result.outputs.emplace_back();
    for (const auto& [id, key] : sample) {
      process::Measured measured;
      for (const OperationPtr& operation : operations[id]) {
        for (const process::Measure& wanted : operation->measures()) {
          const std::string& of = wanted.tensor.empty() ? id : wanted.tensor;
          const tensor::Array& array = given.at(of);
          const process::Subject subject{array.dtype(), tensors.at(of)->axes, array.shape(),
                                         process::source_of(array.view())};
          if (measured.count(wanted) > 0) continue;
          auto values = wanted.over_dataset ? running[{id, of}].update(subject, {wanted}, {}, Context{})
                                            : process::measure(subject, {wanted}, {}, Context{});
          if (!values) return {{}, values.error()};
          measured.emplace(wanted, values->at(wanted));
        }
      }
      process::Block block{tensors.at(id)->axes, tensor::Array::copy_of(given.at(id).view()), {}};
      block.origin.assign(block.axes.size(), 0);
      for (const OperationPtr& operation : operations[id]) {
        const auto applied = operation->apply(block, measured);
        if (!applied) return {{}, applied.error()};
      }
      outputs.emplace(id, std::move(block.data));
    }
  }
  return result;
}

// Empty if every element is within absolute + 1e-5 |expected|; NaN and infinities in the same places.
std::string difference(const tensor::Array& actual, const tensor::Array& expected, double absolute = 1e-6) {
  if (actual.shape() != expected.shape()) return "shape";
  const std::vector<double> a = doubles(actual);
  const std::vector<double> e = doubles(expected);
  std::size_t wrong = 0;
  std::string first;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == e[i] || (std::isnan(a[i]) && std::isnan(e[i])) ||
                      (std::isfinite(e[i]) && std::abs(a[i] - e[i]) <= absolute + 1e-5 * std::abs(e[i]));
    if (same) continue;
    if (wrong++ == 0) first = concat("element ", i, ": expected ", e[i], ", found ", a[i]);
  }
  return wrong == 0 ? "" : concat(wrong, " of ", a.size(), " differ; ", first);
}

bool is_cast_or_mask(const CaseTensor& tensor) {
  return !tensor.steps.empty() &&
         (tensor.steps.back().name == "ensure_dtype" || tensor.steps.back().name == "binarize");
}

}  // namespace

TEST(GoldenProcessing, EqualsTheReference) {
  ZOOPORT_NEEDS_SHARED();
  const std::string folder = shared_folder() + "/data/golden/processing";
  const Npz inputs(folder + "/inputs.npz");
  const Npz expected(folder + "/outputs.npz");
  std::map<std::string, std::map<std::string, int>> counts;
  int compared = 0;
  for (const Case& one : processing_cases(folder)) {
    auto& count = counts[one.format];
    if (one.error == kRejected) {
      ++count["rejected by the description"];
      continue;
    }
    const Computed result = run(one, inputs);
    if (result.error && result.error->what.id == "process.unknown-operation") {
      ++count["operation that zooport does not have"];
      continue;
    }
    if (!one.error.empty()) {
      const bool computes = kComputedHere.count(one.id) > 0;
      EXPECT_EQ(!result.error, computes) << one.id << ": the reference stops at " << one.error << "; "
                                         << (result.error ? result.error->what.message : "computed");
      ++count[computes ? "refused there, computed here" : "refused by both"];
      continue;
    }
    if (result.error) {
      ADD_FAILURE() << one.id << ": " << result.error->what.message;
      continue;
    }
    bool equal = true;
    for (std::size_t i = 0; i < one.outputs.size(); ++i) {
      for (const CaseTensor& tensor : one.tensors) {
        const tensor::Array wanted = expected.get(one.outputs[i].at(tensor.id));
        const tensor::Array& found = result.outputs[i].at(tensor.id);
        const std::string why = difference(found, wanted, kMeasuredInFloat32.count(one.id) > 0 ? 0.1 : 1e-6);
        ++compared;
        if (kDiffersOnPurpose.count(one.id) > 0) {
          EXPECT_NE(why, "") << one.id << " no longer differs";
          continue;
        }
        EXPECT_EQ(why, "") << one.id << " sample " << i << " " << tensor.id << " (" << one.note << ")";
        EXPECT_TRUE(!is_cast_or_mask(tensor) || found.dtype() == wanted.dtype()) << one.id;
        equal = equal && why.empty();
      }
    }
    ++count[!equal ? "different" : kDiffersOnPurpose.count(one.id) > 0 ? "different on purpose" : "equal"];
  }
  int cases = 0;
  for (const auto& [format, kinds] : counts) {
    for (const auto& [kind, number] : kinds) {
      std::cout << "format " << format << ": " << number << " " << kind << "\n";
      cases += number;
    }
  }
  std::cout << compared << " tensors compared\n";
  EXPECT_EQ(cases, 430);
}

}  // namespace zooport::testing::golden
