#pragma once

#include "image/png/codec.hpp"
#include "zooport/image/image.hpp"

namespace zooport::image::png {

class PngWriter final : public Writer {
 public:
  static Result<std::unique_ptr<Writer>> create(const std::string& path, const Info& info, const WriteOptions& options,
                                                const Context& context);

  WriteOrder order() const override { return WriteOrder::kRows; }
  Result<void> write(const Region& region, const tensor::View& elements) override;
  Result<void> finish() override;

 private:
  PngWriter(Encoder encoder, Info info, int y) : encoder_(std::move(encoder)), info_(std::move(info)), y_(y) {}

  Encoder encoder_;
  Info info_;
  int y_;                       // the axis of rows
  std::vector<int> to_rows_{};  // from the image's axes to y, x, channel
  std::int64_t next_row_ = 0;
};

}  // namespace zooport::image::png
