#pragma once

#include <string>
#include <vector>

#include "tests/golden/processing_cases.hpp"
#include "zooport/model/model.hpp"
#include "zooport/predict/predictor.hpp"

// Recorded processing as models: from the text of a description 0.4 to the outputs of a prediction.
namespace zooport::testing::golden {

// A description 0.4.10 with the tensors of the case, as their lines in index.jsonl have them. Where the case has no
// input or no output there is one named "other".
std::string description_of(const doc::Node& record);

// The model of that description, with a network that has its inputs and outputs and is run by a ScriptedEngine.
Result<model::Model> model_of_description(const std::string& text);

// An engine that notes what it is given and answers with given arrays.
struct Script {
  std::vector<tensor::Array> given;
  std::vector<tensor::Array> answers;
};
std::shared_ptr<engine::Engine> scripted_engine(const model::Model& model, std::shared_ptr<Script> script);

}  // namespace zooport::testing::golden
