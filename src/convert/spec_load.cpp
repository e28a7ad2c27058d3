#include "convert/spec_load.hpp"

#include "convert/first_error.hpp"
#include "zooport/czann/check.hpp"

namespace zooport::convert {
namespace {

bool is_mended(const Diagnostic& finding) { return finding.id == "czann.opset" || finding.id == "czann.ir-version"; }

}  // namespace

Diagnostics check_spec_package(const SpecSource& source, const SpecPackage& packed, const Context& context) {
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
  result.loaded.package = result.packed.package;
  result.loaded.spec = std::make_shared<const SpecSource>(std::move(source));
  ZOOPORT_TRY_ASSIGN(result.loaded.model, czann::to_model(result.packed.package));
  return result;
}

}  // namespace zooport::convert
