#include "zooport/convert/package.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/resource/outside.hpp"

namespace zooport::convert {
namespace {

using bioimageio::Status;

// Where the files of a description lie that was given by its path or that of its folder; empty for archives.
std::string folder_of(const Opened& opened) {
  if (!opened.root || !opened.root->description().starts_with("folder ")) return {};
  if (os::status(opened.source).kind == os::FileKind::kFolder) return opened.source;
  const std::string folder = os::parent_path(opened.source);
  return folder.empty() ? "." : folder;
}

// A folder is replaced as a whole, and with it all that the package does not hold.
Result<void> check_dest(const Opened& opened, const std::string& dest) {
  const std::string folder = folder_of(opened);
  if (folder.empty() || os::status(dest).kind != os::FileKind::kFolder) return {};
  ZOOPORT_TRY_ASSIGN(const std::string source, os::real_path(folder));
  ZOOPORT_TRY_ASSIGN(const std::string target, os::real_path(dest));
  if (source != target && !source.starts_with(target + "/")) return {};
  return make_error(ErrorKind::kUsage, "convert.dest-is-source",
                    concat("the package would replace ", printable(dest), ", which holds its source"));
}

Result<Opened> open_description(const std::string& source, const PackageRequest& request, const Context& context) {
  if (source == "-")
    return make_error(ErrorKind::kUsage, "convert.package-of-stdin",
                      "a description on standard input has no files beside it; give its path");
  ZOOPORT_TRY_ASSIGN(Opened opened, open_source(source, context));
  if (opened.kind != SourceKind::kBioimageio) {
    const std::string found =
        opened.kind == SourceKind::kUnknown ? opened.recognised_as : std::string(name_of(opened.kind));
    return make_error(
        ErrorKind::kUnsupported, "convert.no-description-to-package",
        concat("expected a bioimage.io description to package, found ", found.empty() ? "something else" : found,
               "; `zooport convert` makes one of other models"));
  }
  if (const std::string folder = folder_of(opened);
      request.outside == PackageRequest::Outside::kAllow && !folder.empty()) {
    ZOOPORT_TRY_ASSIGN(opened.root, resource::open_folder_and_outside(folder, context));
  }
  return opened;
}

}  // namespace

Result<PackageReport> package_source(const std::string& source, const std::string& dest, const PackageRequest& request,
                                     const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Opened opened, open_description(source, request, context));
  ZOOPORT_TRY(check_dest(opened, dest));
  const std::string shown = opened.shown(opened.file_name);
  ZOOPORT_TRY_ASSIGN(bioimageio::Description description,
                     bioimageio::read(std::string(opened.bytes.text()), shown, request.check, context));
  ZOOPORT_TRY(bioimageio::check_io(description, *opened.root, request.check, context));
  PackageReport report;
  report.check.source = source;
  report.check.kind = name_of(opened.kind);
  report.check.status = description.status;
  report.check.type = description.type;
  report.check.declared_version = description.declared_version;
  report.check.format_version = description.format_version;
  report.check.sha256 = opened.sha256;
  report.check.texts.emplace(shown, opened.bytes);
  if (description.status == Status::kValid) {
    ZOOPORT_TRY_ASSIGN(report.written, bioimageio::package(description, opened.root, dest, request.package, context));
  }
  report.check.findings = std::move(description.diagnostics);
  return report;
}

}  // namespace zooport::convert
