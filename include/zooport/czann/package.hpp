#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/archive/zip.hpp"
#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/czann/metadata.hpp"
#include "zooport/model/model.hpp"

namespace zooport::czann {

// A further member of the archive: the licence under whatever name it has, or something that only we put there.
struct Member {
  std::string name;
  Bytes content;
};

// The content of a .czann file.
struct Package {
  Metadata metadata;
  Bytes network;  // ONNX
  std::vector<Member> others;
};

// True if an archive with those members is a CZANN, whatever it is called: it has model.json or model.model or, at its
// top, one file each that ends in .json and in .model and nothing of other formats (.xml, .yaml).
bool is_czann(const std::vector<std::string>& members);

struct ReadResult {
  std::optional<Package> package;  // none if the findings leave nothing to work with
  Diagnostics findings;
  std::string metadata_name = "model.json";  // the member that findings about the metadata point into
};
// What becomes of the further members: their contents, or only whether they can be read.
enum class Others : std::uint8_t { kKeep, kVerify };

// Reads an archive; check() says what is wrong between its parts. Metadata and network may have other names if one file
// each at the top ends in .json and in .model. The network is not looked at: it may be no ONNX, e.g. a zipped
// SavedModel. Members that are stored are parts of `archive`, others take memory.
Result<ReadResult> read(const Bytes& archive, const Context& context, Others others = Others::kKeep);

// Members in the order of the specification, stored; the same content gives the same bytes.
Result<void> write(const Package& package, const archive::Sink& sink, const Context& context);

// Axes b, (z,) y, x, c; integer pixels are divided by their type's maximum; the halo is half of MinOverlap.
// Error czann.wrong-shape (kInvalid): a shape of other than 3 or 4 numbers, about which read() has a finding.
Result<model::Model> to_model(Package package);

// A UUID of version 5 (RFC 4122) in zooport's own namespace: the same text gives the same identifier.
std::string uuid_of(std::string_view text);
// The one of a model whose metadata lack an Id: the same content gets the same, by which ZEN knows it again. `metadata`
// as they are written.
std::string content_id(const Bytes& network, std::string_view metadata);
bool is_uuid(std::string_view text);

}  // namespace zooport::czann
