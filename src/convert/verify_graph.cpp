#include "zooport/convert/verify_graph.hpp"

#include <algorithm>

#include "convert/graph_pair.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

constexpr double kSeconds = 20;

void fail(GraphVerification& verification, const onnx::Model& before, std::string reason) {
  verification.has_run = true;
  verification.reason = std::move(reason);
  predict::Comparison nothing;
  nothing.id = before.graph.outputs.empty() ? "" : before.graph.outputs.front().name;
  nothing.reason = verification.reason;
  verification.outputs = {nothing};
}

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
  engine::SessionOptions options;
  options.threads = context.threads;
  const auto first = open_session(before, engine, options, context);
  if (!first) {
    if (first.error().kind == ErrorKind::kCancelled) return first.error();
    verification.reason = concat("the graph as it was does not run: ", first.error().what.message);
    return verification;
  }
  const auto second = open_session(after, engine, options, context);
  if (!second) {
    if (second.error().kind == ErrorKind::kCancelled) return second.error();
    fail(verification, before, concat("the new graph does not run: ", second.error().what.message));
    return verification;
  }
  Result<TrialReport> report = pair->compare(**first, **second, seed, kSeconds, context);
  if (!report) {
    if (report.error().kind == ErrorKind::kCancelled) return report.error();
    fail(verification, before, concat("the new graph does not run: ", report.error().what.message));
    return verification;
  }
  verification.has_run = report->has_run;
  verification.reason = std::move(report->reason);
  verification.outputs = std::move(report->outputs);
  verification.findings = std::move(report->findings);
  verification.trials = std::move(report->trials);
  if (!verification.trials.empty())
    for (const auto& [id, shape] : verification.trials.front().inputs) verification.shapes[id] = shape;
  return verification;
}

}  // namespace zooport::convert
