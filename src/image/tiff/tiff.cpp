#include <array>

#include "image/format.hpp"
#include "image/tiff/reader.hpp"
#include "image/tiff/writer.hpp"

namespace zooport::image {
namespace {

bool recognises(std::span<const std::byte> start) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  using namespace std::string_view_literals;
  for (const std::string_view magic : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
    if (text.starts_with(magic)) return true;
  return false;
}

constexpr std::array<std::string_view, 2> kEndings{".tif", ".tiff"};

}  // namespace

Format tiff_format() { return {"tiff", kEndings, recognises, tiff::TiffReader::open, tiff::create}; }

}  // namespace zooport::image
