#pragma once

#include "zooport/bioimageio/people.hpp"

// Weights entries of model 0.4.
namespace zooport::bioimageio {

enum class WeightsFormat : std::uint8_t {
  kKerasHdf5,
  kOnnx,
  kPytorchStateDict,
  kTensorflowJs,
  kTensorflowSavedModelBundle,
  kTorchscript
};
std::string_view to_text(WeightsFormat format);

// What all entries share.
struct WeightsEntry {
  PackagedFile source;
  std::optional<Sha256Text> sha256;
  std::optional<Attachments> attachments;
  std::optional<std::vector<Author>> authors;
  std::optional<Dependencies> dependencies;
  std::optional<WeightsFormat> parent;  // the entry that this one was converted from
  schema::Given given;
};

struct KerasHdf5Weights : WeightsEntry {
  std::optional<Version> tensorflow_version;
};
struct OnnxWeights : WeightsEntry {
  std::optional<schema::Integer> opset_version;
};
struct PytorchStateDictWeights : WeightsEntry {
  Callable architecture;
  std::optional<Sha256Text> architecture_sha256;
  schema::Map<schema::Any> kwargs;
  std::optional<Version> pytorch_version;
};
struct TensorflowJsWeights : WeightsEntry {
  std::optional<Version> tensorflow_version;
};
struct TensorflowSavedModelBundleWeights : WeightsEntry {
  std::optional<Version> tensorflow_version;
};
struct TorchscriptWeights : WeightsEntry {
  std::optional<Version> pytorch_version;
};

// At least one entry.
struct Weights {
  std::optional<KerasHdf5Weights> keras_hdf5;
  std::optional<OnnxWeights> onnx;
  std::optional<PytorchStateDictWeights> pytorch_state_dict;
  std::optional<TensorflowJsWeights> tensorflow_js;
  std::optional<TensorflowSavedModelBundleWeights> tensorflow_saved_model_bundle;
  std::optional<TorchscriptWeights> torchscript;
  schema::Given given;

  // Those that are there, in the order of the format.
  std::vector<std::pair<WeightsFormat, const WeightsEntry*>> entries() const;
};

const schema::Type& describe(schema::type<WeightsFormat>);
const schema::Type& describe(schema::type<WeightsEntry>);
const schema::Type& describe(schema::type<KerasHdf5Weights>);
const schema::Type& describe(schema::type<OnnxWeights>);
const schema::Type& describe(schema::type<PytorchStateDictWeights>);
const schema::Type& describe(schema::type<TensorflowJsWeights>);
const schema::Type& describe(schema::type<TensorflowSavedModelBundleWeights>);
const schema::Type& describe(schema::type<TorchscriptWeights>);
const schema::Type& describe(schema::type<Weights>);

}  // namespace zooport::bioimageio
