#include "convert/before.hpp"

namespace zooport::convert {

void put_before(ConversionReport& report, Before before) {
  if (!before.steps.empty())  // of a network that was changed, nothing is said of bytes that are copied
    std::erase_if(report.steps, [](const std::string& step) { return step.starts_with("copy the network unchanged"); });
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

namespace {

ConversionReport begin_report(const Opened& opened, const std::string& dest, const Before& before) {
  ConversionReport report;
  report.source = opened.source;
  report.dest = dest;
  report.from = std::string(name_of(opened.kind));
  const SpecPackage::Verification& done = before.verification;
  report.verification.reason = done.reason;
  report.verification.outputs = done.outputs;
  if (!done.passed) report.verification.status = Verification::Status::kFailed;
  if (done.has_run && done.passed) report.verification.status = Verification::Status::kPassed;
  return report;
}

}  // namespace

ConversionReport differs(const Opened& opened, const std::string& dest, const ConvertRequest& request, Before before) {
  ConversionReport report = begin_report(opened, dest, before);
  report.to = format_to_write(request, dest);
  put_before(report, std::move(before));
  return report;
}

}  // namespace zooport::convert
