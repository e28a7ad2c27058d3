#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zooport/tensor/array.hpp"

namespace zooport::convert {

// Sizes that both sides take along one axis of an input: min, min + step, min + 2 step, …; step 0 allows only min.
struct TrialAxis {
  char letter = 'n';  // one of "btczyx", or 'n'
  std::string key;    // axes with one key have one size
  std::int64_t min = 1;
  std::int64_t step = 1;
  bool is_known = false;  // false: any size may be refused

  bool is_fixed() const { return step == 0; }
  std::int64_t next(std::int64_t size) const;  // the smallest that is not below `size`
};

// What the two sides have in common; none if there is no such size.
std::optional<TrialAxis> common(const TrialAxis& a, const TrialAxis& b);

struct TrialInput {
  std::string id;
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
  std::optional<std::pair<double, double>> range;
  std::vector<TrialAxis> axes;

  std::string letters() const;
};

// Sizes for all inputs at once.
struct TrialSizes {
  enum class Purpose : std::uint8_t {
    kMiddle,
    kSmallest,   // that is known to be taken
    kNotSquare,  // as many odd sizes as there can be
    kOdd,        // whatever is known: a network may well take them, and round
    kTwo,        // a batch of two
  };
  Purpose purpose = Purpose::kMiddle;
  std::vector<tensor::Shape> shapes;
};

// Without open axes there is one. `about`: pixels along an axis of space of the middle one, if there are two such axes.
std::vector<TrialSizes> sizes_to_try(const std::vector<TrialInput>& inputs, std::int64_t about);

// All open axes as large as each other: for inputs of matrix products, say, whose axes have no names.
TrialSizes equal_sizes(const std::vector<TrialInput>& inputs, std::int64_t size);

}  // namespace zooport::convert
