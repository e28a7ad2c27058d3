#include "zooport/bioimageio/weights.hpp"

#include "bioimageio/schema_patterns.hpp"
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

constexpr std::string_view kParentRule = "'parent' is another format than the entry's own";

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
  static constexpr auto kTable = object<WeightsEntry>("WeightsEntryDescrBase", "what weights of every format say",
      required<&WeightsEntry::source>("source", "the weights file")
          .about("A URL, or the path of the file relative to the description.")
          .example("weights.onnx"),
      optional<&WeightsEntry::sha256>("sha256", "SHA-256 of the file")
          .about("64 hexadecimal digits, as sha256sum prints them. By it the file is told from a damaged or replaced "
                 "one, and a download is not repeated. Quote it where it has digits only: YAML would read a number.")
          .example("'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"),
      optional<&WeightsEntry::attachments>("attachments", "files that the weights need")
          .about("Few tools look at them: weights that work without are used by more.")
          .example("{files: [labels.txt]}")
          .warn<&is_absent<Attachments>>(Severity::kAlert, "weights that need no other files"),
      optional<&WeightsEntry::authors>("authors", "who trained or converted them")
          .about("Where this entry has no 'parent': who trained the network, if they are not the authors of the "
                 "model. Else: who converted the weights.")
          .example("[{name: Ada Lovelace}]"),
      optional<&WeightsEntry::dependencies>("dependencies", "what the weights need to be loaded")
          .about("A package manager and a file for it, with a colon between: conda:environment.yaml, "
                 "pip:requirements.txt or maven:pom.xml. Weights that need no software of their own are used by more "
                 "tools.")
          .example("conda:environment.yaml").since("0.4.3; for pytorch_state_dict 0.4.1")
          .warn<&is_absent<Dependencies>>(Severity::kWarning, "weights that need no special software"),
      optional<&WeightsEntry::parent>("parent", "the entry that this one was converted from")
          .about("A key of 'weights'. Only the entry that came out of the training has none.")
          .example("pytorch_state_dict"))
    .rule<&hash_is_that_of_the_file>("bioimageio.sha256-mismatch");
  return kTable;
}

const Type& describe(type<KerasHdf5Weights>) {
  static constexpr auto kTable = object<KerasHdf5Weights>("KerasHdf5WeightsDescr", "a Keras model in HDF5",
      optional<&KerasHdf5Weights::tensorflow_version>("tensorflow_version", "TensorFlow that wrote them")
          .about("By it tools choose a version that can read them. Quote it: YAML would read 2.10 as the number 2.1.")
          .example("'2.10'")
          .check<&is_version>("a version")
          .in_schema(kVersionSchema)
          .warn<&is_given<Version>>(Severity::kAlert, "the TensorFlow version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<KerasHdf5Weights, WeightsFormat::kKerasHdf5>>("bioimageio.weights-parent", "",
        kParentRule);
  return kTable;
}
const Type& describe(type<OnnxWeights>) {
  static constexpr auto kTable = object<OnnxWeights>("OnnxWeightsDescr",
      "an ONNX graph, which any ONNX runtime can run",
      optional<&OnnxWeights::opset_version>("opset_version", "version of the operator set")
          .about("Of ONNX's default domain, as it stands in the file: `zooport graph info` shows it. It says which "
                 "runtimes can load the graph.")
          .example("17")
          .check<&is_opset>("at least 7", {"schema.range", "greater_than_equal"})
          .in_schema(R"("minimum": 7, "not": {"type": "boolean"})")
          .warn<&is_given<Integer>>(Severity::kAlert, "the opset version"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<OnnxWeights, WeightsFormat::kOnnx>>("bioimageio.weights-parent", "", kParentRule);
  return kTable;
}
const Type& describe(type<PytorchStateDictWeights>) {
  static constexpr auto kTable = object<PytorchStateDictWeights>("PytorchStateDictWeightsDescr",
      "parameters that PyTorch saved, and the Python code that makes the network for them",
      required<&PytorchStateDictWeights::architecture>("architecture", "the class or function that makes the network")
          .about("A state dict holds numbers and no network. Either a file and a name in it (unet.py:UNet), or a "
                 "name in an installed package (monai.networks.nets.UNet).")
          .example("unet.py:UNet2d"),
      optional<&PytorchStateDictWeights::architecture_sha256>("architecture_sha256", "SHA-256 of its file")
          .about("Needed where the architecture is in a file, and not allowed where it is in a package.")
          .example("'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"),
      optional<&PytorchStateDictWeights::kwargs>("kwargs", "arguments of the architecture")
          .about("Names and values that the class or function is called with.")
          .example("{in_channels: 1, out_channels: 2}"),
      optional<&PytorchStateDictWeights::pytorch_version>("pytorch_version", "PyTorch that wrote them")
          .about("By it tools choose a version that can read them. Quote it: YAML would read 1.10 as the number 1.1.")
          .example("'1.13'").since("0.4.3")
          .check<&is_version>("a version")
          .in_schema(kVersionSchema)
          .warn<&is_given<Version>>(Severity::kAlert, "the PyTorch version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<PytorchStateDictWeights, WeightsFormat::kPytorchStateDict>>(
        "bioimageio.weights-parent", "", kParentRule)
    .rule<&architecture_has_its_hash>("bioimageio.architecture-hash", "",
        "architecture_sha256 is given where the architecture is in a file, and only there");
  return kTable;
}
const Type& describe(type<TensorflowJsWeights>) {
  static constexpr auto kTable = object<TensorflowJsWeights>("TensorflowJsWeightsDescr",
      "a TensorFlow.js model: model.json and what it names, as a zip archive",
      optional<&TensorflowJsWeights::tensorflow_version>("tensorflow_version", "TensorFlow that wrote them")
          .about("By it tools choose a version that can read them. Quote it: YAML would read 2.10 as the number 2.1.")
          .example("'2.10'")
          .check<&is_version>("a version")
          .in_schema(kVersionSchema)
          .warn<&is_given<Version>>(Severity::kAlert, "the TensorFlow version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<TensorflowJsWeights, WeightsFormat::kTensorflowJs>>("bioimageio.weights-parent", "",
        kParentRule);
  return kTable;
}
const Type& describe(type<TensorflowSavedModelBundleWeights>) {
  using Entry = TensorflowSavedModelBundleWeights;
  static constexpr auto kTable = object<Entry>("TensorflowSavedModelBundleWeightsDescr",
      "a zipped TensorFlow SavedModel",
      optional<&Entry::tensorflow_version>("tensorflow_version", "TensorFlow that wrote them")
          .about("By it tools choose a version that can read them. Quote it: YAML would read 2.10 as the number 2.1.")
          .example("'2.10'")
          .check<&is_version>("a version")
          .in_schema(kVersionSchema)
          .warn<&is_given<Version>>(Severity::kAlert, "the TensorFlow version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<Entry, WeightsFormat::kTensorflowSavedModelBundle>>("bioimageio.weights-parent", "",
        kParentRule);
  return kTable;
}
const Type& describe(type<TorchscriptWeights>) {
  static constexpr auto kTable = object<TorchscriptWeights>("TorchscriptWeightsDescr", "a TorchScript module",
      optional<&TorchscriptWeights::pytorch_version>("pytorch_version", "PyTorch that wrote them")
          .about("By it tools choose a version that can read them. Quote it: YAML would read 1.10 as the number 1.1.")
          .example("'1.13'").since("0.4.3")
          .check<&is_version>("a version")
          .in_schema(kVersionSchema)
          .warn<&is_given<Version>>(Severity::kAlert, "the PyTorch version that wrote them"))
    .inherits<WeightsEntry>()
    .rule<&parent_is_another<TorchscriptWeights, WeightsFormat::kTorchscript>>("bioimageio.weights-parent", "",
        kParentRule);
  return kTable;
}

const Type& describe(type<Weights>) {
  static constexpr auto kTable = object<Weights>("WeightsDescr",
      "the network with its parameters, once in each of one or more formats",
      optional<&Weights::keras_hdf5>("keras_hdf5", "Keras weights in HDF5")
          .about("Written by model.save('weights.h5') of Keras 2.")
          .example("{source: weights.h5, tensorflow_version: '2.10'}"),
      optional<&Weights::onnx>("onnx", "ONNX weights")
          .about("The format that most tools can run, zooport among them.")
          .example("{source: weights.onnx, opset_version: 17}"),
      optional<&Weights::pytorch_state_dict>("pytorch_state_dict", "a PyTorch state dict")
          .about("Can be run only where the Python code of the architecture can be run.")
          .example("{source: weights.pt, architecture: monai.networks.nets.UNet, pytorch_version: '1.13'}"),
      optional<&Weights::tensorflow_js>("tensorflow_js", "TensorFlow.js weights")
          .about("For web pages.")
          .example("{source: tfjs.zip, tensorflow_version: '2.10'}"),
      optional<&Weights::tensorflow_saved_model_bundle>("tensorflow_saved_model_bundle", "a zipped SavedModel")
          .about("The folder that TensorFlow writes, as a zip archive.")
          .example("{source: saved_model.zip, tensorflow_version: '2.10'}"),
      optional<&Weights::torchscript>("torchscript", "a TorchScript module")
          .about("Written by torch.jit.save: the network and its parameters, without Python code.")
          .example("{source: weights.pt, pytorch_version: '1.13'}").since("0.4.0; pytorch_script before"))
    .rule<&has_an_entry>("bioimageio.no-weights", "", "at least one format is given")
    .in_schema(R"("not": {"additionalProperties": {"type": "null"}})");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
