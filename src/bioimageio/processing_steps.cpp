#include "bioimageio/processing_steps.hpp"

#include "zooport/process/registry.hpp"

namespace zooport::bioimageio {
namespace {

using process::Parameters;
using process::Value;

std::vector<std::string> ids_of(std::string_view letters) {
  std::vector<std::string> ids;
  for (const tensor::Axis& axis : tensor::axes_from_letters(letters)) ids.push_back(axis.id);
  return ids;
}

// Writes the kwargs of a step under the names of the format.
class ParametersOf {
 public:
  Parameters operator()(const Binarize& op) { return add("threshold", op.kwargs.threshold), take(); }
  Parameters operator()(const Clip& op) {
    add("min", op.kwargs.min);
    add("max", op.kwargs.max);
    return take();
  }
  Parameters operator()(const ScaleLinear& op) {
    if (op.kwargs.axes) add("axes", ids_of(op.kwargs.axes->value));
    add("gain", value_of(op.kwargs.gain));
    add("offset", value_of(op.kwargs.offset));
    return take();
  }
  Parameters operator()(const Sigmoid&) { return take(); }
  Parameters operator()(const ZeroMeanUnitVariance& op) {
    constexpr std::string_view kModes[] = {"fixed", "per_dataset", "per_sample"};
    add("mode", std::string(kModes[static_cast<std::size_t>(op.kwargs.mode)]));
    add("axes", ids_of(op.kwargs.axes.value));
    if (op.kwargs.mean) add("mean", value_of(*op.kwargs.mean));
    if (op.kwargs.std) add("std", value_of(*op.kwargs.std));
    add("eps", op.kwargs.eps.value);
    return take();
  }
  Parameters operator()(const ScaleRange& op) {
    add("mode", mode_text(op.kwargs.mode));
    add("axes", ids_of(op.kwargs.axes.value));
    add("min_percentile", number_of(op.kwargs.min_percentile));
    add("max_percentile", number_of(op.kwargs.max_percentile));
    add("eps", op.kwargs.eps.value);
    if (op.kwargs.reference_tensor) add("reference_tensor", op.kwargs.reference_tensor->value);
    return take();
  }
  Parameters operator()(const ScaleMeanVariance& op) {
    add("mode", mode_text(op.kwargs.mode));
    add("reference_tensor", op.kwargs.reference_tensor.value);
    if (op.kwargs.axes) add("axes", ids_of(op.kwargs.axes->value));
    add("eps", op.kwargs.eps.value);
    return take();
  }

 private:
  static std::string mode_text(StatisticsMode mode) {
    return mode == StatisticsMode::kPerSample ? "per_sample" : "per_dataset";
  }
  void add(std::string_view name, Value value) { parameters_.values.emplace(name, std::move(value)); }
  static Value value_of(const PerChannel& value) {
    return std::visit([](const auto& v) { return Value(v); }, value);
  }
  static Value value_of(const PerChannelNonEmpty& value) {
    if (const auto* one = std::get_if<double>(&value)) return *one;
    return static_cast<const std::vector<double>&>(std::get<schema::NonEmpty<double>>(value));
  }
  Parameters take() { return std::move(parameters_); }
  Parameters parameters_;
};

Result<process::OperationPtr> cast_to(std::string_view dtype, const tensor::Axes& axes) {
  Parameters parameters;
  parameters.values.emplace("dtype", std::string(dtype));
  return process::make_operation("ensure_dtype", parameters, axes);
}

template <class Tensor>
Result<std::vector<Steps>> steps_of_all(const std::vector<Tensor>& tensors) {
  std::vector<Steps> all;
  bool any_before = false;
  for (const Tensor& tensor : tensors) {
    const auto& described = [&]() -> const auto& {
      if constexpr (std::is_same_v<Tensor, InputTensor>)
        return tensor.preprocessing;
      else
        return tensor.postprocessing;
    }
    ();
    const tensor::Axes axes = axes_of(tensor);
    Steps& steps = all.emplace_back();
    if (any_before || !described.empty()) {
      ZOOPORT_TRY_ASSIGN(auto cast, cast_to(to_text(tensor.data_type), axes));
      steps.push_back(std::move(cast));
    }
    for (const auto& step : described) {
      const std::string_view name = std::visit([](const auto& op) { return op.kTag; }, step);
      ZOOPORT_TRY_ASSIGN(auto made, process::make_operation(name, std::visit(ParametersOf{}, step), axes));
      steps.push_back(std::move(made));
    }
    ZOOPORT_TRY_ASSIGN(auto cast, cast_to("float32", axes));
    steps.push_back(std::move(cast));
    any_before = true;
  }
  return all;
}

}  // namespace

Result<std::vector<Steps>> steps_of(const std::vector<InputTensor>& inputs) { return steps_of_all(inputs); }
Result<std::vector<Steps>> steps_of(const std::vector<OutputTensor>& outputs) { return steps_of_all(outputs); }

tensor::Axes axes_of(const TensorDescription& tensor) { return tensor::axes_from_letters(tensor.axes.value); }

}  // namespace zooport::bioimageio
