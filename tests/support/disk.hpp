#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace zooport::testing {

// What a file takes on disk: holes take nothing.
inline std::uint64_t disk_bytes(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 ? static_cast<std::uint64_t>(about.st_blocks) * 512 : 0;
}

}  // namespace zooport::testing
