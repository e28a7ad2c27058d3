#include <algorithm>
#include <charconv>

#include "archive/crc32.hpp"
#include "archive/deflate.hpp"
#include "archive/directory.hpp"
#include "archive/format.hpp"
#include "zooport/archive/name.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

using namespace format;

constexpr std::size_t kKeptBytes = 64u << 20;  // compressed bytes of one member held in memory
constexpr std::size_t kPiece = 1u << 20;
constexpr std::uint32_t kModeFile = 0100644;
constexpr std::uint16_t kMadeByUnix = 3u << 8;
constexpr std::uint16_t kVersionDeflate = 20;
constexpr std::uint16_t kVersionZip64 = 45;

struct DosTime {
  std::uint16_t date = 0x21;  // 1980-01-01
  std::uint16_t time = 0;
};

// The second of the era of the format, which has no time zones: UTC, even seconds, 1980 … 2107.
DosTime dos_time(std::uint64_t unix_seconds) {
  constexpr std::uint64_t kFirst = 315'532'800;   // 1980-01-01T00:00:00
  constexpr std::uint64_t kLast = 4'354'819'198;  // 2107-12-31T23:59:58
  const std::uint64_t seconds = std::clamp(unix_seconds, kFirst, kLast);
  const std::uint64_t of_day = seconds % 86'400;
  // Days from 0000-03-01 in years that begin in March, so that the leap day comes last.
  const std::uint64_t days = seconds / 86'400 + 719'468;
  const std::uint64_t era = days / 146'097;
  const std::uint64_t day_of_era = days % 146'097;
  const std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::uint64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::uint64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {static_cast<std::uint16_t>((year - 1980) << 9 | month << 5 | day),
          static_cast<std::uint16_t>(of_day / 3'600 << 11 | of_day / 60 % 60 << 5 | of_day % 60 / 2)};
}

Result<DosTime> time_of_archive() {
  const auto set = os::environment("SOURCE_DATE_EPOCH");
  if (!set || set->empty()) return DosTime{};
  std::uint64_t seconds = 0;
  const auto [end, wrong] = std::from_chars(set->data(), set->data() + set->size(), seconds);
  if (wrong == std::errc() && end == set->data() + set->size()) return dos_time(seconds);
  return make_error(ErrorKind::kUsage, "zip.source-date-epoch",
                    concat("SOURCE_DATE_EPOCH is '", printable(*set), "', not a number of seconds since 1970"));
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<void> check_names(const std::vector<Member>& members) {
  std::vector<Record> records(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string& name = members[i].name;
    if (const auto wrong = check_name(name)) {
      return entry_error(ErrorKind::kInvalid, wrong->id, name, {}, concat("has a name that ", wrong->message));
    }
    if (name.ends_with('/')) {
      return entry_error(ErrorKind::kInvalid, "zip.folder-content", name, {}, "is named like a folder; pack its files");
    }
    if (name.size() > 0xffff) {
      return entry_error(ErrorKind::kInvalid, "zip.name-too-long", name, {}, "has a name of more than 65535 bytes");
    }
    records[i].entry.name = name;
  }
  return check_names_together(records);
}

// What both headers of a member repeat.
struct Written {
  const Member* member = nullptr;
  std::uint16_t method = kStored;
  std::uint32_t crc = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t offset = 0;
  std::uint64_t size() const { return member->content.size(); }
};

std::uint32_t or_see_64(std::uint64_t value) { return value >= kSee64 ? kSee64 : static_cast<std::uint32_t>(value); }

class Writer {
 public:
  Writer(const Sink& sink, const Context& context, DosTime time) : sink_(sink), context_(context), time_(time) {}

  Result<void> add(const Member& member);
  Result<void> finish();

 private:
  Result<void> give(std::span<const std::byte> bytes);
  Result<void> give(const std::string& text) { return give(as_bytes(text)); }
  void put_shared(std::string& out, const Written& written, bool is64, std::size_t extra_size) const;

  const Sink& sink_;
  const Context& context_;
  DosTime time_;
  std::uint64_t offset_ = 0;
  std::vector<Written> written_;
};

Result<void> Writer::give(std::span<const std::byte> bytes) {
  ZOOPORT_TRY(sink_(bytes));
  offset_ += bytes.size();
  return {};
}

void Writer::put_shared(std::string& out, const Written& written, bool is64, std::size_t extra_size) const {
  put(out, is64 ? kVersionZip64 : kVersionDeflate, 2);
  put(out, is_ascii(written.member->name) ? 0 : kFlagUtf8, 2);
  put(out, written.method, 2);
  put(out, time_.time, 2);
  put(out, time_.date, 2);
  put(out, written.crc, 4);
  put(out, or_see_64(written.compressed_size), 4);
  put(out, or_see_64(written.size()), 4);
  put(out, written.member->name.size(), 2);
  put(out, extra_size, 2);
}

Result<void> Writer::add(const Member& member) {
  const std::span<const std::byte> content = member.content.span();
  Written written{&member, kStored, crc32_of(content), content.size(), offset_};
  std::string kept;
  if (member.method == Method::kDeflated) {
    // Headers come first and sinks do not go back: the size has to be known before. Little is kept until then, much is
    // compressed again.
    const auto keep = [&](std::span<const std::byte> piece) {
      if (kept.size() <= kKeptBytes) kept.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      return Result<void>();
    };
    ZOOPORT_TRY_ASSIGN(const std::uint64_t size, deflate_to(content, keep, context_));
    if (size < content.size() && !ratio_is_too_high(content.size(), size, Limits{})) {
      written.method = kDeflated;
      written.compressed_size = size;
    }
  }

  // In a local header the field holds both sizes or none.
  const bool is64 = written.size() >= kSee64 || written.compressed_size >= kSee64;
  std::string header;
  put(header, kLocalHeader, 4);
  if (is64) {
    put_shared(header, written, is64, 20);
    header.replace(18, 8, 8, '\xff');
    header += member.name;
    put(header, kExtraZip64, 2);
    put(header, 16, 2);
    put(header, written.size(), 8);
    put(header, written.compressed_size, 8);
  } else {
    put_shared(header, written, is64, 0);
    header += member.name;
  }
  ZOOPORT_TRY(give(header));

  if (written.method == kDeflated && kept.size() == written.compressed_size) {
    ZOOPORT_TRY(give(kept));
  } else if (written.method == kDeflated) {
    ZOOPORT_TRY(deflate_to(
        content, [this](std::span<const std::byte> piece) { return give(piece); }, context_));
  } else {
    for (std::size_t at = 0; at < content.size(); at += kPiece) {
      if (context_.stopped()) return Context::cancelled();
      ZOOPORT_TRY(give(content.subspan(at, std::min(kPiece, content.size() - at))));
    }
  }
  written_.push_back(written);
  return {};
}

Result<void> Writer::finish() {
  const std::uint64_t begin = offset_;
  for (const Written& written : written_) {
    if (context_.stopped()) return Context::cancelled();
    std::string extra;
    for (const std::uint64_t value : {written.size(), written.compressed_size, written.offset}) {
      if (value >= kSee64) put(extra, value, 8);
    }
    const bool is64 = !extra.empty();
    std::string header;
    put(header, kCentralHeader, 4);
    put(header, kMadeByUnix | (is64 ? kVersionZip64 : kVersionDeflate), 2);
    put_shared(header, written, is64, is64 ? extra.size() + 4 : 0);
    put(header, 0, 2);  // comment
    put(header, 0, 2);  // disk
    put(header, 0, 2);  // internal attributes
    put(header, kModeFile << 16, 4);
    put(header, or_see_64(written.offset), 4);
    header += written.member->name;
    if (is64) {
      put(header, kExtraZip64, 2);
      put(header, extra.size(), 2);
      header += extra;
    }
    ZOOPORT_TRY(give(header));
  }

  const std::uint64_t end = offset_;
  const std::uint64_t count = written_.size();
  std::string tail;
  if (count >= kSee64Short || end - begin >= kSee64 || begin >= kSee64) {
    put(tail, kEnd64, 4);
    put(tail, kEnd64Size - 12, 8);
    put(tail, kMadeByUnix | kVersionZip64, 2);
    put(tail, kVersionZip64, 2);
    put(tail, 0, 8);  // both disks
    put(tail, count, 8);
    put(tail, count, 8);
    put(tail, end - begin, 8);
    put(tail, begin, 8);
    put(tail, kEnd64Locator, 4);
    put(tail, 0, 4);
    put(tail, end, 8);
    put(tail, 1, 4);
  }
  put(tail, kEnd, 4);
  put(tail, 0, 4);  // both disks
  put(tail, std::min<std::uint64_t>(count, kSee64Short), 2);
  put(tail, std::min<std::uint64_t>(count, kSee64Short), 2);
  put(tail, or_see_64(end - begin), 4);
  put(tail, or_see_64(begin), 4);
  put(tail, 0, 2);  // comment
  return give(tail);
}

}  // namespace

Sink append_to(std::string& bytes) {
  return [&bytes](std::span<const std::byte> piece) -> Result<void> {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return {};
  };
}

Result<void> write_zip(const std::vector<Member>& members, const Sink& sink, const Context& context) {
  ZOOPORT_TRY(check_names(members));
  ZOOPORT_TRY_ASSIGN(const DosTime time, time_of_archive());
  Writer writer(sink, context, time);
  for (const Member& member : members) {
    if (context.stopped()) return Context::cancelled();
    ZOOPORT_TRY(writer.add(member));
  }
  return writer.finish();
}

}  // namespace zooport::archive
