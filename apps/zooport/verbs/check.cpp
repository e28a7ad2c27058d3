#include "zooport/convert/check.hpp"

#include "verbs.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/check_many.hpp"
#include "zooport/convert/find_sources.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"
#include "zooport/report/tally.hpp"

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
  terminal.say(report::fixed_text(report));
  if (terminal.wants_text()) {
    report::TextOptions options = terminal.text_options();
    const Severity failing = arguments.strict ? Severity::kAlert : Severity::kError;
    options.least = terminal.common().quiet ? std::max(least, failing) : least;
    terminal.warn(report::findings_text(report.findings.items(), report::text_in(report.texts), options));
  } else if (report.status != bioimageio::Status::kValid) {
    terminal.warn(summary);
  }
  report::CheckRecordOptions options;
  options.least = least;
  if (arguments.normalized) options.document = report::Document::kInclude;
  // A record holds the hash of the source, which takes longer than everything else about a large file.
  terminal.result(terminal.wants_text() ? std::string() : report::check_record(report, options), summary);
}

// What is named, folders replaced by what is in them.
Result<std::vector<std::string>> sources_of(const CheckArguments& arguments, Terminal& terminal) {
  ZOOPORT_TRY_ASSIGN(std::vector<std::string> named, all_sources(arguments.sources, terminal.context()));
  if (!arguments.recursive) return named;
  std::vector<std::string> all;
  for (std::string& source : named) {
    if (os::status(source).kind != os::FileKind::kFolder) {
      all.push_back(std::move(source));
      continue;
    }
    const auto wanted = arguments.fix ? convert::Wanted::kDescriptions : convert::Wanted::kEverything;
    ZOOPORT_TRY_ASSIGN(convert::FoundSources found, convert::find_sources(source, wanted, terminal.context()));
    // What cannot be entered is a source that cannot be read.
    for (auto* paths : {&found.sources, &found.unreadable})
      all.insert(all.end(), std::make_move_iterator(paths->begin()), std::make_move_iterator(paths->end()));
  }
  return all;
}

}  // namespace

Exit check(const CheckArguments& arguments, Terminal& terminal) {
  convert::CheckOptions options;
  if (arguments.no_io) options.io = bioimageio::Io::kNone;
  if (arguments.strict) options.fail_from = Severity::kAlert;
  if (!arguments.target.empty()) {
    const auto target = czann::zen_version_named(arguments.target);
    if (!target) return terminal.refuse(target.error(), arguments.target);
    options.target = *target;
  }
  const auto sources = sources_of(arguments, terminal);
  if (!sources) return terminal.refuse(sources.error(), arguments.sources.files_from);
  if (sources->size() > 1) options.identity = convert::CheckOptions::Identity::kHashed;
  const auto check_one = [&](const std::string& source, const Context& context) {
    return arguments.fix ? convert::fix_source(source, options, context)
                         : convert::check_source(source, options, context);
  };
  Exit exit = Exit::kFine;
  report::Tally tally;
  const auto take = [&](const std::string& source, Result<convert::CheckReport> report) {
    if (!report) {
      exit = worse(exit, terminal.refuse(report.error(), source));
      return;
    }
    show(*report, arguments, terminal);
    tally.add(*report);
    exit = worse(exit, exit_of(report->status));
  };
  const auto checked = convert::check_many(*sources, check_one, take, terminal.context());
  if (arguments.recursive) terminal.wants_text() ? terminal.result("", tally.table()) : terminal.say(tally.table());
  return checked ? exit : Exit::kStopped;
}

}  // namespace zooport::app
