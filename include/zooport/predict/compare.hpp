#pragma once

#include <cstdint>
#include <string>

#include "zooport/base/result.hpp"
#include "zooport/model/model.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::predict {

// How far `found` is from `expected`. An element matches if |found - expected| <= absolute + relative * |expected|;
// NaN never matches, infinities match those of their sign.
struct Comparison {
  std::string id;
  bool passed = false;
  std::string reason;  // why it failed, in a sentence; empty if it passed
  tensor::Shape shape;
  double max_abs = 0;  // of matching and mismatching elements; infinity where a NaN is involved
  double max_rel = 0;  // |found - expected| / |expected|, where expected is not 0
  std::uint64_t mismatched = 0;
  std::uint64_t elements = 0;
  model::Tolerance tolerance;
  tensor::Shape worst;  // index of the largest error
  double worst_expected = 0;
  double worst_found = 0;
  std::uint64_t nan_expected = 0;  // elements that are NaN; one is enough to fail
  std::uint64_t nan_found = 0;
  // False if an output that hardly varies would have passed as well: then the comparison shows nothing.
  bool discriminates = true;
};

// Shapes must be equal, else it has failed.
Comparison compare(const std::string& id, const tensor::View& expected, const tensor::View& found,
                   const model::Tolerance& tolerance);

}  // namespace zooport::predict
