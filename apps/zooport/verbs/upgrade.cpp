#include "zooport/convert/upgrade.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {

Exit upgrade(const UpgradeArguments& arguments, Terminal& terminal) {
  using Status = convert::UpgradeReport::Status;
  convert::UpgradeRequest request;
  request.options.to = arguments.to;
  if (terminal.common().overwrite) request.if_present = resource::IfPresent::kReplace;
  const auto report = convert::upgrade_source(arguments.source, arguments.dest, request, terminal.context());
  if (!report) return terminal.refuse(report.error(), arguments.source);
  const std::string summary = report::upgrade_summary(*report);
  const bool is_refused = report->status == Status::kRefused;
  if (is_refused) {
    report::TextOptions options = terminal.text_options();
    options.least = Severity::kError;
    terminal.warn(report::findings_text(report->findings.items(), report::text_in(report->texts), options));
    terminal.warn(summary);
  }
  std::string record = report::upgrade_record(*report, Severity::kWarning);
  if (arguments.dest == "-" && terminal.wants_text()) {
    if (!is_refused) terminal.say(summary);
    terminal.data(report->text);
  } else {
    terminal.result(std::move(record), is_refused ? std::string() : summary);
  }
  return is_refused ? Exit::kInvalid : Exit::kFine;
}

}  // namespace zooport::app
