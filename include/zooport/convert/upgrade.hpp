#pragma once

#include <map>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/bioimageio/upgrade.hpp"
#include "zooport/resource/unpack.hpp"

namespace zooport::convert {

struct UpgradeRequest {
  bioimageio::UpgradeOptions options;
  resource::IfPresent if_present = resource::IfPresent::kRefuse;
};

// What became of a description.
struct UpgradeReport {
  enum class Status : std::uint8_t {
    kUpgraded,
    kCurrent,  // it was of that version: the copy is equal to it
    kRefused,  // it is not valid: nothing is written, `findings` say why
  };
  Status status = Status::kRefused;
  std::string source;                // as it was given
  std::string dest;                  // the file that was written
  std::string from;                  // format version before
  std::string to;                    // and afterwards
  std::vector<std::string> changes;  // for people
  std::string sha256;                // of the new text
  std::string text;                  // of "-" as destination: the new text
  Diagnostics findings;              // of the source; spans are bytes of texts[file]
  std::map<std::string, Bytes, std::less<>> texts;
};

// Upgrades the description of a source (a file, a folder or archive with one, "-") and writes it to `dest`: a file,
// a folder (the file keeps its name there), or "-": into the report. `dest` may be the source, if it may be replaced.
// What is written appears as a whole or not at all.
Result<UpgradeReport> upgrade_source(const std::string& source, const std::string& dest, const UpgradeRequest& request,
                                     const Context& context);

}  // namespace zooport::convert
