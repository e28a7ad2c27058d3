#include "zooport/tensor/array.hpp"

#include <cassert>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include "zooport/base/text.hpp"

namespace zooport::tensor {
namespace {

constexpr std::size_t kAlignment = 64;

// Not the aligned operator new: glibc cannot give a freed block of that kind to the next request of the same size, so
// arrays of equal sizes that come and go would double the heap. The byte before the elements says how far they lie
// behind the beginning of the block.
std::byte* aligned(void* block) {
  if (block == nullptr) return nullptr;
  const std::size_t shift = kAlignment - reinterpret_cast<std::uintptr_t>(block) % kAlignment;
  std::byte* elements = static_cast<std::byte*>(block) + shift;
  elements[-1] = static_cast<std::byte>(shift);
  return elements;
}

}  // namespace

void Array::Free::operator()(std::byte* elements) const {
  ::operator delete(elements - std::to_integer<std::size_t>(elements[-1]));
}

Array::Array(Array&& other) noexcept
    : data_(std::move(other.data_)),
      dtype_(other.dtype_),
      shape_(std::exchange(other.shape_, {})),
      size_(std::exchange(other.size_, 0)) {}

Array& Array::operator=(Array&& other) noexcept {
  data_ = std::move(other.data_);
  dtype_ = other.dtype_;
  shape_ = std::exchange(other.shape_, {});
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Array::Array(Dtype dtype, Shape shape) {
  *this = uninitialized(dtype, std::move(shape));
  if (data_) std::memset(data_.get(), 0, byte_size());
}

Array Array::uninitialized(Dtype dtype, Shape shape) {
  const std::int64_t size = element_count(shape);
  assert(size >= 0);
  Array array;
  array.dtype_ = dtype;
  array.shape_ = std::move(shape);
  array.size_ = size;
  if (size > 0) array.data_.reset(aligned(::operator new(array.byte_size() + kAlignment)));
  return array;
}

Result<Array> Array::allocate(Dtype dtype, Shape shape, const Limits& limits) {
  const std::int64_t size = element_count(shape);
  if (size < 0 || static_cast<std::uint64_t>(size) > limits.array_bytes / size_of(dtype)) {
    return make_error(
        ErrorKind::kInvalid, "tensor.too-large",
        concat("an array of shape ", shape_text(shape), " and type ", name_of(dtype), " exceeds limits.array_bytes (",
               size_text(limits.array_bytes), "); raise that limit, or work on smaller parts"));
  }
  Array array;
  array.dtype_ = dtype;
  array.shape_ = std::move(shape);
  array.size_ = size;
  if (size > 0) {
    array.data_.reset(aligned(::operator new(array.byte_size() + kAlignment, std::nothrow)));
    if (!array.data_) {
      return make_error(ErrorKind::kIo, "tensor.out-of-memory",
                        concat("the machine has no ", size_text(array.byte_size()), " of memory for an array of shape ",
                               shape_text(array.shape_), "; work on smaller parts"));
    }
  }
  return array;
}

Array Array::copy_of(const View& view) { return converted(view, view.dtype); }

Array Array::converted(const View& view, Dtype dtype) {
  Array array = uninitialized(dtype, view.shape);
  convert(view, array.data_.get(), dtype, contiguous_strides(dtype, array.shape_));
  return array;
}

View Array::view() const { return {data_.get(), dtype_, shape_, contiguous_strides(dtype_, shape_)}; }

void Array::reshape(Shape shape) {
  assert(element_count(shape) == size_);
  shape_ = std::move(shape);
}

}  // namespace zooport::tensor
