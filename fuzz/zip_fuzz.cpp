#include <cstdlib>
#include <string>

#include "zooport/archive/zip.hpp"

// Whatever opens gives at most what it declares, the same through both ways of reading, and survives being packed
// again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zooport;
  using namespace zooport::archive;
  Context context;
  context.limits.archive_entries = 64;
  context.limits.archive_bytes = 4u << 20;
  const auto reader = Reader::open(Bytes(std::string(reinterpret_cast<const char*>(data), size)), context);
  if (!reader.ok()) return 0;

  std::vector<Member> members;
  bool whole = true;
  for (const Entry& entry : reader->entries()) {
    std::string streamed;
    const auto sink = [&](std::span<const std::byte> piece) {
      streamed.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      if (streamed.size() > entry.size) std::abort();
      return Result<void>();
    };
    const bool streams = reader->read(entry, sink, context).ok();
    const auto content = reader->read(entry, context);
    if (streams != content.ok() || (streams && content->text() != streamed)) std::abort();
    whole = whole && streams;
    if (streams && !entry.is_folder) members.push_back({entry.name, *content, Method::kDeflated});
  }
  if (!whole) return 0;

  std::string packed;
  const auto sink = archive::append_to(packed);
  if (!write_zip(members, sink, context).ok()) std::abort();
  const auto again = Reader::open(Bytes(packed), context);
  if (!again.ok() || again->entries().size() != members.size()) std::abort();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto content = again->read(again->entries()[i], context);
    if (!content.ok() || content->text() != members[i].content.text()) std::abort();
  }
  return 0;
}
