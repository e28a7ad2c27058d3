#include "zooport/tensor/npy.hpp"

#include <array>

#include "image/flat_writer.hpp"
#include "image/format.hpp"
#include "image/region.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"

namespace zooport::image {
namespace {

class NpyReader final : public Reader {
 public:
  NpyReader(os::InputFile file, tensor::NpyHeader header, const Limits& limits)
      : file_(std::move(file)), header_(std::move(header)), limits_(limits) {
    info_ = {"npy", header_.dtype, header_.shape, guess_axes(header_.shape), false};
  }

  const Info& info() const override { return info_; }

  Result<tensor::Array> read(const Region& region) override {
    ZOOPORT_TRY(check_region(info_, region));
    const auto read_at = [this](std::uint64_t offset, std::span<std::byte> into) {
      return file_.read_at(offset, into);
    };
    return tensor::read_npy_region(read_at, header_, region.origin, region.size, limits_);
  }

 private:
  os::InputFile file_;
  tensor::NpyHeader header_;
  Limits limits_;
  Info info_;
};

Result<tensor::NpyHeader> read_header(const os::InputFile& file, const Limits& limits) {
  constexpr std::uint64_t kUsual = 1u << 16;
  const std::uint64_t most = std::min<std::uint64_t>(file.size(), limits.document_bytes + 12);
  std::vector<std::byte> start(static_cast<std::size_t>(std::min(most, kUsual)));
  ZOOPORT_TRY(file.read_at(0, start));
  Result<tensor::NpyHeader> header = tensor::read_npy_header(start, limits);
  if (header.ok() || start.size() == most || header.error().what.id != "npy.truncated") return header;
  start.resize(static_cast<std::size_t>(most));
  ZOOPORT_TRY(file.read_at(0, start));
  return tensor::read_npy_header(start, limits);
}

Result<std::unique_ptr<Reader>> open(os::InputFile file, const Context& context) {
  ZOOPORT_TRY_ASSIGN(tensor::NpyHeader header, read_header(file, context.limits));
  const std::uint64_t has = file.size() - header.data_offset;
  if (has < header.data_size()) {
    return make_error(ErrorKind::kInvalid, "npy.truncated",
                      concat("the header announces ", header.data_size(), " bytes of elements, the file has ", has));
  }
  return std::unique_ptr<Reader>(new NpyReader(std::move(file), std::move(header), context.limits));
}

Result<std::unique_ptr<Writer>> create(const std::string& path, const Info& info, const WriteOptions& options,
                                       const Context&) {
  const std::string header = tensor::npy_header(info.dtype, info.shape);
  return FlatWriter::create(path, info, options, as_bytes(header));
}

constexpr std::array<std::string_view, 1> kEndings{".npy"};

}  // namespace

Format npy_format() { return {"npy", kEndings, tensor::is_npy, open, create}; }

}  // namespace zooport::image
