#include "zooport/convert/verify_graph.hpp"

#include <algorithm>

#include "convert/graph_pair.hpp"
#include "convert/memory_need.hpp"
#include "convert/verify_sides.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

constexpr double kSeconds = 20;

}  // namespace

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
  GraphVerification verification;
  const Result<GraphPair> pair = GraphPair::meet(before, after);
  if (!pair) {
    verification.reason = pair.error().what.message;
    return verification;
  }
  verification.reason = lack_of_memory(before, after, pair->inputs(), engine, context.threads);
  if (!verification.reason.empty()) return verification;
  engine::SessionOptions options;
  options.threads = context.threads;
  options.deadline = kLongestRun;
  options.optimization = optimization_for(before, after);
  auto first = open_session(before, engine, options, context);
  if (!first) {
    if (first.error().kind == ErrorKind::kCancelled) return first.error();
    cannot_verify(verification, first.error());
    return verification;
  }
  const auto second = open_session(after, engine, options, context);
  if (!second) {
    if (second.error().kind == ErrorKind::kCancelled) return second.error();
    fail_verification(verification, before, second.error());
    return verification;
  }
  WatchedSession watched(std::move(*first));
  ZOOPORT_TRY(take_trials(verification, pair->compare(watched, **second, seed, kSeconds, context), before, watched));
  return verification;
}

}  // namespace zooport::convert
