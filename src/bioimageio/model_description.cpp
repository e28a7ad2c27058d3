#include "zooport/bioimageio/model_description.hpp"

#include <algorithm>

#include "bioimageio/licenses.hpp"
#include "bioimageio/model_rules.hpp"
#include "bioimageio/resource_rules.hpp"
#include "bioimageio/upgrade.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;
using schema::Walk;

namespace {

constexpr std::string_view kModelVersions[] = {"0.4.10"};
constexpr std::string_view kModelTypes[] = {"model"};
constexpr std::string_view kKnownRunModes[] = {"deepimagej"};

// What the reference still reads as this version: what older ones differ in is converted, and later ones are like it.
constexpr std::string_view kVersionsSchema = R"("type": "string", "pattern": "^0\\.4\\.(?:[5-9]|[1-9][0-9]+)$")";
// At least one; texts become authors.
constexpr std::string_view kAuthorsSchema =
    R"("anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "minItems": 1, )"
    R"("items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Author"}]}}])";

bool has_5_characters(const std::string& text) { return code_points(text) >= 5; }
bool has_64_characters_at_most(const std::string& text) { return code_points(text) <= 64; }
bool has_author(const std::vector<Author>& authors) { return !authors.empty(); }
bool is_current(const std::variant<LicenseId, std::string>& license) { return license.index() == 0; }
bool is_known_run_mode(const std::variant<KnownRunMode, std::string>& name) { return name.index() == 0; }

// The reference drops a parent that is a mapping, whatever it holds.
const doc::Node* without_parent(const doc::Node& parent, Walk& walk) {
  if (parent.kind != doc::Kind::kMapping) return &parent;
  doc::Node none = parent;
  none.kind = doc::Kind::kNull;
  none.children = {};
  return &walk.arena.keep(none);
}

// The reference looks for a format version in whatever stands here, and for some values that is an exception.
const doc::Node* no_scalar(const doc::Node& data, Walk& walk) {
  using doc::Kind;
  const auto names_version = [](const doc::Node& item) {
    return item.kind == Kind::kString && item.text == "format_version";
  };
  bool breaks = false;
  switch (data.kind) {
    case Kind::kNull:
    case Kind::kMapping:
    case Kind::kBytes: break;
    case Kind::kString: breaks = data.text.find("format_version") != data.text.npos; break;
    case Kind::kSequence: breaks = std::any_of(data.children.begin(), data.children.end(), names_version); break;
    default: breaks = true;
  }
  if (!breaks) return &data;
  walk.abort(data.span, "TypeError", Walk::describe(data));
  return nullptr;
}

}  // namespace

// clang-format off
const Type& describe(type<ModelFormatVersion>) {
  static constexpr auto kType = schema::enumeration<ModelFormatVersion>(kModelVersions);
  return kType;
}
const Type& describe(type<ModelType>) {
  static constexpr auto kType = schema::enumeration<ModelType>(kModelTypes);
  return kType;
}
const Type& describe(type<KnownRunMode>) {
  static constexpr auto kType = schema::enumeration<KnownRunMode>(kKnownRunModes);
  return kType;
}

const Type& describe(type<LinkedModel>) {
  static constexpr auto kTable = object<LinkedModel>("LinkedModel", "a model of the collection, named by its id",
      required<&LinkedModel::id>("id", "its id")
          .about("As the collection has it: letters, digits and _ - / . ; it is put into lower case.")
          .example("affable-shark"),
      optional<&LinkedModel::version_number>("version_number", "its version number")
          .about("The nth that was published under the id; the latest where it is left out.")
          .example("2"));
  return kTable;
}

const Type& describe(type<RunMode>) {
  static constexpr auto kTable = object<RunMode>("RunMode", "a way to run the model that is not the usual one",
      required<&RunMode::name>("name", "which way")
          .about("Tools that do not know the name run the model as usual, or not at all.")
          .example("deepimagej")
          .warn<&is_known_run_mode>(Severity::kWarning, "'deepimagej', the only one that consumers know"),
      optional<&RunMode::kwargs>("kwargs", "its parameters")
          .about("Names and values for the tool that runs it.")
          .example("{macro: preprocess.ijm}"));
  return kTable;
}

const Type& describe(type<ModelDescription>) {
  using M = ModelDescription;
  using Inputs = bool (*)(const schema::NonEmpty<InputTensor>&);
  using Outputs = bool (*)(const schema::NonEmpty<OutputTensor>&);
  static constexpr auto kTable = object<M>("ModelDescr", "a trained network with all that is needed to use it",
      required<&ResourceDescription::name, M>("name", "for people to recognize it").overriding()
          .about("The title of the model: what it finds, in what kind of images. No slashes, as it may become the "
                 "name of a file.")
          .example("Nuclei in Uneven Light")
          .in_schema(R"("minLength": 1)")
          .check<&is_not_empty>("at least 1 character", {"schema.too-short", "string_too_short"})
          .warn<&has_5_characters>(Severity::kInfo, "at least 5 characters")
          .warn<&has_64_characters_at_most>(Severity::kInfo, "at most 64 characters"),
      required<&ResourceDescription::authors, M>("authors", "who made it").overriding().before(&authors_from_text)
          .about("Those who trained the network, in the order in which they are to be named. A text instead of a "
                 "mapping is taken as a name.")
          .example("[{name: Ada Lovelace, affiliation: Analytical Engines, orcid: 0000-0002-1825-0097}]")
          .schema_instead(kAuthorsSchema)
          .check<&has_author>("at least one author", {"schema.too-short", "too_short"}),
      required<&M::format_version>("format_version", "version of the format")
          .about("Of the format that the description keeps to. Documents of 0.3 and of earlier 0.4 versions are "
                 "converted before they are read (zooport upgrade writes the result), and later 0.4 ones are read as "
                 "this one.")
          .example("0.4.10").schema_instead(kVersionsSchema),
      required<&M::type>("type", "kind of resource")
          .about("Says that the description is one of a model.")
          .example("model").since("0.3.2"),
      optional<&M::id>("id", "id in the collection")
          .about("Given by the collection when the model is published. Letters, digits and _ - / . ; it is put into "
                 "lower case.")
          .example("affable-shark").since("0.4.2; config.bioimageio.nickname before 0.4.10"),
      required<&M::documentation>("documentation", "text that documents the model")
          .about("URL, or relative path, of a text in Markdown (.md): how the network was trained, on what, what it "
                 "is good for, and, in a section '# Validation', how anyone can see that it works.")
          .example("README.md").since("URLs since 0.4.1"),
      required<&M::inputs>("inputs", "what goes in")
          .about("The tensors that the network takes, in the order in which it takes them.")
          .example("[{name: raw, axes: bcyx, data_type: float32, shape: {min: [1, 1, 64, 64], step: [0, 0, 16, 16]}}]")
          .check<static_cast<Inputs>(&have_unique_names)>("unique names of inputs"),
      required<&M::license>("license", "SPDX license id")
          .about("What others may do with the model, by an id of the SPDX list (spdx.org/licenses). Any other text "
                 "is taken with a warning.")
          .example("CC-BY-4.0")
          .warn<&is_current>(Severity::kWarning, "a current SPDX license id"),
      required<&M::outputs>("outputs", "what comes out")
          .about("The tensors that the network gives, in the order in which it gives them. No name is that of an "
                 "input.")
          .example("[{name: mask, axes: bcyx, data_type: float32, shape: [1, 1, 512, 512]}]")
          .check<static_cast<Outputs>(&have_unique_names)>("unique names of outputs"),
      optional<&M::packaged_by>("packaged_by", "who packaged it")
          .about("Those who wrote the description and put the package together, if they are not the authors.")
          .example("[{name: Ada Lovelace}]"),
      optional<&M::parent>("parent", "the model that this one comes from").before(&without_parent)
          .about("The model that was trained further. A mapping with its id; the reference library drops whatever a "
                 "mapping says here, and so does the normalised document.")
          .example("{id: affable-shark}").since("0.4.5; with uri and sha256 before")
          .schema_instead(R"("type": ["object", "null"])"),
      optional<&M::run_mode>("run_mode", "a custom way to run it")
          .about("For models that do more than one pass through the network. Few tools can run them.")
          .example("{name: deepimagej}"),
      optional<&M::sample_inputs>("sample_inputs", "images to try it on")
          .about("URLs or relative paths, one an input: real images to show what the model does. Unlike test_inputs "
                 "they may be of any format.")
          .example("[sample.png]"),
      optional<&M::sample_outputs>("sample_outputs", "what it makes of them")
          .about("URLs or relative paths, one an output.")
          .example("[segmented.png]"),
      required<&M::test_inputs>("test_inputs", "test tensors, one per input")
          .about("URLs or relative paths of arrays in NumPy's format, one an input and in their order: what goes in "
                 "before preprocessing, with exactly the axes of the input. `zooport test` runs the model on them.")
          .example("[test_input.npy]"),
      required<&M::test_outputs>("test_outputs", "what the model makes of them, one per output")
          .about("URLs or relative paths of arrays in NumPy's format, one an output and in their order: what comes "
                 "out after postprocessing.")
          .example("[test_output.npy]"),
      required<&M::timestamp>("timestamp", "when it was made")
          .about("When the description was first written, in ISO 8601; without a zone it is UTC.")
          .example("'2024-01-31T12:00:00Z'"),
      optional<&M::training_data>("training_data", "what it was trained on").before(&no_scalar)
          .about("Either the id of a dataset of the collection, or a whole description of one; 'type' and "
                 "'format_version' may then be left out.")
          .example("{id: uplifting-ice-cream}").since("0.4.4"),
      required<&M::weights>("weights", "the network")
          .about("The same network in one or more formats; the more, the more tools can run it. All give the same "
                 "numbers.")
          .example("{onnx: {source: weights.onnx, opset_version: 17}}"))
    .inherits<ResourceDescription>()
    .before(&current_model)
    .rule<&names_are_unique>("bioimageio.tensor-names", "", "no two tensors have one name, inputs and outputs together")
    .rule<&outputs_stay_positive>("bioimageio.output-shape", "",
        "the least input leaves each output at least 1 element on each axis, its halo taken off; a shape that follows "
        "from another tensor's names a tensor with as many axes")
    .rule<&references_name_inputs>("bioimageio.reference-tensor", "",
        "reference_tensor of a processing step names another tensor that is an input");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
