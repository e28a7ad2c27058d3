#include "convert/zen_copy.hpp"

#include <algorithm>

#include "convert/czann_verify.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

constexpr std::string_view kCopyStep = "copy the network unchanged";

bool is_identity(const std::vector<int>& permutation) {
  for (std::size_t i = 0; i < permutation.size(); ++i)
    if (permutation[i] != static_cast<int>(i)) return false;
  return true;
}

bool computes_nothing_more(const ZenSource& source, const ZenPlan& plan) {
  return source.model.inputs[0].processing.empty() && source.model.outputs[0].processing.empty() &&
         plan.change_of_pixels == GraphRequest::Pixels::kNone && plan.classes == GraphRequest::Classes::kAsTheyAre &&
         plan.colours == GraphRequest::Colours::kAsTheyAre;
}

// Batch 1 or open, and the tile's sizes or open ones.
bool takes_tile(const ZenPlan& plan, const onnx::ValueInfo& input, std::size_t rank) {
  if (!input.type.shape || input.type.shape->size() != rank) return false;
  const std::vector<onnx::Dimension>& dims = *input.type.shape;
  if (dims[0].value.value_or(1) != 1) return false;
  for (std::size_t i = 0; i < plan.space.size(); ++i)
    if (dims[static_cast<std::size_t>(plan.space[i])].value.value_or(plan.tile[i]) != plan.tile[i]) return false;
  return true;
}

// A source of one size takes other tiles only continued by mirroring, and sees that at their edges where the result
// sees none. The whole image has the same edges for both; seams of the result are kept out by a border of what it sees.
bool compare_across_tiles(const ZenSource& source, const ZenPlan& plan, VerifyRequest& request) {
  if (!plan.geometry.is_known) return false;
  tensor::Shape only;
  tensor::Shape border = plan.border;
  bool differs = false;
  for (std::size_t i = 0; i < plan.space.size(); ++i) {
    const auto* size = std::get_if<model::ParametrizedSize>(
        &source.model.inputs[0].axes[static_cast<std::size_t>(plan.space[i])].size);
    const onnx::AxisGeometry& axis = plan.geometry.axes[i];
    only.push_back(size && size->step == 0 && axis.size_step == 0 ? size->min : 0);
    differs = differs || (only[i] != 0 && only[i] != plan.tile[i]);
    border[i] = std::max(border[i], (axis.reach() + axis.stride - 1) / axis.stride * axis.stride);
    if (2 * border[i] >= plan.tile[i]) return false;
  }
  if (!differs) return false;
  request.source_tile = std::move(only);
  request.border = std::move(border);
  return true;
}

}  // namespace

ConversionReport begin_report(const Opened& source, const std::string& dest, std::string to) {
  ConversionReport report;
  report.source = source.source;
  report.dest = dest;
  report.from = std::string(name_of(source.kind));
  report.to = std::move(to);
  return report;
}

std::string copy_step(const Bytes& network) { return concat(kCopyStep, " (", network.size(), " bytes)"); }

bool is_copy_step(const std::string& step) { return step.starts_with(kCopyStep); }

void compare_copy(const Bytes& written, const Bytes& source, ConversionReport& report) {
  const bool are_equal = written.text() == source.text();
  report.verification.status = are_equal ? Verification::Status::kPassed : Verification::Status::kFailed;
  report.verification.reason = are_equal ? "identical bytes" : "the bytes of the network differ";
}

Result<bool> may_be_copied(const ZenSource& source, const ZenPlan& plan, const GraphCeiling& ceiling) {
  if (source.network.empty()) return false;
  ZOOPORT_TRY_ASSIGN(const std::vector<int> of_input, zen_permutation(source.model.inputs[0]));
  ZOOPORT_TRY_ASSIGN(const std::vector<int> of_output, zen_permutation(source.model.outputs[0]));
  const onnx::ValueInfo& input = *plan.network.graph.required_inputs().at(0);
  const onnx::ValueInfo& output = plan.network.graph.outputs.at(0);
  return is_identity(of_input) && is_identity(of_output) && computes_nothing_more(source, plan) &&
         plan.network.opset() <= ceiling.opset && plan.network.ir_version <= ceiling.ir_version &&
         input.type.element == onnx::ElementType::kFloat && output.type.element == onnx::ElementType::kFloat &&
         takes_tile(plan, input, of_input.size());
}

Result<void> require_size_of_input(czann::ModelType type, const ZenNetwork& network) {
  using Type = czann::ModelType;
  const bool is_image = type == Type::kRegression || type == Type::kSingleClassSemanticSegmentation ||
                        type == Type::kMultiClassSemanticSegmentation;
  const bool fits =
      network.output_shape.size() == network.input_shape.size() &&
      std::equal(network.input_shape.begin(), network.input_shape.end() - 1, network.output_shape.begin());
  if (!is_image || fits) return {};
  return make_error(ErrorKind::kUnsupported, "convert.output-size",
                    concat("ZEN puts tiles together only where the output has the size of the input; ",
                           shape_text(network.input_shape), " becomes ", shape_text(network.output_shape)));
}

Result<ZenNetwork> changed_network(const ZenSource& source, const ZenPlan& plan, const GraphCeiling& ceiling,
                                   ConversionReport& report) {
  onnx::Model network = plan.network;
  ZOOPORT_TRY(make_czann_graph(network, plan.graph_request(source), ceiling, report.steps, report.findings));
  ZOOPORT_TRY_ASSIGN(Bytes bytes, onnx::to_bytes(network));
  return zen_network_of(network, std::move(bytes));
}

Result<void> compare_for_zen(model::Model made, ZenSource source, const ZenPlan& plan, Delivered delivered,
                             const std::string& weights, std::shared_ptr<engine::Engine> engine, const Context& context,
                             ConversionReport& report) {
  // Images come in ZEN's order of colours here.
  made.inputs.at(0).processing.clear();
  if (source.pixels == ZenSource::Pixels::kAsDelivered && delivered == Delivered::kDividedByTypeMaximum)
    source.model.inputs[0].integer_pixels = model::TensorSpec::IntegerPixels::kDividedByTypeMaximum;
  VerifyRequest request{.source = source.model, .weights = weights};
  request.statistics = plan.measured ? &*plan.measured : nullptr;
  request.tile = plan.tile;
  request.border = plan.border;
  request.stride = plan.stride;
  request.pixels = plan.pixels;
  request.channels = plan.channels;
  if (plan.classes == GraphRequest::Classes::kBackgroundAndForeground)
    request.outputs = VerifyRequest::Outputs::kBackgroundAndForeground;
  if (plan.colours == GraphRequest::Colours::kReversed) request.colours = VerifyRequest::Colours::kReversed;
  // The border of a file of ZEN's is its author's; that of a graph is asked for, or reaches as far as the graph does.
  if (source.metadata && !compare_across_tiles(source, plan, request)) request.against = VerifyRequest::Against::kTiles;
  double off_stride = -1;
  ZOOPORT_TRY_ASSIGN(predict::Comparison comparison,
                     verify_for_zen(std::move(made), request, std::move(engine), context, off_stride));
  Verification& verification = report.verification;
  verification.status = comparison.passed ? Verification::Status::kPassed : Verification::Status::kFailed;
  verification.reason = comparison.reason;
  if (comparison.passed && !comparison.discriminates)
    verification.reason = "not discriminating: the output hardly varies, so a constant would have passed, too";
  verification.outputs.push_back(std::move(comparison));
  if (off_stride > 1e-4)
    report.assumptions.push_back({"tile origins",
                                  concat("multiples of the network's stride of ", plan.stride[0],
                                         "; on an image whose size makes ZEN place tiles off it, "
                                         "the largest difference to the whole image was ",
                                         static_cast<float>(off_stride)),
                                  ""});
  return {};
}

}  // namespace zooport::convert
