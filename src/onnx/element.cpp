#include "onnx/element.hpp"

#include <limits>

#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

struct Row {
  ElementType type;
  const char* name;
  unsigned bits;
  std::int32_t field;
  bool is_signed;
  std::optional<tensor::Dtype> dtype;
};

using tensor::Dtype;
constexpr std::optional<Dtype> kNone = std::nullopt;

// By value of ElementType.
const Row kRows[] = {
    {ElementType::kUndefined, "undefined", 0, 0, false, kNone},
    {ElementType::kFloat, "float32", 32, kFloatData, true, Dtype::kFloat32},
    {ElementType::kUint8, "uint8", 8, kInt32Data, false, Dtype::kUint8},
    {ElementType::kInt8, "int8", 8, kInt32Data, true, Dtype::kInt8},
    {ElementType::kUint16, "uint16", 16, kInt32Data, false, Dtype::kUint16},
    {ElementType::kInt16, "int16", 16, kInt32Data, true, Dtype::kInt16},
    {ElementType::kInt32, "int32", 32, kInt32Data, true, Dtype::kInt32},
    {ElementType::kInt64, "int64", 64, kInt64Data, true, Dtype::kInt64},
    {ElementType::kString, "string", 0, kStringData, false, kNone},
    {ElementType::kBool, "bool", 8, kInt32Data, false, Dtype::kBool},
    {ElementType::kFloat16, "float16", 16, kInt32Data, false, Dtype::kFloat16},
    {ElementType::kDouble, "float64", 64, kDoubleData, true, Dtype::kFloat64},
    {ElementType::kUint32, "uint32", 32, kUint64Data, false, Dtype::kUint32},
    {ElementType::kUint64, "uint64", 64, kUint64Data, false, Dtype::kUint64},
    {ElementType::kComplex64, "complex64", 64, kFloatData, true, kNone},
    {ElementType::kComplex128, "complex128", 128, kDoubleData, true, kNone},
    {ElementType::kBfloat16, "bfloat16", 16, kInt32Data, false, kNone},
    {ElementType{17}, "float8e4m3fn", 8, kInt32Data, false, kNone},
    {ElementType{18}, "float8e4m3fnuz", 8, kInt32Data, false, kNone},
    {ElementType{19}, "float8e5m2", 8, kInt32Data, false, kNone},
    {ElementType{20}, "float8e5m2fnuz", 8, kInt32Data, false, kNone},
    {ElementType{21}, "uint4", 4, kInt32Data, false, kNone},
    {ElementType{22}, "int4", 4, kInt32Data, false, kNone},
    {ElementType{23}, "float4e2m1", 4, kInt32Data, false, kNone},
    {ElementType{24}, "float8e8m0", 8, kInt32Data, false, kNone},
    {ElementType{25}, "uint2", 2, kInt32Data, false, kNone},
    {ElementType{26}, "int2", 2, kInt32Data, false, kNone},
};

const Row* find(ElementType type) {
  const auto index = static_cast<std::int64_t>(type);
  return index >= 0 && index < static_cast<std::int64_t>(std::size(kRows)) ? &kRows[index] : nullptr;
}

}  // namespace

std::optional<tensor::Dtype> dtype_of(ElementType type) {
  const Row* row = find(type);
  return row ? row->dtype : kNone;
}

ElementType element_type_of(tensor::Dtype dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype) return row.type;
  }
  return ElementType::kUndefined;
}

std::string name_of(ElementType type) {
  const Row* row = find(type);
  return row ? row->name : concat("type ", static_cast<std::int32_t>(type));
}

unsigned bits_of(ElementType type) {
  const Row* row = find(type);
  return row ? row->bits : 0;
}

bool is_signed(ElementType type) {
  const Row* row = find(type);
  return row && row->is_signed;
}

std::int32_t data_field_of(ElementType type) {
  const Row* row = find(type);
  return row ? row->field : 0;
}

std::optional<std::uint64_t> bytes_of(ElementType type, std::int64_t count) {
  const unsigned bits = bits_of(type);
  if (bits == 0 || count < 0) return std::nullopt;
  const auto many = static_cast<std::uint64_t>(count);
  if (many > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / bits) return std::nullopt;
  return (many * bits + 7) / 8;
}

std::int64_t count_of(const tensor::Shape& dims) {
  std::int64_t count = 1;
  bool overflow = false;
  bool zero = false;
  for (const std::int64_t extent : dims) {
    if (extent < 0) return -1;
    if (extent == 0) zero = true;
    if (!zero && extent > std::numeric_limits<std::int64_t>::max() / count) overflow = true;
    if (!zero && !overflow) count *= extent;
  }
  if (zero) return 0;
  return overflow ? -1 : count;
}

}  // namespace zooport::onnx
