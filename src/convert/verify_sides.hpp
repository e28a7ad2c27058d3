#pragma once

#include <functional>
#include <vector>

#include "convert/trial_runner.hpp"
#include "zooport/convert/verify_graph.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::convert {

// Runs the trials of two graphs in these sessions, for about so many seconds.
using TrialsOfSides =
    std::function<Result<TrialReport>(engine::Session& first, engine::Session& second, double seconds)>;

// What it means that the graphs take none of the sizes that were tried.
enum class IfNoSizeFits : std::uint8_t { kSaysNothing, kFails };

// Loads both graphs and runs the trials. It has not run, which is no error, where there is no memory for both, the
// graph as it was does not run, or a run takes too long; it has failed where the new one does not run. `inputs`: those
// that the trials are made for. Cancellation is an error.
Result<GraphVerification> verify_sides(const onnx::Model& before, const onnx::Model& after,
                                       const std::vector<TrialInput>& inputs, const TrialsOfSides& trials,
                                       IfNoSizeFits if_no_size_fits, engine::Engine& engine, const Context& context);

}  // namespace zooport::convert
