#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::engine {

// A named input or output of a network; -1 stands for a dimension that is open.
struct Port {
  std::string name;
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
  tensor::Shape shape;
};

// An input that is the same in every run, such as weights that are too many for a file of one message: the session
// gives it, its inputs() are without it. A view of memory, or of a mapped file, that nothing copies.
struct FixedInput {
  std::string name;
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
  tensor::Shape shape;
  Bytes bytes;  // as many as the shape says
};

// Optimized, nodes are fused, which rounds otherwise: quantised results may then differ by steps from what the nodes
// say.
enum class Optimization : std::uint8_t { kAll, kNone };

struct SessionOptions {
  unsigned threads = 0;        // inside one run; 0: one per processor
  std::string device = "cpu";  // "cpu", "cuda", "cuda:1"; never replaced by another
  bool use_arena = true;       // keep memory between runs: faster, and twice the memory
  Optimization optimization = Optimization::kAll;
  std::optional<std::chrono::milliseconds> deadline;  // of one run
  std::vector<FixedInput> fixed;                      // inputs that the caller does not give

  Result<void> validate() const;
};

// One loaded network. run() may be called from one thread at a time.
class Session {
 public:
  virtual ~Session() = default;
  virtual const std::vector<Port>& inputs() const = 0;
  virtual const std::vector<Port>& outputs() const = 0;
  virtual const std::string& provider() const = 0;  // what really runs it: "CPU", "CUDA", "CUDA, some nodes on CPU"
  // Arrays in the order of inputs(); gives those of outputs(). Stops at the context's stop token (base.cancelled) and
  // at the deadline (engine.deadline), between two operators.
  virtual Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) = 0;
};

// Runs ONNX graphs. Only gets bytes that zooport's writer made (onnx::to_bytes), never a file from outside.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual const std::string& name() const = 0;  // "onnxruntime"
  virtual const std::string& version() const = 0;
  virtual const std::string& path() const = 0;                    // of the library; empty if there is none
  virtual const std::vector<std::string>& providers() const = 0;  // available ones, the engine's own names
  virtual bool is_isolated() const { return false; }              // in a process of its own: isolated.hpp
  virtual Result<std::unique_ptr<Session>> load(const Bytes& model, const SessionOptions& options,
                                                const Context& context) = 0;
};

// ONNX Runtime 1.16 or later, opened at run time. The first of these that can be used:
//
//   1. `path`, if it is not empty: the library, or a folder that holds it
//   2. the environment's ZOOPORT_ENGINE, likewise
//   3. the folder of the program, ../lib and ../lib/zooport from there, and ../../engine (of a build folder)
//   4. Python's packages: $VIRTUAL_ENV, $CONDA_PREFIX, ~/.local, /usr/local, /usr
//   5. libonnxruntime.so, libonnxruntime.so.1 as the system finds them
//
// Nothing is taken in the place of what 1 or 2 name. The current and a model's folder are never looked at. The error
// lists every place and how to get the library.
Result<std::shared_ptr<Engine>> open_onnxruntime(const std::string& path, const Context& context);

}  // namespace zooport::engine
