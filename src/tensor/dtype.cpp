#include "zooport/tensor/dtype.hpp"

#include <array>

namespace zooport::tensor {
namespace {

struct Row {
  std::string_view name;
  std::size_t size;
};
constexpr std::array<Row, 12> kRows{{{"bool", 1},
                                     {"int8", 1},
                                     {"uint8", 1},
                                     {"int16", 2},
                                     {"uint16", 2},
                                     {"int32", 4},
                                     {"uint32", 4},
                                     {"int64", 8},
                                     {"uint64", 8},
                                     {"float16", 2},
                                     {"float32", 4},
                                     {"float64", 8}}};

}  // namespace

std::size_t size_of(Dtype dtype) { return kRows[static_cast<std::size_t>(dtype)].size; }

std::string_view name_of(Dtype dtype) { return kRows[static_cast<std::size_t>(dtype)].name; }

std::optional<Dtype> dtype_named(std::string_view name) {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].name == name) return static_cast<Dtype>(i);
  return std::nullopt;
}

bool is_floating(Dtype dtype) { return dtype >= Dtype::kFloat16; }

}  // namespace zooport::tensor
