#include "zooport/convert/open.hpp"

#include <algorithm>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/model_spec.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/resource/collection.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::convert {
namespace {

// Field 1 (ir_version) as a small varint, then another field of a ModelProto: what every ONNX writer begins with.
bool looks_like_onnx(std::string_view bytes) {
  return bytes.size() > 4 && bytes[0] == 0x08 && bytes[1] > 0 && bytes[1] < 32 && (bytes[2] & 7) <= 2;
}

bool looks_like_hdf5(std::string_view bytes) { return bytes.starts_with("\x89HDF\r\n\x1a\n"); }

// A format of weights that is told by the names of its files; empty if there is none.
std::string recognised(const std::vector<std::string>& names) {
  bool has_xml = false;
  bool has_network = false;
  bool has_model_json = false;
  for (const std::string& name : names) {
    const std::string file = os::file_name(name);
    if (file == "saved_model.pb") return "savedmodel";
    if (file == "data.pkl" && name.find('/') != std::string::npos) return "torchscript";
    has_model_json |= name == "model.json";
    has_xml |= ends_with_ignoring_case(name, ".xml");
    has_network |= ends_with_ignoring_case(name, ".model");
  }
  if (has_xml && has_network) return "czseg";
  return has_model_json ? "tfjs" : "";
}

bool is_zip(const Opened& opened) { return archive::looks_like_zip(opened.bytes.span()); }

Error no_description(const std::string& source) {
  Error error = make_error(ErrorKind::kIo, "convert.no-description",
                           concat(printable(source),
                                  " holds no description: expected a file named rdf.yaml, "
                                  "bioimageio.yaml, model.yaml, or one that ends in such a name"));
  error.what.file = source;
  return error;
}

// Picks the description of a folder or archive and reads it.
Result<Opened> open_described(Opened opened, const std::string& source, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto names, opened.root->list());
  // Members of an archive count wherever they are (a/x.rdf.yaml), of a folder only the files right in it.
  std::vector<std::string> candidates = names;
  if (os::status(source).kind == os::FileKind::kFolder)
    std::erase_if(candidates, [](const std::string& name) { return name.find('/') != name.npos; });
  Result<std::string> picked = bioimageio::pick_description(std::move(candidates));
  if (!picked) {
    opened.recognised_as = recognised(names);
    if (opened.recognised_as.empty()) return no_description(source);
    return opened;
  }
  const std::string name = std::move(*picked);
  opened.kind = SourceKind::kBioimageio;
  opened.file_name = name;
  ZOOPORT_TRY_ASSIGN(opened.bytes, opened.root->read(name, context));
  return opened;
}

Result<Opened> open_zip(Opened opened, const Context& context) {
  ZOOPORT_TRY_ASSIGN(opened.root, resource::open_archive(opened.bytes, opened.location, context));
  ZOOPORT_TRY_ASSIGN(const auto names, opened.root->list());
  if (czann::is_czann(names)) {
    opened.kind = SourceKind::kCzann;
    return opened;
  }
  if (names.empty()) {
    // What czmodel leaves behind when it gives up.
    Error error = make_error(ErrorKind::kInvalid, "convert.empty-archive",
                             concat(printable(opened.source), " is an archive without a single file"));
    error.what.file = opened.source;
    return error;
  }
  if (czann::is_legacy(names) && !bioimageio::pick_description(names)) {
    opened.kind = SourceKind::kCzseg;
    return opened;
  }
  const std::string location = opened.location;
  return open_described(std::move(opened), location, context);
}

void tell_kind(Opened& opened) {
  if (looks_like_hdf5(opened.bytes.text())) {
    opened.recognised_as = "keras";
  } else if (looks_like_onnx(opened.bytes.text()) || ends_with_ignoring_case(opened.file_name, ".onnx")) {
    opened.kind = SourceKind::kOnnx;
  } else if (czann::spec_form_of(opened.bytes.text(), {})) {
    opened.kind = SourceKind::kCzmodelSpec;
  } else {
    opened.kind = SourceKind::kBioimageio;
  }
}

Result<Opened> open_file(Opened opened, const Context& context) {
  ZOOPORT_TRY_ASSIGN(opened.bytes, os::read_file(opened.location, context.limits.model_bytes));
  opened.file_name = os::file_name(opened.location);
  if (is_zip(opened)) return open_zip(std::move(opened), context);
  for (const char* ending : {".czann", ".czseg", ".czmodel"})
    if (ends_with_ignoring_case(opened.file_name, ending))
      return make_error(
          ErrorKind::kInvalid, "convert.no-archive",
          concat("expected a ZIP archive, as every ", ending, " is, found another file: ", printable(opened.source)));
  const std::string folder = os::parent_path(opened.location);
  ZOOPORT_TRY_ASSIGN(opened.root, resource::open_folder(folder.empty() ? "." : folder, context));
  tell_kind(opened);
  return opened;
}

Result<Opened> open_url(Opened opened, const std::string& sha256, const Context& context) {
  ZOOPORT_TRY_ASSIGN(
      resource::Fetched fetched,
      resource::fetch(opened.location, {.sha256 = sha256, .max_bytes = context.limits.model_bytes}, context));
  opened.bytes = std::move(fetched.bytes);
  opened.location = std::move(fetched.url);
  opened.file_name = std::move(fetched.name);
  if (is_zip(opened)) return open_zip(std::move(opened), context);
  ZOOPORT_TRY_ASSIGN(const std::string folder, resource::web_folder_of(opened.location));
  ZOOPORT_TRY_ASSIGN(opened.root, resource::open_web_folder(folder, context));
  tell_kind(opened);
  return opened;
}

Result<Opened> open_path(Opened opened, const Context& context) {
  if (os::status(opened.location).kind != os::FileKind::kFolder) return open_file(std::move(opened), context);
  ZOOPORT_TRY_ASSIGN(opened.root, resource::open_folder(opened.location, context));
  const std::string location = opened.location;
  return open_described(std::move(opened), location, context);
}

Result<Opened> open_id(Opened opened, const Context& context) {
  ZOOPORT_TRY_ASSIGN(resource::Located located, resource::locate(opened.source, context));
  opened.location = std::move(located.source);
  if (resource::is_web_url(opened.location)) return open_url(std::move(opened), located.sha256, context);
  ZOOPORT_TRY_ASSIGN(Opened result, open_path(std::move(opened), context));
  if (located.sha256.empty() || to_lower(located.sha256) == sha256_hex(result.bytes.span())) return result;
  Error error = make_error(ErrorKind::kInvalid, "resource.sha256-mismatch",
                           concat(printable(result.location), " is not the file that the collection means by ",
                                  printable(result.source), ": its SHA-256 differs"));
  error.what.expected = located.sha256;
  error.what.found = sha256_hex(result.bytes.span());
  return error;
}

Result<Opened> open_standard_input(Opened opened, const Context& context) {
  opened.file_name = "-";
  ZOOPORT_TRY_ASSIGN(opened.bytes, os::read_standard_input(context.limits.document_bytes));
  const bool is_spec = czann::spec_form_of(opened.bytes.text(), context.limits).has_value();
  opened.kind = is_spec ? SourceKind::kCzmodelSpec : SourceKind::kBioimageio;
  return opened;
}

Result<Opened> open_any(Opened opened, const Context& context) {
  const std::string& source = opened.source;
  if (source == "-") return open_standard_input(std::move(opened), context);
  if (os::status(source).kind != os::FileKind::kMissing) return open_path(std::move(opened), context);
  if (resource::looks_like_id(source)) return open_id(std::move(opened), context);
  if (resource::is_web_url(source)) return open_url(std::move(opened), "", context);
  return open_path(std::move(opened), context);
}

}  // namespace

std::string_view name_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::kBioimageio: return "bioimageio";
    case SourceKind::kCzann: return "czann";
    case SourceKind::kCzseg: return "czseg";
    case SourceKind::kOnnx: return "onnx";
    case SourceKind::kCzmodelSpec: return "czmodel-spec";
    case SourceKind::kUnknown: break;
  }
  return "unknown";
}

std::string Opened::shown(const std::string& name) const {
  if (source == "-" || name.empty()) return source;
  const bool is_on_web = resource::is_web_url(location);
  const bool is_file = (is_on_web ? resource::name_in_url(location) : os::file_name(location)) == file_name;
  if (is_file && name == file_name) return location;
  // A folder or an archive: what it holds is shown below it.
  if (!is_file || kind == SourceKind::kCzann || kind == SourceKind::kCzseg) return os::join_path(location, name);
  if (!is_on_web) return os::join_path(os::parent_path(location), name);
  const auto folder = resource::web_folder_of(location);
  const auto url = folder ? resource::web_url_in(*folder, name) : folder;
  return url ? *url : os::join_path(location, name);
}

Result<Opened> open_source(const std::string& source, const Context& context) {
  Opened opened;
  opened.source = source;
  opened.location = source;
  ZOOPORT_TRY_ASSIGN(Opened result, open_any(std::move(opened), context));
  result.sha256 = LazySha256(result.bytes);
  return result;
}

}  // namespace zooport::convert
