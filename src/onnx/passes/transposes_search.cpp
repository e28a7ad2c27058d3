#include <algorithm>
#include <deque>

#include "onnx/passes/transposes.hpp"

namespace zooport::onnx {
namespace {

struct Cost {
  double moved = 0;
  std::int64_t transposes = 0;

  bool is_less_than(const Cost& other) const {
    if (transposes > other.transposes) return false;
    return moved < other.moved * (1 - 1e-9) || (moved <= other.moved && transposes < other.transposes);
  }
};

// What a step may change beside the operator it begins with.
enum class Reach : std::uint8_t { kAlone, kBehind, kBefore, kAll };

// How much a Transpose moves, beside the size of what it moves: two blocks that change places are cheap, axes that
// end up one by one are not. Axes that stay neighbours count as one, and those that stay in front do not.
double effort(const Order& from, const Order& to) {
  const std::size_t rank = std::max(from.size(), to.size());
  const Order step = full(then(simplified(inverse(from)), to), rank);
  std::size_t at = 0;
  while (at < rank && step[at] == static_cast<int>(at)) ++at;
  double blocks = 0;
  for (; at < rank; ++at) {
    if (at == 0 || step[at] != step[at - 1] + 1) ++blocks;
  }
  return 0.5 + 0.25 * blocks;
}

// The same turn, but with axes that have to stay where they are.
Order around_fixed(const AxesRule& rule, const Order& turn) {
  Order made = full({}, static_cast<std::size_t>(rule.rank));
  const auto is_fixed = [&](int axis) {
    return std::find(rule.fixed.begin(), rule.fixed.end(), axis) != rule.fixed.end();
  };
  std::size_t to = 0;
  for (const int axis : full(turn, made.size())) {
    if (is_fixed(axis)) continue;
    while (is_fixed(static_cast<int>(to))) ++to;
    made[to++] = axis;
  }
  return simplified(std::move(made));
}

class Search {
 public:
  explicit Search(TransposeGraph& graph)
      : graph_(graph), stamps_(graph.operators.size(), 0), root_stamps_(graph.roots.size(), 0) {}

  void run() {
    const std::size_t least = 40000;
    budget_ = std::max(least, 600 * graph_.operators.size());
    for (int round = 0; round < 8; ++round) {
      bool changed = false;
      for (std::size_t i = 0; i < graph_.roots.size(); ++i) changed = improve(static_cast<int>(i)) || changed;
      if (!changed || spent_ > budget_) return;
    }
  }

 private:
  Cost cost_of_root(int at) {
    const Root& root = graph_.roots[static_cast<std::size_t>(at)];
    Cost cost;
    if (root.is_free) return cost;
    const Order kept = graph_.kept(at);
    std::vector<Order>& seen = seen_;
    seen.clear();
    for (const Root::Use& use : root.uses) {
      Order wish = graph_.wished(use);
      spent_ += 1 + seen.size();
      if (wish == kept || std::find(seen.begin(), seen.end(), wish) != seen.end()) continue;
      if (!graph_.is_reshape(root, kept, wish)) {
        cost.moved += root.weight * effort(kept, wish);
        ++cost.transposes;
      }
      seen.push_back(std::move(wish));
    }
    return cost;
  }

  Cost cost_of_step() {
    ++root_stamp_;
    Cost cost;
    const auto add = [&](int root) {
      ++spent_;
      if (root < 0 || root_stamps_[static_cast<std::size_t>(root)] == root_stamp_) return;
      root_stamps_[static_cast<std::size_t>(root)] = root_stamp_;
      const Cost part = cost_of_root(root);
      cost.moved += part.moved;
      cost.transposes += part.transposes;
    };
    for (const auto& [at, before] : step_) {
      const Operator& by = graph_.operators[static_cast<std::size_t>(at)];
      for (const Ref& input : by.inputs) add(input.root);
      for (const int output : by.outputs) add(output);
      const int best = by.rule->best_last;
      if (best < 0 || by.outputs.empty() || by.outputs[0] < 0) continue;
      if (full(by.turn, static_cast<std::size_t>(by.rule->rank)).back() == best) continue;
      cost.moved += 2 * graph_.roots[static_cast<std::size_t>(by.outputs[0])].weight;
    }
    return cost;
  }

  bool turn(int at, Order to) {
    Operator& by = graph_.operators[static_cast<std::size_t>(at)];
    if (!by.rule || stamps_[static_cast<std::size_t>(at)] == stamp_) return false;
    if (!graph_.allows(by, to)) {
      to = around_fixed(*by.rule, to);
      if (to == by.turn || !graph_.allows(by, to)) return false;
    }
    stamps_[static_cast<std::size_t>(at)] = stamp_;
    step_.emplace_back(at, by.turn);
    by.turn = std::move(to);
    queue_.push_back(at);
    return true;
  }

  // Turns the operator that makes the root so that it is kept in that order.
  bool turn_producer(int at, const Order& order) {
    const Root& root = graph_.roots[static_cast<std::size_t>(at)];
    if (root.producer < 0) return false;
    const Operator& by = graph_.operators[static_cast<std::size_t>(root.producer)];
    if (!by.rule) return false;
    const Slot& slot = by.rule->outputs[static_cast<std::size_t>(root.slot)];
    return slot.follows && turn(root.producer, turn_for(*by.rule, slot, order));
  }

  // Turns a reader so that it takes the root as it is kept.
  bool turn_reader(const Root::Use& use, const Order& kept) {
    if (use.node < 0) return false;
    const Operator& by = graph_.operators[static_cast<std::size_t>(use.node)];
    if (!by.rule) return false;
    const auto slot_at = static_cast<std::size_t>(use.slot);
    const Slot& slot = by.rule->inputs[slot_at];
    const Ref& ref = by.inputs[slot_at];
    if (!slot.follows) return false;
    const Order order = ref.order.empty() ? kept : then(simplified(inverse(ref.order)), kept);
    return turn(use.node, turn_for(*by.rule, slot, order));
  }

  void spread(int at, Reach reach) {
    const Operator& by = graph_.operators[static_cast<std::size_t>(at)];
    if (reach == Reach::kBefore || reach == Reach::kAll) {
      for (std::size_t i = 0; i < by.inputs.size(); ++i) {
        ++spent_;
        const int root = by.inputs[i].root;
        if (root < 0 || graph_.roots[static_cast<std::size_t>(root)].is_free) continue;
        const auto wish = graph_.wished(by, i, by.turn);
        if (wish && *wish != graph_.kept(root)) turn_producer(root, *wish);
      }
    }
    if (reach == Reach::kBehind || reach == Reach::kAll) {
      for (const int root : by.outputs) {
        if (root < 0) continue;
        const Order kept = graph_.kept(root);
        for (const Root::Use& use : graph_.roots[static_cast<std::size_t>(root)].uses) {
          ++spent_;
          if (graph_.wished(use) != kept) turn_reader(use, kept);
        }
      }
    }
  }

  template <class Begin>
  bool attempt(Begin begin, Reach reach) {
    if (spent_ > budget_) return false;
    ++stamp_;
    step_.clear();
    queue_.clear();
    if (!begin()) return false;
    while (!queue_.empty()) {
      const int at = queue_.front();
      queue_.pop_front();
      spread(at, reach);
    }
    const Cost after = cost_of_step();
    swap_turns();
    const Cost before = cost_of_step();
    if (!after.is_less_than(before)) return false;
    swap_turns();
    return true;
  }

  void swap_turns() {
    for (auto& [at, turn] : step_) std::swap(graph_.operators[static_cast<std::size_t>(at)].turn, turn);
  }

  bool improve(int at) {
    const Root& root = graph_.roots[static_cast<std::size_t>(at)];
    if (root.is_free) return false;
    bool changed = false;
    for (std::size_t i = 0; i < root.uses.size() && spent_ <= budget_; ++i) {
      ++spent_;
      const Order wish = graph_.wished(root.uses[i]);
      const Order kept = graph_.kept(at);
      if (wish == kept || graph_.is_reshape(root, kept, wish)) continue;
      const auto reader = [&] { return turn_reader(root.uses[i], kept); };
      const auto producer = [&] { return turn_producer(at, wish); };
      for (const Reach reach : {Reach::kAll, Reach::kBehind, Reach::kBefore, Reach::kAlone}) {
        if (attempt(reader, reach) || attempt(producer, reach)) {
          changed = true;
          break;
        }
      }
    }
    return changed;
  }

  TransposeGraph& graph_;
  std::vector<std::size_t> stamps_;
  std::vector<std::size_t> root_stamps_;
  std::size_t stamp_ = 0;
  std::size_t root_stamp_ = 0;
  std::size_t spent_ = 0;
  std::size_t budget_ = 0;
  std::vector<std::pair<int, Order>> step_;  // operators that change, and the turns they had
  std::deque<int> queue_;
  std::vector<Order> seen_;
};

}  // namespace

void search_turns(TransposeGraph& graph) {
  if (graph.transposes > 0) Search(graph).run();
}

}  // namespace zooport::onnx
