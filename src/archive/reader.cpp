#include <algorithm>
#include <new>
#include <unordered_map>
#include <utility>

#include "archive/crc32.hpp"
#include "archive/directory.hpp"
#include "archive/format.hpp"
#include "archive/libzip.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

constexpr std::size_t kPiece = 256u << 10;
// Beyond what any process gets, `new` may throw in spite of nothrow.
constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << (sizeof(void*) > 4 ? 47 : 31);

}  // namespace

struct Reader::State {
  Bytes archive;
  std::vector<Entry> entries;
  std::vector<Record> records;  // of the same index
  std::unordered_map<std::string_view, std::size_t> by_name;
  // Opened for the first member that is deflated: most archives of models have none, and loading libzip with what it
  // needs takes as long as all the rest of looking at a small one.
  mutable const Libzip* lib = nullptr;
  mutable zip_t* handle = nullptr;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (handle) lib->discard(handle);
  }

  Result<void> open_handle() const;
  Result<const Record*> record_of(const Entry& entry) const;
  std::span<const std::byte> stored_content(const Record& record) const {
    return archive.span().subspan(static_cast<std::size_t>(record.data), static_cast<std::size_t>(record.entry.size));
  }
  Result<void> read_stored(const Record& record, const Sink& sink, const Context& context) const;
  Result<void> read_deflated(const Record& record, const Sink& sink, const Context& context) const;
};

// libzip has its own idea of what is consistent; only what both accept is unpacked.
Result<void> Reader::State::open_handle() const {
  if (handle) return {};
  ZOOPORT_TRY_ASSIGN(lib, libzip());
  zip_error_t why;
  lib->error_init(&why);
  const auto refuse = [&] {
    Error error = make_error(
        ErrorKind::kInvalid, "zip.inconsistent",
        concat("libzip finds the archive inconsistent: ", printable(lib->error_strerror(&why)), "; pack it again"));
    error.what.span = Span{0, archive.size()};
    lib->error_fini(&why);
    return error;
  };
  zip_source_t* source = lib->source_buffer_create(archive.data(), archive.size(), 0, &why);
  if (!source) return refuse();
  handle = lib->open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why);
  if (!handle) {
    lib->source_free(source);
    return refuse();
  }
  lib->error_fini(&why);
  if (const zip_int64_t count = lib->get_num_entries(handle, 0); count != static_cast<zip_int64_t>(records.size())) {
    lib->discard(std::exchange(handle, nullptr));
    return make_error(ErrorKind::kInvalid, "zip.inconsistent",
                      concat("libzip finds ", count, " entries, not ", records.size()));
  }
  return {};
}

Result<const Record*> Reader::State::record_of(const Entry& entry) const {
  const auto found = by_name.find(entry.name);
  if (found != by_name.end()) return &records[found->second];
  return make_error(ErrorKind::kUsage, "zip.no-such-entry",
                    concat("the archive has no entry '", printable(entry.name), "'"));
}

Result<void> Reader::State::read_stored(const Record& record, const Sink& sink, const Context& context) const {
  std::span<const std::byte> rest = stored_content(record);
  std::uint32_t crc = 0;
  while (!rest.empty()) {
    if (context.stopped()) return Context::cancelled();
    const auto piece = rest.first(std::min(rest.size(), kPiece));
    crc = crc32_of(piece, crc);
    ZOOPORT_TRY(sink(piece));
    rest = rest.subspan(piece.size());
  }
  if (crc == record.entry.crc32) return {};
  return entry_error(ErrorKind::kInvalid, "zip.checksum", record.entry.name, record.span,
                     "is damaged: its bytes do not have the checksum that the directory gives");
}

Result<void> Reader::State::read_deflated(const Record& record, const Sink& sink, const Context& context) const {
  ZOOPORT_TRY(open_handle());
  const Entry& entry = record.entry;
  const auto refuse = [&](std::string id, std::string_view message) {
    return entry_error(ErrorKind::kInvalid, std::move(id), entry.name, record.span, message);
  };
  const auto index = static_cast<zip_uint64_t>(&record - records.data());
  const std::unique_ptr<zip_file_t, decltype(lib->fclose)> file(lib->fopen_index(handle, index, 0), lib->fclose);
  if (!file) {
    return refuse("zip.damaged", concat("cannot be read: ", printable(lib->error_strerror(lib->get_error(handle)))));
  }
  const std::unique_ptr<std::byte[]> piece(new (std::nothrow) std::byte[kPiece]);
  if (!piece) return make_error(ErrorKind::kIo, "zip.memory", "no memory to unpack with");
  std::uint64_t done = 0;
  std::uint32_t crc = 0;
  while (true) {
    if (context.stopped()) return Context::cancelled();
    const zip_int64_t got = lib->fread(file.get(), piece.get(), kPiece);
    // A stream that is longer than declared makes libzip fail at its end, or not at all: what it gave counts first.
    if (got < 0) {
      zip_error_t* why = lib->file_get_error(file.get());
      if (why->zip_err == ZIP_ER_CRC) break;
      return refuse("zip.damaged", concat("cannot be unpacked: ", printable(lib->error_strerror(why))));
    }
    if (got == 0) break;
    const std::span<const std::byte> bytes(piece.get(), static_cast<std::size_t>(got));
    if (bytes.size() > entry.size - done) {
      return refuse("zip.size-mismatch", concat("unpacks to more than the ", entry.size, " bytes that it declares"));
    }
    crc = crc32_of(bytes, crc);
    done += bytes.size();
    ZOOPORT_TRY(sink(bytes));
  }
  if (done != entry.size) {
    return refuse("zip.size-mismatch", concat("unpacks to ", done, " bytes, but declares ", entry.size));
  }
  if (crc != entry.crc32) {
    return refuse("zip.checksum", "is damaged: its bytes do not have the checksum that the directory gives");
  }
  return {};
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const Bytes& archive, const Context& context) {
  auto state = std::make_unique<State>();
  state->archive = archive;
  ZOOPORT_TRY_ASSIGN(state->records, read_directory(archive.span(), context.limits));
  for (const Record& record : state->records) state->entries.push_back(record.entry);
  for (std::size_t i = 0; i < state->entries.size(); ++i) state->by_name.emplace(state->entries[i].name, i);
  return Reader(std::move(state));
}

const std::vector<Entry>& Reader::entries() const { return state_->entries; }

const Entry* Reader::find(std::string_view name) const {
  const auto found = state_->by_name.find(name);
  return found == state_->by_name.end() ? nullptr : &state_->entries[found->second];
}

Result<void> Reader::read(const Entry& entry, const Sink& sink, const Context& context) const {
  ZOOPORT_TRY_ASSIGN(const Record* record, state_->record_of(entry));
  if (record->method == format::kStored) return state_->read_stored(*record, sink, context);
  return state_->read_deflated(*record, sink, context);
}

Result<Bytes> Reader::read(const Entry& entry, const Context& context) const {
  ZOOPORT_TRY_ASSIGN(const Record* record, state_->record_of(entry));
  if (record->method == format::kStored) {
    const auto ignore = [](std::span<const std::byte>) { return Result<void>(); };
    ZOOPORT_TRY(state_->read_stored(*record, ignore, context));
    return state_->archive.slice(static_cast<std::size_t>(record->data), static_cast<std::size_t>(record->entry.size));
  }
  const std::uint64_t size = record->entry.size;
  if (size > context.limits.array_bytes) {
    return entry_error(ErrorKind::kInvalid, "zip.memory-limit", record->entry.name, record->span,
                       concat("is compressed and takes ", size_text(size),
                              " of memory, more than limits.array_bytes = ", context.limits.array_bytes,
                              "; raise that limit, or pack the entry stored"));
  }
  // Left as the system gives it: pages that a lying size asks for and nobody writes cost nothing.
  std::shared_ptr<std::byte[]> memory;
  if (size < kAddressSpace) memory.reset(new (std::nothrow) std::byte[static_cast<std::size_t>(size)]);
  if (!memory) return make_error(ErrorKind::kIo, "zip.memory", concat("no memory for ", size_text(size)));
  std::size_t done = 0;
  const auto keep = [&](std::span<const std::byte> piece) {
    std::copy(piece.begin(), piece.end(), memory.get() + done);
    done += piece.size();
    return Result<void>();
  };
  ZOOPORT_TRY(state_->read_deflated(*record, keep, context));
  return Bytes(memory, {memory.get(), done});
}

bool looks_like_zip(std::span<const std::byte> head) {
  return head.size() >= 4 && (format::u32(head, 0) == format::kLocalHeader || format::u32(head, 0) == format::kEnd);
}

}  // namespace zooport::archive
