#pragma once

#include <map>
#include <optional>
#include <string>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/lazy_sha256.hpp"
#include "zooport/bioimageio/mend.hpp"
#include "zooport/czann/zen.hpp"

namespace zooport::convert {

// How sources are checked.
struct CheckOptions : bioimageio::CheckOptions {
  std::optional<czann::ZenVersion> target;  // a CZANN has to load there
  // Whether reports tell what sources have in common by `identity`: it takes a hash of each network.
  enum class Identity : std::uint8_t { kNone, kHashed };
  Identity identity = Identity::kNone;
};

// What tells a model apart from others.
struct Identity {
  std::string id;       // of a CZANN
  std::string network;  // SHA-256 of the ONNX file
  std::string rest;     // of what else stands in the file, whatever its layout
};

// What is said about one source, whatever kind it is of.
struct CheckReport {
  std::string source;  // as it was given
  std::string kind;    // "bioimageio", "czann", "czseg", "czmodel-spec", "onnx", …; empty if it could not be opened
  bioimageio::Status status = bioimageio::Status::kUnreadable;
  std::string type;              // "model"; of descriptions
  std::string declared_version;  // of descriptions, as written
  std::string format_version;    // of descriptions the version that they were checked as; of a CZANN or CZSEG its own
  LazySha256 sha256;             // of the description's text, or of the file; empty if it could not be opened
  Diagnostics findings;          // `file` of each is a path to show; spans are bytes of texts[file]
  std::string normalized;        // JSON, as the reference writes it; empty unless it is a valid description
  std::map<std::string, Bytes, std::less<>> texts;
  std::vector<bioimageio::Fixed> fixed;  // by fix_source()
  std::optional<Identity> identity;      // of a CZANN or an ONNX file, if the options ask for it
};

// Checks a description with the files that it names, a CZANN, a CZSEG, or an ONNX file. Whatever is wrong with the
// source is told in the report, a source that cannot be opened included; an error is what ended the work (cancellation)
// or our own mistake. A description on standard input has no files to look at.
Result<CheckReport> check_source(const std::string& source, const CheckOptions& options, const Context& context);

// Applies the fixes of a description that are certain (see bioimageio::mend), or of a CZANN's model.json, writes the
// file if there are any, as a whole or not at all, and checks it again. Other sources are only checked. Error
// convert.fix-source (kUnsupported): the source is not a file of its own.
Result<CheckReport> fix_source(const std::string& source, const CheckOptions& options, const Context& context);

}  // namespace zooport::convert
