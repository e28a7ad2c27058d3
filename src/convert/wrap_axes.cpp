#include "convert/wrap_axes.hpp"

#include <algorithm>

namespace zooport::convert {

bool AxesChange::turns() const { return !std::is_sorted(order.begin(), order.end()); }

AxesChange axes_change(const tensor::Axes& from, const tensor::Axes& to) {
  AxesChange change;
  tensor::Axes left;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (tensor::find_axis(to, from[i].id) < 0) {
      change.removed.push_back(static_cast<std::int64_t>(i));
    } else {
      left.push_back(from[i]);
    }
  }
  for (std::size_t i = 0; i < to.size(); ++i) {
    const int at = tensor::find_axis(left, to[i].id);
    if (at < 0) {
      change.added.push_back(static_cast<std::int64_t>(i));
    } else {
      change.order.push_back(at);
    }
  }
  return change;
}

}  // namespace zooport::convert
