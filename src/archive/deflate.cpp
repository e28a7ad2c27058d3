#include "archive/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace zooport::archive {
namespace {

constexpr std::size_t kPiece = 64u << 10;
constexpr std::size_t kInputPiece = 16u << 20;  // zlib counts in unsigned int; also how often cancellation is seen

struct Stream {
  z_stream zlib{};
  bool ready = false;
  Stream() {
    // -15: no zlib header, as ZIP wants it; 8: the default memory.
    ready = deflateInit2(&zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (ready) deflateEnd(&zlib);
  }
};

}  // namespace

Result<std::uint64_t> deflate_to(std::span<const std::byte> bytes, const Sink& sink, const Context& context) {
  Stream stream;
  if (!stream.ready) return make_error(ErrorKind::kIo, "zip.memory", "no memory to compress with");
  std::array<std::byte, kPiece> out;
  std::uint64_t total = 0;
  do {
    if (context.stopped()) return Context::cancelled();
    const auto piece = bytes.first(std::min(bytes.size(), kInputPiece));
    bytes = bytes.subspan(piece.size());
    stream.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));  // zlib only reads it
    stream.zlib.avail_in = static_cast<uInt>(piece.size());
    do {
      stream.zlib.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.zlib.avail_out = static_cast<uInt>(out.size());
      deflate(&stream.zlib, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
      const std::size_t made = out.size() - stream.zlib.avail_out;
      total += made;
      if (made > 0) ZOOPORT_TRY(sink(std::span(out).first(made)));
    } while (stream.zlib.avail_out == 0);
  } while (!bytes.empty());
  return total;
}

}  // namespace zooport::archive
