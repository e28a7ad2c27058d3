#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/base/lazy_sha256.hpp"
#include "zooport/convert/links.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/metadata.hpp"
#include "zooport/model/model.hpp"

namespace zooport::convert {

// What zooport can do with a model, and why not.
struct Use {
  std::string verb;  // "test", "predict", "convert to czann"
  bool is_possible = false;
  std::string reason;  // why not, or what it needs
};

// Of a file for ZEN: what it is written as, and the first versions that load that.
struct ForZen {
  std::string specification;  // "1.1.0", "legacy 3.1.0"
  std::string blue;           // "zen-blue-3.5"
  std::string core;           // "zen-core-3.4"
};

// A file in an archive beside the metadata and the network: the licence, training images.
struct OtherMember {
  std::string name;
  std::uint64_t bytes = 0;
};

struct Info {
  std::string source;
  std::string kind;
  LazySha256 sha256;        // of the description's text, or of the file
  std::uint64_t bytes = 0;  // of what sha256 speaks of
  model::Model model;
  std::vector<Use> uses;
  std::string location;                         // where it was found, if that is not the source itself
  std::vector<Link> links;                      // of a description
  std::optional<czann::LegacyMetadata> legacy;  // of a CZSEG
  std::optional<czann::Metadata> czann;         // of a CZANN, or what a conversion specification asks for
  bool is_type_known = true;                    // whether czann->type is what stands there
  std::optional<ForZen> zen;                    // of a CZANN or CZSEG
  std::vector<OtherMember> members;             // of the same
};

// A description of another kind than a model has a name and links only. Of a CZANN or CZSEG with errors the metadata
// are told as far as they can be read, and why nothing can be done with it. Errors: else those of load_source().
Result<Info> inspect_source(const std::string& source, const Context& context);

}  // namespace zooport::convert
