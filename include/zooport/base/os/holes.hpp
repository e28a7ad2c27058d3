#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace zooport::os {

// The parts of `bytes` that may hold anything but zeros, in order. Of a file that read_file() has mapped, those that
// the file system has stored: holes are left out without being looked at. Of other bytes, all.
std::vector<std::span<const std::byte>> stored_parts(std::span<const std::byte> bytes);

}  // namespace zooport::os
