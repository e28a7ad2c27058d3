#include <algorithm>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Axes and sizes that moved between attributes and inputs, and operators along one axis.
namespace zooport::onnx::rules {
namespace {

bool has_input(const Node& node, std::size_t index) { return !node.input(index).empty(); }

// An attribute becomes the second input, after what is made for the constant.
void to_input(Rewrite& at, std::string_view attribute) {
  const Attribute* found = at.node.find(attribute);
  if (!found) return;
  const std::string input = at.integers(found->ints);
  at.node.remove(attribute);
  at.node.inputs.resize(1);
  at.node.inputs.push_back(input);
}

// The second input becomes an attribute; false if it is not constant.
bool to_attribute(Rewrite& at, const char* attribute) {
  if (!has_input(at.node, 1)) return true;
  const auto values = at.facts.integers(at.node.input(1));
  if (!values) {
    at.refuse(concat(attribute, " is computed inside the graph, and must be constant"));
    return false;
  }
  at.node.inputs.resize(1);
  at.node.set(make_attribute(attribute, *values));
  return true;
}

// A reduction along no axis.
void element_by_element(Rewrite& at) {
  const std::string x = at.node.input(0);
  if (at.node.op == "ReduceSumSquare") return at.finish("Mul", {x, x});
  const bool absolute = at.node.op == "ReduceL1" || at.node.op == "ReduceL2";
  at.finish(absolute ? "Abs" : at.node.op == "ReduceLogSum" ? "Log" : "Identity", {x});
}

}  // namespace

void axes_to_attribute(Rewrite& at) { to_attribute(at, "axes"); }

void axes_to_input(Rewrite& at) { to_input(at, "axes"); }

void reduce_axes_to_attribute(Rewrite& at) {
  const bool keep_if_empty = at.node.int_or("noop_with_empty_axes", 0) != 0;
  at.node.remove("noop_with_empty_axes");
  const auto axes = has_input(at.node, 1) ? at.facts.integers(at.node.input(1)) : std::vector<std::int64_t>();
  if (axes && axes->empty()) {
    if (!keep_if_empty) {
      at.node.inputs.resize(1);
    } else {
      element_by_element(at);
    }
    return;
  }
  to_attribute(at, "axes");
}

void split_to_attribute(Rewrite& at) { to_attribute(at, "split"); }

void split_to_input(Rewrite& at) { to_input(at, "split"); }

// Without sizes all parts are equal before opset 18; from there the last one may be smaller.
void split_num_outputs(Rewrite& at) {
  if (!at.node.find("num_outputs")) return;
  const auto parts = static_cast<std::int64_t>(at.node.outputs.size());
  const auto extent = at.facts.extent(at.node.input(0), at.node.int_or("axis", 0));
  at.node.remove("num_outputs");
  if (!extent || parts == 0 || *extent % parts == 0) return;
  const std::int64_t size = (*extent + parts - 1) / parts;
  std::vector<std::int64_t> sizes;
  for (std::int64_t i = 0; i < parts; ++i) sizes.push_back(std::clamp<std::int64_t>(*extent - i * size, 0, size));
  const std::string input = at.integers(sizes);
  at.node.inputs.resize(1);
  at.node.inputs.push_back(input);
}

void split_count_to_attribute(Rewrite& at) {
  if (!has_input(at.node, 1))
    at.node.set(make_attribute("num_outputs", static_cast<std::int64_t>(at.node.outputs.size())));
}

// From opset 13 along one axis; before, everything from the axis on is one row.
void softmax_last(Rewrite& at) {
  const std::int64_t axis = at.node.int_or("axis", -1);
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  if (axis == -1 || (rank && axis == *rank - 1)) {
    at.node.set(make_attribute("axis", rank ? *rank - 1 : axis));
    return;
  }
  const auto index = at.axis_of(x, axis);
  if (rank && index) {
    const std::vector<std::int64_t> swap = swapped_with_last(*index, *rank);
    const std::string made = at.emit(at.node.op, {at.transpose(x, swap)}, {make_attribute("axis", *rank - 1)});
    at.finish("Transpose", {made}, {make_attribute("perm", swap)});
    return;
  }
  if (at.node.op == "Hardmax") return at.refuse("the number of axes is not known");
  const std::string shifted = at.emit("Sub", {x, at.reduce("ReduceMax", x, {axis})});
  const std::string raised = at.emit("Exp", {shifted});
  const std::string sum = at.reduce("ReduceSum", raised, {axis});
  if (at.node.op == "Softmax") {
    at.finish("Div", {raised, sum});
  } else {
    at.finish("Sub", {shifted, at.emit("Log", {sum})});
  }
}

// The other way: one row is made of everything from the axis on, unless that is the last one.
void softmax_flat(Rewrite& at) {
  const std::int64_t axis = at.node.int_or("axis", 1);
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  if (axis == -1 || (rank && axis == *rank - 1)) {
    at.node.set(make_attribute("axis", std::int64_t{-1}));
    return;
  }
  const std::string rows = at.emit("Flatten", {x}, {make_attribute("axis", axis)});
  const std::string made = at.emit(at.node.op, {rows}, {make_attribute("axis", std::int64_t{-1})});
  at.finish("Reshape", {made, at.emit("Shape", {x})});
}

// Below opset 11 axes are counted from the front.
void axes_not_negative(Rewrite& at) {
  for (Attribute& attribute : at.node.attributes) {
    if (attribute.name == "axis") {
      if (attribute.i >= 0) continue;
      // That of OneHot is counted in its output.
      const std::int64_t more = at.node.op == "OneHot" ? 1 : 0;
      const auto rank = at.facts.rank(at.node.input(0));
      if (!rank) return at.refuse("an axis is counted from the back, and the number of axes is not known");
      attribute.i += *rank + more;
    }
    if (attribute.name == "axes") {
      // Those of Unsqueeze are counted in its output.
      const auto more = at.node.op == "Unsqueeze" ? static_cast<std::int64_t>(attribute.ints.size()) : 0;
      const auto rank = at.facts.rank(at.node.input(0));
      for (std::int64_t& axis : attribute.ints) {
        if (axis >= 0) continue;
        if (!rank) return at.refuse("axes are counted from the back, and the number of axes is not known");
        axis += *rank + more;
      }
      std::sort(attribute.ints.begin(), attribute.ints.end());
    }
  }
}

}  // namespace zooport::onnx::rules
