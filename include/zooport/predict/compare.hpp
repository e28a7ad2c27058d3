#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/model/model.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::predict {

// How far `found` is from `expected`. An element matches if |found - expected| <= absolute + relative * |expected|;
// infinities match those of their sign.
struct Comparison {
  std::string id;
  std::string trial;  // of several inputs: the one that this speaks of; else empty
  bool passed = false;
  std::string reason;  // why it failed, in a sentence; empty if it passed
  tensor::Shape shape;
  double max_abs = 0;  // of matching and mismatching elements; infinity where a NaN is involved
  double max_rel = 0;  // |found - expected| / |expected|, where expected is not 0
  double excess = 0;   // the largest difference as a multiple of what is allowed at its place
  std::uint64_t mismatched = 0;
  std::uint64_t elements = 0;
  model::Tolerance tolerance;
  tensor::Shape worst;  // index of the largest error
  double worst_expected = 0;
  double worst_found = 0;
  std::uint64_t nan_expected = 0;  // elements that are NaN
  std::uint64_t nan_found = 0;
  // False if an output that hardly varies would have passed as well: then the comparison shows nothing.
  bool discriminates = true;
};

// What NaN matches: nothing, so that one is enough to fail, or NaN at the same place.
enum class Nans : std::uint8_t { kNeverMatch, kMatchInPlace };

// Shapes must be equal, else it has failed.
Comparison compare(const std::string& id, const tensor::View& expected, const tensor::View& found,
                   const model::Tolerance& tolerance, Nans nans = Nans::kNeverMatch);

// Each index of one axis, such as a channel, with a tolerance of its own; `mismatched_per_million` is that of the
// first. `worst` is then the element that exceeds its tolerance most, and `tolerance` its own.
struct Tolerances {
  std::vector<model::Tolerance> of;  // as many as the axis is long
  int axis = 0;
};
Comparison compare_slices(const std::string& id, const tensor::View& expected, const tensor::View& found,
                          const Tolerances& tolerances, Nans nans = Nans::kNeverMatch);

// How the finite elements of a tensor vary.
struct Spread {
  double low = 0;
  double high = 0;
  double mean = 0;
  double deviation = 0;
  std::uint64_t elements = 0;
  bool is_whole = true;  // nothing but whole numbers

  double size() const { return high - low; }
  void add(const Spread& other);  // as if their elements were in one tensor
};
Spread spread_of(const tensor::View& values);

}  // namespace zooport::predict
