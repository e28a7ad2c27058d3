#pragma once

#include <cstddef>

namespace zooport {

// Half-open range of bytes in a source.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace zooport
