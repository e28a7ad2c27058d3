#include "zooport/convert/open.hpp"

#include <algorithm>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/czann/package.hpp"

namespace zooport::convert {
namespace {

bool looks_remote(std::string_view source) {
  return starts_with_ignoring_case(source, "http://") || starts_with_ignoring_case(source, "https://") ||
         starts_with_ignoring_case(source, "10.") || starts_with_ignoring_case(source, "doi:");
}

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

Result<Opened> open_zip(Opened opened, const std::string& source, const Context& context) {
  ZOOPORT_TRY_ASSIGN(opened.root, resource::open_archive(opened.bytes, source, context));
  ZOOPORT_TRY_ASSIGN(const auto names, opened.root->list());
  if (czann::is_czann(names)) {
    opened.kind = SourceKind::kCzann;
    return opened;
  }
  return open_described(std::move(opened), source, context);
}

Result<Opened> open_file(Opened opened, const std::string& source, const Context& context) {
  ZOOPORT_TRY_ASSIGN(opened.bytes, os::read_file(source, context.limits.model_bytes));
  opened.file_name = os::file_name(source);
  if (archive::looks_like_zip(opened.bytes.span())) return open_zip(std::move(opened), source, context);
  const std::string folder = os::parent_path(source);
  ZOOPORT_TRY_ASSIGN(opened.root, resource::open_folder(folder.empty() ? "." : folder, context));
  if (looks_like_hdf5(opened.bytes.text())) {
    opened.recognised_as = "keras";
  } else if (looks_like_onnx(opened.bytes.text()) || ends_with_ignoring_case(source, ".onnx")) {
    opened.kind = SourceKind::kOnnx;
  } else {
    opened.kind = SourceKind::kBioimageio;
  }
  return opened;
}

}  // namespace

std::string_view name_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::kBioimageio: return "bioimageio";
    case SourceKind::kCzann: return "czann";
    case SourceKind::kOnnx: return "onnx";
    case SourceKind::kUnknown: break;
  }
  return "unknown";
}

std::string Opened::shown(const std::string& name) const {
  const bool is_source = source == "-" || name.empty() || (kind == SourceKind::kCzann && name == file_name) ||
                         (os::file_name(source) == name && !archive::looks_like_zip(bytes.span()));
  return is_source ? source : os::join_path(source, name);
}

Result<Opened> open_source(const std::string& source, const Context& context) {
  Opened opened;
  opened.source = source;
  const auto open = [&]() -> Result<Opened> {
    if (source == "-") {
      opened.file_name = "-";
      opened.kind = SourceKind::kBioimageio;
      ZOOPORT_TRY_ASSIGN(opened.bytes, os::read_standard_input(context.limits.document_bytes));
      return std::move(opened);
    }
    const os::FileStatus about = os::status(source);
    if (about.kind == os::FileKind::kMissing && looks_remote(source))
      return make_error(ErrorKind::kUnsupported, "convert.remote-source",
                        concat("cannot open ", printable(source),
                               ": sources on the network are not there yet; download "
                               "the package and give its path"));
    if (about.kind == os::FileKind::kFolder) {
      ZOOPORT_TRY_ASSIGN(opened.root, resource::open_folder(source, context));
      return open_described(std::move(opened), source, context);
    }
    return open_file(std::move(opened), source, context);
  };
  ZOOPORT_TRY_ASSIGN(Opened result, open());
  result.sha256 = sha256_hex(result.bytes.span());
  return result;
}

}  // namespace zooport::convert
