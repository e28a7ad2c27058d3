#include "zooport/convert/spec_source.hpp"

#include <algorithm>

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::convert {
namespace {

bool exists(const std::string& path) { return os::status(path).kind != os::FileKind::kMissing; }

bool is_absolute(std::string_view path) {
  return path.starts_with('/') || path.starts_with('\\') || (path.size() > 1 && path[1] == ':');
}

// Looks for the files that a specification names.
class SpecFiles {
 public:
  explicit SpecFiles(Diagnostics& findings) : findings_(findings) {}
  SpecFiles(const Opened& opened, Diagnostics& findings) : findings_(findings) {
    const bool is_file = opened.source != "-" && !resource::is_web_url(opened.location);
    if (is_file) folder_ = os::parent_path(opened.location);
    is_remote_ = resource::is_web_url(opened.location);
  }

  Result<std::string> find(const char* key, const std::string& path) {
    // What is on the web may not name files of this machine.
    if (is_remote_)
      return make_error(ErrorKind::kUnsupported, "convert.spec-remote",
                        "a specification on the web names files that are not fetched; fetch its folder first");
    std::string slashes = path;
    std::replace(slashes.begin(), slashes.end(), '\\', '/');
    for (const std::string& name : {path, slashes}) {
      if (is_absolute(name) && exists(name)) return name;
      if (is_absolute(name)) continue;
      if (const std::string beside = os::join_path(folder_, name); !folder_.empty() && exists(beside)) return beside;
      if (!exists(name)) continue;
      if (!folder_.empty()) report(key, path);
      return name;
    }
    Error error = make_error(ErrorKind::kInvalid, "convert.spec-file",
                             concat(key, " names ", printable(path),
                                    ", which is neither beside the specification nor in "
                                    "the working folder"));
    error.what.path = {Step::key(key)};
    error.what.found = printable(path);
    return error;
  }

 private:
  void report(const char* key, const std::string& path) {
    Diagnostic finding;
    finding.id = "convert.spec-folder";
    finding.severity = Severity::kWarning;
    finding.path = {Step::key(key)};
    finding.message = concat(printable(path),
                             " is not beside the specification; the one in the working folder is taken, "
                             "as the real package does");
    findings_.add(std::move(finding));
  }

  Diagnostics& findings_;
  std::string folder_;  // of the JSON file; empty: the working folder
  bool is_remote_ = false;
};

Result<void> find_network(SpecSource& source, SpecFiles& files, const Context& context) {
  if (source.spec.model_path.empty()) return {};  // a finding said so
  ZOOPORT_TRY_ASSIGN(source.network_path, files.find("ModelPath", source.spec.model_path));
  Result<Opened> opened = open_source(source.network_path, context);
  // A folder or archive that holds no description may still be weights of a kind that is not known.
  if (!opened && opened.error().what.id == "convert.no-description") return {};
  if (!opened) return std::move(opened).error();
  if (opened->kind == SourceKind::kOnnx) {
    source.weights = "onnx";
    source.network = std::move(opened->bytes);
  } else if (opened->kind == SourceKind::kUnknown) {
    source.weights = std::move(opened->recognised_as);
  }
  return {};
}

Result<void> find_license(SpecSource& source, SpecFiles& files, const Context& context) {
  if (source.spec.license_file.empty()) return {};
  ZOOPORT_TRY_ASSIGN(const std::string path, files.find("LicenseFile", source.spec.license_file));
  ZOOPORT_TRY_ASSIGN(Bytes text, os::read_file(path, context.limits.document_bytes));
  std::string name = os::file_name(path);
  if (name == "model.json" || name == "model.model") name = "license.txt";
  source.license = czann::Member{std::move(name), std::move(text)};
  return {};
}

void put_flat(SpecSource& source, czann::LegacyModelSpec flat) {
  source.legacy = std::move(flat.metadata);
  static_cast<czann::SpecCommon&>(source.spec) = std::move(flat);
}

Result<SpecSource> find_files(SpecSource source, const Context& context) {
  SpecFiles files(source.findings);
  ZOOPORT_TRY(find_network(source, files, context));
  ZOOPORT_TRY(find_license(source, files, context));
  return source;
}

}  // namespace

Result<SpecSource> read_spec(const Opened& opened, const Context& context) {
  SpecSource source;
  SpecFiles files(opened, source.findings);
  czann::SpecOptions options;
  options.limits = context.limits;
  options.open = [&](const std::string& name) -> Result<Bytes> {
    ZOOPORT_TRY_ASSIGN(const std::string path, files.find("ModelMetadata", name));
    return os::read_file(path, context.limits.document_bytes);
  };
  std::string text(opened.bytes.text());
  if (czann::spec_form_of(text, context.limits) == czann::SpecForm::kLegacy) {
    ZOOPORT_TRY_ASSIGN(czann::LegacyModelSpec flat,
                       czann::read_legacy_model_spec(std::move(text), options, source.findings));
    put_flat(source, std::move(flat));
  } else {
    ZOOPORT_TRY_ASSIGN(source.spec, czann::read_model_spec(std::move(text), options, source.findings));
  }
  ZOOPORT_TRY(find_network(source, files, context));
  ZOOPORT_TRY(find_license(source, files, context));
  return source;
}

Result<SpecSource> find_spec_files(czann::ModelSpec spec, const Context& context) {
  SpecSource source;
  source.spec = std::move(spec);
  return find_files(std::move(source), context);
}

Result<SpecSource> find_spec_files(czann::LegacyModelSpec spec, const Context& context) {
  SpecSource source;
  put_flat(source, std::move(spec));
  return find_files(std::move(source), context);
}

}  // namespace zooport::convert
