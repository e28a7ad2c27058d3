#include "archive/directory.hpp"

#include <algorithm>

#include "archive/end_record.hpp"
#include "archive/extra_fields.hpp"
#include "archive/format.hpp"
#include "archive/local_header.hpp"
#include "zooport/archive/name.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

using namespace format;

// Small entries of zeros compress a thousandfold without being an attack.
constexpr std::uint64_t kRatioFrom = 1u << 20;

constexpr std::uint32_t kModeType = 0170000;
constexpr std::uint32_t kModeLink = 0120000;
constexpr std::uint32_t kModeFolder = 0040000;
constexpr std::uint32_t kModeFile = 0100000;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Error fault(std::string id, std::string message, Span span) {
  Error error = make_error(ErrorKind::kInvalid, std::move(id), std::move(message));
  error.what.span = span;
  return error;
}

Result<void> check_kind(const Record& record) {
  const std::string& name = record.entry.name;
  const auto refuse = [&](std::string id, std::string_view message) {
    return entry_error(ErrorKind::kInvalid, std::move(id), name, record.span, message);
  };
  // The high half is the Unix mode. It is looked at whatever system the archive claims to come from, since unpackers
  // differ in whether they care.
  const std::uint32_t type = record.external_attributes >> 16 & kModeType;
  if (type == kModeLink) return refuse("zip.link", "is a symbolic link; pack the file that it points to");
  if (type != 0 && type != kModeFile && type != kModeFolder) return refuse("zip.special-file", "is a device or a pipe");
  if (type == kModeFolder && !record.entry.is_folder) return refuse("zip.special-file", "is a folder by its mode only");
  if (record.entry.is_folder && record.entry.size != 0) return refuse("zip.folder-content", "is a folder with content");
  return {};
}

Result<void> check_coding(const Record& record) {
  const auto refuse = [&](ErrorKind kind, std::string id, std::string_view message) {
    return entry_error(kind, std::move(id), record.entry.name, record.span, message);
  };
  if (record.flags & (kFlagEncrypted | kFlagStrongEncryption | kFlagMaskedHeaders)) {
    return refuse(ErrorKind::kUnsupported, "zip.encrypted", "is encrypted; pack the archive without a password");
  }
  if ((record.method != kStored && record.method != kDeflated) || record.flags & kFlagPatch) {
    return refuse(ErrorKind::kUnsupported, "zip.method",
                  concat("uses compression method ", record.method, "; only stored (0) and deflated (8) are read"));
  }
  if (record.method == kStored && record.entry.size != record.entry.compressed_size) {
    return refuse(ErrorKind::kInvalid, "zip.size-mismatch",
                  concat("is stored, but has ", record.entry.compressed_size, " bytes for ", record.entry.size));
  }
  return {};
}

Result<void> check_ratio(const Record& record, const Limits& limits) {
  const Entry& entry = record.entry;
  if (!ratio_is_too_high(entry.size, entry.compressed_size, limits)) return {};
  return entry_error(ErrorKind::kInvalid, "zip.ratio-limit", entry.name, record.span,
                     concat("would grow from ", size_text(entry.compressed_size), " to ", size_text(entry.size),
                            ", more than limits.archive_ratio = ", limits.archive_ratio,
                            "; raise that limit if you trust the archive"));
}

// The header at `at`, moved on to the next. What it says about sizes and place is read, not yet believed.
Result<Record> read_central_header(std::span<const std::byte> archive, std::uint64_t& at, std::uint64_t end) {
  const Span rest{static_cast<std::size_t>(at), static_cast<std::size_t>(end)};
  if (end - at < kCentralHeaderSize) return fault("zip.truncated", "the directory ends within an entry", rest);
  if (u32(archive, at) != kCentralHeader) {
    return fault("zip.bad-signature", "no entry begins where the directory should go on", rest);
  }
  const std::uint64_t name_size = u16(archive, at + 28);
  const std::uint64_t extra_size = u16(archive, at + 30);
  const std::uint64_t whole = kCentralHeaderSize + name_size + extra_size + u16(archive, at + 32);
  if (end - at < whole) return fault("zip.truncated", "the directory ends within an entry", rest);

  Record record;
  record.span = {static_cast<std::size_t>(at), static_cast<std::size_t>(at + whole)};
  record.flags = u16(archive, at + 8);
  record.method = u16(archive, at + 10);
  record.time = u16(archive, at + 12);
  record.date = u16(archive, at + 14);
  record.external_attributes = u32(archive, at + 38);
  record.local_header = u32(archive, at + 42);
  Entry& entry = record.entry;
  entry.crc32 = u32(archive, at + 16);
  entry.compressed_size = u32(archive, at + 20);
  entry.size = u32(archive, at + 24);
  entry.name = as_text(archive.subspan(at + kCentralHeaderSize, name_size));
  entry.is_folder = entry.name.ends_with('/');
  if (const auto wrong = check_name(entry.name)) {
    return entry_error(ErrorKind::kInvalid, wrong->id, entry.name, record.span,
                       concat("has a name that ", wrong->message));
  }
  const auto extra = archive.subspan(at + kCentralHeaderSize + name_size, extra_size);
  if (!fields_are_whole(extra)) {
    return entry_error(ErrorKind::kInvalid, "zip.inconsistent", entry.name, record.span,
                       "has a further field that overruns its header");
  }
  if (!unicode_path_agrees(extra, entry.name)) {
    return entry_error(ErrorKind::kInvalid, "zip.header-mismatch", entry.name, record.span,
                       "has another name in its Unicode field");
  }
  if (u16(archive, at + 34) != 0 && u16(archive, at + 34) != kSee64Short) {
    return entry_error(ErrorKind::kInvalid, "zip.multi-disk", entry.name, record.span, "lies on another disk");
  }
  if (!resolve_zip64(extra, {&entry.size, &entry.compressed_size, &record.local_header})) {
    return entry_error(ErrorKind::kInvalid, "zip.zip64", entry.name, record.span,
                       "has a ZIP64 field that is absent, repeated or too short");
  }
  at += whole;
  return record;
}

// Two entries over the same bytes are how small archives unpack to petabytes.
Result<void> check_places(std::vector<std::pair<const Record*, std::uint64_t>> places) {
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.first->local_header < b.first->local_header; });
  if (!places.empty() && places.front().first->local_header != 0) {
    return fault("zip.prefix",
                 concat(places.front().first->local_header, " bytes stand before the first entry; remove them"),
                 {0, static_cast<std::size_t>(places.front().first->local_header)});
  }
  for (std::size_t i = 1; i < places.size(); ++i) {
    const Record& record = *places[i].first;
    if (record.local_header >= places[i - 1].second) continue;
    return entry_error(ErrorKind::kInvalid, "zip.overlap", record.entry.name, record.span,
                       concat("shares bytes with entry '", printable(places[i - 1].first->entry.name), "'"));
  }
  return {};
}

std::optional<Span> span_or_none(Span span) {
  if (span.end > span.begin) return span;
  return std::nullopt;
}

// '/' sorts below everything, so that a folder stands directly before what is in it.
bool folder_first(const std::string& a, const std::string& b) {
  const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return rank(x) < rank(y); });
}

}  // namespace

bool ratio_is_too_high(std::uint64_t size, std::uint64_t compressed_size, const Limits& limits) {
  if (size <= kRatioFrom || limits.archive_ratio == 0) return false;
  return compressed_size < size / limits.archive_ratio + (size % limits.archive_ratio != 0);
}

Error entry_error(ErrorKind kind, std::string id, const std::string& name, Span span, std::string_view message) {
  Error error = make_error(kind, std::move(id), concat("entry '", printable(name), "' ", message));
  error.what.span = span_or_none(span);
  error.what.path = {Step::key(name)};
  return error;
}

Result<void> check_names_together(const std::vector<Record>& records) {
  std::vector<std::pair<std::string, const Record*>> sorted;
  sorted.reserve(records.size());
  for (const Record& record : records) sorted.emplace_back(to_lower(record.entry.name), &record);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return folder_first(a.first, b.first); });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const auto& [before, first] = sorted[i - 1];
    const std::string& name = sorted[i].first;
    const Record* record = sorted[i].second;
    const auto refuse = [&, other = first](std::string id, std::string_view message) {
      Error error = entry_error(ErrorKind::kInvalid, std::move(id), record->entry.name, record->span, message);
      error.what.related.push_back({"the other entry", span_or_none(other->span), {Step::key(other->entry.name)}});
      return error;
    };
    if (name == before) {
      if (record->entry.name == first->entry.name) return refuse("zip.duplicate-name", "occurs twice");
      return refuse("zip.case-duplicate", concat("differs from '", printable(first->entry.name), "' only by case"));
    }
    if (!first->entry.is_folder && name.size() > before.size() && name[before.size()] == '/' &&
        name.starts_with(before)) {
      return refuse("zip.file-and-folder",
                    concat("needs a folder where '", printable(first->entry.name), "' is a file"));
    }
  }
  return {};
}

Result<std::vector<Record>> read_directory(std::span<const std::byte> archive, const Limits& limits) {
  ZOOPORT_TRY_ASSIGN(const EndRecord end, find_end_record(archive));
  const Span directory{static_cast<std::size_t>(end.directory_offset),
                       static_cast<std::size_t>(end.directory_offset + end.directory_size)};
  if (end.entries > limits.archive_entries) {
    return fault("zip.entries-limit",
                 concat("the archive has ", end.entries, " entries, more than limits.archive_entries = ",
                        limits.archive_entries, "; raise that limit if you trust the archive"),
                 directory);
  }
  if (end.entries > end.directory_size / kCentralHeaderSize) {
    return fault("zip.count-mismatch", concat("the directory is too short for ", end.entries, " entries"), directory);
  }

  std::vector<Record> records;
  records.reserve(static_cast<std::size_t>(end.entries));
  std::uint64_t at = end.directory_offset;
  std::uint64_t total = 0;
  while (records.size() < end.entries) {
    ZOOPORT_TRY_ASSIGN(Record record, read_central_header(archive, at, directory.end));
    ZOOPORT_TRY(check_kind(record));
    ZOOPORT_TRY(check_coding(record));
    if (record.entry.size > limits.archive_bytes - total) {
      return entry_error(ErrorKind::kInvalid, "zip.bytes-limit", record.entry.name, record.span,
                         concat("takes the unpacked size above limits.archive_bytes = ", limits.archive_bytes,
                                "; raise that limit if you trust the archive"));
    }
    total += record.entry.size;
    ZOOPORT_TRY(check_ratio(record, limits));
    records.push_back(std::move(record));
  }
  if (at != directory.end) {
    return fault("zip.count-mismatch", concat("the directory goes on after its ", end.entries, " entries"),
                 {static_cast<std::size_t>(at), directory.end});
  }
  ZOOPORT_TRY(check_names_together(records));

  std::vector<std::pair<const Record*, std::uint64_t>> places;
  places.reserve(records.size());
  for (Record& record : records) {
    ZOOPORT_TRY_ASSIGN(const std::uint64_t entry_end, check_local_header(archive, end.directory_offset, record));
    places.emplace_back(&record, entry_end);
  }
  ZOOPORT_TRY(check_places(std::move(places)));
  if (records.empty() && end.directory_offset != 0) {
    return fault("zip.prefix", concat(end.directory_offset, " bytes stand before an empty archive"),
                 {0, directory.begin});
  }
  return records;
}

}  // namespace zooport::archive
