#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "zooport/base/limits.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/os/input_file.hpp"
#include "zooport/base/result.hpp"
#include "zooport/tensor/dtype.hpp"

namespace zooport::image::png {

struct Header {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 1;                             // 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha
  tensor::Dtype dtype = tensor::Dtype::kUint8;  // bool, uint8 or uint16
  bool interlaced = false;

  std::size_t row_bytes() const {
    return std::size_t{width} * static_cast<std::size_t>(channels) * tensor::size_of(dtype);
  }
};

// Decodes one PNG from its first to its last row: palettes become colours, 2 and 4 bits become 8, 1 bit becomes bool,
// 16 bits have the processor's byte order. Errors: png.damaged, png.too-large, base.io. The file must outlive it.
class Decoder {
 public:
  static Result<Decoder> open(const os::InputFile& file, const Limits& limits);
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  const Header& header() const;
  Result<void> read_row(std::span<std::byte> row);           // not where interlaced
  Result<void> read_interlaced(std::span<std::byte> image);  // all rows at once

 private:
  struct State;
  explicit Decoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Encodes rows from the first to the last.
class Encoder {
 public:
  static Result<Encoder> create(os::AtomicFile file, const Header& header);
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;
  ~Encoder();

  Result<void> write_row(std::span<const std::byte> row);
  Result<void> finish();

 private:
  struct State;
  explicit Encoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zooport::image::png
