#pragma once

#include <map>
#include <memory>

#include "zooport/predict/predictor.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::predict {

// Statistics over a dataset so far, by the id of the tensor.
using RunningStatistics = std::map<std::string, process::DatasetStatistics>;

struct Predictor::State {
  model::Model model;
  std::shared_ptr<engine::Engine> engine;
  PredictOptions options;
  std::string weights;
  onnx::Model network;
  std::vector<int> space;  // axes of space of the first input
  onnx::Geometry geometry;

  // The last session, and the shapes that its graph declares.
  std::unique_ptr<engine::Session> session;
  bool session_is_open = false;  // its graph takes any size
  std::vector<tensor::Shape> session_shapes;

  RunningStatistics running_inputs;
  RunningStatistics running_outputs;
  Diagnostics findings;  // of the last run_whole()

  // Where a call begins: a dataset that is one call begins, too.
  void begin_call() {
    if (options.dataset == PredictOptions::Dataset::kAllCalls) return;
    running_inputs.clear();
    running_outputs.clear();
  }
  std::vector<AxisRule> rules(const HaloChoice& halo, std::vector<std::int64_t>& wanted_halo) const;
  // A session that takes inputs of these shapes: the network as it is, or with its axes opened.
  Result<engine::Session*> session_for(const std::vector<tensor::Shape>& shapes, const Context& context);
  Result<std::vector<tensor::Array>> run_network(engine::Session& session, const std::vector<tensor::Array>& inputs,
                                                 const Context& context) const;
};

// Statistics on their way through one run: those of inputs, and of outputs once they are whole.
class StatisticsBook {
 public:
  StatisticsBook(const model::Model& model, const std::optional<process::Measured>& frozen);

  // Measures that the operations of some tensor need of the tensor `id`; own ones have no tensor's name.
  std::vector<process::Measure> needed(const std::string& id) const;
  // Adds what was measured of the tensor `id`.
  void add(const std::string& id, process::Measured values);
  // What operations of the tensor `id` get: its own values, and those of others by name.
  const process::Measured& of(const std::string& id) const;
  // An operation of the tensor needs to know that tensor first.
  bool needs_itself(const model::TensorSpec& tensor) const;

 private:
  bool is_frozen(const model::TensorSpec& tensor, const process::Measure& measure) const;

  const model::Model& model_;
  std::map<std::string, process::Measured> frozen_;  // by the tensor whose operations use them
  std::map<std::string, process::Measured> values_;
};

Result<void> apply_all(const std::vector<process::OperationPtr>& operations, process::Block& block,
                       const process::Measured& measured);

// Reads the sample in bands of rows.
process::Subject subject_of(const SampleView& view, std::int64_t sample, const model::TensorSpec& spec,
                            const Context& context);

}  // namespace zooport::predict
