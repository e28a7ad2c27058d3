#include "image/flat_writer.hpp"

#include <array>

#include "image/region.hpp"

namespace zooport::image {

Result<std::unique_ptr<Writer>> FlatWriter::create(const std::string& path, const Info& info,
                                                   const WriteOptions& options, std::span<const std::byte> header) {
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(path, options.may_replace));
  ZOOPORT_TRY(file.write_at(0, header));
  // The last byte gives the file its size, so that a disk without that much space (or quota) is noticed early on
  // systems that count it.
  const std::uint64_t size =
      static_cast<std::uint64_t>(tensor::element_count(info.shape)) * tensor::size_of(info.dtype);
  const std::array<std::byte, 1> zero{};
  if (size > 0) ZOOPORT_TRY(file.write_at(header.size() + size - 1, zero));
  return std::unique_ptr<Writer>(new FlatWriter(std::move(file), info, header.size()));
}

Result<void> FlatWriter::write(const Region& region, const tensor::View& elements) {
  ZOOPORT_TRY(check_write(info_, region, elements));
  if (tensor::element_count(region.size) == 0) return {};
  tensor::Array copy;
  const std::byte* from = elements.data;
  if (!elements.is_contiguous()) {
    copy = tensor::Array::copy_of(elements);
    from = copy.bytes().data();
  }
  const tensor::Shape strides = tensor::contiguous_strides(info_.dtype, info_.shape);
  // The trailing axes that form one run of bytes in the file.
  std::size_t outer = region.size.size();
  std::int64_t run = static_cast<std::int64_t>(tensor::size_of(info_.dtype));
  while (outer > 0) {
    --outer;
    run *= region.size[outer];
    if (region.size[outer] != info_.shape[outer]) break;
  }
  std::uint64_t base = offset_;
  for (std::size_t i = 0; i < strides.size(); ++i) base += static_cast<std::uint64_t>(region.origin[i] * strides[i]);
  tensor::Shape index(outer, 0);
  while (true) {
    std::uint64_t at = base;
    for (std::size_t i = 0; i < outer; ++i) at += static_cast<std::uint64_t>(index[i] * strides[i]);
    ZOOPORT_TRY(file_.write_at(at, {from, static_cast<std::size_t>(run)}));
    from += run;
    std::size_t axis = outer;
    while (axis > 0 && ++index[axis - 1] == region.size[axis - 1]) index[--axis] = 0;
    if (axis == 0) return {};
  }
}

Result<void> FlatWriter::finish() { return file_.commit(); }

}  // namespace zooport::image
