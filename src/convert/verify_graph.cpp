#include "zooport/convert/verify_graph.hpp"

#include <algorithm>

#include "convert/graph_pair.hpp"
#include "convert/verify_sides.hpp"

namespace zooport::convert {

bool GraphVerification::passed() const {
  return has_run && reason.empty() &&
         std::all_of(outputs.begin(), outputs.end(), [](const auto& output) { return output.passed; });
}

double GraphVerification::max_abs() const {
  double most = 0;
  for (const predict::Comparison& output : outputs) most = std::max(most, output.max_abs);
  return most;
}

std::size_t GraphVerification::runs() const {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [](const Trial& trial) { return !trial.outputs.empty(); }));
}

Result<GraphVerification> verify_graph(const onnx::Model& before, const onnx::Model& after, engine::Engine& engine,
                                       std::uint64_t seed, const Context& context) {
  const Result<GraphPair> pair = GraphPair::meet(before, after);
  if (!pair) {
    GraphVerification verification;
    verification.reason = pair.error().what.message;
    return verification;
  }
  const auto trials = [&](engine::Session& first, engine::Session& second, double seconds) {
    return pair->compare(first, second, seed, seconds, context);
  };
  return verify_sides(before, after, pair->inputs(), trials, IfNoSizeFits::kSaysNothing, engine, context);
}

}  // namespace zooport::convert
