#include "convert/spec_convert.hpp"

#include "convert/before.hpp"

namespace zooport::convert {

Result<ConversionReport> convert_spec(const LoadedSpec& spec, const std::string& dest, ConvertRequest request,
                                      EngineOnDemand engine, const Context& context) {
  request.czann.spatial_dims.clear();  // done
  Before before;
  before.steps = spec.packed.steps;
  before.findings.add(Diagnostics(spec.loaded.spec->findings));
  before.findings.add(Diagnostics(spec.packed.findings));
  for (Diagnostic& finding : before.findings.items())
    if (finding.file.empty()) finding.file = spec.loaded.opened.source;
  const bool forces = request.czann.on_failure == CzannOptions::OnFailure::kWriteAnyway;
  if (!spec.packed.is_savedmodel && !spec.packed.steps.empty()) {
    const auto opened = engine.get();
    if (!opened && !forces) return opened.error();
    if (opened) {
      ZOOPORT_TRY_ASSIGN(before.verification, spec.packed.verify(**opened, context));
    }
  }
  if (!before.verification.passed && !forces) return differs(spec.loaded.opened, dest, request, std::move(before));
  ZOOPORT_TRY_ASSIGN(ConversionReport report, convert_model(spec.loaded, dest, request, std::move(engine), context));
  put_before(report, std::move(before));
  if (spec.packed.is_savedmodel)
    report.verification = {Verification::Status::kNotRun, "no importer for a SavedModel", {}};
  return report;
}

}  // namespace zooport::convert
