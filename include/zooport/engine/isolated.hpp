#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "zooport/engine/engine.hpp"

// The engine in a process of its own: a network that makes it crash, hang or take all memory ends that process and
// becomes an error here. This is no sandbox: the other process may read and write what this one may.
namespace zooport::engine {

struct IsolationOptions {
  std::string program;      // zooport, which serves as the other process
  std::string engine_path;  // as for open_onnxruntime()
  // Of writable memory in the other process, in bytes; 0: half of what the machine has. Only networks on the CPU are
  // bounded: drivers of accelerators reserve more than they use.
  std::uint64_t memory = 0;
  std::chrono::milliseconds time_limit{std::chrono::minutes(10)};  // of loading, and of each run
  Result<void> validate() const;
};

// As open_onnxruntime(); every session has a process of its own, which ends with it. Runs give the same numbers. Errors
// beside those of the engine: engine.crashed, engine.time-limit and engine.protocol (kInvalid: the network is to blame
// until somebody shows otherwise), engine.memory-limit (kUnsupported), engine.no-host (the program is not zooport).
Result<std::shared_ptr<Engine>> open_isolated(const IsolationOptions& options, const Context& context);

// Of an error: the engine's process crashed, took too long or answered nonsense (engine.crashed, engine.time-limit,
// engine.protocol). That says something about the network, and its session is of no more use.
bool is_misbehaviour(const Error& error);
// Of an error of an engine in any process: there is not as much memory as the network wants (engine.memory-limit,
// engine.out-of-memory).
bool is_lack_of_memory(const Error& error);

// The other side: what `zooport --serve-engine ENGINE_PATH` does. Serves the process that started this one until that
// closes the stream. Error: this process was started by somebody else.
Result<void> serve_engine(const std::string& engine_path);
inline constexpr const char* kServeEngine = "--serve-engine";

}  // namespace zooport::engine
