#include <array>

#include "image/format.hpp"
#include "image/png/reader.hpp"
#include "image/png/writer.hpp"

namespace zooport::image {
namespace {

bool recognises(std::span<const std::byte> start) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  return text.starts_with("\x89PNG\r\n\x1a\n");
}

constexpr std::array<std::string_view, 1> kEndings{".png"};

}  // namespace

Format png_format() { return {"png", kEndings, recognises, png::PngReader::open, png::PngWriter::create}; }

}  // namespace zooport::image
