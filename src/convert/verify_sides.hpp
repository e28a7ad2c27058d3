#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "convert/trial_runner.hpp"
#include "zooport/convert/verify_graph.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::convert {

// A session that remembers whether its process misbehaved: a comparison that broke off does not tell of which side.
class WatchedSession final : public engine::Session {
 public:
  explicit WatchedSession(std::unique_ptr<engine::Session> session) : session_(std::move(session)) {}
  const std::vector<engine::Port>& inputs() const override { return session_->inputs(); }
  const std::vector<engine::Port>& outputs() const override { return session_->outputs(); }
  const std::string& provider() const override { return session_->provider(); }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) override;
  const std::optional<Error>& misbehaviour() const { return misbehaviour_; }

 private:
  std::unique_ptr<engine::Session> session_;
  std::optional<Error> misbehaviour_;
};

// The graph as it was cannot be run, so that there is nothing to compare with. What ended the engine's process is a
// warning as well.
void cannot_verify(GraphVerification& verification, const Error& error);

// The new graph cannot be run, or not compared: the verification has failed as a whole. Want of memory says nothing
// about the graph.
void fail_verification(GraphVerification& verification, const onnx::Model& before, std::string reason);
void fail_verification(GraphVerification& verification, const onnx::Model& before, const Error& error);

// What came of the trials; `first` is the graph as it was. Cancellation is an error.
Result<void> take_trials(GraphVerification& verification, Result<TrialReport> report, const onnx::Model& before,
                         const WatchedSession& first);

}  // namespace zooport::convert
