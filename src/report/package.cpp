#include "zooport/report/package.hpp"

#include "report/parts.hpp"
#include "zooport/base/text.hpp"

namespace zooport::report {

std::string package_record(const convert::PackageReport& report, Severity least) {
  const convert::CheckReport& check = report.check;
  doc::JsonWriter json;
  json.open('{');
  json.member("source", check.source);
  if (report.written) json.member("dest", report.written->dest);
  json.member("status", bioimageio::to_text(check.status));
  member_unless_empty(json, "type", check.type);
  member_unless_empty(json, "format_version", check.format_version);
  if (report.written) {
    json.member("description", report.written->content.description_name);
    json.key("files");
    json.open('[');
    for (const bioimageio::PackageFile& file : report.written->content.files) {
      json.open('{');
      json.member("name", file.name);
      json.member("source", file.source);
      json.close('}');
    }
    json.close(']');
    json.member("bytes", report.written->bytes);
    member_unless_empty(json, "sha256", report.written->sha256);
  }
  member_findings(json, check.findings.items(), text_in(check.texts), least);
  json.close('}');
  return std::move(json.text());
}

std::string package_summary(const convert::PackageReport& report) {
  if (!report.written)
    return concat(printable(report.check.source), ": not packaged, the description is ",
                  bioimageio::to_text(report.check.status), '\n');
  const std::size_t files = report.written->content.files.size();
  return concat(printable(report.written->dest), ": ", files, files == 1 ? " file and " : " files and ",
                printable(report.written->content.description_name), " of ", printable(report.check.source), ", ",
                size_text(report.written->bytes), '\n');
}

}  // namespace zooport::report
