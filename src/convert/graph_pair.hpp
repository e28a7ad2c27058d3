#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "convert/graph_inputs.hpp"
#include "convert/trial_runner.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::convert {

// Two graphs that are to be run on the same inputs, and how their inputs and outputs meet: by name where both have the
// same ones, else by order; with the channel moved where it stands elsewhere.
class GraphPair {
 public:
  // Errors (kUnsupported): convert.no-random-input, convert.compare-input (other inputs), convert.compare-sizes (no
  // size that both take), convert.too-large.
  static Result<GraphPair> meet(const onnx::Model& first, const onnx::Model& second);

  // Those of the first, in its order; sizes are those that both take.
  const std::vector<TrialInput>& inputs() const { return inputs_; }

  // Runs all trials in these sessions, for about so many seconds. Where the first refuses the sizes that come first,
  // larger ones follow.
  Result<TrialReport> compare(engine::Session& first, engine::Session& second, std::uint64_t seed, double seconds,
                              const Context& context) const;

 private:
  struct Place {
    std::size_t first = 0;  // index of the first's
    std::vector<int> axes;  // of each axis of the second's: which of the first's it is; empty: the same one
  };
  Sides sides(engine::Session& first, engine::Session& second, const Context& context) const;

  std::vector<TrialInput> inputs_;
  std::vector<Place> place_of_input_;          // of each input of the second
  std::vector<std::string> output_ids_;        // of the first
  std::vector<int> channel_of_output_;         // likewise; -1: it is not known
  std::vector<std::size_t> second_output_of_;  // of each of the first's: which of the second's it is
  bool is_half_ = false;
};

// Runs the planned trials of these inputs, for about so many seconds; where the first side refuses the sizes that come
// first, larger ones follow. `sides` makes them anew; `takes` says which patterns are of use.
Result<TrialReport> run_trials(const std::vector<TrialInput>& inputs, const std::function<Sides()>& sides,
                               const std::function<bool(Pattern)>& takes, std::uint64_t seed, double seconds,
                               const Context& context);

// Of one run in a comparison of graphs, unless the caller sets another: a loop whose end depends on the values may
// never come to it on extreme ones.
constexpr std::chrono::seconds kLongestRun(60);

// How sessions of two graphs are loaded that are to compute the same: where values are quantised, engines fuse the
// nodes of one and not of the other, and steps then differ that are equal as the nodes say them.
engine::Optimization optimization_for(const onnx::Model& first, const onnx::Model& second);

// A session of a graph. Inputs of unknown rank get that of the other graph, which is to be given the same.
Result<std::unique_ptr<engine::Session>> open_session(const onnx::Model& model, engine::Engine& engine,
                                                      const engine::SessionOptions& options, const Context& context,
                                                      const onnx::Model* other = nullptr);

}  // namespace zooport::convert
