#include "archive/extra_fields.hpp"

#include <algorithm>

#include "archive/format.hpp"

namespace zooport::archive {
namespace {

using namespace format;

// Calls `visit(id, content)` for each field. What is no field ends the list.
template <class Visit>
void for_each_field(std::span<const std::byte> extra, const Visit& visit) {
  while (extra.size() >= 4) {
    const std::uint16_t id = u16(extra, 0);
    const std::size_t size = u16(extra, 2);
    if (size > extra.size() - 4) return;
    visit(id, extra.subspan(4, size));
    extra = extra.subspan(4 + size);
  }
}

}  // namespace

bool fields_are_whole(std::span<const std::byte> extra) {
  std::size_t used = 0;
  for_each_field(extra, [&](std::uint16_t, std::span<const std::byte> content) { used += 4 + content.size(); });
  const auto rest = extra.subspan(used);
  return rest.size() < 4 && std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; });
}

bool resolve_zip64(std::span<const std::byte> extra, std::initializer_list<std::uint64_t*> fields) {
  std::span<const std::byte> field;
  int seen = 0;
  for_each_field(extra, [&](std::uint16_t id, std::span<const std::byte> content) {
    if (id != kExtraZip64) return;
    field = content;
    ++seen;
  });
  if (seen > 1) return false;
  for (std::uint64_t* value : fields) {
    if (*value != kSee64) continue;
    if (field.size() < 8) return false;
    *value = u64(field, 0);
    field = field.subspan(8);
  }
  return true;
}

bool unicode_path_agrees(std::span<const std::byte> extra, std::string_view name) {
  bool agrees = true;
  for_each_field(extra, [&](std::uint16_t id, std::span<const std::byte> content) {
    if (id != kExtraUnicodePath || content.size() < 5) return;
    const auto path = content.subspan(5);  // after version and checksum of the plain name
    agrees = agrees && std::equal(path.begin(), path.end(), name.begin(), name.end(),
                                  [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
  });
  return agrees;
}

}  // namespace zooport::archive
