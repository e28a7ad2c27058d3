#pragma once

#include <map>
#include <set>
#include <string_view>

#include "onnx/passes/shape_open_index.hpp"
#include "onnx/passes/shape_scope.hpp"

// Opening axes of a graph of fixed size: constants that hold sizes are replaced by what they were made from.
namespace zooport::onnx {

// Axes of inputs that grow together under one name.
struct OpenSymbol {
  struct Place {
    std::string input;
    std::size_t axis = 0;
  };
  std::string name;
  std::int64_t base = 0;  // size of the first place
  std::vector<Place> places;
};

// A part of an axis: its size at the base, and how it grows.
struct AxisFactor {
  std::int64_t size = 1;
  bool varies = false;
  std::set<std::size_t> symbols;  // it is proportional to each of them; empty though it varies: to none
  friend bool operator==(const AxisFactor& a, const AxisFactor& b) {
    return a.size == b.size && a.varies == b.varies && a.symbols == b.symbols;
  }
};
using AxisFactors = std::vector<AxisFactor>;  // outermost first

bool varies(const AxisFactors& axis);
bool any_varies(const std::vector<AxisFactors>& axes);
// Symbols that the whole axis is proportional to; empty though it varies: it is not.
std::set<std::size_t> symbols_of(const AxisFactors& axis);

// Which part of an axis grows where a Reshape cuts it in two.
enum class GrowingPart { kOuter, kInner };

// What the graph does not say of itself, by index of the node.
struct OpeningChoices {
  std::set<std::size_t> scaled;             // constant sizes that grow though those of the inputs do not
  std::map<std::size_t, GrowingPart> cuts;  // of Reshapes that cut
};

// The parts of a Reshape's input, dealt out to the axes of its output.
struct Dealt {
  std::vector<AxisFactors> axes;
  struct Cut {
    std::size_t outer = 0;  // axis of the output whose last part is the outer one
    std::size_t inner = 0;  // axis whose first part is the inner one
  };
  std::vector<Cut> cuts;  // of parts that grow
  std::string problem;    // why it cannot be dealt
};
// Where axes of one element could go to several, the `target` of the Reshape tells.
Dealt deal(const std::vector<AxisFactors>& from, const tensor::Shape& to, const std::vector<std::int64_t>& target,
           GrowingPart grows);

// One walk through a graph at several sizes side by side: the first is that of the graph as it is, and two follow for
// each symbol, which is twice and three times as large in them.
class SizeOpening {
 public:
  SizeOpening(const Model& model, const std::vector<OpenSymbol>& symbols, OpeningChoices choices);

  // The node that cannot take a size, and why.
  struct Conflict {
    std::size_t node = 0;
    std::size_t trial = 0;
    Error error;
  };
  std::optional<Conflict> run();

  Graph take_graph();
  const std::vector<std::string>& steps() const { return steps_; }
  // How the axes of a value grow; none: its shape is unknown at some size.
  std::optional<std::vector<AxisFactors>> factors_of(const std::string& value) const;
  // Extents of that axis at all sizes.
  std::int64_t extent(const std::string& value, std::size_t trial, std::size_t axis) const;
  // Whether the sizes that this node holds could be scaled, and are not.
  bool could_be_scaled(std::size_t node) const { return candidates_.contains(node); }
  // The Reshape where the walk ended, since it cuts an axis and nothing says which part of it grows.
  std::optional<std::size_t> undecided() const { return undecided_; }

 private:
  std::optional<Error> add(const Node& node, std::size_t index);
  std::optional<Error> rewrite(Node& node, std::size_t index);
  using ConstantsByName = std::map<std::string_view, std::optional<std::vector<std::int64_t>>>;
  std::optional<Error> refuse_sizes_inside(const Graph& body, ConstantsByName& constants) const;
  void rewrite_uniform(Node& node);
  std::optional<Error> rewrite_resize(Node& node, std::size_t index);
  // One axis that a Resize gives a size.
  struct ResizedAxis {
    std::size_t at = 0;
    std::int64_t before = 0, size = 0;
    bool follows = false;      // its input grows
    bool grows = false;        // though its input does not
    bool is_given = true;      // the size is a constant
    bool is_of_image = false;  // the size is that of the image along this axis
    std::set<std::size_t> symbols;
  };
  std::string no_scales();
  bool grows_alike(const Node& node, std::size_t i, const ResizedAxis& axis) const;
  std::optional<std::vector<ResizedAxis>> resized_axes(const Node& node, std::size_t index);
  std::optional<Error> rewrite_pool(Node& node, std::size_t index);
  std::optional<Error> rewrite_reshape(Node& node, std::size_t index);
  std::optional<Error> rewrite_expand(Node& node, std::size_t index);
  std::optional<Error> rewrite_slice(Node& node, std::size_t index);
  std::optional<Error> rewrite_gather(Node& node);
  std::optional<Error> rewrite_pad(const Node& node) const;
  std::int64_t turned_by(const Node& node) const;
  std::optional<Error> rewrite_transposed(Node& node);
  std::optional<Error> infer(const Node& node);
  void note_factors(const Node& node);
  // For each axis of an output that has `made` ones: the axis of that input, of `rank` ones, that it is; -1: none.
  std::vector<int> axes_kept(const Node& node, std::size_t input, std::size_t rank, std::size_t made) const;
  // What is done with the parts of axes that this Reshape cuts says which of them grows.
  std::optional<GrowingPart> growing_part(const Node& node, const tensor::Shape& to, const Dealt& dealt) const;
  Error refused(const Node& node, std::string_view why) const;
  const tensor::Shape* shape(const std::string& value, std::size_t trial) const;
  // Of the graph as it is, behind the walk as well.
  const tensor::Shape* base_shape(const std::string& value) const;
  // The same small integers at all sizes.
  std::optional<std::vector<std::int64_t>> constant(const std::string& value) const;
  // Small integers that are known at all sizes, as they are in the graph as it is.
  std::optional<std::vector<std::int64_t>> at_base(const std::string& value) const;
  // Of one of those: whether it is a constant, or what an axis of these parts has at every size.
  bool is_same_at_all_sizes(const std::string& value, std::size_t i) const;
  bool follows(const std::string& value, std::size_t i, const AxisFactors& axis) const;
  std::optional<std::size_t> symbol_of_axis(std::size_t axis) const;
  // A list of one integer that has this size at the base, and grows with the symbols.
  std::string size_list(std::int64_t size, const std::set<std::size_t>& symbols);
  // A list of one integer: that extent of a value that stands before.
  std::string size_of(const std::string& value, std::size_t axis);
  // A value that stands before, and that the first output of `node` is joined with: it is as large along these axes.
  std::optional<std::string> partner_of(const Node& node, const std::vector<std::size_t>& axes) const;
  std::string integers(const std::vector<std::int64_t>& values);
  std::string joined(const std::vector<std::string>& lists);
  std::string make(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes = {});
  std::string fresh_name();

  const Model& model_;
  NodeIndex nodes_;  // of the graph as it is
  const std::vector<OpenSymbol>& symbols_;
  OpeningChoices choices_;
  std::optional<std::size_t> undecided_;
  std::set<std::size_t> candidates_;
  std::size_t steps_left_ = kMostSteps;
  std::vector<ShapeScope> trials_;
  InferredValues as_it_is_;
  std::size_t failed_trial_ = 0;
  std::map<std::string, std::vector<AxisFactors>, std::less<>> factors_;
  std::map<std::string, std::string, std::less<>> known_lists_;
  std::set<std::string, std::less<>> names_;
  Graph graph_;
  std::vector<std::string> steps_;
};

}  // namespace zooport::onnx
