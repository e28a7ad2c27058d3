// A description made in code, checked and written as YAML to stdout.
#include <iostream>

#include "zooport/bioimageio/load.hpp"

namespace bioimageio = zooport::bioimageio;

int main() {
  bioimageio::ModelDescription model;
  model.name = "Nuclei, made in code";
  model.description = "Finds nuclei.";
  model.authors.emplace_back().name.value = "Ada Person";
  bioimageio::CiteEntry& cite = model.cite.emplace_back();
  cite.text = "Ronneberger et al. 2015";
  cite.doi = bioimageio::Doi{"10.1007/978-3-319-24574-4_28"};
  model.license = bioimageio::LicenseId{"MIT"};
  model.documentation.value = "README.md";
  model.timestamp.value = "2026-11-27T12:00:00+00:00";

  bioimageio::InputTensor& input = model.inputs.emplace_back();
  input.name.value = "raw";
  input.axes.value = "bcyx";
  input.shape = bioimageio::ParameterizedInputShape{{1, 1, 64, 64}, {0, 0, 4, 4}, {}};
  bioimageio::OutputTensor& output = model.outputs.emplace_back();
  output.name.value = "probability";
  output.axes.value = "bcyx";
  bioimageio::ImplicitOutputShape& shape = output.shape.emplace<bioimageio::ImplicitOutputShape>();
  shape.reference_tensor.value = "raw";
  for (int axis = 0; axis < 4; ++axis) {
    shape.scale.emplace_back(1.0);
    shape.offset.emplace_back(zooport::schema::Integer(0));
  }
  model.test_inputs.push_back({"test_input.npy"});
  model.test_outputs.push_back({"test_output.npy"});
  bioimageio::OnnxWeights& weights = model.weights.onnx.emplace();
  weights.source.value = "weights.onnx";
  weights.opset_version = 17;

  const auto yaml = bioimageio::to_yaml(model);
  if (!yaml) return 1;
  const auto checked = bioimageio::read(*yaml, "rdf.yaml", {.io = bioimageio::Io::kNone}, {});
  if (!checked || checked->status != bioimageio::Status::kValid) return 1;
  std::cout << *yaml;
}
