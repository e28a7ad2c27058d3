#include "zooport/convert/compare_models.hpp"

#include <algorithm>
#include <chrono>

#include "convert/common_inputs.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {
namespace {

// Outputs come with the batch in front or with the axes that were walked in its place: neither moves.
std::string letters_of_output(const model::TensorSpec& output) {
  std::string letters;
  for (const model::AxisSpec& axis : output.axes)
    if (axis.axis.kind != tensor::AxisKind::kBatch) letters += predict::letter_of(axis.axis);
  return letters;
}

// `array` with its last axes in the order of `to`, if both have the same ones.
tensor::Array reordered(tensor::Array array, const std::string& from, const std::string& to) {
  const std::size_t rank = array.shape().size();
  if (from == to || from.size() != to.size() || rank < from.size()) return array;
  const std::size_t before = rank - from.size();
  std::vector<int> permutation;
  for (std::size_t i = 0; i < before; ++i) permutation.push_back(static_cast<int>(i));
  for (const char letter : to) {
    const std::size_t at = from.find(letter);
    if (at == std::string::npos) return array;
    permutation.push_back(static_cast<int>(before + at));
  }
  return tensor::Array::copy_of(array.view().transposed(permutation));
}

}  // namespace

Result<predict::TestResult> compare_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                           std::shared_ptr<engine::Engine> engine, const Context& context) {
  const auto begin = std::chrono::steady_clock::now();
  predict::TestResult result;
  result.engine = engine->name();
  result.engine_version = engine->version();
  ZOOPORT_TRY_ASSIGN(CommonInputs inputs, common_inputs(a, b, options, context));
  const predict::PredictOptions predict{.session = options.session};
  ZOOPORT_TRY_ASSIGN(predict::Predictor first, predict::Predictor::open(a.model, engine, predict, context));
  ZOOPORT_TRY_ASSIGN(const std::vector<tensor::Array> expected,
                     predict::predict_arrays(first, std::move(inputs.of_first), context));
  ZOOPORT_TRY_ASSIGN(predict::Predictor second, predict::Predictor::open(b.model, engine, predict, context));
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> found,
                     predict::predict_arrays(second, std::move(inputs.of_second), context));
  result.findings = std::move(inputs.findings);
  result.weights = first.weights();
  result.provider = first.provider();
  result.status = predict::TestResult::Status::kPassed;
  if (expected.size() != found.size()) {
    result.status = predict::TestResult::Status::kFailed;
    result.reason = concat("the first has ", expected.size(), " outputs, the second ", found.size());
  }
  for (std::size_t i = 0; i < expected.size() && i < found.size(); ++i) {
    const model::TensorSpec& output = a.model.outputs[i];
    found[i] = reordered(std::move(found[i]), letters_of_output(b.model.outputs[i]), letters_of_output(output));
    // Two ways to compute the same may flip single elements of a mask: only what the description itself says is
    // stricter.
    const model::Tolerance& own = output.tolerance_for(result.weights);
    const model::Tolerance tolerance = own.from == "description" ? own : model::Tolerance{};
    result.outputs.push_back({predict::compare(output.id, expected[i].view(), found[i].view(), tolerance), {}});
    const predict::Comparison& compared = result.outputs.back().comparison;
    if (compared.passed) continue;
    result.status = predict::TestResult::Status::kFailed;
    if (result.reason.empty()) result.reason = concat(printable(output.id), ": ", compared.reason);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.peak_bytes = os::peak_memory_bytes();
  return result;
}

}  // namespace zooport::convert
