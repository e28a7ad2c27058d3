#include "zooport/predict/test_model.hpp"

#include <algorithm>
#include <chrono>

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"
#include "zooport/predict/predictor.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::predict {
namespace {

Result<tensor::Array> read_test_tensor(const model::Model& model, const model::TensorSpec& spec,
                                       const Context& context) {
  if (spec.test_file.empty())
    return make_error(ErrorKind::kUnsupported, "predict.no-test-tensor",
                      concat("the model has no test tensor for ", printable(spec.id)));
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, model.open(spec.test_file, context));
  Result<tensor::Array> array = tensor::read_npy(bytes, context.limits);
  if (!array) {
    Error error = array.error();
    error.what.file = spec.test_file;
    return error;
  }
  if (array->shape().size() != spec.axes.size())
    return make_error(ErrorKind::kInvalid, "predict.test-tensor-axes",
                      concat("expected a test tensor with the ", spec.axes.size(), " axes of ", printable(spec.id),
                             ", found shape ", shape_text(array->shape()), " in ", printable(spec.test_file)));
  return array;
}

// Ids come from outside and may be anything, parts of a path included.
std::string name_of_file(const std::string& id, std::size_t index) {
  const bool is_plain =
      !id.empty() && id.size() <= 100 && id[0] != '.' && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
      });
  return is_plain ? id + ".npy" : concat("output", index, ".npy");
}

}  // namespace

Result<TestResult> test_model(const model::Model& model, std::shared_ptr<engine::Engine> engine,
                              const TestOptions& options, const Context& context) {
  const auto begin = std::chrono::steady_clock::now();
  TestResult result;
  result.engine = engine->name();
  result.engine_version = engine->version();
  result.is_isolated = engine->is_isolated();
  PredictOptions predict;
  predict.weights = options.weights;
  predict.session = options.session;
  ZOOPORT_TRY_ASSIGN(Predictor predictor, Predictor::open(model, std::move(engine), predict, context));
  result.weights = predictor.weights();
  std::vector<tensor::Array> inputs;
  std::vector<tensor::View> views;
  for (const model::TensorSpec& spec : model.inputs) {
    ZOOPORT_TRY_ASSIGN(tensor::Array array, read_test_tensor(model, spec, context));
    inputs.push_back(std::move(array));
  }
  for (const tensor::Array& input : inputs) views.push_back(input.view());
  std::vector<tensor::Array> expected;
  for (const model::TensorSpec& spec : model.outputs) {
    ZOOPORT_TRY_ASSIGN(tensor::Array array, read_test_tensor(model, spec, context));
    expected.push_back(std::move(array));
  }
  const Result<std::vector<tensor::Array>> outputs = predictor.run_whole(views, context);
  if (!outputs && outputs.error().kind != ErrorKind::kInvalid) return outputs.error();
  result.provider = predictor.provider();
  result.findings = predictor.findings();
  result.status = outputs ? TestResult::Status::kPassed : TestResult::Status::kFailed;
  if (!outputs) result.reason = outputs.error().what.message;
  if (!outputs && engine::is_misbehaviour(outputs.error())) result.findings.add(outputs.error().what);
  for (std::size_t i = 0; outputs && i < model.outputs.size(); ++i) {
    const model::TensorSpec& spec = model.outputs[i];
    TestedOutput tested{compare(spec.id, expected[i].view(), outputs->at(i).view(), spec.tolerance_for(result.weights)),
                        {}};
    if (!tested.comparison.passed) {
      result.status = TestResult::Status::kFailed;
      if (result.reason.empty()) result.reason = concat(printable(spec.id), ": ", tested.comparison.reason);
    }
    if (!options.save_folder.empty() && (!tested.comparison.passed || options.save == TestOptions::Save::kAll)) {
      ZOOPORT_TRY(os::make_folders(options.save_folder));
      const std::string path = os::join_path(options.save_folder, name_of_file(spec.id, i));
      ZOOPORT_TRY(tensor::write_npy_file(path, outputs->at(i).view(), {.may_replace = options.may_replace}));
      tested.saved = path;
    }
    result.outputs.push_back(std::move(tested));
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.peak_bytes = os::peak_memory_bytes();
  return result;
}

}  // namespace zooport::predict
