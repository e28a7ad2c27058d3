#pragma once

#include <chrono>
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

struct SessionOptions {
  unsigned threads = 0;                               // inside one run; 0: one per processor
  std::string device = "cpu";                         // "cpu", "cuda", "cuda:1"
  bool use_arena = true;                              // keep memory between runs: faster, and twice the memory
  std::optional<std::chrono::milliseconds> deadline;  // of one run

  Result<void> validate() const;
};

// One loaded network. run() may be called from one thread at a time.
class Session {
 public:
  virtual ~Session() = default;
  virtual const std::vector<Port>& inputs() const = 0;
  virtual const std::vector<Port>& outputs() const = 0;
  virtual const std::string& provider() const = 0;  // what really runs it: "CPU", "CUDA"
  // Arrays in the order of inputs(); gives those of outputs(). Stops at the context's stop token and at the deadline.
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
  virtual Result<std::unique_ptr<Session>> load(const Bytes& model, const SessionOptions& options,
                                                const Context& context) = 0;
};

// ONNX Runtime, opened at run time. Looks at: `path` (a library or a folder that holds it), the environment's
// ZOOPORT_ENGINE, beside the program, Python's site-packages, the system; never the current or a model's folder.
Result<std::shared_ptr<Engine>> open_onnxruntime(const std::string& path, const Context& context);

}  // namespace zooport::engine
