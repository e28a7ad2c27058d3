#include <algorithm>
#include <cstring>

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::tensor {
namespace {

// Blocks of the file up to this size are read at once, gaps included, as long as most of it is wanted.
constexpr std::int64_t kBlock = 256 * 1024;
constexpr std::int64_t kPage = 4096;

template <std::size_t kWidth>
void swap_bytes(std::span<std::byte> bytes) {
  for (std::size_t i = 0; i + kWidth <= bytes.size(); i += kWidth)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                 bytes.begin() + static_cast<std::ptrdiff_t>(i + kWidth));
}

// From the file's byte order to ours, and from foreign bools to 0 and 1.
void make_native(Array& array, ByteOrder order) {
  const std::span<std::byte> bytes = array.bytes();
  if (array.dtype() == Dtype::kBool)
    for (std::byte& b : bytes) b = b == std::byte{0} ? b : std::byte{1};
  if (order == ByteOrder::kLittle) return;
  switch (size_of(array.dtype())) {
    case 2: return swap_bytes<2>(bytes);
    case 4: return swap_bytes<4>(bytes);
    case 8: return swap_bytes<8>(bytes);
    default: return;
  }
}

Shape file_strides(const NpyHeader& header) {
  if (header.memory_order == MemoryOrder::kC) return contiguous_strides(header.dtype, header.shape);
  Shape reversed(header.shape.rbegin(), header.shape.rend());
  Shape strides = contiguous_strides(header.dtype, reversed);
  std::reverse(strides.begin(), strides.end());
  return strides;
}

Result<void> check_region(const NpyHeader& header, const Shape& origin, const Shape& size) {
  bool inside = origin.size() == header.shape.size() && size.size() == header.shape.size();
  for (std::size_t i = 0; inside && i < size.size(); ++i)
    inside = origin[i] >= 0 && size[i] >= 0 && origin[i] <= header.shape[i] && size[i] <= header.shape[i] - origin[i];
  if (inside) return {};
  return make_error(ErrorKind::kUsage, "npy.region",
                    concat("the region at ", shape_text(origin), " of size ", shape_text(size),
                           " does not lie inside the array of shape ", shape_text(header.shape)));
}

Error truncated(const NpyHeader& header, std::uint64_t has) {
  return make_error(ErrorKind::kInvalid, "npy.truncated",
                    concat("the header announces ", header.data_size(), " bytes of elements, the file has ", has));
}

// Copies a box of the file, slowest file axis first, into the array.
class BoxReader {
 public:
  BoxReader(const ReadAt& read_at, View box, std::byte* to, Shape to_strides)
      : read_at_(read_at), box_(std::move(box)), to_strides_(std::move(to_strides)), to_(to) {
    const auto rank = box_.shape.size();
    spans_.resize(rank + 1);
    wanted_.resize(rank + 1);
    spans_[rank] = wanted_[rank] = static_cast<std::int64_t>(size_of(box_.dtype));
    for (std::size_t i = rank; i-- > 0;) {
      spans_[i] = (box_.shape[i] - 1) * box_.strides[i] + spans_[i + 1];
      wanted_[i] = box_.shape[i] * wanted_[i + 1];
    }
  }

  Result<void> read(std::uint64_t offset) { return level(0, offset, to_); }

 private:
  Result<void> level(std::size_t axis, std::uint64_t offset, std::byte* to) {
    const std::int64_t span = spans_[axis];
    const bool whole = span == wanted_[axis] || (span <= kBlock && (span <= kPage || span <= 4 * wanted_[axis]));
    if (whole) return block(axis, offset, to);
    for (std::int64_t i = 0; i < box_.shape[axis]; ++i)
      ZOOPORT_TRY(
          level(axis + 1, offset + static_cast<std::uint64_t>(i * box_.strides[axis]), to + i * to_strides_[axis]));
    return {};
  }

  Result<void> block(std::size_t axis, std::uint64_t offset, std::byte* to) {
    const auto span = static_cast<std::size_t>(spans_[axis]);
    const auto skip = static_cast<std::ptrdiff_t>(axis);
    View part{nullptr,
              box_.dtype,
              {box_.shape.begin() + skip, box_.shape.end()},
              {box_.strides.begin() + skip, box_.strides.end()}};
    const Shape strides(to_strides_.begin() + skip, to_strides_.end());
    const bool straight = part.is_contiguous() && View{to, part.dtype, part.shape, strides}.is_contiguous();
    if (straight) return read_at_(offset, {to, span});
    if (spans_[axis] > kBlock && axis < box_.shape.size()) {
      for (std::int64_t i = 0; i < box_.shape[axis]; ++i)
        ZOOPORT_TRY(
            block(axis + 1, offset + static_cast<std::uint64_t>(i * box_.strides[axis]), to + i * to_strides_[axis]));
      return {};
    }
    buffer_.resize(std::max(buffer_.size(), span));
    ZOOPORT_TRY(read_at_(offset, {buffer_.data(), span}));
    part.data = buffer_.data();
    convert(part, to, part.dtype, strides);
    return {};
  }

  const ReadAt& read_at_;
  View box_;
  Shape to_strides_;
  std::byte* to_;
  std::vector<std::int64_t> spans_;   // bytes from the first to behind the last element, for the axes from i
  std::vector<std::int64_t> wanted_;  // bytes of the elements, for the axes from i
  std::vector<std::byte> buffer_;
};

}  // namespace

Result<Array> read_npy_region(const ReadAt& read_at, const NpyHeader& header, const Shape& origin, const Shape& size,
                              const Limits& limits) {
  ZOOPORT_TRY(check_region(header, origin, size));
  ZOOPORT_TRY_ASSIGN(Array array, Array::allocate(header.dtype, size, limits));
  if (array.size() == 0) return array;
  const Shape strides = file_strides(header);
  std::uint64_t offset = header.data_offset;
  for (std::size_t i = 0; i < origin.size(); ++i) offset += static_cast<std::uint64_t>(origin[i] * strides[i]);
  View box{nullptr, header.dtype, size, strides};
  Shape to_strides = array.view().strides;
  if (header.memory_order == MemoryOrder::kFortran) {
    std::reverse(box.shape.begin(), box.shape.end());
    std::reverse(box.strides.begin(), box.strides.end());
    std::reverse(to_strides.begin(), to_strides.end());
  }
  ZOOPORT_TRY(BoxReader(read_at, std::move(box), array.bytes().data(), std::move(to_strides)).read(offset));
  make_native(array, header.byte_order);
  return array;
}

Result<Array> read_npy_region(const Bytes& file, const NpyHeader& header, const Shape& origin, const Shape& size,
                              const Limits& limits) {
  const std::uint64_t has = file.size() - std::min(file.size(), header.data_offset);
  if (has < header.data_size()) return truncated(header, has);
  ZOOPORT_TRY(check_region(header, origin, size));
  ZOOPORT_TRY_ASSIGN(Array array, Array::allocate(header.dtype, size, limits));
  if (array.size() == 0) return array;
  View box{file.data() + header.data_offset, header.dtype, size, file_strides(header)};
  for (std::size_t i = 0; i < origin.size(); ++i) box.data += origin[i] * box.strides[i];
  convert(box, array.bytes().data(), header.dtype, array.view().strides);
  make_native(array, header.byte_order);
  return array;
}

Result<Array> read_npy(const Bytes& file, const Limits& limits) {
  ZOOPORT_TRY_ASSIGN(const NpyHeader header, read_npy_header(file.span(), limits));
  return read_npy_region(file, header, Shape(header.shape.size(), 0), header.shape, limits);
}

Result<Array> read_npy_file(const std::string& path, const Limits& limits) {
  const std::uint64_t most = limits.array_bytes + limits.document_bytes;
  ZOOPORT_TRY_ASSIGN(const Bytes file, os::read_file(path, most < limits.array_bytes ? limits.array_bytes : most));
  Result<Array> array = read_npy(file, limits);
  if (array.ok()) return array;
  Error error = std::move(array).error();
  error.what.file = path;
  return error;
}

}  // namespace zooport::tensor
