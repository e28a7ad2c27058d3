#include "image/png/codec.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <csetjmp>
#include <optional>
#include <vector>

#include "zooport/base/text.hpp"

// libpng reports errors by longjmp, which skips destructors. So each function that calls setjmp is free of objects that
// have one, and callbacks let theirs die before they call png_error.

namespace zooport::image::png {
namespace {

// Deflate makes at most 1032 bytes of one; a file that claims more is forged.
constexpr std::uint64_t kMostExpansion = 1032;

struct Report {
  std::optional<Error> io;
  std::array<char, 160> text{};
};

[[noreturn]] void on_error(png_structp png, png_const_charp text) {
  auto* report = static_cast<Report*>(png_get_error_ptr(png));
  std::size_t i = 0;
  for (; text != nullptr && text[i] != '\0' && i + 1 < report->text.size(); ++i) report->text[i] = text[i];
  report->text[i] = '\0';
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

Error error_of(Report& report) {
  if (report.io) return std::move(*report.io);
  return make_error(ErrorKind::kInvalid, "png.damaged",
                    concat("the PNG file is damaged or cut: ", printable(report.text.data())));
}

}  // namespace

struct Decoder::State {
  const os::InputFile* file = nullptr;
  std::uint64_t at = 0;
  Report report;
  png_structp png = nullptr;
  png_infop info = nullptr;
  Header header;

  ~State() { png_destroy_read_struct(&png, &info, nullptr); }

  static void on_read(png_structp png, png_bytep into, std::size_t size) {
    auto* state = static_cast<State*>(png_get_io_ptr(png));
    if (!state->fetch(into, size)) png_error(png, "the file ends too early");
  }

  bool fetch(png_bytep into, std::size_t size) {
    if (size > file->size() - std::min(at, file->size())) return false;
    const Result<void> result = file->read_at(at, {reinterpret_cast<std::byte*>(into), size});
    if (!result.ok()) report.io = result.error();
    at += size;
    return result.ok();
  }

  bool begin(const Limits& limits);
  bool set_transforms();
  bool row(png_bytep into);
  bool all(png_bytepp rows);
};

bool Decoder::State::begin(const Limits& limits) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, this, on_read);
  constexpr std::uint64_t kMost = 0x7fffffff;
  const auto extent = static_cast<png_uint_32>(std::min<std::uint64_t>(limits.image_extent, kMost));
  png_set_user_limits(png, extent, extent);
  png_set_chunk_malloc_max(png, 8u << 20);
  png_set_chunk_cache_max(png, 128);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  png_read_info(png, info);
  return true;
}

bool Decoder::State::set_transforms() {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  const int depth = png_get_bit_depth(png, info);
  const int color = png_get_color_type(png, info);
  if (color == PNG_COLOR_TYPE_PALETTE) {
    png_set_palette_to_rgb(png);
    if (png_get_valid(png, info, PNG_INFO_tRNS) != 0) png_set_tRNS_to_alpha(png);
  } else if (color == PNG_COLOR_TYPE_GRAY && depth == 1) {
    png_set_packing(png);
  } else if (color == PNG_COLOR_TYPE_GRAY && depth < 8) {
    png_set_expand_gray_1_2_4_to_8(png);
  }
  if (depth == 16 && std::endian::native == std::endian::little) png_set_swap(png);
  if (png_get_interlace_type(png, info) != PNG_INTERLACE_NONE) png_set_interlace_handling(png);
  png_read_update_info(png, info);
  header.channels = png_get_channels(png, info);
  header.dtype = depth == 16                                  ? tensor::Dtype::kUint16
                 : color == PNG_COLOR_TYPE_GRAY && depth == 1 ? tensor::Dtype::kBool
                                                              : tensor::Dtype::kUint8;
  if (png_get_rowbytes(png, info) != header.row_bytes()) png_error(png, "unexpected length of a row");
  return true;
}

bool Decoder::State::row(png_bytep into) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_row(png, into, nullptr);
  return true;
}

bool Decoder::State::all(png_bytepp rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_image(png, rows);
  return true;
}

Decoder::Decoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::open(const os::InputFile& file, const Limits& limits) {
  auto state = std::make_unique<State>();
  state->file = &file;
  state->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state->report, on_error, on_warning);
  if (state->png != nullptr) state->info = png_create_info_struct(state->png);
  if (state->info == nullptr)
    return make_error(ErrorKind::kInternal, "tensor.out-of-memory", "the machine has no memory for libpng");
  if (!state->begin(limits)) return error_of(state->report);
  Header& header = state->header;
  header.width = png_get_image_width(state->png, state->info);
  header.height = png_get_image_height(state->png, state->info);
  header.interlaced = png_get_interlace_type(state->png, state->info) != PNG_INTERLACE_NONE;
  // Before libpng reserves rows. Interlaced images have a few bytes more than this, never fewer.
  const std::uint64_t packed = png_get_rowbytes(state->png, state->info);
  if (packed * header.height / kMostExpansion > file.size()) {
    return make_error(ErrorKind::kInvalid, "png.size",
                      concat("the PNG file claims ", header.width, " x ", header.height, " pixels, which its ",
                             size_text(file.size()), " cannot hold"));
  }
  if (packed > limits.array_bytes / 16) {
    return make_error(ErrorKind::kInvalid, "png.too-large",
                      concat("one row of the PNG file has ", size_text(packed),
                             ", more than a sixteenth of limits.array_bytes; raise that limit to read it"));
  }
  if (!state->set_transforms()) return error_of(state->report);
  return Decoder(std::move(state));
}

const Header& Decoder::header() const { return state_->header; }

Result<void> Decoder::read_row(std::span<std::byte> row) {
  if (!state_->row(reinterpret_cast<png_bytep>(row.data()))) return error_of(state_->report);
  return {};
}

Result<void> Decoder::read_interlaced(std::span<std::byte> image) {
  std::vector<png_bytep> rows(state_->header.height);
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = reinterpret_cast<png_bytep>(image.data() + i * state_->header.row_bytes());
  if (!state_->all(rows.data())) return error_of(state_->report);
  return {};
}

struct Encoder::State {
  explicit State(os::AtomicFile out) : file(std::move(out)) {}
  ~State() { png_destroy_write_struct(&png, &info); }

  static void on_write(png_structp png, png_bytep bytes, std::size_t size) {
    auto* state = static_cast<State*>(png_get_io_ptr(png));
    if (!state->store(bytes, size)) png_error(png, "cannot write");
  }
  static void on_flush(png_structp) {}

  bool store(png_bytep bytes, std::size_t size) {
    const Result<void> result = file.write({reinterpret_cast<const std::byte*>(bytes), size});
    if (!result.ok()) report.io = result.error();
    return result.ok();
  }

  bool begin(const Header& header);
  bool row(png_const_bytep bytes);
  bool end();

  os::AtomicFile file;
  Report report;
  png_structp png = nullptr;
  png_infop info = nullptr;
};

bool Encoder::State::begin(const Header& header) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  constexpr std::array<int, 4> kColors{PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                       PNG_COLOR_TYPE_RGB_ALPHA};
  const int depth = header.dtype == tensor::Dtype::kUint16 ? 16 : header.dtype == tensor::Dtype::kBool ? 1 : 8;
  png_set_write_fn(png, this, on_write, on_flush);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR(png, info, header.width, header.height, depth, kColors[static_cast<std::size_t>(header.channels - 1)],
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (depth == 16 && std::endian::native == std::endian::little) png_set_swap(png);
  if (depth == 1) png_set_packing(png);
  return true;
}

bool Encoder::State::row(png_const_bytep bytes) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_write_row(png, bytes);
  return true;
}

bool Encoder::State::end() {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_write_end(png, nullptr);
  return true;
}

Encoder::Encoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;
Encoder::~Encoder() = default;

Result<Encoder> Encoder::create(os::AtomicFile file, const Header& header) {
  auto state = std::make_unique<State>(std::move(file));
  state->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state->report, on_error, on_warning);
  if (state->png != nullptr) state->info = png_create_info_struct(state->png);
  if (state->info == nullptr)
    return make_error(ErrorKind::kInternal, "tensor.out-of-memory", "the machine has no memory for libpng");
  if (!state->begin(header)) return error_of(state->report);
  return Encoder(std::move(state));
}

Result<void> Encoder::write_row(std::span<const std::byte> row) {
  if (!state_->row(reinterpret_cast<png_const_bytep>(row.data()))) return error_of(state_->report);
  return {};
}

Result<void> Encoder::finish() {
  if (!state_->end()) return error_of(state_->report);
  return state_->file.commit();
}

}  // namespace zooport::image::png
