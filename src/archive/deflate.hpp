#pragma once

#include <cstdint>
#include <span>

#include "zooport/archive/zip.hpp"

namespace zooport::archive {

// Raw deflate; gives the compressed size. The same bytes give the same pieces with one version of zlib.
Result<std::uint64_t> deflate_to(std::span<const std::byte> bytes, const Sink& sink, const Context& context);

}  // namespace zooport::archive
