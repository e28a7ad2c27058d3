#pragma once

#include <type_traits>
#include <utility>

#include "zooport/tensor/dtype.hpp"

namespace zooport::tensor {

template <class F>
decltype(auto) visit(Dtype dtype, F&& f) {
  switch (dtype) {
    case Dtype::kBool: return f(std::type_identity<bool>{});
    case Dtype::kInt8: return f(std::type_identity<std::int8_t>{});
    case Dtype::kUint8: return f(std::type_identity<std::uint8_t>{});
    case Dtype::kInt16: return f(std::type_identity<std::int16_t>{});
    case Dtype::kUint16: return f(std::type_identity<std::uint16_t>{});
    case Dtype::kInt32: return f(std::type_identity<std::int32_t>{});
    case Dtype::kUint32: return f(std::type_identity<std::uint32_t>{});
    case Dtype::kInt64: return f(std::type_identity<std::int64_t>{});
    case Dtype::kUint64: return f(std::type_identity<std::uint64_t>{});
    case Dtype::kFloat16: return f(std::type_identity<Half>{});
    case Dtype::kFloat32: return f(std::type_identity<float>{});
    case Dtype::kFloat64: break;
  }
  return f(std::type_identity<double>{});
}

}  // namespace zooport::tensor
