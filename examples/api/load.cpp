// What a model is, through typed fields: load FOLDER_OR_FILE
#include <iostream>

#include "zooport/bioimageio/load.hpp"

namespace bioimageio = zooport::bioimageio;

int main(int, char** arguments) {
  const auto loaded = bioimageio::load(arguments[1], {}, {});
  if (!loaded || !loaded->description.model()) {
    std::cerr << (loaded ? "this is no model" : loaded.error().what.message) << "\n";
    return 1;
  }
  const bioimageio::ModelDescription& model = *loaded->description.model();
  std::cout << model.name << ", by " << model.authors[0].name.value << "\n";
  for (const bioimageio::InputTensor& input : model.inputs)
    std::cout << "input " << input.name.value << ", axes " << input.axes.value << ", "
              << bioimageio::to_text(input.data_type) << "\n";
  for (const auto& [format, entry] : model.weights.entries())
    std::cout << bioimageio::weights_format_name(format) << ": " << entry->source.value << "\n";
  if (model.weights.onnx && model.weights.onnx->opset_version)
    std::cout << "opset " << model.weights.onnx->opset_version->value << "\n";
}
