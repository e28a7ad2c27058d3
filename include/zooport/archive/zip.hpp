#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"

namespace zooport::archive {

struct Entry {
  std::string name;  // UTF-8, relative, '/' between components; a folder ends in '/'
  std::uint64_t size = 0;
  std::uint64_t compressed_size = 0;
  std::uint32_t crc32 = 0;
  bool is_folder = false;
};

// Gets the content piece by piece; an error ends the reading.
using Sink = std::function<Result<void>(std::span<const std::byte>)>;
// Appends to a text that outlives it.
Sink append_to(std::string& bytes);

// A ZIP archive whose directory has been checked as a whole before anything is read: names, duplicates, links,
// overlaps, declared sizes, ratios and counts. One thread at a time.
class Reader {
 public:
  static Result<Reader> open(const Bytes& archive, const Context& context);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  const std::vector<Entry>& entries() const;  // in the order of the directory
  const Entry* find(std::string_view name) const;
  // At most the declared size is produced; a wrong checksum or size is an error.
  Result<void> read(const Entry& entry, const Sink& sink, const Context& context) const;
  Result<Bytes> read(const Entry& entry, const Context& context) const;

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

enum class Method : std::uint8_t { kStored, kDeflated };

struct Member {
  std::string name;
  Bytes content;
  Method method = Method::kStored;
};

// The same members give the same bytes: fixed times (1980-01-01, or SOURCE_DATE_EPOCH), modes and order.
Result<void> write_zip(const std::vector<Member>& members, const Sink& sink, const Context& context);

bool looks_like_zip(std::span<const std::byte> head);

}  // namespace zooport::archive
