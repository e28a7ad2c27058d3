#pragma once

#include <string>
#include <string_view>

#include "zooport/base/result.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::tensor {

// The Python dictionary inside an NPY header. Exactly the literals that NumPy writes are understood: plain quoted text,
// True and False, tuples of non-negative integers. Everything else that Python could evaluate is an error.
struct NpyLiteral {
  std::string descr;
  bool structured = false;  // descr is a list or tuple, which is not read any further
  bool fortran_order = false;
  Shape shape;
};

Result<NpyLiteral> parse_npy_literal(std::string_view text);

}  // namespace zooport::tensor
