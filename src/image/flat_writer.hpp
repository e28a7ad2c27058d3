#pragma once

#include "zooport/base/os/file.hpp"
#include "zooport/image/image.hpp"

namespace zooport::image {

// Writes regions, in any order, into a file whose elements lie behind some header as one array in C order.
class FlatWriter final : public Writer {
 public:
  // `header` ends where the elements begin.
  static Result<std::unique_ptr<Writer>> create(const std::string& path, const Info& info, const WriteOptions& options,
                                                std::span<const std::byte> header);

  WriteOrder order() const override { return WriteOrder::kAny; }
  Result<void> write(const Region& region, const tensor::View& elements) override;
  Result<void> finish() override;

 private:
  FlatWriter(os::AtomicFile file, Info info, std::uint64_t offset)
      : file_(std::move(file)), info_(std::move(info)), offset_(offset) {}

  os::AtomicFile file_;
  Info info_;
  std::uint64_t offset_;
};

}  // namespace zooport::image
