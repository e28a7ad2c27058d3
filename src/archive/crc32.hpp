#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace zooport::archive {

// The checksum of ZIP, of `before` (0: of nothing) and then `bytes`.
std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace zooport::archive
