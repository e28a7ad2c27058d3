#pragma once

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "zooport/process/operation.hpp"

namespace zooport::process {

// Elements of one group that lie at equal distances.
struct Run {
  const std::byte* data;
  std::int64_t stride;  // bytes
  std::int64_t count;
  std::int64_t group;
};

// Cuts a tensor into groups: one for each place along the axes that are kept.
class Grouping {
 public:
  // `reduced[i]`: axis i is reduced.
  Grouping(const tensor::Shape& shape, std::vector<char> reduced);

  std::int64_t groups() const { return groups_; }
  std::int64_t group_size() const { return group_size_; }
  const tensor::Shape& kept() const { return kept_; }  // 1 where an axis is reduced

  // Calls f(Run) until every element of the block was in one run.
  template <class F>
  void each_run(const tensor::View& block, const tensor::Shape& origin, F&& f) const;

 private:
  struct Dimension {
    std::int64_t size;
    std::int64_t stride;        // bytes
    std::int64_t group_stride;  // 0: reduced
  };
  std::vector<Dimension> loops_of(const tensor::View& block) const;

  std::vector<char> reduced_;
  tensor::Shape kept_;
  tensor::Shape group_strides_;
  std::int64_t groups_ = 1;
  std::int64_t group_size_ = 1;
};

template <class F>
void Grouping::each_run(const tensor::View& block, const tensor::Shape& origin, F&& f) const {
  std::int64_t group = 0;
  for (std::size_t i = 0; i < origin.size(); ++i) group += origin[i] * group_strides_[i];
  const std::vector<Dimension> loops = loops_of(block);
  for (const Dimension& loop : loops) {
    if (loop.size == 0) return;
  }
  const std::byte* data = block.data;
  std::vector<std::int64_t> at(loops.size(), 0);
  const Dimension& inner = loops.back();
  for (;;) {
    f(Run{data, inner.stride, inner.size, group});
    std::size_t i = loops.size() - 1;
    for (;;) {
      if (i == 0) return;
      --i;
      data += loops[i].stride;
      group += loops[i].group_stride;
      if (++at[i] < loops[i].size) break;
      data -= loops[i].stride * loops[i].size;
      group -= loops[i].group_stride * loops[i].size;
      at[i] = 0;
    }
  }
}

}  // namespace zooport::process
