#include "zooport/report/package.hpp"

#include "verbs.hpp"

namespace zooport::app {

Exit package(const PackageArguments& arguments, Terminal& terminal) {
  convert::PackageRequest request;
  if (!arguments.weights.empty()) request.package.weights = arguments.weights;
  if (arguments.no_io) request.check.io = request.package.io = bioimageio::Io::kNone;
  if (arguments.strict) request.check.fail_from = Severity::kAlert;
  if (arguments.allow_outside) request.outside = convert::PackageRequest::Outside::kAllow;
  if (terminal.common().overwrite) request.package.if_present = resource::IfPresent::kReplace;
  const auto report = convert::package_source(arguments.source, arguments.dest, request, terminal.context());
  if (!report) return terminal.refuse(report.error(), arguments.source);
  report::TextOptions options = terminal.text_options();
  options.least = terminal.common().quiet ? Severity::kAlert : Severity::kWarning;
  terminal.warn(report::findings_text(report->check.findings.items(), report::text_in(report->check.texts), options));
  const std::string summary = report::package_summary(*report);
  if (!report->written) terminal.warn(summary);
  terminal.result(report::package_record(*report, Severity::kWarning), report->written ? summary : "");
  return exit_of(report->check.status);
}

}  // namespace zooport::app
