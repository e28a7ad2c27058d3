#include <cmath>

#include "bioimageio/prose_rules.hpp"

namespace zooport::bioimageio {
namespace {

// One tensor's steps: what their numbers say beside each other and beside the tensor.
struct Steps {
  const TensorDescription& tensor;
  const std::vector<std::optional<std::int64_t>>& sizes;  // fixed ones, per axis
  Path path;                                              // of the list
  ProseFindings& findings;

  Path kwarg(std::size_t step, std::string_view name) const {
    Path to = path;
    for (Step& more : path_of({step, "kwargs", name})) to.push_back(std::move(more));
    return to;
  }
  // The size of the one axis that remains beside `axes` and the batch; none if that is not one of fixed size.
  std::optional<std::int64_t> remaining(const std::string& axes) const {
    std::optional<std::int64_t> size;
    int count = 0;
    for (std::size_t i = 0; i < tensor.axes.value.size(); ++i) {
      const char axis = tensor.axes.value[i];
      if (axis == 'b' || axes.find(axis) != axes.npos) continue;
      size = i < sizes.size() ? sizes[i] : std::nullopt;
      ++count;
    }
    return count == 1 ? size : std::nullopt;
  }
  void check_length(std::size_t step, std::string_view name, std::size_t found, const std::string& axes) const {
    const auto expected = remaining(axes);
    if (expected && found != static_cast<std::size_t>(*expected))
      findings.warn("zooport.channel-count", kwarg(step, name),
                    concat(*expected, " values, as many as the axis that 'axes' leaves"), concat(found));
  }

  void operator()(std::size_t step, const Clip& clip) const {
    if (!(clip.kwargs.min < clip.kwargs.max))
      findings.warn("zooport.clip-order", kwarg(step, "min"), concat("a minimum below the maximum ", clip.kwargs.max),
                    concat(clip.kwargs.min), {{findings.related(kwarg(step, "max"), "the maximum")}, {}, ""});
  }
  void operator()(std::size_t step, const ScaleLinear& scale) const {
    if (!scale.kwargs.axes) return;
    const std::string& axes = scale.kwargs.axes->value;
    if (const auto* gain = std::get_if<std::vector<double>>(&scale.kwargs.gain))
      check_length(step, "gain", gain->size(), axes);
    if (const auto* offset = std::get_if<std::vector<double>>(&scale.kwargs.offset))
      check_length(step, "offset", offset->size(), axes);
  }
  void operator()(std::size_t step, const ZeroMeanUnitVariance& norm) const {
    const auto& mean = norm.kwargs.mean;
    const auto& deviation = norm.kwargs.std;
    using List = schema::NonEmpty<double>;
    const List* means = mean ? std::get_if<List>(&*mean) : nullptr;
    const List* stds = deviation ? std::get_if<List>(&*deviation) : nullptr;
    const std::string& axes = norm.kwargs.axes.value;
    if (means && stds && means->size() != stds->size())
      findings.warn("zooport.mean-and-std", kwarg(step, "std"), concat(means->size(), " values, as many as 'mean' has"),
                    concat(stds->size()), {{findings.related(kwarg(step, "mean"), "the means")}, {}, ""});
    else if (means || stds)
      check_length(step, means ? "mean" : "std", means ? means->size() : stds->size(), axes);
    const double* one = deviation ? std::get_if<double>(&*deviation) : nullptr;
    bool is_positive = !one || *one > 0;
    if (stds)
      for (const double value : *stds) is_positive &= value > 0;
    if (!is_positive)
      findings.warn("zooport.std-not-positive", kwarg(step, "std"), "standard deviations above 0",
                    one ? concat(*one) : "one that is not");
  }
  template <class Other>
  void operator()(std::size_t, const Other&) const {}
};

std::vector<std::optional<std::int64_t>> fixed_sizes(const InputTensor& input) {
  std::vector<std::optional<std::int64_t>> sizes;
  if (const auto* shape = std::get_if<ParameterizedInputShape>(&input.shape)) {
    for (std::size_t i = 0; i < shape->min.size(); ++i)
      sizes.push_back(shape->step[i].value == 0 ? std::optional(shape->min[i].value) : std::nullopt);
  } else {
    for (const auto& size : std::get<Sizes>(input.shape)) sizes.push_back(size.value);
  }
  return sizes;
}

std::vector<std::optional<std::int64_t>> fixed_sizes(const OutputTensor& output) {
  std::vector<std::optional<std::int64_t>> sizes;
  if (const auto* explicit_sizes = std::get_if<Sizes>(&output.shape))
    for (const auto& size : *explicit_sizes) sizes.push_back(size.value);
  return sizes;
}

template <class Tensor, class List>
void check(const Tensor& tensor, const List& list, Path path, ProseFindings& findings) {
  if (list.empty()) return;
  const auto sizes = fixed_sizes(tensor);
  const Steps steps{tensor, sizes, std::move(path), findings};
  for (std::size_t s = 0; s < list.size(); ++s) std::visit([&](const auto& step) { steps(s, step); }, list[s]);
}

}  // namespace

void check_processing_prose(const ModelDescription& model, ProseFindings& findings) {
  for (std::size_t i = 0; i < model.inputs.size(); ++i)
    check(model.inputs[i], model.inputs[i].preprocessing, path_of({"inputs", i, "preprocessing"}), findings);
  for (std::size_t k = 0; k < model.outputs.size(); ++k)
    check(model.outputs[k], model.outputs[k].postprocessing, path_of({"outputs", k, "postprocessing"}), findings);
}

}  // namespace zooport::bioimageio
