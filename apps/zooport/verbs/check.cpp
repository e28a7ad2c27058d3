#include "zooport/convert/check.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

Severity severity_named(const std::string& name) {
  for (const Severity severity : {Severity::kInfo, Severity::kWarning, Severity::kAlert})
    if (to_text(severity) == name) return severity;
  return Severity::kError;
}

void show(const convert::CheckReport& report, const CheckArguments& arguments, Terminal& terminal) {
  const Severity least = severity_named(arguments.warnings);
  const std::string summary = report::check_summary(report);
  if (terminal.wants_text()) {
    report::TextOptions options = terminal.text_options();
    options.least = terminal.common().quiet ? std::max(least, Severity::kAlert) : least;
    const auto text_of = [&](const std::string& file) {
      const auto found = report.texts.find(file);
      return found == report.texts.end() ? std::string_view() : found->second.text();
    };
    terminal.warn(report::findings_text(report.findings.items(), text_of, options));
  } else if (report.status != bioimageio::Status::kValid) {
    terminal.warn(summary);
  }
  report::CheckRecordOptions options;
  options.least = least;
  if (arguments.normalized) options.document = report::Document::kInclude;
  terminal.result(report::check_record(report, options), summary);
}

}  // namespace

Exit check(const CheckArguments& arguments, Terminal& terminal) {
  bioimageio::CheckOptions options;
  if (arguments.no_io) options.io = bioimageio::Io::kNone;
  if (arguments.strict) options.fail_from = Severity::kAlert;
  return for_each_source(arguments.sources, terminal, [&](const std::string& source) {
    const auto report = convert::check_source(source, options, terminal.context());
    if (!report) return terminal.refuse(report.error(), source);
    show(*report, arguments, terminal);
    return exit_of(report->status);
  });
}

}  // namespace zooport::app
