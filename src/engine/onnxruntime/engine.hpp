#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/onnxruntime/library.hpp"
#include "engine/onnxruntime/owned.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::engine::ort {

// What sessions share and keep alive: the library and its environment.
struct Runtime {
  Library library;
  OwnedEnv env;
  OwnedMemoryInfo memory;
  std::vector<std::string> providers;
};

Result<std::unique_ptr<Session>> load_session(std::shared_ptr<const Runtime> runtime, const Bytes& model,
                                              const SessionOptions& options, const Context& context);

}  // namespace zooport::engine::ort
