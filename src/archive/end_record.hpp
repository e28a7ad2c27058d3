#pragma once

#include <cstdint>
#include <span>

#include "zooport/base/result.hpp"

namespace zooport::archive {

// Where the central directory is, from the end record and, if there is one, its ZIP64 form.
struct EndRecord {
  std::uint64_t entries = 0;
  std::uint64_t directory_offset = 0;
  std::uint64_t directory_size = 0;
};

// The one end record of the archive. Bytes after it, a second one that would also fit, parts on other disks, and a
// directory that does not end where the end record begins are errors.
Result<EndRecord> find_end_record(std::span<const std::byte> archive);

}  // namespace zooport::archive
