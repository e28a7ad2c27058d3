#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "onnx/names.hpp"
#include "zooport/onnx/model.hpp"

// How transposes are absorbed. Every value that an operator makes is kept in some order of its axes; an operator runs
// in another order (its turn) if its attributes and constants can follow. A Transpose is then nothing but a wish of a
// reader, and stays only where the order that is wished for is not the one that is kept.
namespace zooport::onnx {

// Axis i of what is kept is axis order[i] of what is meant. Empty: as it is meant, whatever the rank.
using Order = std::vector<int>;

Order simplified(Order order);                      // empty if nothing moves
Order full(const Order& order, std::size_t rank);   // never empty, unless the rank is 0
Order then(const Order& first, const Order& next);  // Transpose by `first`, then by `next`
Order inverse(const Order& order);
bool is_order(const std::vector<std::int64_t>& perm);

// How an input or output takes part when its operator runs in another order.
struct Slot {
  bool follows = false;   // otherwise it stays as it is
  std::vector<int> axes;  // of the operator's, ascending: those that the value has
  bool trailing = false;  // the value is broadcast: its axes have to be the last ones
};

// An operator under rewriting.
class Turning;

struct AxesRule {
  int rank = 0;  // of the operator's own axes
  std::vector<Slot> inputs;
  std::vector<Slot> outputs;
  std::vector<int> fixed;  // axes that have to stay where they are
  int best_last = -1;      // axis that engines want last, and transpose for otherwise
  void (*rewrite)(Turning&) = nullptr;
};

// The order that a slot has when the operator runs in `turn`; none if it cannot.
std::optional<Order> order_of(const AxesRule& rule, const Slot& slot, const Order& turn);
// The turn in which a slot has that order.
Order turn_for(const AxesRule& rule, const Slot& slot, const Order& order);

// What is known of an operator's surroundings.
struct Surroundings {
  std::int64_t opset = 0;
  std::vector<int> ranks;                // of inputs; -1: unknown
  std::vector<const Tensor*> constants;  // inputs that are constant; else null
  std::vector<std::int64_t> counts;      // elements of inputs with one axis; -1: unknown

  int rank(std::size_t i) const { return i < ranks.size() ? ranks[i] : -1; }
  const Tensor* constant(std::size_t i) const { return i < constants.size() ? constants[i] : nullptr; }
  std::optional<std::vector<std::int64_t>> integers(std::size_t i) const;
  std::int64_t count(std::size_t i) const { return i < counts.size() ? counts[i] : -1; }
};
// None: the operator runs in the order that it has.
std::optional<AxesRule> axes_rule(const Node& node, const Surroundings& around);

// Takes constants and operators that rewriting needs.
class Additions {
 public:
  Additions(Model& model, Names& names) : model_(model), names_(names) {}
  std::string constant(Tensor tensor, std::string_view stem);
  std::string integers(const std::vector<std::int64_t>& values);
  std::string fresh(std::string_view stem) { return fresh_name(names_, stem); }
  Node& node(std::string op, std::vector<std::string> inputs, std::string output);

  std::vector<Node> nodes;  // of the graph, as far as it is made

 private:
  Model& model_;
  Names& names_;
};

class Turning {
 public:
  Turning(Node& of, const AxesRule& of_rule, const Order& to, const Surroundings& in, Additions& into)
      : node(of), rule(of_rule), turn(to), place(inverse(to)), around(in), add(into) {}
  Node& node;
  const AxesRule& rule;
  const Order turn;   // full
  const Order place;  // where an axis goes
  const Surroundings& around;
  Additions& add;
  std::vector<Node> after;  // operators that follow

  std::int64_t moved(std::int64_t axis) const;  // may count from the end
  std::vector<std::int64_t> moved(const std::vector<std::int64_t>& axes) const;
  // Elements of a list in another order: a constant is changed, something else gathered.
  void permute_list(std::size_t input, const std::vector<std::int64_t>& indices);
};

// The axes of a tensor in another order; it may have fewer than the order: then it gets new first ones. The elements
// have to be there.
Tensor permuted(const Tensor& tensor, const Order& order);
bool can_be_permuted(const Tensor& tensor);

// One value that is not made by a Transpose.
struct Root {
  std::string name;
  int producer = -1;  // operator
  int slot = 0;       // of its outputs
  const Tensor* constant = nullptr;
  bool is_free = false;  // a constant that may be kept in any order
  int rank = -1;
  std::vector<bool> ones;             // axes of size 1
  std::vector<std::int64_t> extents;  // -1: open
  double weight = 0;                  // elements, about
  struct Use {
    int node = -1;  // -1: of the name alone, by the graph's outputs or by subgraphs
    int slot = 0;
    Order named;
  };
  std::vector<Use> uses;
};

struct Ref {
  int root = -1;
  Order order;  // of transposes in between
};

struct Operator {
  const Node* node = nullptr;
  bool is_transpose = false;  // that is dissolved into Refs
  std::optional<AxesRule> rule;
  Surroundings around;
  Order turn;
  std::vector<Ref> inputs;
  std::vector<int> outputs;  // roots; -1: left out, or dissolved
  std::vector<std::string> captured;
};

struct TransposeGraph {
  std::vector<Root> roots;
  std::vector<Operator> operators;
  std::map<std::string, Ref, std::less<>> refs;  // of all values
  std::size_t transposes = 0;                    // before

  Order kept(int root) const;
  // Of the root, as an operator's input takes it when that runs in `turn`; none if it cannot.
  std::optional<Order> wished(const Operator& by, std::size_t slot, const Order& turn) const;
  Order wished(const Root::Use& use) const;
  bool allows(const Operator& by, const Order& turn) const;
  // Whether a Transpose between two orders moves axes of size 1 alone.
  bool is_reshape(const Root& root, const Order& from, const Order& to) const;
};
// None: the graph is not one whose values are each made once, before they are read.
std::optional<TransposeGraph> transpose_graph(const Model& model);

// Takes away constants that are of no use any more.
void drop_unused_constants(const Model& before, Model& after);

// Gives operators turns so that less is moved. Every step makes it less; their number is bounded.
void search_turns(TransposeGraph& graph);

}  // namespace zooport::onnx
