#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "zooport/convert/trial.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::convert {

// Numbers that are the same with every compiler and library (splitmix64).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t end);  // [0, end), end below 2^32
  float unit();                            // [0, 1) in steps of 2^-24
  std::int64_t bell();                     // mean 0, deviation 65536: the sum of twelve uniform ones

 private:
  std::uint64_t state_;
};

enum class Pattern : std::uint8_t {
  kUniform,  // all of the range
  kNormal,   // around 0, deviation 1
  kNatural,
  kZeros,
  kMaximum,      // the range's, everywhere
  kNegative,     // uniform below 0
  kLarge,        // uniform up to 65535, whatever the range
  kHuge,         // 10000 everywhere
  kAlternating,  // of both signs, 10000 in size, from element to element
  kDenormal,     // of float32
  kHotPixel,     // 0 but for one element of 10000
  kNan,          // one of a thousand elements; the rest is uniform
  kInfinite,     // likewise, of both signs
};
std::string_view name_of(Pattern pattern);
Trial::Kind kind_of(Pattern pattern);

// A tensor to be filled. `letters`: one an axis, of "btczyx"; any other letter is an axis without a meaning.
struct Filling {
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
  std::optional<std::pair<double, double>> range;  // none: [0, 1], all of small integers, [0, 8) of large ones
  std::string letters;
  tensor::Shape shape;
};

// Whether the pattern says anything new about a tensor of that kind: integers have no NaN, and large ones (labels,
// tokens) no large values.
bool suits(Pattern pattern, tensor::Dtype dtype);

// Equal arguments give equal elements everywhere. Where the pattern does not suit, the uniform one takes its place.
tensor::Array filled(const Filling& filling, Pattern pattern, std::uint64_t seed);

// The same with every floating element larger or smaller by that part of it. A millionth is about what rounding in
// another order makes of it; of halves, which have eleven bits, never less than one of those. Of integers, a constant
// gets another neighbour here and there, and all else stays.
tensor::Array shaken(const tensor::View& input, double part, std::uint64_t seed);

// Levels from 0 to 65535 of a synthetic image, in the order of its elements.
std::vector<std::int32_t> natural_levels(const std::string& letters, const tensor::Shape& shape, Numbers& numbers);

}  // namespace zooport::convert
