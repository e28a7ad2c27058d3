#include "convert/zen_source.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

constexpr std::int64_t kMostChannels = 4;

// Which axis of a bare graph's input holds channels is not written anywhere. A small fixed size is one; where both ends
// have one or neither, a Transpose right behind the input that brings the last axis to where operators of ONNX want
// channels tells; else it is where those want them.
std::string guessed_axes(const onnx::Graph& graph) {
  const onnx::ValueInfo& input = *graph.required_inputs().at(0);
  const std::vector<onnx::Dimension>& dims = *input.type.shape;
  const std::string first = dims.size() == 5 ? "bczyx" : "bcyx";
  const std::string last = dims.size() == 5 ? "bzyxc" : "byxc";
  const auto is_small = [](const onnx::Dimension& dim) { return dim.value && *dim.value <= kMostChannels; };
  const bool small_first = is_small(dims[1]);
  const bool small_last = is_small(dims.back());
  if (small_first != small_last) return small_last ? last : first;
  for (const onnx::Node& node : graph.nodes) {
    if (node.input(0) != input.name) continue;
    const std::vector<std::int64_t> permutation = node.ints_or("perm", {});
    const bool turns = node.op == "Transpose" && permutation.size() == dims.size() &&
                       permutation[1] == static_cast<std::int64_t>(dims.size()) - 1;
    return turns ? last : first;
  }
  return first;
}

Error no_image(const onnx::ValueInfo& value) {
  return make_error(ErrorKind::kUnsupported, "convert.axes",
                    concat("a CZANN has the axes batch, (z,) y, x and channel; ", printable(value.name), " has ",
                           value.type.shape ? concat(value.type.shape->size(), " axes") : "an unknown number of axes"));
}

void name_axes(model::TensorSpec& spec, const std::string& letters) {
  const tensor::Axes axes = tensor::axes_from_letters(letters);
  for (std::size_t i = 0; i < spec.axes.size(); ++i) spec.axes[i].axis = axes[i];
}

Result<void> name_axes_of_graph(ZenSource& result, const CzannOptions& options, const Context& context,
                                ConversionReport& report) {
  if (result.model.inputs.size() != 1 || result.model.outputs.size() != 1) return {};
  ZOOPORT_TRY_ASSIGN(const onnx::Model network, result.model.networks.at(0).load(context));
  const onnx::ValueInfo& input = *network.graph.required_inputs().at(0);
  const onnx::ValueInfo& output = network.graph.outputs.at(0);
  const auto rank_of = [](const onnx::ValueInfo& value) { return value.type.shape ? value.type.shape->size() : 0; };
  if (rank_of(input) != 4 && rank_of(input) != 5) return no_image(input);
  if (output.type.shape && rank_of(output) != rank_of(input)) return no_image(output);
  std::string letters = options.graph_axes;
  if (letters.empty()) {
    letters = guessed_axes(network.graph);
    report.assumptions.push_back({"axes of the network", letters, "--axes"});
  }
  std::string sorted = letters;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != (rank_of(input) == 5 ? "bcxyz" : "bcxy"))
    return make_error(
        ErrorKind::kUsage, "convert.options",
        concat("--axes of a network with ", rank_of(input), " axes are ",
               rank_of(input) == 5 ? "b, c, z, y and x" : "b, c, y and x", "; found ", printable(letters)));
  name_axes(result.model.inputs[0], letters);
  name_axes(result.model.outputs[0], letters);
  return {};
}

}  // namespace

Result<ZenSource> zen_source_of(const Loaded& source, const CzannOptions& options, const Context& context,
                                ConversionReport& report) {
  ZenSource result;
  result.model = source.model;
  if (source.package) {
    // Images come in ZEN's order of colours to conversions.
    result.model.inputs.at(0).processing.clear();
    result.pixels = ZenSource::Pixels::kDividedByTypeMaximum;
    result.colours = ZenSource::Colours::kBlueFirst;
    result.metadata = source.package->metadata;
    result.members = source.package->others;
    result.network = source.package->network;
  } else if (source.legacy) {
    ZOOPORT_TRY(put_legacy(*source.legacy, result));
  } else if (source.opened.kind == SourceKind::kOnnx) {
    result.colours = ZenSource::Colours::kBlueFirst;
    result.model.name.clear();  // that of the file is none for people
    ZOOPORT_TRY(name_axes_of_graph(result, options, context, report));
    // A graph of integers wants them as they are.
    const bool is_range_given =
        options.source_dtype ? *options.source_dtype != tensor::Dtype::kFloat32
                             : !result.model.inputs.empty() && !tensor::is_floating(result.model.inputs[0].dtype);
    result.pixels = is_range_given ? ZenSource::Pixels::kAsTheyAre : ZenSource::Pixels::kAsDelivered;
    // One that has constants in other files is no file by itself.
    if (onnx::read_model(source.opened.bytes, {.limits = context.limits, .external = nullptr}))
      result.network = source.opened.bytes;
  }
  return result;
}

}  // namespace zooport::convert
