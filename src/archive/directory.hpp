#pragma once

#include <span>
#include <string>
#include <vector>

#include "zooport/archive/zip.hpp"

namespace zooport::archive {

// An entry with what its central and local header say about it.
struct Record {
  Entry entry;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t time = 0;
  std::uint16_t date = 0;
  std::uint32_t external_attributes = 0;
  std::uint64_t local_header = 0;  // offsets in the archive
  std::uint64_t data = 0;
  Span span;  // of the central header; empty if the archive is still to be written
};

// Reads and checks the whole directory: end records, central headers, and the local header of each entry. The first
// fault is the error; its span is where it stands in the archive, its path the name of the entry.
Result<std::vector<Record>> read_directory(std::span<const std::byte> archive, const Limits& limits);

// Whether an entry grows more than limits.archive_ratio allows; the writer asks before it deflates.
bool ratio_is_too_high(std::uint64_t size, std::uint64_t compressed_size, const Limits& limits);

// An error about an entry; `message` follows the printable name: "entry 'a' " + message. An empty span is none.
Error entry_error(ErrorKind kind, std::string id, const std::string& name, Span span, std::string_view message);

// Names that are the same, differ only by case, or are a file where another entry needs a folder.
Result<void> check_names_together(const std::vector<Record>& records);

}  // namespace zooport::archive
