#include <algorithm>

#include "czann/rules.hpp"
#include "czann/xml.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kNetworkExtractor = "DeepNeuralNetwork";

std::string quoted(const std::string& text) { return concat('"', printable(text, 40), '"'); }

void check_words(const LegacyMetadata& metadata, Findings& findings) {
  if (!metadata.version.empty() && metadata.version != "3.1.0" && metadata.version != "3.0.0")
    findings.add({"czann.legacy-version-unknown",
                  Severity::kInfo,
                  {Step::key("Version")},
                  {},
                  quoted(metadata.version),
                  concat("the real package writes the versions 3.0.0 and 3.1.0, this is ", quoted(metadata.version)),
                  {}});
  if (metadata.feature_extractor != kNetworkExtractor)
    findings.add({"czann.feature-extractor",
                  Severity::kWarning,
                  {Step::key("FeatureExtractor")},
                  quoted(std::string(kNetworkExtractor)),
                  metadata.feature_extractor.empty() ? std::string("nothing") : quoted(metadata.feature_extractor),
                  {},
                  "Models of other extractors are no networks: only ZEN runs them."});
  if (metadata.status != "Trained")
    findings.add({"czann.status",
                  Severity::kInfo,
                  {Step::key("Status")},
                  {},
                  quoted(metadata.status),
                  concat("the status is ", quoted(metadata.status), ", not \"Trained\" as in all files for use"),
                  {}});
  if (!metadata.scale_inputs_by_bit_depth)
    findings.add({"czann.scale-inputs-missing",
                  Severity::kInfo,
                  {Step::key("ScaleInputsByBitdepth")},
                  {},
                  "nothing",
                  "the file does not say whether pixels are divided by their type's maximum: ZEN and zooport give them "
                  "as they are, napari divides",
                  {}});
}

// Channels that the network gets for the image channels of the file; none if a pixel type is unknown.
std::optional<std::int64_t> described_channels(const LegacyMetadata& metadata) {
  std::int64_t sum = 0;
  for (const std::string& type : metadata.pixel_types) {
    const auto channels = channels_of(type);
    if (!channels) return std::nullopt;
    sum += metadata.color_handling == "ConvertToMonochrome" ? 1 : *channels;
  }
  return sum > 0 ? std::optional(sum) : std::nullopt;
}

const std::vector<onnx::Dimension>* four_axes(const onnx::ValueInfo& value) {
  return value.type.shape && value.type.shape->size() == 4 ? &*value.type.shape : nullptr;
}

void check_batch(const onnx::ValueInfo& value, std::string_view role, Findings& findings) {
  const auto* shape = four_axes(value);
  if (!shape || !shape->front().value || *shape->front().value == 1) return;
  findings.add({"czann.batch",
                Severity::kError,
                {Step::key("graph"), Step::key(role), Step::at(0)},
                concat("a batch axis of 1, or an open one, for the ", role, " '", printable(value.name), '\''),
                concat(*shape->front().value),
                {},
                "ZEN hands over one tile at a time."});
}

void check_shapes(const LegacyMetadata& metadata, const onnx::Model& network, Findings& of_document,
                  Findings& of_network) {
  const auto inputs = network.graph.required_inputs();
  if (inputs.size() != 1) return;
  if (network.graph.outputs.empty())
    return of_network.add({"czann.no-output",
                           Severity::kError,
                           {Step::key("graph"), Step::key("output")},
                           "one output of the network",
                           "none",
                           {},
                           {}});
  const onnx::ValueInfo& output = network.graph.outputs.front();
  check_batch(*inputs.front(), "input", of_network);
  check_batch(output, "output", of_network);
  const auto* in = four_axes(*inputs.front());
  const auto* out = four_axes(output);
  if (!in) return;
  const auto described = described_channels(metadata);
  const auto channels = (*in)[3].value;
  if (described && channels && *channels != *described) {
    if ((*in)[1].value == described)
      of_network.add({"czann.channels-first",
                      Severity::kError,
                      {Step::key("graph"), Step::key("input"), Step::at(0)},
                      "channels last",
                      "channels first",
                      {},
                      "Put transposes around the network: `zooport graph wrap` does."});
    else
      of_document.add({"czann.pixel-channels",
                       Severity::kWarning,
                       {Step::key("Channels")},
                       concat("pixel types of ", *channels, " channels, as many as the network takes"),
                       concat(*described),
                       {},
                       {}});
  }
  for (std::size_t i = 1; out && i < 3; ++i) {
    const auto& from = (*in)[i].value;
    const auto& to = (*out)[i].value;
    if (from && to && *from != *to)
      of_network.add({"czann.size-differs",
                      Severity::kError,
                      {Step::key("graph"), Step::key("output"), Step::at(0)},
                      concat("the input's ", i == 1 ? "height" : "width", " of ", *from),
                      concat(*to),
                      {},
                      "ZEN puts tiles of the output where those of the input were."});
  }
}

}  // namespace

void check_legacy_document(const LegacyPackage& package, const CheckOptions& options, Findings& findings) {
  const LegacyMetadata& metadata = package.metadata;
  check_words(metadata, findings);
  std::vector<std::string> names;
  for (const SegmentationClass& item : metadata.classes) names.push_back(item.name);
  check_class_names(names, "TrainingClasses", findings);
  check_text(metadata.name, {Step::key("ModelName")}, "ModelName", findings);
  check_text(metadata.post_processing, {Step::key("Postprocessing")}, "Postprocessing", findings);
  for (std::size_t i = 0; i < names.size(); ++i)
    check_text(names[i], {Step::key("TrainingClasses"), Step::at(i)}, "the name of a class", findings);
  if (package.marker != metadata.id)
    findings.add({"czann.marker",
                  Severity::kWarning,
                  {Step::key("Id")},
                  concat("an empty member modelid=", printable(metadata.id, 60)),
                  package.marker.empty() ? std::string("none") : concat("modelid=", printable(package.marker, 60)),
                  {},
                  {}});
  check_target(specification_of(package), options.target, findings);
}

void check_legacy_network(const LegacyPackage& package, const onnx::Model& network, Findings& of_document,
                          Findings& of_network) {
  const LegacyMetadata& metadata = package.metadata;
  check_shapes(metadata, network, of_document, of_network);
  check_network(network, specification_of(package), of_network);
  Metadata modern;
  modern.type = ModelType::kSingleClassSemanticSegmentation;
  modern.output_shape = {1, 1, static_cast<std::int64_t>(metadata.classes.size())};
  check_scores(modern, network, of_network);
  if (metadata.scale_inputs_by_bit_depth.value_or(false)) check_units(network, of_network);
  check_texts(network, of_network);
}

void place_legacy_findings(std::string_view xml, std::string_view file, const Limits& limits,
                           Diagnostics& diagnostics) {
  auto& items = diagnostics.items();
  const auto wants_place = [&](const Diagnostic& finding) { return finding.file == file && !finding.span; };
  if (std::none_of(items.begin(), items.end(), wants_place)) return;
  const auto root = read_xml(xml, limits);
  if (!root) return;
  for (Diagnostic& finding : items) {
    if (!wants_place(finding)) continue;
    const XmlElement* element = &*root;
    for (const Step& step : finding.path) {
      const XmlElement* next = nullptr;
      if (step.kind == Step::Kind::kKey) next = element->find(step.name);
      if (step.kind == Step::Kind::kIndex && step.index < element->children.size())
        next = &element->children[step.index];
      if (!next) break;
      element = next;
    }
    finding.span = element->place();
  }
}

}  // namespace zooport::czann
