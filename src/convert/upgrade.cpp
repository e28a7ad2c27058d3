#include "zooport/convert/upgrade.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/open.hpp"

namespace zooport::convert {
namespace {

std::string file_to_write(const std::string& dest, const Opened& opened) {
  if (dest == "-" || os::status(dest).kind != os::FileKind::kFolder) return dest;
  return os::join_path(dest, opened.file_name == "-" ? "rdf.yaml" : os::file_name(opened.file_name));
}

}  // namespace

Result<UpgradeReport> upgrade_source(const std::string& source, const std::string& dest, const UpgradeRequest& request,
                                     const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Opened opened, open_source(source, context));
  if (opened.kind != SourceKind::kBioimageio)
    return make_error(ErrorKind::kUnsupported, "convert.unsupported-source",
                      concat("expected a bioimage.io description to upgrade, found ",
                             opened.recognised_as.empty() ? std::string(name_of(opened.kind)) : opened.recognised_as));
  UpgradeReport report;
  report.source = source;
  report.dest = file_to_write(dest, opened);
  const std::string shown = opened.shown(opened.file_name);
  ZOOPORT_TRY_ASSIGN(bioimageio::Description description,
                     bioimageio::read(std::string(opened.bytes.text()), shown, {.io = bioimageio::Io::kNone}, context));
  report.from = description.declared_version;
  report.texts.emplace(shown, opened.bytes);
  if (description.status == bioimageio::Status::kInvalid || description.status == bioimageio::Status::kUnreadable) {
    report.findings = std::move(description.diagnostics);
    return report;
  }
  ZOOPORT_TRY_ASSIGN(bioimageio::UpgradedText upgraded, bioimageio::upgrade(description, request.options, context));
  report.findings = std::move(description.diagnostics);
  report.status = upgraded.changes.empty() ? UpgradeReport::Status::kCurrent : UpgradeReport::Status::kUpgraded;
  report.to = upgraded.to;
  report.changes = std::move(upgraded.changes);
  report.sha256 = sha256_hex(as_bytes(upgraded.text));
  if (dest == "-") {
    report.text = std::move(upgraded.text);
    return report;
  }
  ZOOPORT_TRY(os::write_file_atomically(report.dest, as_bytes(upgraded.text),
                                        request.if_present == resource::IfPresent::kReplace));
  return report;
}

}  // namespace zooport::convert
