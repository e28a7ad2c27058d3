#pragma once

#include <cstdint>
#include <optional>

#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// Fields of TensorProto that hold elements.
enum DataField : std::int32_t {
  kFloatData = 4,
  kInt32Data = 5,
  kStringData = 6,
  kInt64Data = 7,
  kRawData = 9,
  kDoubleData = 10,
  kUint64Data = 11
};

// Bits of one element; 0 for strings and for types that zooport does not know.
unsigned bits_of(ElementType type);
// How int32_data and uint64_data are turned into elements.
bool is_signed(ElementType type);
// The field, beside raw_data, that elements of a type may come in; 0 if there is none.
std::int32_t data_field_of(ElementType type);
// Bytes that `count` elements take; none if the type has no size or it does not fit into 63 bits.
std::optional<std::uint64_t> bytes_of(ElementType type, std::int64_t count);
// Product of the dimensions, or -1 if it does not fit into 63 bits or a dimension is negative. Unlike
// tensor::element_count a dimension of 0 makes 0 whatever the others are.
std::int64_t count_of(const tensor::Shape& dims);

}  // namespace zooport::onnx
