#pragma once

#include <cstdint>
#include <memory>

#include "zooport/base/context.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::predict {

// A session of a network of any size. Where its message is larger than `most_message`, large constants become inputs
// that the session gives to every run (engine::FixedInput): they stay in the file that the network was read from, are
// not copied, and no path of a file is given to the engine. Engines fold and rearrange such constants no more, so that
// operations on them may take longer. Errors: those of the engine; onnx.too-large-to-write, if what is left is more
// than a message holds.
Result<std::unique_ptr<engine::Session>> load_network(const onnx::Model& network, engine::Engine& engine,
                                                      const engine::SessionOptions& options, const Context& context,
                                                      std::uint64_t most_message = onnx::kMostMessageBytes);

}  // namespace zooport::predict
