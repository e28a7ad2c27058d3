#include <algorithm>

#include "convert/common_inputs.hpp"
#include "convert/graph_inputs.hpp"
#include "zooport/predict/sample.hpp"

namespace zooport::convert {
namespace {

using model::AxisSpec;
using model::TensorSpec;

// What a network declares for an axis of one of its inputs; none if it is open or unknown.
std::optional<std::int64_t> declared(const onnx::Model& network, std::size_t input, std::size_t axis,
                                     std::size_t rank) {
  const auto required = network.graph.required_inputs();
  if (input >= required.size() || !required[input]->type.shape) return std::nullopt;
  const std::vector<onnx::Dimension>& dims = *required[input]->type.shape;
  return dims.size() == rank ? dims[axis].value : std::nullopt;
}

// Sizes that one model takes along an axis of space: what the description and the network both allow.
TrialAxis rule_of(const AxisSpec& axis, const predict::Predictor& predictor) {
  TrialAxis rule;
  rule.letter = predict::letter_of(axis.axis);
  rule.key = axis.axis.id;
  if (const auto* size = std::get_if<model::ParametrizedSize>(&axis.size)) {
    rule.min = size->min;
    rule.step = size->step;
    rule.is_known = true;
  }
  if (rule.is_fixed()) return rule;
  std::size_t at = 0;
  for (const AxisSpec& other : predictor.model().inputs[0].axes) {
    if (other.axis.kind != tensor::AxisKind::kSpace) continue;
    if (other.axis.id == axis.axis.id) break;
    ++at;
  }
  const onnx::Geometry& geometry = predictor.geometry();
  if (at >= geometry.axes.size() || geometry.axes[at].size_step <= 0) return rule;
  TrialAxis network = rule;
  network.min = geometry.axes[at].size_min;
  network.step = geometry.axes[at].size_step;
  network.is_known = true;
  if (!rule.is_known) return network;
  return common(rule, network).value_or(network);
}

std::int64_t channels(const TensorSpec& spec, std::size_t axis, const predict::Predictor& predictor,
                      std::size_t input) {
  if (const auto* size = std::get_if<model::ParametrizedSize>(&spec.axes[axis].size)) return size->min;
  const auto graph = graph_inputs(predictor.network());
  if (!graph || input >= graph->size() || (*graph)[input].input.axes.size() != spec.axes.size()) return 0;
  const TrialAxis& found = (*graph)[input].input.axes[axis];
  return found.letter == 'c' ? found.min : 0;
}

bool takes_any_batch(const model::Model& model, const predict::Predictor& predictor) {
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    const std::vector<AxisSpec>& axes = model.inputs[i].axes;
    if (axes.empty() || axes[0].axis.kind != tensor::AxisKind::kBatch) return false;
    const auto* size = std::get_if<model::ParametrizedSize>(&axes[0].size);
    if ((size && size->step == 0) || declared(predictor.network(), i, 0, axes.size())) return false;
  }
  return true;
}

// The type that says most of what both declare: integers before reals, the smaller before the larger.
tensor::Dtype narrower(tensor::Dtype a, tensor::Dtype b) {
  if (tensor::is_floating(a) != tensor::is_floating(b)) return tensor::is_floating(a) ? b : a;
  return tensor::size_of(b) < tensor::size_of(a) ? b : a;
}

}  // namespace

std::vector<TrialInput> CommonInputs::wanted(const predict::Predictor& first, const predict::Predictor& second,
                                             const CompareOptions& options) {
  const bool batches = options.tile.kind == predict::TileChoice::Kind::kAutomatic && takes_any_batch(a_.model, first) &&
                       takes_any_batch(b_.model, second);
  std::vector<TrialInput> inputs(a_.model.inputs.size());
  for (std::size_t i = 0; i < meetings_.size(); ++i) {
    const Meeting& meeting = meetings_[i];
    const TensorSpec& spec = a_.model.inputs[meeting.first];
    const TensorSpec& other = b_.model.inputs[i];
    TrialInput& input = inputs[meeting.first];
    input.id = spec.id;
    input.range = spec.range;
    input.dtype = narrower(spec.dtype, other.dtype);
    if (meeting.differs) {
      const bool is_pixel = input.dtype == tensor::Dtype::kUint8 || input.dtype == tensor::Dtype::kUint16;
      input.dtype = meeting.type.value_or(is_pixel ? input.dtype : tensor::Dtype::kUint8);
    }
    if (input.dtype != spec.dtype) input.range.reset();
    if (batches) input.axes.push_back({'b', "batch", 1, 1, true});
    for (std::size_t k = 0; k < spec.axes.size(); ++k) {
      const AxisSpec& axis = spec.axes[k];
      const char letter = predict::letter_of(axis.axis);
      if (letter == '\0') continue;
      const int at = other.find_axis(axis.axis.id);
      TrialAxis rule{letter, axis.axis.id, 1, 0, true};
      if (axis.axis.kind == tensor::AxisKind::kSpace) {
        rule = rule_of(axis, first);
        // Either model continues or cuts an image that it does not take as it is.
        if (at >= 0) {
          const TrialAxis of_other = rule_of(other.axes[static_cast<std::size_t>(at)], second);
          rule = common(rule, of_other).value_or(rule.min < of_other.min ? of_other : rule);
        }
      } else if (axis.axis.kind == tensor::AxisKind::kChannel) {
        rule.min = channels(spec, k, first, meeting.first);
        if (at >= 0) rule.min = std::max(rule.min, channels(other, static_cast<std::size_t>(at), second, i));
        rule.min = std::max<std::int64_t>(1, rule.min);
      } else if (const auto* size = std::get_if<model::ParametrizedSize>(&axis.size)) {
        rule.min = size->min;
        rule.step = size->step;
      }
      input.axes.push_back(std::move(rule));
    }
  }
  return inputs;
}

}  // namespace zooport::convert
