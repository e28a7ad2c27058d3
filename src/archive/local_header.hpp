#pragma once

#include <cstdint>
#include <span>

#include "archive/directory.hpp"

namespace zooport::archive {

// Compares the local header (and the data descriptor, if there is one) with the central one, fills in `record.data`,
// and gives the offset of the byte after the entry. All of it has to lie before `directory`.
Result<std::uint64_t> check_local_header(std::span<const std::byte> archive, std::uint64_t directory, Record& record);

}  // namespace zooport::archive
