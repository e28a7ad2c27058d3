#include "bioimageio/model_rules.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::Advice;
using schema::Findings;
using schema::Integer;

namespace {

constexpr std::size_t kMostRelated = 4;

template <class T>
bool are_unique(const schema::NonEmpty<T>& tensors) {
  std::set<std::string_view> seen;
  return std::all_of(tensors.begin(), tensors.end(), [&](const T& t) { return seen.insert(t.name.value).second; });
}

using Sizes64 = std::vector<double>;  // a scale may carry a size beyond any integer

struct OutputShapes {
  const ModelDescription& model;
  Findings& at;

  static Sizes64 sizes(const std::vector<Integer>& shape) {
    Sizes64 sizes;
    for (const Integer& size : shape) sizes.push_back(size.real());
    return sizes;
  }

  // The shape that an implicit shape refers to.
  std::vector<Related> sources_of(const OutputTensor& output) const {
    const auto* implicit = std::get_if<ImplicitOutputShape>(&output.shape);
    if (!implicit) return {};
    const std::string& name = implicit->reference_tensor.value;
    for (std::size_t i = 0; i < model.inputs.size(); ++i)
      if (model.inputs[i].name.value == name)
        return {at.related({"inputs", i, "shape"}, concat("the shape of '", name, "'"))};
    for (std::size_t k = 0; k < model.outputs.size(); ++k)
      if (model.outputs[k].name.value == name)
        return {at.related({"outputs", k, "shape"}, concat("the shape of '", name, "'"))};
    return {};
  }

  // Smallest shape of a tensor; empty after a failure. Depth bounds cycles of references.
  Sizes64 smallest(std::string_view name, std::size_t depth, std::size_t output) const {
    if (depth > model.outputs.size()) {
      at.abort({"outputs", output, "shape", "reference_tensor"}, "RecursionError", "shapes that refer to each other");
      return {};
    }
    for (const InputTensor& input : model.inputs) {
      if (input.name.value != name) continue;
      const auto* parameterized = std::get_if<ParameterizedInputShape>(&input.shape);
      return parameterized ? sizes(parameterized->min) : sizes(std::get<Sizes>(input.shape));
    }
    for (const OutputTensor& other : model.outputs) {
      if (other.name.value != name) continue;
      const auto* implicit = std::get_if<ImplicitOutputShape>(&other.shape);
      return implicit ? smallest(*implicit, depth, output) : sizes(std::get<Sizes>(other.shape));
    }
    at.abort({"outputs", output, "shape", "reference_tensor"}, "KeyError", concat("no tensor '", name, "'"));
    return {};
  }

  Sizes64 smallest(const ImplicitOutputShape& shape, std::size_t depth, std::size_t output) const {
    Sizes64 sizes = smallest(shape.reference_tensor.value, depth + 1, output);
    if (at.failed()) return {};
    for (std::size_t i = 0; i < shape.scale.size(); ++i)
      if (!shape.scale[i]) sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(std::min(i, sizes.size())), 1);
    sizes.resize(std::min(sizes.size(), shape.scale.size()));
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const double offset = shape.offset_at(i);
      const double size = sizes[i] * shape.scale[i].value_or(0) + 2 * offset;
      if (!std::isfinite(sizes[i]) || !std::isfinite(offset) || std::isinf(size))
        return at.abort({"outputs", output, "shape", "offset", i}, "OverflowError", "a size beyond all numbers"),
               Sizes64{};
      if (std::isnan(size)) return at.fail({"outputs", output, "shape", "offset", i}, "a size", "no number"), Sizes64{};
      sizes[i] = std::trunc(size);
    }
    return sizes;
  }
};

std::size_t rank_of(const OutputTensor& output) {
  const auto* implicit = std::get_if<ImplicitOutputShape>(&output.shape);
  return implicit ? implicit->scale.size() : std::get<Sizes>(output.shape).size();
}

void check_output(const OutputTensor& output, std::size_t k, const OutputShapes& shapes, Findings& at) {
  if (const auto* implicit = std::get_if<ImplicitOutputShape>(&output.shape)) {
    const std::string& name = implicit->reference_tensor.value;
    const auto reference = std::find_if(shapes.model.outputs.begin(), shapes.model.outputs.end(),
                                        [&](auto& o) { return o.name.value == name; });
    const bool is_input = std::any_of(shapes.model.inputs.begin(), shapes.model.inputs.end(),
                                      [&](auto& i) { return i.name.value == name; });
    const std::size_t axes =
        !is_input && reference != shapes.model.outputs.end() ? rank_of(*reference) : shapes.smallest(name, 0, k).size();
    if (at.failed()) return;
    const auto kept = implicit->scale.size() - static_cast<std::size_t>(std::count(
                                                   implicit->scale.begin(), implicit->scale.end(), std::nullopt));
    if (axes != kept)
      return at.fail({"outputs", k, "shape", "scale"},
                     concat("one scale for each of the ", axes, " axes of '", name, "'"), concat(kept),
                     {{at.related({"outputs", k, "shape", "reference_tensor"}, "refers to it")}, {}, ""});
  }
  const Sizes64 sizes = shapes.smallest(output.name.value, 0, k);
  const bool has_halo = output.halo && !output.halo->empty();
  for (std::size_t i = 0; i < sizes.size() && !at.failed(); ++i) {
    const double halo = has_halo && i < output.halo->size() ? (*output.halo)[i].real() : 0;
    if (sizes[i] - 2 * halo >= 1) continue;
    const std::string expected = concat("at least 1 along axis ", i, " of '", output.name.value, "' without its halo");
    const std::string found = concat("smallest size ", sizes[i], halo != 0 ? concat(" with halo ", halo) : "");
    std::vector<Related> sources = shapes.sources_of(output);
    if (halo != 0) {
      sources.insert(sources.begin(), at.related({"outputs", k, "shape"}, "gives the size"));
      at.fail({"outputs", k, "halo", i}, expected, found,
              {std::move(sources), {}, "Lower the halo or raise the size."});
    } else {
      const std::string_view help = sources.empty() ? "" : "size = size of the reference tensor * scale + 2 * offset";
      at.fail({"outputs", k, "shape"}, expected, found, {std::move(sources), {}, std::string(help)});
    }
  }
}

// The reference tensor of a step; null where it has none.
struct ReferenceOf {
  const TensorName* operator()(const ScaleRange& op) const {
    return op.kwargs.reference_tensor ? &*op.kwargs.reference_tensor : nullptr;
  }
  const TensorName* operator()(const ScaleMeanVariance& op) const { return &op.kwargs.reference_tensor; }
  template <class Op>
  const TensorName* operator()(const Op&) const {
    return nullptr;
  }
};

}  // namespace

bool have_unique_names(const schema::NonEmpty<InputTensor>& tensors) { return are_unique(tensors); }
bool have_unique_names(const schema::NonEmpty<OutputTensor>& tensors) { return are_unique(tensors); }

void names_are_unique(const ModelDescription& model, Findings& at) {
  std::map<std::string_view, std::size_t> inputs;
  for (std::size_t i = 0; i < model.inputs.size(); ++i) inputs.emplace(model.inputs[i].name.value, i);
  for (std::size_t k = 0; k < model.outputs.size(); ++k) {
    const auto same = inputs.find(model.outputs[k].name.value);
    if (same == inputs.end()) continue;
    return at.fail({"outputs", k, "name"}, "a name that no other tensor has", concat("'", same->first, "'"),
                   {{at.related({"inputs", same->second, "name"}, "the input of that name")}, {}, ""});
  }
}

void outputs_stay_positive(const ModelDescription& model, Findings& at) {
  const OutputShapes shapes{model, at};
  for (std::size_t k = 0; k < model.outputs.size() && !at.failed(); ++k) check_output(model.outputs[k], k, shapes, at);
}

void references_name_inputs(const ModelDescription& model, Findings& at) {
  const auto check = [&](const std::string& own, const auto& steps, std::string_view side, std::size_t k,
                         std::string_view field) {
    for (std::size_t s = 0; s < steps.size() && !at.failed(); ++s) {
      const TensorName* reference = std::visit(ReferenceOf{}, steps[s]);
      if (!reference) continue;
      const bool is_input = std::any_of(model.inputs.begin(), model.inputs.end(),
                                        [&](auto& i) { return i.name.value == reference->value; });
      if (is_input && reference->value != own) continue;
      Advice advice;
      for (std::size_t i = 0; i < model.inputs.size() && i < kMostRelated; ++i) {
        const std::string& name = model.inputs[i].name.value;
        advice.related.push_back(at.related({"inputs", i, "name"}, name == own ? "the tensor itself" : "an input"));
      }
      at.fail({side, k, field, s, "kwargs", "reference_tensor"}, "the name of another input",
              concat("'", reference->value, "'"), std::move(advice));
    }
  };
  for (std::size_t k = 0; k < model.inputs.size(); ++k)
    check(model.inputs[k].name.value, model.inputs[k].preprocessing, "inputs", k, "preprocessing");
  for (std::size_t k = 0; k < model.outputs.size(); ++k)
    check(model.outputs[k].name.value, model.outputs[k].postprocessing, "outputs", k, "postprocessing");
}

}  // namespace zooport::bioimageio
