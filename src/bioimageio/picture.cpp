#include "bioimageio/picture.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/image/image.hpp"

namespace zooport::bioimageio {
namespace {

// A larger picture is believed after its first rows.
constexpr std::int64_t kMostElements = 64 << 20;

Error damaged(std::string_view format, std::string_view why) {
  return make_error(ErrorKind::kInvalid, "zooport.cover-unreadable", concat("a damaged ", format, ": ", why));
}

std::uint32_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// Segments up to the frame header, which has the size.
Result<Picture> look_at_jpeg(std::string_view bytes) {
  for (std::size_t at = 2; at + 4 <= bytes.size();) {
    if (byte_at(bytes, at) != 0xff) return damaged("JPEG", "no segment where one must begin");
    const std::uint32_t marker = byte_at(bytes, at + 1);
    if (marker == 0xff || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {  // fill and standalone markers
      at += marker == 0xff ? 1 : 2;
      continue;
    }
    const std::size_t length = byte_at(bytes, at + 2) << 8 | byte_at(bytes, at + 3);
    if (length < 2) return damaged("JPEG", "a segment without a length");
    const bool is_frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (is_frame) {
      if (length < 8 || at + 9 > bytes.size()) break;
      Picture picture{"jpeg", byte_at(bytes, at + 7) << 8 | byte_at(bytes, at + 8),
                      byte_at(bytes, at + 5) << 8 | byte_at(bytes, at + 6)};
      if (picture.width == 0) return damaged("JPEG", "it has no columns");
      return picture;
    }
    if (marker == 0xd9 || marker == 0xda) break;
    at += 2 + length;
  }
  return damaged("JPEG", "it ends before its size is told");
}

Result<Picture> look_at_gif(std::string_view bytes) {
  if (bytes.size() < 13) return damaged("GIF", "it ends inside its header");
  const Picture picture{"gif", byte_at(bytes, 6) | byte_at(bytes, 7) << 8, byte_at(bytes, 8) | byte_at(bytes, 9) << 8};
  if (picture.width == 0 || picture.height == 0) return damaged("GIF", "it has no pixels");
  return picture;
}

Result<Picture> look_at_pixels(const Bytes& file, const std::string& name, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto reader, image::open_reader(file, name, context));
  const image::Info& info = reader->info();
  Picture picture;
  picture.format = info.format;
  image::Region all{tensor::Shape(info.shape.size(), 0), info.shape};
  std::int64_t elements = 1;
  for (std::size_t i = 0; i < info.shape.size(); ++i) {
    if (i < info.axes.size() && info.axes[i] == 'x') picture.width = info.shape[i];
    if (i < info.axes.size() && info.axes[i] == 'y') picture.height = info.shape[i];
    elements = elements > kMostElements ? elements : elements * std::max<std::int64_t>(1, info.shape[i]);
  }
  if (elements > kMostElements)
    for (std::int64_t& size : all.size) size = std::min<std::int64_t>(size, 1);
  ZOOPORT_TRY(reader->read(all));
  return picture;
}

bool looks_like_svg(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, 4096);
  return start.find("<svg") != start.npos && start.find('\0') == start.npos;
}

}  // namespace

Result<Picture> look_at_picture(const Bytes& file, const std::string& name, const Context& context) {
  const std::string_view bytes = file.text();
  if (bytes.starts_with("\xff\xd8\xff")) return look_at_jpeg(bytes);
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return look_at_gif(bytes);
  const bool is_tiff =
      bytes.starts_with(std::string_view("II*\0", 4)) || bytes.starts_with(std::string_view("II+\0", 4)) ||
      bytes.starts_with(std::string_view("MM\0+", 4)) || bytes.starts_with(std::string_view("MM\0*", 4));
  if (bytes.starts_with("\x89PNG\r\n\x1a\n") || is_tiff) {
    Result<Picture> picture = look_at_pixels(file, name, context);
    // Without libtiff, or with a compression that it lacks, the picture may be good all the same.
    if (!picture && is_tiff && picture.error().what.id != "tiff.damaged") return Picture{"tiff"};
    return picture;
  }
  if (looks_like_svg(bytes)) return Picture{"svg"};
  return make_error(ErrorKind::kInvalid, "zooport.cover-unreadable",
                    file.empty() ? "an empty file" : "content of no kind of picture");
}

}  // namespace zooport::bioimageio
