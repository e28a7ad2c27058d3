#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/model/model.hpp"
#include "zooport/predict/compare.hpp"

namespace zooport::predict {

struct TestOptions {
  std::string weights;
  engine::SessionOptions session;
  // Outputs are kept here as ID.npy, below a folder that is made if need be; empty: nowhere.
  std::string save_folder;
  enum class Save : std::uint8_t { kFailed, kAll };
  Save save = Save::kFailed;
  bool may_replace = false;  // what lies there already
};

struct TestedOutput {
  Comparison comparison;
  std::string saved;  // path of the output that was computed; empty if it was not saved
};

struct TestResult {
  enum class Status : std::uint8_t { kPassed, kFailed, kNotRun };
  Status status = Status::kNotRun;
  std::string reason;  // why it failed or did not run
  std::string weights;
  std::string engine;
  std::string engine_version;
  bool is_isolated = false;  // the engine is in a process of its own
  std::string provider;
  std::vector<TestedOutput> outputs;
  Diagnostics findings;  // statistics that are NaN, or of constant tensors; how the engine's process ended
  double seconds = 0;
  std::uint64_t peak_bytes = 0;  // of the process
};

// Runs the model on its own test tensors, as they are, and compares with the outputs that it promises. An error is what
// kept the test from being run for want of something (an engine, usable weights, a file); a network that refuses the
// model's own test tensors has failed, and so has one that makes an engine in a process of its own crash or hang.
Result<TestResult> test_model(const model::Model& model, std::shared_ptr<engine::Engine> engine,
                              const TestOptions& options, const Context& context);

}  // namespace zooport::predict
