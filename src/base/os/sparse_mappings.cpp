#include "base/os/sparse_mappings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "zooport/base/os/holes.hpp"

namespace zooport::os {
namespace {

using Part = std::span<const std::byte>;

struct Mapping {
  std::size_t size = 0;
  Descriptor file;
};

// Never destroyed: mappings may outlive what main() has left.
struct Mappings {
  std::mutex mutex;
  std::map<const std::byte*, Mapping> by_address;
};
Mappings& mappings() {
  static auto* all = new Mappings;
  return *all;
}

}  // namespace

void remember_sparse_mapping(const void* memory, std::size_t size, Descriptor file) {
  const std::lock_guard lock(mappings().mutex);
  mappings().by_address[static_cast<const std::byte*>(memory)] = {size, std::move(file)};
}

void forget_sparse_mapping(const void* memory) {
  const std::lock_guard lock(mappings().mutex);
  mappings().by_address.erase(static_cast<const std::byte*>(memory));
}

std::vector<Part> stored_parts(Part bytes) {
  if (bytes.empty()) return {};
  const std::lock_guard lock(mappings().mutex);
  auto found = mappings().by_address.upper_bound(bytes.data());
  if (found == mappings().by_address.begin()) return {bytes};
  const auto& [memory, mapping] = *--found;
  if (std::less<>()(memory + mapping.size, bytes.data() + bytes.size())) return {bytes};
  const auto begin = static_cast<off_t>(bytes.data() - memory);
  const off_t end = begin + static_cast<off_t>(bytes.size());
  std::vector<Part> parts;
  for (off_t at = begin; at < end;) {
    // Where a file system cannot say (any failure but "no more data"), everything counts.
    const off_t data = ::lseek(mapping.file.get(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;
    const off_t from = data < 0 ? at : std::min(data, end);
    const off_t hole = ::lseek(mapping.file.get(), from, SEEK_HOLE);
    const off_t to = data < 0 || hole < 0 ? end : std::min(hole, end);
    if (to > from) parts.push_back({memory + from, static_cast<std::size_t>(to - from)});
    at = std::max(to, from);
    if (data >= end) break;
  }
  return parts;
}

}  // namespace zooport::os
