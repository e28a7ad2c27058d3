#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "zooport/engine/engine.hpp"
#include "zooport/image/image.hpp"
#include "zooport/model/model.hpp"
#include "zooport/onnx/geometry.hpp"
#include "zooport/predict/plan.hpp"
#include "zooport/predict/sample.hpp"

namespace zooport::predict {

struct RunReport {
  std::string provider;  // what really ran the network
  std::int64_t tiles = 0;
  double seconds = 0;
  double engine_seconds = 0;  // inside the engine
  Diagnostics findings;       // statistics that are NaN, or of constant images
};

// An array and the letters of its axes, as if it were an image.
struct Picture {
  tensor::Array elements;
  std::string letters;
};

// Gives the writer of one output when its type and shape are known.
using OpenOutput = std::function<Result<std::unique_ptr<image::Writer>>(std::size_t output, const image::Info& info)>;

// A model with one of its networks loaded. Keeps one engine session and uses it again while the network's input keeps
// its shape. One thread at a time.
class Predictor {
 public:
  static Result<Predictor> open(model::Model model, std::shared_ptr<engine::Engine> engine,
                                const PredictOptions& options, const Context& context);
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;
  ~Predictor();

  const model::Model& model() const;
  const onnx::Model& network() const;
  const std::string& weights() const;
  const std::string& provider() const;     // what runs it; empty before the first run
  const onnx::Geometry& geometry() const;  // along the axes of space of the first input

  // One image for each input. Inputs that share axes of space are cut and continued alike, and have to be equally large
  // for it; inputs that lack them go to every tile as a whole.
  Result<Plan> plan(const std::vector<SampleView>& inputs) const;

  // Reads regions, runs the network and writes regions: one thread reads and preprocesses, one writes, this one runs
  // the engine. Statistics are those of the unpadded images. Outputs have the axes of the model behind the axes that
  // were walked, the batch axis left out unless it stands alone.
  Result<RunReport> run(const Plan& plan, const std::vector<SampleView>& inputs, const OpenOutput& open_output,
                        const Context& context);

  // Arrays in the axes of the model, as they are: no padding, no cropping, one run. Gives the outputs after
  // postprocessing.
  Result<std::vector<tensor::Array>> run_whole(const std::vector<tensor::View>& inputs, const Context& context);
  // Of the last run_whole(), as in RunReport.
  const Diagnostics& findings() const;

  // What the processing needs to know about the inputs, of these images: one image for each input and entry of the
  // list. Of several samples, those of all of them together. Measures name their tensor; of a model with one input they
  // are there without its name, too.
  Result<process::Measured> measure(const std::vector<std::vector<SampleView>>& images, const Context& context) const;

  struct State;

 private:
  explicit Predictor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A writer into memory; `into` gets the array when the writer finishes.
std::unique_ptr<image::Writer> array_writer(const image::Info& info, std::shared_ptr<tensor::Array> into);

// plan() and run() on arrays, one for each input. Gives the outputs as arrays.
Result<std::vector<tensor::Array>> predict_arrays(Predictor& predictor, std::vector<Picture> images,
                                                  const Context& context);
// Of a model with one input.
Result<std::vector<tensor::Array>> predict_array(Predictor& predictor, tensor::Array image, const std::string& letters,
                                                 const Context& context);

}  // namespace zooport::predict
