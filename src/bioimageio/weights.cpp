#include "zooport/bioimageio/weights.hpp"

#include "bioimageio/text_rules.hpp"
#include "bioimageio/version_rule.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::Findings;
using schema::Integer;
using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;

bool is_version(const std::optional<Version>& version) { return !version || is_pep440(to_text(*version)); }

namespace {

constexpr std::string_view kFormats[] = {
    "keras_hdf5", "onnx", "pytorch_state_dict", "tensorflow_js", "tensorflow_saved_model_bundle", "torchscript"};

template <class T>
bool is_given(const std::optional<T>& value) {
  return value.has_value();
}
template <class T>
bool is_absent(const std::optional<T>& value) {
  return !value.has_value();
}
bool is_opset(const std::optional<Integer>& version) { return !version || version->value >= 7; }

template <class Entry, WeightsFormat format>
void parent_is_another(const Entry& entry, Findings& at) {
  if (entry.parent == format)
    at.fail({"parent"}, "another weights format than its own", concat("'", to_text(format), "'"),
            {{}, {}, "Leave parent out where the entry was not converted from another."});
}

void hash_is_that_of_the_file(const WeightsEntry& entry, Findings& at) {
  if (!entry.sha256 || !at.outside() || !at.outside()->sha256_of) return;
  const std::string found = at.outside()->sha256_of(entry.source.value, entry.sha256->value);
  if (found.empty() || found == entry.sha256->value) return;
  at.fail({"sha256"}, concat("SHA-256 ", entry.sha256->value, " of '", printable(entry.source.value), "'"), found,
          {{at.related({"source"}, "the file")},
           at.replace({"sha256"}, found, "write the hash of the file that is there"),
           "Get the file again, or write its hash."});
}

void architecture_has_its_hash(const PytorchStateDictWeights& entry, Findings& at) {
  const bool is_in_file = entry.architecture.is_in_file();
  if (is_in_file && !entry.architecture_sha256)
    at.fail({"architecture"}, "architecture_sha256 beside an architecture in a file", "none",
            {{}, {}, concat("Add the SHA-256 of ", entry.architecture.source_file(), ".")});
  else if (!is_in_file && entry.architecture_sha256)
    at.fail({"architecture_sha256"}, "no architecture_sha256 where the architecture is in a package", "one");
}

void has_an_entry(const Weights& weights, Findings& at) {
  if (weights.entries().empty()) at.fail({}, "at least one entry", "none");
}

}  // namespace

std::string_view to_text(WeightsFormat format) { return kFormats[static_cast<std::size_t>(format)]; }

std::vector<std::pair<WeightsFormat, const WeightsEntry*>> Weights::entries() const {
  std::vector<std::pair<WeightsFormat, const WeightsEntry*>> found;
  const auto add = [&](WeightsFormat format, const auto& entry) {
    if (entry) found.emplace_back(format, &*entry);
  };
  add(WeightsFormat::kKerasHdf5, keras_hdf5);
  add(WeightsFormat::kOnnx, onnx);
  add(WeightsFormat::kPytorchStateDict, pytorch_state_dict);
  add(WeightsFormat::kTensorflowJs, tensorflow_js);
  add(WeightsFormat::kTensorflowSavedModelBundle, tensorflow_saved_model_bundle);
  add(WeightsFormat::kTorchscript, torchscript);
  return found;
}

// clang-format off
const Type& describe(type<WeightsFormat>) {
  static constexpr auto kType = schema::enumeration<WeightsFormat>(kFormats);
  return kType;
}

const Type& describe(type<WeightsEntry>) {
  static constexpr auto kTable = object<WeightsEntry>("WeightsEntryDescrBase", "what all weights entries share",
      required<&WeightsEntry::source>("source", "the weights file"),
      optional<&WeightsEntry::sha256>("sha256", "SHA-256 of the file"),
      optional<&WeightsEntry::attachments>("attachments", "files that the weights need")
          .warn<&is_absent<Attachments>>(Severity::kAlert, "weights that need no other files"),
      optional<&WeightsEntry::authors>("authors", "who trained or converted them"),
      optional<&WeightsEntry::dependencies>("dependencies", "what the weights need to be loaded")
          .warn<&is_absent<Dependencies>>(Severity::kWarning, "weights that need no special software"),
      optional<&WeightsEntry::parent>("parent", "the entry that this one was converted from"))
    .rule<&hash_is_that_of_the_file>("bioimageio.sha256-mismatch");
  return kTable;
}

const Type& describe(type<KerasHdf5Weights>) {
  static constexpr auto kTable = object<KerasHdf5Weights>("KerasHdf5WeightsDescr", "Keras weights in HDF5",
      optional<&KerasHdf5Weights::tensorflow_version>("tensorflow_version", "TensorFlow that wrote them")
          .check<&is_version>("a version")
          .warn<&is_given<Version>>(Severity::kAlert, "the TensorFlow version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<KerasHdf5Weights, WeightsFormat::kKerasHdf5>>("bioimageio.weights-parent");
  return kTable;
}
const Type& describe(type<OnnxWeights>) {
  static constexpr auto kTable = object<OnnxWeights>("OnnxWeightsDescr", "ONNX weights",
      optional<&OnnxWeights::opset_version>("opset_version", "version of the operator set")
          .check<&is_opset>("at least 7", {"schema.range", "greater_than_equal"})
          .warn<&is_given<Integer>>(Severity::kAlert, "the opset version"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<OnnxWeights, WeightsFormat::kOnnx>>("bioimageio.weights-parent");
  return kTable;
}
const Type& describe(type<PytorchStateDictWeights>) {
  static constexpr auto kTable = object<PytorchStateDictWeights>("PytorchStateDictWeightsDescr", "a PyTorch state dict",
      required<&PytorchStateDictWeights::architecture>("architecture", "the class or function that makes the network"),
      optional<&PytorchStateDictWeights::architecture_sha256>("architecture_sha256", "SHA-256 of its file"),
      optional<&PytorchStateDictWeights::kwargs>("kwargs", "arguments of the architecture"),
      optional<&PytorchStateDictWeights::pytorch_version>("pytorch_version", "PyTorch that wrote them")
          .check<&is_version>("a version")
          .warn<&is_given<Version>>(Severity::kAlert, "the PyTorch version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<PytorchStateDictWeights, WeightsFormat::kPytorchStateDict>>("bioimageio.weights-parent")
    .rule<&architecture_has_its_hash>("bioimageio.architecture-hash");
  return kTable;
}
const Type& describe(type<TensorflowJsWeights>) {
  static constexpr auto kTable = object<TensorflowJsWeights>("TensorflowJsWeightsDescr", "TensorFlow.js weights",
      optional<&TensorflowJsWeights::tensorflow_version>("tensorflow_version", "TensorFlow that wrote them")
          .check<&is_version>("a version")
          .warn<&is_given<Version>>(Severity::kAlert, "the TensorFlow version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<TensorflowJsWeights, WeightsFormat::kTensorflowJs>>("bioimageio.weights-parent");
  return kTable;
}
const Type& describe(type<TensorflowSavedModelBundleWeights>) {
  using Entry = TensorflowSavedModelBundleWeights;
  static constexpr auto kTable = object<Entry>("TensorflowSavedModelBundleWeightsDescr", "a zipped TensorFlow SavedModel",
      optional<&Entry::tensorflow_version>("tensorflow_version", "TensorFlow that wrote them")
          .check<&is_version>("a version")
          .warn<&is_given<Version>>(Severity::kAlert, "the TensorFlow version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<Entry, WeightsFormat::kTensorflowSavedModelBundle>>("bioimageio.weights-parent");
  return kTable;
}
const Type& describe(type<TorchscriptWeights>) {
  static constexpr auto kTable = object<TorchscriptWeights>("TorchscriptWeightsDescr", "a TorchScript module",
      optional<&TorchscriptWeights::pytorch_version>("pytorch_version", "PyTorch that wrote them")
          .check<&is_version>("a version")
          .warn<&is_given<Version>>(Severity::kAlert, "the PyTorch version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<TorchscriptWeights, WeightsFormat::kTorchscript>>("bioimageio.weights-parent");
  return kTable;
}

const Type& describe(type<Weights>) {
  static constexpr auto kTable = object<Weights>("WeightsDescr", "the network's parameters, in one or more formats",
      optional<&Weights::keras_hdf5>("keras_hdf5", "Keras weights in HDF5"),
      optional<&Weights::onnx>("onnx", "ONNX weights"),
      optional<&Weights::pytorch_state_dict>("pytorch_state_dict", "a PyTorch state dict"),
      optional<&Weights::tensorflow_js>("tensorflow_js", "TensorFlow.js weights"),
      optional<&Weights::tensorflow_saved_model_bundle>("tensorflow_saved_model_bundle", "a zipped SavedModel"),
      optional<&Weights::torchscript>("torchscript", "a TorchScript module"))
    .rule<&has_an_entry>("bioimageio.no-weights");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
