#include "zooport/czann/check.hpp"

#include <algorithm>
#include <array>

#include "czann/rules.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kMetadataName = "model.json", kNetworkName = "model.model";

}  // namespace

std::optional<onnx::Model> read_network(const Bytes& bytes, std::string_view name, const Context& context,
                                        Diagnostics& diagnostics) {
  Findings findings(diagnostics, name);
  if (bytes.size() == 0) {
    findings.add({"czann.empty-network", Severity::kError, {}, "an ONNX network", "nothing", {}, {}});
    return std::nullopt;
  }
  const auto refuse = [&](Diagnostic what) {
    what.file = name;
    diagnostics.add(std::move(what));
  };
  Result<onnx::Model> network = onnx::read_model(bytes, {.limits = context.limits, .external = nullptr});
  if (!network) {
    if (network.error().what.id == "onnx.external-missing") {
      findings.add({"czann.external-data",
                    Severity::kError,
                    network.error().what.path,
                    "all weights inside the network's file",
                    "weights in a file beside it",
                    {},
                    "The archive has no place for that file: write the network with "
                    "its weights inside."});
    } else {
      refuse(network.error().what);
    }
    return std::nullopt;
  }
  Diagnostics of_graph;
  onnx::check_model(*network, of_graph);
  for (const Diagnostic& problem : of_graph.items()) refuse(problem);
  return std::move(*network);
}

Specification specification_of(const Metadata& metadata) {
  if (!metadata.format_version.empty()) return Specification::kCzann210;
  if (metadata.scaling.size() > 2) return Specification::kCzann200;
  return metadata.scaling.empty() ? Specification::kCzann100 : Specification::kCzann110;
}

Specification specification_of(const Package& package) { return specification_of(package.metadata); }

Diagnostics check(const Package& package, const CheckOptions& options, const Context& context) {
  Diagnostics diagnostics;
  Findings of_metadata(diagnostics, kMetadataName);
  Findings of_network(diagnostics, kNetworkName);
  const Specification specification = specification_of(package);
  check_metadata(package.metadata, of_metadata);
  check_texts(package.metadata, context.limits, of_metadata);
  check_target(package.metadata, options.target, of_metadata);
  if (archive::looks_like_zip(package.network.span())) {
    check_saved_model(package.network, specification, options.target, context, of_network);
  } else if (const auto network = read_network(package.network, kNetworkName, context, diagnostics)) {
    check_values(package.metadata, *network, of_metadata, of_network);
    check_network(*network, specification, of_network);
    check_units(*network, of_network);
    check_scores(package.metadata, *network, of_network);
    check_texts(*network, of_network);
  }
  check_members(package.others, diagnostics);
  if (!options.metadata_text.empty()) place_findings(options.metadata_text, context.limits, diagnostics);
  for (Diagnostic& finding : diagnostics.items())
    if (finding.fix && !finding.span) finding.fix->edits.clear();  // no text that they could be applied to
  return diagnostics;
}

bool is_type_known(const Diagnostics& findings) {
  return std::none_of(findings.items().begin(), findings.items().end(), [](const Diagnostic& finding) {
    return finding.severity == Severity::kError && finding.path.size() == 1 && finding.path.front().name == "Type";
  });
}

bool prevents_running(const Diagnostic& finding) {
  if (finding.severity != Severity::kError) return false;
  // What only ZEN or people need.
  constexpr std::array<std::string_view, 7> kHarmless{
      "czann.opset",        "czann.class-count",           "czann.scaling-not-positive", "czann.zen-too-old",
      "czann.size-differs", "czann.saved-model-operators", "czann.saved-model-version"};
  if (std::find(kHarmless.begin(), kHarmless.end(), finding.id) != kHarmless.end()) return false;
  constexpr std::array<std::string_view, 4> kShapes{"InputShape", "OutputShape", "MinOverlap", ""};
  const bool is_of_key =
      finding.id == "czann.missing-key" || finding.id == "czann.wrong-kind" || finding.id == "czann.wrong-shape";
  const std::string_view key = finding.path.empty() ? std::string_view() : std::string_view(finding.path.front().name);
  return !is_of_key || std::find(kShapes.begin(), kShapes.end(), key) != kShapes.end();
}

}  // namespace zooport::czann
