#include "process/statistics/grouping.hpp"

#include <utility>

namespace zooport::process {

Grouping::Grouping(const tensor::Shape& shape, std::vector<char> reduced)
    : reduced_(std::move(reduced)), kept_(shape), group_strides_(shape.size(), 0) {
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (reduced_[i]) {
      kept_[i] = 1;
      group_size_ *= shape[i];
    } else {
      group_strides_[i] = groups_;
      groups_ *= shape[i];
    }
  }
}

// Loops over the kept axes, then over the reduced ones from the widest to the narrowest stride, neighbours made one:
// the last loop is over reduced elements, and as long as can be.
std::vector<Grouping::Dimension> Grouping::loops_of(const tensor::View& block) const {
  std::vector<Dimension> kept;
  std::vector<Dimension> inner;
  for (std::size_t i = 0; i < block.shape.size(); ++i) {
    (reduced_[i] ? inner : kept).push_back({block.shape[i], block.strides[i], group_strides_[i]});
  }
  std::stable_sort(inner.begin(), inner.end(), [](const Dimension& left, const Dimension& right) {
    return std::llabs(left.stride) > std::llabs(right.stride);
  });
  std::vector<Dimension> loops = std::move(kept);
  const std::size_t first = loops.size();
  for (const Dimension& next : inner) {
    if (next.size == 1) continue;
    if (loops.size() > first && loops.back().stride == next.stride * next.size) {
      loops.back() = {loops.back().size * next.size, next.stride, 0};
    } else {
      loops.push_back(next);
    }
  }
  if (loops.size() == first) loops.push_back({1, 0, 0});
  return loops;
}

}  // namespace zooport::process
