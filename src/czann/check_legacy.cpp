#include <algorithm>

#include "czann/rules.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

// The network by itself, and against the classes and pixel types.
class LegacyCheck {
 public:
  LegacyCheck(const LegacyPackage& package, Diagnostics& findings) : package_(package), findings_(findings) {}

  void metadata() {
    const LegacyMetadata& metadata = package_.metadata;
    const auto member = [&](const std::string& name, std::string_view ending) {
      if (!name.empty() && name != metadata.id + std::string(ending))
        report("czann.member-name", Severity::kWarning, "Id", concat("a member named ID", ending, " after the Id"),
               concat('"', printable(name, 80), '"'));
    };
    member(package_.xml_name, ".xml");
    member(package_.network_name, ".model");
    if (!metadata.post_processing.empty())
      report("czann.post-processing", Severity::kWarning, "Postprocessing",
             "nothing that ZEN does behind the network: zooport gives what the network gives",
             concat('"', printable(metadata.post_processing, 60), '"'));
  }

  void network(const onnx::Model& network) {
    const auto inputs = network.graph.required_inputs();
    if (inputs.size() != 1)
      return report("czann.input-count", Severity::kError, "", "exactly one input of the network",
                    concat(inputs.size()));
    if (network.graph.outputs.size() != 1)
      report("czann.output-count", Severity::kWarning, "", "one output of the network",
             concat(network.graph.outputs.size()));
    tensor(*inputs.front());
    tile(*inputs.front());
    if (network.graph.outputs.empty()) return;
    const onnx::ValueInfo& output = network.graph.outputs.front();
    tensor(output);
    const auto& shape = output.type.shape;
    const auto classes = static_cast<std::int64_t>(package_.metadata.classes.size());
    if (shape && shape->size() == 4 && shape->back().value && *shape->back().value != classes)
      report("czann.class-count", Severity::kError, "TrainingClasses",
             concat("a class for each of the ", *shape->back().value, " output channels"), concat(classes));
  }

 private:
  // ZEN cuts images into tiles of the network's size and throws the border away.
  void tile(const onnx::ValueInfo& input) {
    const LegacyMetadata& metadata = package_.metadata;
    const auto& shape = input.type.shape;
    if (!shape || shape->size() != 4) return;
    const std::optional<std::int64_t> said[] = {metadata.tile_height, metadata.tile_width};
    for (std::size_t i = 0; i < 2; ++i) {
      const std::optional<std::int64_t>& fixed = (*shape)[i + 1].value;
      if (fixed && said[i] && *fixed != *said[i])
        report("czann.tile-differs", Severity::kWarning, i == 0 ? "TotalTileHeight" : "TotalTileWidth",
               concat(*fixed, ", the size of the network's input"), concat(*said[i]));
      const std::optional<std::int64_t> size = fixed ? fixed : said[i];
      if (!size)
        return report("czann.open-tile", Severity::kWarning, "", "a fixed height and width of the network's input",
                      "open ones; tiles have 256 pixels");
      if (metadata.border_size.empty()) continue;
      const std::int64_t border = metadata.border_size[std::min(i, metadata.border_size.size() - 1)];
      if (2 * border >= *size)
        return report("czann.border-too-large", Severity::kWarning, "BorderSize",
                      concat("less than half of the tile of ", *size, " pixels; larger images cannot be run"),
                      concat(border));
    }
  }

  void tensor(const onnx::ValueInfo& value) {
    if (value.type.element != onnx::ElementType::kFloat)
      report("czann.element-type", Severity::kError, "", concat("float32 for ", printable(value.name)),
             onnx::name_of(value.type.element));
    const auto& shape = value.type.shape;
    if (shape && shape->size() != 4)
      report("czann.shape-differs", Severity::kError, "",
             concat("the axes batch, height, width, channel for ", printable(value.name)),
             concat(shape->size(), " axes"));
  }

  void report(std::string id, Severity severity, std::string_view key, std::string expected, std::string found) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.severity = severity;
    problem.file = key.empty() ? package_.network_name : package_.xml_name;
    if (!key.empty()) problem.path = {Step::key(key)};
    problem.message = concat("expected ", expected, ", found ", found);
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    findings_.add(std::move(problem));
  }

  const LegacyPackage& package_;
  Diagnostics& findings_;
};

}  // namespace

Specification specification_of(const LegacyPackage& package) {
  const std::string& version = package.metadata.version;
  const bool is_old =
      version == "1" || version.starts_with("1.") || version.starts_with("2.") || version.starts_with("3.0");
  return is_old ? Specification::kLegacy300 : Specification::kLegacy310;
}

Diagnostics check(const LegacyPackage& package, const CheckOptions& options, const Context& context) {
  Diagnostics diagnostics;
  Findings of_document(diagnostics, package.xml_name);
  Findings of_network(diagnostics, package.network_name);
  LegacyCheck check(package, diagnostics);
  check.metadata();
  check_legacy_document(package, options, of_document);
  const std::string& extractor = package.metadata.feature_extractor;
  const bool is_network = extractor.empty() || extractor == "DeepNeuralNetwork";
  if (is_network && !package.network_name.empty()) {
    if (archive::looks_like_zip(package.network.span())) {
      check_saved_model(package.network, specification_of(package), options.target, context, of_network);
    } else if (const auto network = read_network(package.network, package.network_name, context, diagnostics)) {
      check.network(*network);
      check_legacy_network(package, *network, of_document, of_network);
    }
  }
  if (!options.metadata_text.empty())
    place_legacy_findings(options.metadata_text, package.xml_name, context.limits, diagnostics);
  return diagnostics;
}

}  // namespace zooport::czann
