#include "archive/local_header.hpp"

#include <algorithm>
#include <optional>

#include "archive/extra_fields.hpp"
#include "archive/format.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

using namespace format;

// The size of the data descriptor at `at` that repeats what the directory says: with or without a signature, with
// sizes of four or eight bytes. Nothing if none of the four forms does.
std::optional<std::size_t> descriptor_size(std::span<const std::byte> archive, std::uint64_t at, std::uint64_t end,
                                           const Entry& entry) {
  for (const std::size_t signature : {4u, 0u}) {
    for (const std::size_t width : {4u, 8u}) {
      const std::size_t size = signature + 4 + 2 * width;
      if (end - at < size) continue;
      if (signature != 0 && u32(archive, at) != kDataDescriptor) continue;
      if (u32(archive, at + signature) == entry.crc32 &&
          number_at(archive, at + signature + 4, width) == entry.compressed_size &&
          number_at(archive, at + signature + 4 + width, width) == entry.size) {
        return size;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::uint64_t> check_local_header(std::span<const std::byte> archive, std::uint64_t directory, Record& record) {
  const Entry& entry = record.entry;
  const std::uint64_t at = record.local_header;
  Span place = record.span;
  const auto refuse = [&](std::string id, std::string_view message) {
    return entry_error(ErrorKind::kInvalid, std::move(id), entry.name, place, message);
  };
  if (at > directory || directory - at < kLocalHeaderSize) {
    return refuse("zip.truncated", concat("would begin at byte ", at, ", past the data of the archive"));
  }
  if (u32(archive, at) != kLocalHeader) {
    return refuse("zip.bad-signature", concat("has no header at byte ", at, ", where the directory says it begins"));
  }
  const std::uint64_t name_size = u16(archive, at + 26);
  const std::uint64_t extra_size = u16(archive, at + 28);
  if (directory - at < kLocalHeaderSize + name_size + extra_size) return refuse("zip.truncated", "ends in its header");
  record.data = at + kLocalHeaderSize + name_size + extra_size;
  place = {static_cast<std::size_t>(at), static_cast<std::size_t>(record.data)};

  const auto name = archive.subspan(at + kLocalHeaderSize, name_size);
  const auto extra = archive.subspan(at + kLocalHeaderSize + name_size, extra_size);
  if (!std::ranges::equal(name, std::as_bytes(std::span(entry.name)))) {
    return refuse("zip.header-mismatch",
                  concat("is called '", printable({reinterpret_cast<const char*>(name.data()), name.size()}),
                         "' in its own header"));
  }
  if (!fields_are_whole(extra)) return refuse("zip.inconsistent", "has a further field that overruns its header");
  if (u16(archive, at + 10) != record.time || u16(archive, at + 12) != record.date) {
    return refuse("zip.inconsistent", "has another time in its own header than in the directory");
  }
  const std::uint16_t flags = u16(archive, at + 6);
  constexpr std::uint16_t kMeaning = kFlagEncrypted | kFlagDescriptor | kFlagPatch | kFlagStrongEncryption | kFlagUtf8;
  if ((flags & kMeaning) != (record.flags & kMeaning) || u16(archive, at + 8) != record.method) {
    return refuse("zip.header-mismatch", "has another method or other flags in its own header");
  }
  std::uint64_t size = u32(archive, at + 22);
  std::uint64_t compressed_size = u32(archive, at + 18);
  const std::uint32_t crc = u32(archive, at + 14);
  const bool descriptor = flags & kFlagDescriptor;
  // Writers of streams leave all-ones there without a ZIP64 field; the descriptor is what counts.
  const bool open = descriptor && size == kSee64 && compressed_size == kSee64;
  if (!resolve_zip64(extra, {&size, &compressed_size}) && !open) {
    return refuse("zip.zip64", "has a ZIP64 field in its own header that is absent, repeated or too short");
  }
  const auto matches = [&](std::uint64_t here, std::uint64_t listed) {
    return here == listed || (descriptor && (here == 0 || here == kSee64));
  };
  if (!matches(size, entry.size) || !matches(compressed_size, entry.compressed_size) || !matches(crc, entry.crc32)) {
    return refuse("zip.header-mismatch",
                  concat("has ", compressed_size, " bytes for ", size, " in its own header, ", entry.compressed_size,
                         " bytes for ", entry.size, " in the directory, or another checksum"));
  }
  if (entry.compressed_size > directory - record.data) {
    return refuse("zip.truncated", concat("would have ", entry.compressed_size, " bytes, of which ",
                                          directory - record.data, " are there"));
  }
  std::uint64_t end = record.data + entry.compressed_size;
  if (descriptor) {
    const auto more = descriptor_size(archive, end, directory, entry);
    if (!more)
      return refuse("zip.header-mismatch", "is followed by sizes or a checksum that differ from the directory");
    end += *more;
  }
  return end;
}

}  // namespace zooport::archive
