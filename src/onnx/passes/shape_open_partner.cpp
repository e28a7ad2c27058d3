#include <algorithm>
#include <deque>

#include "onnx/passes/shape_open.hpp"

// Sizes that a network takes from another value ("as large as the skip connection") stand in a fixed graph as numbers.
// The value is the one that the result is joined with.
namespace zooport::onnx {
namespace {

constexpr int kMostReaders = 64;

bool joins(const Node& node, const std::vector<std::size_t>& axes, std::size_t rank) {
  if (!node.domain.empty()) return false;
  if (node.op == "Concat") {
    const std::int64_t axis = axis_in(node.int_or("axis", 0), rank);
    return std::find(axes.begin(), axes.end(), static_cast<std::size_t>(axis)) == axes.end();
  }
  for (const std::string_view op : {"Add", "Sub", "Mul", "Div", "Sum", "Max", "Min", "Mean", "Where"})
    if (node.op == op) return true;
  return false;
}

}  // namespace

std::optional<std::string> SizeOpening::partner_of(const Node& node, const std::vector<std::size_t>& axes) const {
  const tensor::Shape* wanted = node.outputs.empty() ? nullptr : base_shape(node.outputs[0]);
  if (!wanted) return std::nullopt;
  const auto fits = [&](const std::string& value) {
    const tensor::Shape* sizes = base_shape(value);
    if (!sizes || sizes->size() != wanted->size()) return false;
    return std::all_of(axes.begin(), axes.end(), [&](std::size_t axis) { return (*sizes)[axis] == (*wanted)[axis]; });
  };
  std::deque<std::string> values{node.outputs[0]};
  std::set<std::string, std::less<>> seen{node.outputs[0]};
  for (int readers = 0; !values.empty(); values.pop_front()) {
    for (const Node* one : nodes_.readers(values.front())) {
      const Node& reader = *one;
      if (++readers > kMostReaders) return std::nullopt;
      if (joins(reader, axes, wanted->size())) {
        for (const std::string& input : reader.inputs) {
          // Only what is there already can say how large this gets.
          if (input.empty() || seen.contains(input) || !fits(input) || !trials_[0].find(input)) continue;
          const auto factors = factors_of(input);
          if (factors &&
              std::all_of(axes.begin(), axes.end(), [&](std::size_t axis) { return varies((*factors)[axis]); }))
            return input;
        }
      }
      for (const std::string& output : reader.outputs)
        if (!output.empty() && fits(output) && seen.insert(output).second) values.push_back(output);
    }
  }
  return std::nullopt;
}

std::string SizeOpening::size_of(const std::string& value, std::size_t axis) {
  std::string& shape_of = known_lists_["shape " + value];
  if (shape_of.empty()) shape_of = make("Shape", {value});
  const std::string list = shape_of;
  return make("Gather", {list, integers({static_cast<std::int64_t>(axis)})}, {make_attribute("axis", std::int64_t{0})});
}

}  // namespace zooport::onnx
