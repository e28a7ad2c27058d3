#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/base/result.hpp"
#include "zooport/engine/engine.hpp"

// Small CZANN files for a user of ZEN to try, with images and the pictures that should come out.
namespace zooport::convert {

struct ZenKitOptions {
  enum class IfPresent : std::uint8_t { kRefuse, kReplace };
  IfPresent if_present = IfPresent::kRefuse;  // kReplace: files of the kit's names are replaced, others stay
};

struct ZenKit {
  // One thing to try. Paths are below the folder.
  struct Row {
    std::string model;
    std::string image;      // empty: any of the user's own
    std::string expected;   // picture; empty: described in `shows`
    std::string shows;      // what is tried, and what should come out
    std::string otherwise;  // what another result would mean
    // kGuess: what ZEN does is documented nowhere; the picture is what zooport does.
    enum class Basis : std::uint8_t { kDocumented, kGuess };
    Basis basis = Basis::kDocumented;
  };
  std::string folder;
  std::vector<std::string> files;  // in the order in which they were written
  std::vector<Row> rows;
  // The pictures are made by formulas, and compared with what the networks give in the engine.
  bool is_verified = false;
  std::string reason;  // why not
};

// Writes the kit below `folder`, the same bytes every time. `engine` may be null. Errors: a folder with something in it
// (kIo, unless it may be replaced), a file in its place, what writing gives, and a network whose numbers are not those
// of its formula (kInternal): then nothing is written.
Result<ZenKit> write_zen_kit(const std::string& folder, const ZenKitOptions& options,
                             std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
