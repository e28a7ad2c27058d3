#include <algorithm>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Windows of pools that were made to fit the image: adaptive pooling, and pooling of the whole.
namespace zooport::onnx {
namespace {

// A window of so few pixels is an ordinary one, even where it covers the whole axis.
constexpr std::int64_t kLargeWindow = 4;
// So few windows along an axis are a number of their own, not what is left of the image.
constexpr std::int64_t kFewWindows = 3;
// So many a pyramid of pools has in its finest level.
constexpr std::int64_t kMostWindows = 6;

struct Pool {
  std::vector<std::int64_t> window, stride;
};

// Windows side by side without anything between or around them.
std::optional<Pool> tiling_pool(const Node& node) {
  if (!node.domain.empty() || (node.op != "AveragePool" && node.op != "MaxPool")) return std::nullopt;
  Pool pool;
  pool.window = node.ints_or("kernel_shape", {});
  pool.stride = node.ints_or("strides", std::vector<std::int64_t>(pool.window.size(), 1));
  if (pool.window.empty() || pool.stride.size() != pool.window.size()) return std::nullopt;
  const auto are = [](const std::vector<std::int64_t>& numbers, std::int64_t wanted) {
    return std::all_of(numbers.begin(), numbers.end(), [&](std::int64_t number) { return number == wanted; });
  };
  if (!are(node.ints_or("pads", {}), 0) || !are(node.ints_or("dilations", {}), 1)) return std::nullopt;
  if (node.string_or("auto_pad", "NOTSET").starts_with("SAME")) return std::nullopt;
  return pool;
}

}  // namespace

std::optional<Error> SizeOpening::rewrite_pool(Node& node, std::size_t index) {
  const auto pool = tiling_pool(node);
  const auto x = factors_of(node.input(0));
  if (!pool || !x || x->size() != pool->window.size() + 2) return std::nullopt;
  bool covers_all = true, covers_growing = false, is_large = false, is_adaptive = false, tiles = false;
  for (std::size_t i = 0; i < pool->window.size(); ++i) {
    const std::int64_t size = extent(node.input(0), 0, i + 2);
    const std::int64_t window = pool->window[i];
    covers_all = covers_all && window == size;
    if (!varies((*x)[i + 2])) continue;
    if (window == size) {
      covers_growing = true;
      is_large = is_large || window >= kLargeWindow;
    } else if (window > 1 && pool->stride[i] == window && size % window == 0) {
      tiles = tiles || size / window <= kMostWindows;
      is_adaptive = is_adaptive || (window >= kLargeWindow && size / window <= kFewWindows);
    }
  }
  if (covers_growing) {
    if (covers_all && node.outputs.size() == 1) {
      candidates_.insert(index);
      if (!is_large && !choices_.scaled.contains(index)) return std::nullopt;
      node.op = node.op == "AveragePool" ? "GlobalAveragePool" : "GlobalMaxPool";
      node.attributes.clear();
      steps_.push_back(concat("the window of ", named(node), " is the whole image"));
      return std::nullopt;
    }
    if (is_large) return refused(node, "its window covers all of an axis that grows, but not all of the others");
    return std::nullopt;
  }
  if (!tiles) return std::nullopt;
  // Pools of several sizes side by side are a pyramid with a given number of windows.
  for (const Node* reader : nodes_.readers(node.input(0))) {
    const Node& other = *reader;
    if (other.input(0) != node.input(0) || other.outputs == node.outputs) continue;
    const auto second = tiling_pool(other);
    if (other.op == "GlobalAveragePool" || other.op == "GlobalMaxPool" || (second && second->window != pool->window))
      is_adaptive = is_adaptive || pool->window[0] > 2 || second;
  }
  if (is_adaptive)
    return refused(node,
                   "its windows are so large that there are a given number of them: adaptive pooling has other "
                   "windows at other sizes");
  return std::nullopt;
}

}  // namespace zooport::onnx
