#include "convert/fix_czann.hpp"

#include <algorithm>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/doc/edit.hpp"
#include "zooport/doc/position.hpp"

namespace zooport::convert {
namespace {

constexpr const char* kMetadataName = "model.json";

// Findings with edits, by place; of two that overlap only the first.
std::vector<Diagnostic> fixable(const CheckReport& report, const std::string& file) {
  std::vector<Diagnostic> chosen;
  for (const Diagnostic& finding : report.findings.items())
    if (finding.file == file && finding.fix && finding.fix->edits.size() == 1) chosen.push_back(finding);
  const auto begin = [](const Diagnostic& finding) { return finding.fix->edits.front().span.begin; };
  std::stable_sort(chosen.begin(), chosen.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return begin(a) < begin(b); });
  std::size_t end = 0;
  std::erase_if(chosen, [&](const Diagnostic& finding) {
    if (begin(finding) < end) return true;
    end = finding.fix->edits.front().span.end;
    return false;
  });
  return chosen;
}

// The archive with another model.json. Members keep their order, and whether they are compressed.
Result<std::string> with_metadata(const Bytes& archive, std::string json, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const archive::Reader reader, archive::Reader::open(archive, context));
  std::vector<archive::Member> members;
  for (const archive::Entry& entry : reader.entries()) {
    if (entry.is_folder) continue;
    const auto method = entry.compressed_size < entry.size ? archive::Method::kDeflated : archive::Method::kStored;
    if (entry.name == kMetadataName) {
      members.push_back({entry.name, Bytes(std::move(json)), method});
    } else {
      ZOOPORT_TRY_ASSIGN(Bytes content, reader.read(entry, context));
      members.push_back({entry.name, std::move(content), method});
    }
  }
  std::string bytes;
  ZOOPORT_TRY(archive::write_zip(members, archive::append_to(bytes), context));
  return bytes;
}

}  // namespace

Result<CheckReport> fix_czann(const Opened& opened, const CheckOptions& options, const Context& context) {
  ZOOPORT_TRY_ASSIGN(CheckReport report, check_source(opened.source, options, context));
  const std::string shown = opened.shown(kMetadataName);
  const std::vector<Diagnostic> chosen = fixable(report, shown);
  const auto text = report.texts.find(shown);
  if (chosen.empty() || text == report.texts.end()) return report;
  if (os::status(opened.source).kind != os::FileKind::kRegular)
    return make_error(ErrorKind::kUnsupported, "convert.fix-source",
                      concat("only a CZANN in a file can be fixed, not ", printable(opened.source)));
  std::vector<Edit> edits;
  for (const Diagnostic& finding : chosen) edits.push_back(finding.fix->edits.front());
  ZOOPORT_TRY_ASSIGN(std::string json, doc::apply_edits(text->second.text(), edits));
  ZOOPORT_TRY_ASSIGN(const std::string bytes, with_metadata(opened.bytes, std::move(json), context));
  ZOOPORT_TRY_ASSIGN(const std::string path, os::real_path(opened.source));
  ZOOPORT_TRY(os::write_file_atomically(path, as_bytes(bytes), true));
  const Bytes before = text->second;
  const doc::LineIndex lines(before.text());
  ZOOPORT_TRY_ASSIGN(report, check_source(opened.source, options, context));
  for (const Diagnostic& finding : chosen)
    report.fixed.push_back({finding, lines.position(finding.fix->edits.front().span.begin)});
  return report;
}

}  // namespace zooport::convert
