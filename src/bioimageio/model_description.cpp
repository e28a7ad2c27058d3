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
  static constexpr auto kTable = object<LinkedModel>("LinkedModel", "another model of the collection",
      required<&LinkedModel::id>("id", "its id"),
      optional<&LinkedModel::version_number>("version_number", "its version number"));
  return kTable;
}

const Type& describe(type<RunMode>) {
  static constexpr auto kTable = object<RunMode>("RunMode", "a custom way to run the model",
      required<&RunMode::name>("name", "which way")
          .warn<&is_known_run_mode>(Severity::kWarning, "'deepimagej', the only one that consumers know"),
      optional<&RunMode::kwargs>("kwargs", "its parameters"));
  return kTable;
}

const Type& describe(type<ModelDescription>) {
  using M = ModelDescription;
  using Inputs = bool (*)(const schema::NonEmpty<InputTensor>&);
  using Outputs = bool (*)(const schema::NonEmpty<OutputTensor>&);
  static constexpr auto kTable = object<M>("ModelDescr", "a model of bioimage.io",
      required<&ResourceDescription::name, M>("name", "for people to recognize it").overriding()
          .check<&is_not_empty>("at least 1 character", {"schema.too-short", "string_too_short"})
          .warn<&has_5_characters>(Severity::kInfo, "at least 5 characters")
          .warn<&has_64_characters_at_most>(Severity::kInfo, "at most 64 characters"),
      required<&ResourceDescription::authors, M>("authors", "who made it").overriding().before(&authors_from_text)
          .check<&has_author>("at least one author", {"schema.too-short", "too_short"}),
      required<&M::format_version>("format_version", "version of the format"),
      required<&M::type>("type", "kind of resource"),
      optional<&M::id>("id", "id in the collection"),
      required<&M::documentation>("documentation", "text that documents the model"),
      required<&M::inputs>("inputs", "what goes in")
          .check<static_cast<Inputs>(&have_unique_names)>("unique names of inputs"),
      required<&M::license>("license", "SPDX license id")
          .warn<&is_current>(Severity::kWarning, "a current SPDX license id"),
      required<&M::outputs>("outputs", "what comes out")
          .check<static_cast<Outputs>(&have_unique_names)>("unique names of outputs"),
      optional<&M::packaged_by>("packaged_by", "who packaged it"),
      optional<&M::parent>("parent", "the model that this one comes from").before(&without_parent),
      optional<&M::run_mode>("run_mode", "a custom way to run it"),
      optional<&M::sample_inputs>("sample_inputs", "images to try it on"),
      optional<&M::sample_outputs>("sample_outputs", "what it makes of them"),
      required<&M::test_inputs>("test_inputs", "test tensors, one per input"),
      required<&M::test_outputs>("test_outputs", "what the model makes of them, one per output"),
      required<&M::timestamp>("timestamp", "when it was made"),
      optional<&M::training_data>("training_data", "what it was trained on").before(&no_scalar),
      required<&M::weights>("weights", "the network"))
    .inherits<ResourceDescription>()
    .before(&current_model)
    .rule<&names_are_unique>("bioimageio.tensor-names")
    .rule<&outputs_stay_positive>("bioimageio.output-shape")
    .rule<&references_name_inputs>("bioimageio.reference-tensor");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
