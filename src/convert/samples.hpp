#pragma once

#include <string>
#include <vector>

#include "zooport/convert/predict_files.hpp"

namespace zooport::convert {

// The files of one run of the model.
struct Sample {
  std::vector<std::string> inputs;   // one each input of the model
  std::vector<std::string> outputs;  // one each output of the model; empty: is not wanted
};

// Samples with their inputs only. "FILE": a batch for a model with one input; "ID=FILE": the inputs of one sample.
Result<std::vector<Sample>> samples_of_inputs(const model::Model& model, const std::vector<std::string>& given);

// Says which file is which; refuses before any work what could not be written.
Result<std::vector<Sample>> samples_of(const model::Model& model, const PredictRequest& request);

}  // namespace zooport::convert
