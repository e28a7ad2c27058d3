#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"

namespace zooport::convert {

// What ZEN cuts images into for a network.
struct Tiling {
  Bytes network;                   // ONNX
  std::string network_name;        // member of the archive
  std::vector<std::int64_t> tile;  // axes of space, then channels; as the network sees it behind its batch axis
  // If `tile` is empty it is what the network says, and these are the sizes that it leaves open; none: not known.
  std::vector<std::optional<std::int64_t>> open_sizes;
  std::vector<std::int64_t> border;  // one each axis of space; empty: not given
  std::string metadata_name;         // member that tile and border came from
  Path tile_path;
  Path border_path;
};

// Holds the tiling against the network's stride, receptive field and memory. Says nothing of networks that cannot be
// read.
void check_tiling(const Tiling& tiling, Diagnostics& findings, const Context& context);

}  // namespace zooport::convert
