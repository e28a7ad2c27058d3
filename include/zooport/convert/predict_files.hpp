#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/plan.hpp"
#include "zooport/resource/unpack.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::convert {

// Image files that a model is to be run on.
struct PredictRequest {
  // "FILE" or "ID=FILE". With ids: the inputs of one sample. Without: a batch, one sample each.
  std::vector<std::string> inputs;
  // As many as samples (the model's first output), or for one sample as many as outputs; "ID=FILE" for one sample; or
  // one folder, for files named after the inputs.
  std::vector<std::string> outputs;
  std::string axes;  // of the images; empty: as guessed
  predict::PredictOptions options;
  // Images whose statistics, of all together, take the place of those of each image: "FILE" or "ID=FILE" as `inputs`;
  // or one file of the reference's with statistics over a dataset, named *.json. Empty: none.
  std::vector<std::string> statistics_from;
  std::string picture;  // PNG with input and output beside each other, for one sample; empty: none
  resource::IfPresent if_present = resource::IfPresent::kRefuse;
};

struct PredictedFile {
  std::string input;  // path of the sample's first input
  std::string id;     // of the model's output
  std::string path;
  tensor::Shape shape;
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
  std::string axes;
};

struct PredictReport {
  std::string source;
  std::string weights;
  std::string engine;
  std::string engine_version;
  bool is_isolated = false;  // the engine is in a process of its own
  std::string provider;
  std::vector<PredictedFile> outputs;
  std::string picture;
  std::int64_t tiles = 0;       // of all samples
  tensor::Shape network_input;  // of the last sample
  double seconds = 0;
  double engine_seconds = 0;
  Diagnostics findings;  // of the plans
};

// "512", "512x256" or "whole"; empty: automatic.
Result<predict::TileChoice> parse_tile(const std::string& text);
// "16" or "exact"; empty: as declared.
Result<predict::HaloChoice> parse_halo(const std::string& text);

// Files appear as a whole each; those of earlier samples stay if a later one fails. Errors: kUsage where files and
// model do not go together, those of reading, writing and running.
Result<PredictReport> predict_files(const Loaded& source, const PredictRequest& request,
                                    std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
