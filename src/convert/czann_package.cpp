#include "convert/czann_package.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

void put_name_and_id(const ZenSource& source, const CzannOptions& options, czann::Package& package) {
  czann::Metadata& metadata = package.metadata;
  if (!options.name.empty()) {
    metadata.name = options.name;
  } else if (!source.metadata) {
    metadata.name = source.model.name;
  }
  if (!options.id.empty()) metadata.id = options.id;
  if (metadata.id.empty()) metadata.id = czann::content_id(package.network, czann::write_metadata(metadata));
}

czann::Package started(const Loaded& loaded, const ZenSource& source, const CzannOptions& options,
                       const CzannVersion& version) {
  czann::Package package;
  if (source.metadata) package.metadata = *source.metadata;
  package.metadata.format_version = version.format_version();
  package.metadata.scaling = version.scaling;
  package.others = zen_members(loaded, source, options);
  return package;
}

}  // namespace

Result<ZenNetwork> zen_network_of(const onnx::Model& fixed, Bytes bytes) {
  const onnx::ValueInfo& input = *fixed.graph.required_inputs().at(0);
  const onnx::ValueInfo& output = fixed.graph.outputs.at(0);
  ZenNetwork network;
  network.bytes = std::move(bytes);
  for (const auto& [value, shape] :
       {std::pair{&input, &network.input_shape}, std::pair{&output, &network.output_shape}}) {
    const auto& dims = value->type.shape;
    for (std::size_t i = 1; dims && i < dims->size(); ++i) shape->push_back((*dims)[i].value.value_or(0));
    if (shape->empty() || std::find(shape->begin(), shape->end(), 0) != shape->end())
      return make_error(ErrorKind::kUnsupported, "convert.axes",
                        concat("the shape of the network's ", value == &input ? "input" : "output", " is not known"));
  }
  return network;
}

Result<std::vector<std::string>> names_of_classes(const ZenPlan& plan, std::int64_t channels) {
  std::vector<std::string> names = plan.class_names;
  if (!czann::needs_classes(plan.type)) return names;
  while (static_cast<std::int64_t>(names.size()) < channels) names.push_back(concat("Class ", names.size() + 1));
  if (static_cast<std::int64_t>(names.size()) == channels) return names;
  return make_error(ErrorKind::kUsage, "convert.options",
                    concat("--classes names ", names.size(), " classes, and the network has ", channels, " channels"));
}

Result<czann::Package> make_czann_package(const Loaded& loaded, const ZenSource& source, const CzannOptions& options,
                                          const CzannVersion& version) {
  czann::Package package = started(loaded, source, options, version);
  czann::Metadata& metadata = package.metadata;
  package.network = source.network;
  if (options.type) metadata.type = *options.type;
  if (!options.classes.empty()) metadata.classes = options.classes;
  if (!options.min_overlap.empty()) {
    metadata.min_overlap = options.min_overlap;
    if (metadata.min_overlap.size() == 1)
      metadata.min_overlap.resize(metadata.input_shape.size() - 1, options.min_overlap[0]);
  }
  put_name_and_id(source, options, package);
  return package;
}

Result<czann::Package> make_czann_package(const Loaded& loaded, const ZenSource& source, const CzannOptions& options,
                                          const CzannVersion& version, const ZenPlan& plan, ZenNetwork network) {
  czann::Package package = started(loaded, source, options, version);
  czann::Metadata& metadata = package.metadata;
  package.network = std::move(network.bytes);
  metadata.type = plan.type;
  metadata.input_shape = std::move(network.input_shape);
  metadata.output_shape = std::move(network.output_shape);
  ZOOPORT_TRY_ASSIGN(metadata.classes, names_of_classes(plan, metadata.output_shape.back()));
  if (!options.min_overlap.empty() || !source.metadata) {
    metadata.min_overlap.clear();
    for (const std::int64_t border : plan.border) metadata.min_overlap.push_back(2 * border);
    const bool has_border = std::any_of(plan.border.begin(), plan.border.end(), [](auto border) { return border > 0; });
    if (!has_border && options.min_overlap.empty()) metadata.min_overlap.clear();
  }
  put_name_and_id(source, options, package);
  return package;
}

}  // namespace zooport::convert
