#include "convert/before.hpp"

#include "convert/zen_copy.hpp"

namespace zooport::convert {

void put_before(ConversionReport& report, Before before) {
  if (!before.steps.empty())  // of a network that was changed, nothing is said of bytes that are copied
    std::erase_if(report.steps, is_copy_step);
  report.steps.insert(report.steps.begin(), before.steps.begin(), before.steps.end());
  for (Diagnostic& finding : report.findings.items()) before.findings.add(std::move(finding));
  report.findings = std::move(before.findings);
  if (before.steps.empty() || report.verification.status == Verification::Status::kFailed) return;
  const SpecPackage::Verification& done = before.verification;
  if (!done.passed) {
    report.verification = {Verification::Status::kFailed, done.reason, done.outputs};
  } else if (!done.has_run) {
    report.verification = {Verification::Status::kNotRun, done.reason.empty() ? "no engine" : done.reason, {}};
  } else if (report.verification.outputs.empty()) {
    report.verification.reason = done.reason;
    report.verification.outputs = done.outputs;
  }
}

ConversionReport differs(const Opened& opened, const std::string& dest, const ConvertRequest& request, Before before) {
  ConversionReport report = begin_report(opened, dest, format_to_write(request, dest));
  put_before(report, std::move(before));
  return report;
}

}  // namespace zooport::convert
