#include "convert/verify_sides.hpp"

#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"

namespace zooport::convert {

Result<std::vector<tensor::Array>> WatchedSession::run(const std::vector<tensor::View>& inputs,
                                                       const Context& context) {
  auto outputs = session_->run(inputs, context);
  if (!outputs && !misbehaviour_ && engine::is_misbehaviour(outputs.error())) misbehaviour_ = outputs.error();
  return outputs;
}

void cannot_verify(GraphVerification& verification, const Error& error) {
  verification.reason = concat("the graph as it was does not run: ", error.what.message);
  if (!engine::is_misbehaviour(error)) return;
  Diagnostic finding = error.what;
  finding.severity = Severity::kWarning;
  verification.findings.add(std::move(finding));
}

void fail_verification(GraphVerification& verification, const onnx::Model& before, std::string reason) {
  verification.has_run = true;
  verification.reason = std::move(reason);
  predict::Comparison nothing;
  nothing.id = before.graph.outputs.empty() ? "" : before.graph.outputs.front().name;
  nothing.reason = verification.reason;
  verification.outputs = {nothing};
}

void fail_verification(GraphVerification& verification, const onnx::Model& before, const Error& error) {
  std::string reason = concat("the new graph does not run: ", error.what.message);
  const bool lacks_memory = error.what.id == "engine.memory-limit" || error.what.id == "engine.out-of-memory";
  if (lacks_memory) {
    verification.reason = std::move(reason);
  } else {
    fail_verification(verification, before, std::move(reason));
  }
}

Result<void> take_trials(GraphVerification& verification, Result<TrialReport> report, const onnx::Model& before,
                         const WatchedSession& first) {
  if (!report) {
    if (report.error().kind == ErrorKind::kCancelled) return report.error();
    if (first.misbehaviour()) {
      cannot_verify(verification, *first.misbehaviour());
    } else {
      fail_verification(verification, before, report.error());
    }
    return {};
  }
  verification.has_run = report->has_run;
  verification.reason = std::move(report->reason);
  verification.outputs = std::move(report->outputs);
  verification.findings = std::move(report->findings);
  verification.trials = std::move(report->trials);
  if (!verification.trials.empty())
    for (const auto& [id, shape] : verification.trials.front().inputs) verification.shapes[id] = shape;
  return {};
}

}  // namespace zooport::convert
