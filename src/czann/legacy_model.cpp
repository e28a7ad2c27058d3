#include <algorithm>

#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/process/text.hpp"

namespace zooport::czann {
namespace {

constexpr std::int64_t kUsualTile = 256;  // where neither the file nor the network says

using Size = std::optional<std::int64_t>;

// Sizes of a network's tensor along y, x and c, as far as its type has them.
struct Sizes {
  Size y;
  Size x;
  Size c;
};

Sizes sizes_of(const onnx::ValueInfo& value) {
  if (!value.type.shape || value.type.shape->size() != 4) return {};
  const auto& shape = *value.type.shape;
  const auto size = [&](std::size_t i) {
    const Size& known = shape[i].value;
    return known && *known > 0 ? known : std::nullopt;
  };
  return {size(1), size(2), size(3)};
}

bool is_color(std::string_view pixel_type) { return pixel_type.starts_with("Bgr"); }

bool is_split(const LegacyMetadata& metadata) { return metadata.color_handling != "ConvertToMonochrome"; }

// Channels of the network for all image channels; none if a pixel type is not known.
Size all_channels(const LegacyMetadata& metadata) {
  std::int64_t sum = 0;
  for (const std::string& type : metadata.pixel_types) {
    const Size channels = channels_of(type);
    if (!channels) return std::nullopt;
    sum += is_color(type) && !is_split(metadata) ? 1 : *channels;
  }
  return sum > 0 ? Size(sum) : std::nullopt;
}

// Networks see blue first, images have red first: the image's channel for each of the network's. Empty: as they are.
std::vector<double> color_order(const LegacyMetadata& metadata, std::int64_t channels) {
  std::vector<double> order;
  bool has_color = false;
  for (const std::string& type : metadata.pixel_types) {
    const auto begin = static_cast<double>(order.size());
    const std::int64_t count = channels_of(type).value_or(0);
    const bool is_turned =
        is_split(metadata) && (type == "Bgr24" || type == "Bgr48" || type == "Bgr96Float" || type == "Bgra32");
    if (is_turned)
      for (const int offset : {2, 1, 0}) order.push_back(begin + offset);
    const std::int64_t rest = is_color(type) && !is_split(metadata) ? 1 : count - (is_turned ? 3 : 0);
    for (std::int64_t i = 0; i < rest; ++i) order.push_back(static_cast<double>(order.size()));
    has_color |= is_turned;
  }
  if (!has_color || order.size() != static_cast<std::size_t>(channels)) return {};
  return order;
}

model::AxisSpec axis(std::string id, tensor::AxisKind kind, Size size) {
  model::AxisSpec spec;
  spec.axis = {std::move(id), kind};
  if (size) spec.size = model::ParametrizedSize{*size, 0};
  return spec;
}

model::TensorSpec tensor_spec(std::string id, const Sizes& sizes) {
  model::TensorSpec spec;
  spec.id = std::move(id);
  spec.axes.push_back(axis("batch", tensor::AxisKind::kBatch, 1));
  spec.axes.push_back(axis("y", tensor::AxisKind::kSpace, sizes.y));
  spec.axes.push_back(axis("x", tensor::AxisKind::kSpace, sizes.x));
  spec.axes.push_back(axis("channel", tensor::AxisKind::kChannel, sizes.c));
  return spec;
}

// Why the network cannot be run; empty if it can be tried.
std::string reason_of(const LegacyPackage& package) {
  const std::string& extractor = package.metadata.feature_extractor;
  if (!extractor.empty() && extractor != "DeepNeuralNetwork")
    return concat("it is no network but a pixel classifier on features (", printable(extractor, 60),
                  "), which only ZEN can run");
  if (package.network.empty()) return "the archive is one of training only: it holds no network yet";
  if (archive::looks_like_zip(package.network.span()))
    return "it is a zipped TensorFlow SavedModel, which cannot be read yet; convert it to ONNX";
  return {};
}

Size first_of(std::initializer_list<Size> sizes) {
  for (const Size& size : sizes)
    if (size) return size;
  return std::nullopt;
}

}  // namespace

Result<model::Model> to_model(LegacyPackage package) {
  const LegacyMetadata& metadata = package.metadata;
  model::Model model;
  model.name = metadata.name;
  model.format = metadata.version.empty() ? "czseg" : concat("czseg ", metadata.version);
  model.id = metadata.id;
  model::Network network;
  network.weights = "onnx";
  network.source = package.network_name;
  network.reason = reason_of(package);
  Sizes in;
  Sizes out;
  if (archive::looks_like_zip(package.network.span())) {
    network.weights = "tensorflow_saved_model";
  } else if (network.reason.empty()) {
    // A network that cannot be read says so when it is loaded.
    if (const Result<onnx::Model> graph = onnx::read_model(package.network)) {
      const auto inputs = graph->graph.required_inputs();
      if (!inputs.empty()) in = sizes_of(*inputs.front());
      if (!graph->graph.outputs.empty()) out = sizes_of(graph->graph.outputs.front());
    }
    network.load = [bytes = package.network](const Context& context) {
      return onnx::read_model(bytes, {.limits = context.limits, .external = nullptr});
    };
  }
  in.y = first_of({in.y, metadata.tile_height, kUsualTile});
  in.x = first_of({in.x, metadata.tile_width, kUsualTile});
  in.c = first_of({in.c, all_channels(metadata)});
  out.y = first_of({out.y, in.y});
  out.x = first_of({out.x, in.x});
  if (!out.c && !metadata.classes.empty()) out.c = static_cast<std::int64_t>(metadata.classes.size());

  model::TensorSpec input = tensor_spec("input", in);
  const bool is_scaled = metadata.scale_inputs_by_bit_depth.value_or(false);
  if (is_scaled) {
    input.integer_pixels = model::TensorSpec::IntegerPixels::kDividedByTypeMaximum;
    input.range = {0.0, 1.0};
  }
  if (std::vector<double> order = color_order(metadata, in.c.value_or(0)); !order.empty()) {
    process::TextOperation turn;
    turn.name = "transpose_channels";
    turn.parameters.values["order"] = std::move(order);
    ZOOPORT_TRY_ASSIGN(process::OperationPtr operation, process::make_operation(turn, input.tensor_axes()));
    input.processing.push_back(std::move(operation));
  }
  model::TensorSpec output = tensor_spec("output", out);
  output.range = {0.0, 1.0};
  for (std::size_t i = 0; i < 2 && !metadata.border_size.empty(); ++i)
    output.axes[i + 1].halo = metadata.border_size[std::min(i, metadata.border_size.size() - 1)];
  for (const SegmentationClass& entry : metadata.classes) output.axes.back().channel_names.push_back(entry.name);
  model.inputs.push_back(std::move(input));
  model.outputs.push_back(std::move(output));
  model.networks.push_back(std::move(network));
  model.open = [](const std::string& source, const Context&) -> Result<Bytes> {
    return make_error(ErrorKind::kIo, "czann.no-files",
                      concat("a CZSEG refers to no files; asked for ", printable(source)));
  };
  return model;
}

}  // namespace zooport::czann
