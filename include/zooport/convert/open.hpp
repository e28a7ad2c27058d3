#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/lazy_sha256.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::convert {

// kCzmodelSpec: a conversion specification (czann/model_spec.hpp).
enum class SourceKind : std::uint8_t { kBioimageio, kCzann, kCzseg, kOnnx, kCzmodelSpec, kUnknown };
std::string_view name_of(SourceKind kind);  // "bioimageio", "czann", "czseg", "onnx", "czmodel-spec", "unknown"

// A source as the command line names it, told apart by content and not by its name.
struct Opened {
  SourceKind kind = SourceKind::kUnknown;
  // Of kUnknown: a format that zooport knows by sight and cannot read: "keras", "savedmodel", "tfjs", "torchscript",
  // "czseg" (a folder); else empty.
  std::string recognised_as;
  std::string source;                    // as it was given
  std::string location;                  // where it was found: the source, or the URL or path that an id leads to
  std::shared_ptr<resource::Root> root;  // where the files beside it are; none for standard input
  std::string file_name;                 // of the description inside the root, or of the file; "-" for standard input
  Bytes bytes;                           // the description's text, the archive, or the ONNX file
  LazySha256 sha256;                     // of `bytes`

  // A file of the root, for people: the source itself, or "folder/rdf.yaml", "x.zip/rdf.yaml", or its URL.
  std::string shown(const std::string& name) const;
};

// A description file, a folder or ZIP archive that holds one, a CZANN or CZSEG, an ONNX file, a conversion
// specification, or
// "-": a description or specification on standard input. Files may be at a path or URL; where no file is, an id, a
// nickname or a DOI is looked for in the collection. Files beside a description at a URL are those below the URL's
// folder. Errors: it cannot be read (kIo), an archive that is not safe (kInvalid), those of resource::fetch() and
// locate().
Result<Opened> open_source(const std::string& source, const Context& context);

}  // namespace zooport::convert
