#include "convert/verify_sides.hpp"

#include "convert/graph_pair.hpp"
#include "convert/memory_need.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"

namespace zooport::convert {
namespace {

constexpr double kSeconds = 20;

// A session that remembers whether its process misbehaved: a comparison that broke off does not tell of which side.
class WatchedSession final : public engine::Session {
 public:
  explicit WatchedSession(std::unique_ptr<engine::Session> session) : session_(std::move(session)) {}
  const std::vector<engine::Port>& inputs() const override { return session_->inputs(); }
  const std::vector<engine::Port>& outputs() const override { return session_->outputs(); }
  const std::string& provider() const override { return session_->provider(); }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) override {
    auto outputs = session_->run(inputs, context);
    if (!outputs && !misbehaviour_ && engine::is_misbehaviour(outputs.error())) misbehaviour_ = outputs.error();
    return outputs;
  }
  const std::optional<Error>& misbehaviour() const { return misbehaviour_; }

 private:
  std::unique_ptr<engine::Session> session_;
  std::optional<Error> misbehaviour_;
};

// The graph as it was cannot be run, so that there is nothing to compare with. What ended the engine's process is a
// warning as well.
void cannot_verify(GraphVerification& verification, const Error& error) {
  verification.reason = concat("the graph as it was does not run: ", error.what.message);
  if (!engine::is_misbehaviour(error)) return;
  Diagnostic finding = error.what;
  finding.severity = Severity::kWarning;
  verification.findings.add(std::move(finding));
}

// The verification has failed as a whole.
void fail(GraphVerification& verification, const onnx::Model& before, std::string reason) {
  verification.has_run = true;
  verification.reason = std::move(reason);
  predict::Comparison nothing;
  nothing.id = before.graph.outputs.empty() ? "" : before.graph.outputs.front().name;
  nothing.reason = verification.reason;
  verification.outputs = {nothing};
}

// The new graph cannot be run, or not compared. Want of memory says nothing about it.
void fail(GraphVerification& verification, const onnx::Model& before, const Error& error) {
  std::string reason = concat("the new graph does not run: ", error.what.message);
  if (engine::is_lack_of_memory(error)) {
    verification.reason = std::move(reason);
  } else {
    fail(verification, before, std::move(reason));
  }
}

void take(GraphVerification& verification, TrialReport report) {
  verification.has_run = report.has_run;
  verification.reason = std::move(report.reason);
  verification.outputs = std::move(report.outputs);
  verification.findings = std::move(report.findings);
  verification.trials = std::move(report.trials);
  if (!verification.trials.empty())
    for (const auto& [id, shape] : verification.trials.front().inputs) verification.shapes[id] = shape;
}

}  // namespace

Result<GraphVerification> verify_sides(const onnx::Model& before, const onnx::Model& after,
                                       const std::vector<TrialInput>& inputs, const TrialsOfSides& trials,
                                       IfNoSizeFits if_no_size_fits, engine::Engine& engine, const Context& context) {
  GraphVerification verification;
  verification.reason = lack_of_memory(before, after, inputs, engine, context.threads);
  if (!verification.reason.empty()) return verification;
  engine::SessionOptions options;
  options.threads = context.threads;
  options.deadline = kLongestRun;
  options.optimization = optimization_for(before, after);
  auto loaded = open_session(before, engine, options, context);
  if (!loaded) {
    if (loaded.error().kind == ErrorKind::kCancelled) return loaded.error();
    cannot_verify(verification, loaded.error());
    return verification;
  }
  const auto second = open_session(after, engine, options, context);
  if (!second) {
    if (second.error().kind == ErrorKind::kCancelled) return second.error();
    fail(verification, before, second.error());
    return verification;
  }
  WatchedSession first(std::move(*loaded));
  Result<TrialReport> report = trials(first, **second, kSeconds);
  if (!report) {
    if (report.error().kind == ErrorKind::kCancelled) return report.error();
    if (first.misbehaviour()) {
      cannot_verify(verification, *first.misbehaviour());
    } else {
      fail(verification, before, report.error());
    }
    return verification;
  }
  const bool is_too_slow = report->is_too_slow;
  take(verification, std::move(*report));
  if (!verification.has_run && !is_too_slow && if_no_size_fits == IfNoSizeFits::kFails)
    fail(verification, before, verification.reason);
  return verification;
}

}  // namespace zooport::convert
