#include "convert/spec_load.hpp"

#include "convert/first_error.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

bool is_mended(const Diagnostic& finding) { return finding.id == "czann.opset" || finding.id == "czann.ir-version"; }

// The key of the flat form that an element of the XML comes from.
std::string_view flat_key(std::string_view element) {
  if (element == "TrainingClasses") return "Classes";
  if (element == "Channels") return "PixelType";
  if (element == "ModelName") return "ModelPath";
  return element;
}

// As the real package demands it of the networks that become a CZSEG.
Diagnostics open_sizes(const czann::LegacyPackage& package, const Context& context) {
  const auto network = onnx::read_model(package.network, {.limits = context.limits, .external = nullptr});
  if (!network) return Diagnostics();  // check() says so
  const auto inputs = network->graph.required_inputs();
  if (inputs.size() != 1 || network->graph.outputs.empty()) return Diagnostics();
  const auto sizes = [](const onnx::ValueInfo& value) {
    std::vector<std::optional<std::int64_t>> all;
    if (!value.type.shape) return all;
    for (std::size_t i = 1; i < value.type.shape->size(); ++i) all.push_back((*value.type.shape)[i].value);
    return all;
  };
  Diagnostics findings = czann::validate_legacy(sizes(*inputs.front()), sizes(network->graph.outputs.front()));
  for (Diagnostic& finding : findings.items()) {
    finding.file = package.network_name;
    finding.help = "SpatialDims, or --spatial-dims, fixes them: \"SpatialDims\": [height, width]";
  }
  return findings;
}

Diagnostics check_flat(const SpecSource& source, const czann::LegacyPackage& package, const Context& context) {
  Diagnostics findings = open_sizes(package, context);
  const bool is_open = findings.has_errors();
  findings.add(czann::check(package, {}, context));
  Diagnostics result;
  for (Diagnostic& finding : findings.items()) {
    // What the flat form cannot say is no fault of it.
    if (is_mended(finding) || finding.id == "czann.scale-inputs-missing") continue;
    if (is_open && finding.id == "czann.open-tile") continue;  // said already
    if (finding.file == package.network_name) {
      finding.file = source.network_path;
    } else if (finding.file == package.xml_name) {
      finding.file.clear();
      finding.span.reset();
      if (!finding.path.empty() && finding.path.front().kind == Step::Kind::kKey)
        finding.path.front() = Step::key(flat_key(finding.path.front().name));
    }
    result.add(std::move(finding));
  }
  return result;
}

}  // namespace

Diagnostics check_spec_package(const SpecSource& source, const SpecPackage& packed, const Context& context) {
  if (packed.legacy) return check_flat(source, *packed.legacy, context);
  Diagnostics findings;
  Diagnostics of_package = czann::check(packed.package, {}, context);
  for (Diagnostic& finding : of_package.items()) {
    if (is_mended(finding)) continue;
    if (finding.file == "model.model") {
      finding.file = source.network_path;
    } else if (finding.file == "model.json") {
      // The text that it would point into is the specification's.
      finding.file.clear();
      finding.span.reset();
      finding.path.insert(finding.path.begin(), Step::key("ModelMetadata"));
    }
    findings.add(std::move(finding));
  }
  return findings;
}

Result<LoadedSpec> load_spec(Opened opened, const SpecCall& call, const Context& context) {
  ZOOPORT_TRY_ASSIGN(SpecSource source, read_spec(opened, context));
  return load_spec_files(std::move(opened), std::move(source), call, context);
}

Result<LoadedSpec> load_spec_files(Opened opened, SpecSource source, const SpecCall& call, const Context& context) {
  const std::string name = opened.source;
  if (source.findings.has_errors()) return first_error(source.findings, name, ErrorKind::kInvalid);
  LoadedSpec result;
  ZOOPORT_TRY_ASSIGN(result.packed, pack_spec(source, call, context));
  Diagnostics findings;
  Diagnostics of_package = check_spec_package(source, result.packed, context);
  for (Diagnostic& finding : of_package.items()) {
    // Packed unread because somebody asked for it: what only ZEN minds is said, and no obstacle.
    const bool is_allowed = result.packed.is_savedmodel && finding.severity == Severity::kError &&
                            finding.id.starts_with("czann.saved-model") && !czann::prevents_running(finding);
    if (is_allowed) finding.severity = Severity::kAlert;
    (is_allowed ? result.packed.findings : findings).add(std::move(finding));
  }
  if (findings.has_errors()) return first_error(findings, name, ErrorKind::kInvalid);
  result.loaded.opened = std::move(opened);
  result.loaded.spec = std::make_shared<const SpecSource>(std::move(source));
  if (result.packed.legacy) {
    result.loaded.legacy = result.packed.legacy;
    ZOOPORT_TRY_ASSIGN(result.loaded.model, czann::to_model(*result.packed.legacy));
  } else {
    result.loaded.package = result.packed.package;
    ZOOPORT_TRY_ASSIGN(result.loaded.model, czann::to_model(result.packed.package));
  }
  return result;
}

}  // namespace zooport::convert
