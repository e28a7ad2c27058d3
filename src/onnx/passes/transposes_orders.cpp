#include <algorithm>
#include <cstring>
#include <numeric>

#include "onnx/element.hpp"
#include "onnx/passes/transposes.hpp"

namespace zooport::onnx {

Order simplified(Order order) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] != static_cast<int>(i)) return order;
  }
  return {};
}

Order full(const Order& order, std::size_t rank) {
  if (!order.empty()) return order;
  Order all(rank);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Order then(const Order& first, const Order& next) {
  if (first.empty()) return next;
  if (next.empty()) return first;
  Order both(next.size());
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = first[static_cast<std::size_t>(next[i])];
  return simplified(std::move(both));
}

Order inverse(const Order& order) {
  Order back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) back[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  return back;
}

bool is_order(const std::vector<std::int64_t>& perm) {
  std::vector<bool> seen(perm.size(), false);
  for (const std::int64_t axis : perm) {
    if (axis < 0 || axis >= static_cast<std::int64_t>(perm.size()) || seen[static_cast<std::size_t>(axis)])
      return false;
    seen[static_cast<std::size_t>(axis)] = true;
  }
  return true;
}

std::optional<Order> order_of(const AxesRule& rule, const Slot& slot, const Order& turn) {
  if (!slot.follows || turn.empty()) return Order{};
  const auto first = static_cast<std::size_t>(rule.rank) - slot.axes.size();
  Order order;
  for (std::size_t i = 0; i < turn.size(); ++i) {
    const auto found = std::lower_bound(slot.axes.begin(), slot.axes.end(), turn[i]);
    if (found == slot.axes.end() || *found != turn[i]) continue;
    if (slot.trailing && i < first) return std::nullopt;
    order.push_back(static_cast<int>(found - slot.axes.begin()));
  }
  return simplified(std::move(order));
}

Order turn_for(const AxesRule& rule, const Slot& slot, const Order& order) {
  Order turn = full({}, static_cast<std::size_t>(rule.rank));
  for (std::size_t i = 0; i < order.size() && i < slot.axes.size(); ++i) {
    turn[static_cast<std::size_t>(slot.axes[i])] = slot.axes[static_cast<std::size_t>(order[i])];
  }
  return simplified(std::move(turn));
}

bool can_be_permuted(const Tensor& tensor) {
  const unsigned bits = bits_of(tensor.type);
  if (bits == 0 || bits % 8 != 0) return false;
  const std::int64_t count = count_of(tensor.dims);
  const auto bytes = bytes_of(tensor.type, count);
  return count >= 0 && bytes && *bytes == tensor.raw.size();
}

Tensor permuted(const Tensor& tensor, const Order& order) {
  const std::size_t rank = order.size();
  tensor::Shape from(rank - tensor.dims.size(), 1);
  from.insert(from.end(), tensor.dims.begin(), tensor.dims.end());
  const std::size_t size = bits_of(tensor.type) / 8;
  std::vector<std::size_t> strides(rank, size);
  for (std::size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * static_cast<std::size_t>(from[i]);

  Tensor made;
  made.type = tensor.type;
  made.doc = tensor.doc;
  for (const int axis : order) made.dims.push_back(from[static_cast<std::size_t>(axis)]);
  std::vector<std::byte> bytes(tensor.raw.size());
  std::vector<std::int64_t> index(rank, 0);
  std::size_t source = 0;
  for (std::size_t to = 0; to < bytes.size(); to += size) {
    std::memcpy(bytes.data() + to, tensor.raw.data() + source, size);
    for (std::size_t i = rank; i-- > 0;) {
      const std::size_t stride = strides[static_cast<std::size_t>(order[i])];
      source += stride;
      if (++index[i] < made.dims[i]) break;
      source -= stride * static_cast<std::size_t>(made.dims[i]);
      index[i] = 0;
    }
  }
  made.raw = Bytes(std::move(bytes));
  return made;
}

}  // namespace zooport::onnx
