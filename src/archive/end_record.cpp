#include "archive/end_record.hpp"

#include <algorithm>
#include <optional>

#include "archive/format.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

using namespace format;

Error fault(std::string id, std::string message, std::size_t begin, std::size_t end) {
  Error error = make_error(ErrorKind::kInvalid, std::move(id), std::move(message));
  error.what.span = Span{begin, end};
  return error;
}

constexpr std::size_t kLongestComment = 0xffff;

// Programs disagree on which end record counts when there is more than one, so that one archive shows two contents:
// only an archive in which a single one can be meant is accepted.
Result<std::size_t> find_end(std::span<const std::byte> archive) {
  const std::size_t size = archive.size();
  if (size < kEndSize) return fault("zip.not-an-archive", "is too short for a ZIP archive", 0, size);
  const std::size_t lowest = size - kEndSize - std::min(size - kEndSize, kLongestComment);
  std::optional<std::size_t> found;
  for (std::size_t at = size - kEndSize + 1; at-- > lowest;) {
    if (u32(archive, at) != kEnd) continue;
    const std::size_t end = at + kEndSize + u16(archive, at + 20);
    if (!found) {
      if (end > size) return fault("zip.truncated", "the archive ends within its last record", at, size);
      if (end < size) {
        return fault("zip.trailing-bytes", concat(size - end, " bytes follow the end of the archive; remove them"), end,
                     size);
      }
      found = at;
    } else if (end == size) {
      return fault("zip.ambiguous-end", "the archive has two end records that both fit; pack it again", at, size);
    }
  }
  if (found) return *found;
  if (u32(archive, 0) == kLocalHeader) {
    return fault("zip.truncated", "the archive has no end record: it is cut off or still being written", 0, size);
  }
  return fault("zip.not-an-archive", "is not a ZIP archive", 0, size);
}

// A field of the end record may say "see the ZIP64 record"; else both have to agree.
bool agrees(std::uint64_t plain, std::uint64_t all_ones, std::uint64_t value) {
  return plain == all_ones || plain == value;
}

}  // namespace

Result<EndRecord> find_end_record(std::span<const std::byte> archive) {
  ZOOPORT_TRY_ASSIGN(const std::size_t end, find_end(archive));
  EndRecord record;
  std::uint64_t disk = u16(archive, end + 4);
  std::uint64_t directory_disk = u16(archive, end + 6);
  std::uint64_t entries_here = u16(archive, end + 8);
  record.entries = u16(archive, end + 10);
  record.directory_size = u32(archive, end + 12);
  record.directory_offset = u32(archive, end + 16);
  std::uint64_t directory_end = end;

  if (end >= kEnd64LocatorSize && u32(archive, end - kEnd64LocatorSize) == kEnd64Locator) {
    const std::size_t locator = end - kEnd64LocatorSize;
    const Span span{locator, end};
    const std::uint64_t at = u64(archive, locator + 8);
    if (u32(archive, locator + 4) != 0 || u32(archive, locator + 16) > 1) {
      return fault("zip.multi-disk", "is one part of an archive over several files", span.begin, span.end);
    }
    if (at > locator || locator - at < kEnd64Size || u32(archive, at) != kEnd64 ||
        u64(archive, at + 4) != locator - at - 12) {
      return fault("zip.zip64", "the ZIP64 end record is not where its locator says", span.begin, span.end);
    }
    const EndRecord plain = record;
    record = {u64(archive, at + 32), u64(archive, at + 48), u64(archive, at + 40)};
    if (!agrees(disk, kSee64Short, u32(archive, at + 16)) ||
        !agrees(directory_disk, kSee64Short, u32(archive, at + 20)) ||
        !agrees(entries_here, kSee64Short, u64(archive, at + 24)) ||
        !agrees(plain.entries, kSee64Short, record.entries) ||
        !agrees(plain.directory_size, kSee64, record.directory_size) ||
        !agrees(plain.directory_offset, kSee64, record.directory_offset)) {
      return fault("zip.zip64", "the end record and its ZIP64 form contradict each other", at, archive.size());
    }
    disk = u32(archive, at + 16);
    directory_disk = u32(archive, at + 20);
    entries_here = u64(archive, at + 24);
    directory_end = at;
  }

  if (disk != 0 || directory_disk != 0 || entries_here != record.entries) {
    return fault("zip.multi-disk", "is one part of an archive over several files", end, archive.size());
  }
  if (record.directory_offset > directory_end || record.directory_size > directory_end - record.directory_offset) {
    return fault("zip.truncated",
                 "the directory would reach past the end record: the archive lacks its middle or start", end,
                 archive.size());
  }
  if (record.directory_offset + record.directory_size != directory_end) {
    return fault("zip.prefix",
                 concat(directory_end - record.directory_offset - record.directory_size,
                        " bytes stand before the archive or within it that do not belong to it; remove them"),
                 end, archive.size());
  }
  return record;
}

}  // namespace zooport::archive
