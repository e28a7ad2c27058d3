#include "convert/fix_czann.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/mend.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/open.hpp"

namespace zooport::convert {
namespace {

// The file that holds the description's text; an error where it is not a plain file.
Result<std::string> file_of(const Opened& opened) {
  const os::FileKind kind = opened.source == "-" ? os::FileKind::kMissing : os::status(opened.source).kind;
  if (kind == os::FileKind::kFolder) return os::real_path(os::join_path(opened.source, opened.file_name));
  if (kind == os::FileKind::kRegular && os::file_name(opened.source) == opened.file_name)
    return os::real_path(opened.source);
  Error error = make_error(ErrorKind::kUnsupported, "convert.fix-source",
                           concat("only a description in a file or folder can be fixed, not ",
                                  opened.source == "-" ? "one on standard input" : "one in an archive or on the web"));
  error.what.help = opened.source == "-" ? "Give the file's path." : "Unpack it first.";
  return error;
}

}  // namespace

Result<CheckReport> fix_source(const std::string& source, const CheckOptions& options, const Context& context) {
  const Result<Opened> opened = open_source(source, context);
  if (opened && opened->kind == SourceKind::kCzann) return fix_czann(*opened, options, context);
  if (!opened || opened->kind != SourceKind::kBioimageio) return check_source(source, options, context);
  ZOOPORT_TRY_ASSIGN(const std::string file, file_of(*opened));
  const std::string shown = opened->shown(opened->file_name);
  const auto check = [&](std::string text) -> Result<bioimageio::Description> {
    ZOOPORT_TRY_ASSIGN(bioimageio::Description description, bioimageio::read(std::move(text), shown, options, context));
    if (options.io == bioimageio::Io::kFull && opened->root && description.status == bioimageio::Status::kValid)
      ZOOPORT_TRY(bioimageio::check_io(description, *opened->root, options, context));
    return description;
  };
  ZOOPORT_TRY_ASSIGN(bioimageio::Description before, check(std::string(opened->bytes.text())));
  ZOOPORT_TRY_ASSIGN(bioimageio::Mended mended, bioimageio::mend(std::move(before), check, context));
  if (!mended.fixed.empty()) ZOOPORT_TRY(os::write_file_atomically(file, as_bytes(mended.description.text()), true));
  ZOOPORT_TRY_ASSIGN(CheckReport report, check_source(source, options, context));
  report.fixed = std::move(mended.fixed);
  return report;
}

}  // namespace zooport::convert
