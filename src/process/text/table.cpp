#include "process/text/table.hpp"

#include <algorithm>

#include "process/layers/layers.hpp"
#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

using Kind = ParameterKind;
constexpr auto kRequired = ParameterInfo::Need::kRequired;
constexpr auto kPixel = OperationInfo::Sees::kPixel;
constexpr auto kTile = OperationInfo::Sees::kTile;

constexpr ParameterInfo kBinarize[] = {{"threshold", Kind::kNumbers, kRequired}, {"axis", Kind::kWord}};
constexpr ParameterInfo kClip[] = {
    {"min"}, {"max"}, {"min_percentile"}, {"max_percentile"}, {"axes", Kind::kAxes}, {"mode", Kind::kWord}};
constexpr ParameterInfo kRange[] = {{"min"}, {"max"}};
constexpr ParameterInfo kDtype[] = {{"dtype", Kind::kWord, kRequired}};
constexpr ParameterInfo kFixed[] = {{"mean", Kind::kNumbers, kRequired},
                                    {"std", Kind::kNumbers, kRequired},
                                    {"axis", Kind::kWord},
                                    {"axes", Kind::kAxes},
                                    {"eps"}};
constexpr ParameterInfo kNormalization[] = {{"mean", Kind::kNumbers, kRequired}, {"std", Kind::kNumbers, kRequired}};
constexpr ParameterInfo kRemap[] = {
    {"from", Kind::kNumbers, kRequired}, {"to", Kind::kNumbers, kRequired}, {"mode", Kind::kWord}};
constexpr ParameterInfo kScale[] = {{"scale", Kind::kNumbers, kRequired}};
constexpr ParameterInfo kLinear[] = {
    {"gain", Kind::kNumbers}, {"offset", Kind::kNumbers}, {"axis", Kind::kWord}, {"axes", Kind::kAxes}};
constexpr ParameterInfo kMeanVariance[] = {
    {"reference_tensor", Kind::kWord, kRequired}, {"axes", Kind::kAxes}, {"mode", Kind::kWord}, {"eps"}};
constexpr ParameterInfo kScaleRange[] = {{"min_percentile"},
                                         {"max_percentile"},
                                         {"axes", Kind::kAxes},
                                         {"mode", Kind::kWord},
                                         {"eps"},
                                         {"reference_tensor", Kind::kWord}};
constexpr ParameterInfo kShift[] = {{"shift", Kind::kNumbers, kRequired}};
constexpr ParameterInfo kSoftmax[] = {{"axis", Kind::kWord}};
constexpr ParameterInfo kOrder[] = {{"order", Kind::kNumbers, kRequired}};
constexpr ParameterInfo kZeroMean[] = {{"axes", Kind::kAxes},   {"mode", Kind::kWord}, {"mean", Kind::kNumbers},
                                       {"std", Kind::kNumbers}, {"axis", Kind::kWord}, {"eps"}};

constexpr OperationInfo kOperations[] = {
    {"add_channel_axis", "an axis of one channel behind the others", "add_channel_axis", kPixel, {}},
    {"binarize", "x > threshold", "binarize(0.5)", kPixel, kBinarize},
    {"clip", "min(max(x, min), max), with numbers or percentiles of x", "clip(min=0, max=1)", kTile, kClip},
    {"clip_to_range", "min(max(x, min), max), min = 0 and max = 1 unless given", "clip_to_range(0, 1)", kPixel, kRange},
    {"ensure_dtype", "x as that type, towards zero", "ensure_dtype(uint8)", kPixel, kDtype},
    {"fixed_zero_mean_unit_variance", "(x - mean) / (std + 1e-6)", "fixed_zero_mean_unit_variance(mean=0.4, std=0.2)",
     kPixel, kFixed},
    {"normalization", "(x - mean) / std, by channel", "normalization(mean=[1, 2, 3], std=[0.5, 0.5, 1])", kPixel,
     kNormalization},
    {"per_image_standardization",
     "(x - mean) / max(std, 1 / sqrt(n)), over y, x and channels",
     "per_image_standardization",
     kTile,
     {}},
    {"remap_values", "to[i] where x = from[i], else x; mode=linear: straight lines between the points",
     "remap_values(from=[1, 2], to=[128, 255])", kPixel, kRemap},
    {"rgb_to_bgr", "channels 2, 1, 0 of three", "rgb_to_bgr", kPixel, {}},
    {"rgba_to_bgra", "channels 2, 1, 0, 3 of four", "rgba_to_bgra", kPixel, {}},
    {"scale", "x * scale, by channel", "scale(1/255)", kPixel, kScale},
    {"scale_linear", "x * gain + offset", "scale_linear(gain=2, offset=-1)", kPixel, kLinear},
    {"scale_mean_variance",
     "(x - mean) / (std + eps) * (std of the reference + eps) + mean of the reference, eps = 1e-6 unless given",
     "scale_mean_variance(reference_tensor=raw, axes=yx)", kTile, kMeanVariance},
    {"scale_range", "(x - low) / (high - low + 1e-6), low and high percentiles of x or of a reference",
     "scale_range(min_percentile=1, max_percentile=99.8, axes=yx)", kTile, kScaleRange},
    {"shift", "x + shift, by channel", "shift(-0.5)", kPixel, kShift},
    {"sigmoid", "1 / (1 + exp(-x))", "sigmoid", kPixel, {}},
    {"sigmoid_to_softmax_scores", "one channel p to two, [p, 1 - p]", "sigmoid_to_softmax_scores", kPixel, {}},
    {"softmax", "exp(x) / sum(exp(x)) along an axis, that of channels unless given", "softmax", kPixel, kSoftmax},
    {"transpose_channels", "channel i is channel order[i] of x", "transpose_channels(2, 1, 0)", kPixel, kOrder},
    {"zero_mean_unit_variance", "(x - mean) / (std + 1e-6), of x or as given", "zero_mean_unit_variance(axes=yx)",
     kTile, kZeroMean},
};

struct Layer {
  std::string_view name;
  MakeLayer make;
};
constexpr Layer kLayers[] = {
    {"add_channel_axis", make_add_channel_axis},
    {"clip_to_range", make_clip_to_range},
    {"normalization", make_normalization},
    {"per_image_standardization", make_per_image_standardization},
    {"remap_values", make_remap_values},
    {"rgb_to_bgr", make_rgb_to_bgr},
    {"rgba_to_bgra", make_rgba_to_bgra},
    {"scale", make_scale},
    {"shift", make_shift},
    {"sigmoid_to_softmax_scores", make_sigmoid_to_softmax_scores},
    {"transpose_channels", make_transpose_channels},
};

std::string_view kind_text(ParameterKind kind) {
  switch (kind) {
    case ParameterKind::kNumber: return "number";
    case ParameterKind::kNumbers: return "numbers";
    case ParameterKind::kAxes: return "axes";
    case ParameterKind::kWord: break;
  }
  return "word";
}

}  // namespace

std::span<const OperationInfo> operation_infos() { return kOperations; }

std::string signature_of(const OperationInfo& info) {
  std::vector<std::string> parameters;
  for (const ParameterInfo& parameter : info.parameters) {
    const bool is_required = parameter.need == ParameterInfo::Need::kRequired;
    parameters.push_back(
        concat(is_required ? "" : "[", parameter.name, "=", kind_text(parameter.kind), is_required ? "" : "]"));
  }
  return parameters.empty() ? std::string(info.name) : concat(info.name, "(", join(parameters, ", "), ")");
}

const OperationInfo* find_operation(std::string_view name) {
  const auto* found = std::find_if(std::begin(kOperations), std::end(kOperations),
                                   [&](const OperationInfo& info) { return info.name == name; });
  return found == std::end(kOperations) ? nullptr : found;
}

MakeLayer find_layer(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kLayers), std::end(kLayers), [&](const Layer& layer) { return layer.name == name; });
  return found == std::end(kLayers) ? nullptr : found->make;
}

}  // namespace zooport::process
