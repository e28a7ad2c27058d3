#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace zooport::archive {

// False if a field overruns the others' bytes. Up to three zeros may follow the last one.
bool fields_are_whole(std::span<const std::byte> extra);

// Replaces each of `fields` (in the order of the format) that says "see the ZIP64 field" by what that field says. False
// if it is not there, is there twice, or is too short.
bool resolve_zip64(std::span<const std::byte> extra, std::initializer_list<std::uint64_t*> fields);

// False if an Info-ZIP Unicode path names another file than `name`: some programs would use the one, some the other.
bool unicode_path_agrees(std::span<const std::byte> extra, std::string_view name);

}  // namespace zooport::archive
