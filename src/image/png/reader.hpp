#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "image/png/codec.hpp"
#include "zooport/image/image.hpp"

namespace zooport::image::png {

class PngReader final : public Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(os::InputFile file, const Context& context);

  const Info& info() const override { return info_; }
  Result<tensor::Array> read(const Region& region) override;

  // Rows that are kept behind the decoder are at most this many bytes, and at least one row.
  void set_cache_bytes(std::uint64_t bytes) { cache_bytes_ = bytes; }
  std::uint64_t decoded_rows() const { return decoded_rows_; }  // since it was opened

 private:
  PngReader(os::InputFile file, const Limits& limits)
      : file_(std::make_unique<os::InputFile>(std::move(file))), limits_(limits) {}

  Result<const std::byte*> row(std::int64_t y);
  Result<void> read_whole();

  std::unique_ptr<os::InputFile> file_;  // the decoder points to it
  Limits limits_;
  Info info_;
  Header header_;
  std::optional<Decoder> decoder_;
  std::int64_t next_row_ = 0;                // that the decoder will give
  std::deque<std::vector<std::byte>> rows_;  // the last ones before it
  std::optional<tensor::Array> whole_;       // an interlaced image
  std::uint64_t cache_bytes_ = 64u << 20;
  std::uint64_t decoded_rows_ = 0;
};

}  // namespace zooport::image::png
