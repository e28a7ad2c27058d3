#pragma once

#include <string>
#include <vector>

#include "convert/trial_sizes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::convert {

// Messages of graphs up to this size are given to engines as a whole, which then hold their weights about twice.
constexpr std::uint64_t kMostCopiedMessage = std::uint64_t{512} << 20;

// Whether there is memory for running two graphs that compute about the same, on inputs of the sizes that are tried
// first. A sentence with what they need at least and what is free; empty: there is enough, or nobody knows.
std::string lack_of_memory(const onnx::Model& first, const onnx::Model& second, const std::vector<TrialInput>& inputs,
                           const engine::Engine& engine, unsigned threads);

}  // namespace zooport::convert
