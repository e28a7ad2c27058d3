#include "report/parts.hpp"
#include "zooport/base/text.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::report {
namespace {

using Status = convert::UpgradeReport::Status;

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kUpgraded: return "upgraded";
    case Status::kCurrent: return "current";
    case Status::kRefused: break;
  }
  return "invalid";
}

}  // namespace

std::string upgrade_record(const convert::UpgradeReport& report, Severity least) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", report.source);
  if (report.status != Status::kRefused) member_unless_empty(json, "dest", report.dest);
  json.member("status", name_of(report.status));
  member_unless_empty(json, "from", report.from);
  member_unless_empty(json, "to", report.to);
  if (!report.changes.empty()) member_strings(json, "changes", report.changes);
  member_unless_empty(json, "sha256", report.sha256);
  member_unless_empty(json, "text", report.text);
  member_findings(json, report.findings.items(), text_in(report.texts), least);
  json.close('}');
  return std::move(json.text());
}

std::string upgrade_summary(const convert::UpgradeReport& report) {
  if (report.status == Status::kRefused) return concat(printable(report.source), ": invalid, nothing is written\n");
  if (report.status == Status::kCurrent)
    return concat(printable(report.dest), ": a copy, ", printable(report.source), " is of format ",
                  printable(report.from), " already\n");
  std::string text = concat(printable(report.dest), ": format ", printable(report.from), " to ", printable(report.to),
                            ", ", report.changes.size(), report.changes.size() == 1 ? " change\n" : " changes\n");
  for (const std::string& change : report.changes) text += concat("  ", printable(change, 400), '\n');
  return text;
}

}  // namespace zooport::report
