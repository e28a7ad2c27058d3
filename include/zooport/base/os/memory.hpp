#pragma once

#include <cstdint>

namespace zooport::os {

// What this process could still take, in bytes, at this moment.
struct FreeMemory {
  std::uint64_t total = 0;     // of the machine, or of the control group if that is less; caches count as free
  std::uint64_t writable = 0;  // at most that: as far as `ulimit -d` and `ulimit -v` let it
};
FreeMemory free_memory();

}  // namespace zooport::os
