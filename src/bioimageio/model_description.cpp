#include "zooport/bioimageio/model_description.hpp"

#include "bioimageio/licenses.hpp"
#include "bioimageio/model_rules.hpp"
#include "bioimageio/resource_rows.hpp"
#include "bioimageio/upgrade.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::object;
using schema::object_of;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;
using schema::Walk;

namespace {

constexpr std::string_view kModelVersions[] = {"0.4.10"};
constexpr std::string_view kModelTypes[] = {"model"};
constexpr std::string_view kKnownRunModes[] = {"deepimagej"};

bool is_not_empty(const std::string& text) { return !text.empty(); }
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

// The reference ends with an exception where something else than a mapping or a list stands.
const doc::Node* no_scalar(const doc::Node& data, Walk& walk) {
  using doc::Kind;
  const bool breaks = data.kind == Kind::kInteger || data.kind == Kind::kReal || data.kind == Kind::kBoolean ||
                      (data.kind == Kind::kString && data.text.find("format_version") != data.text.npos);
  if (!breaks) return &data;
  walk.abort(data.span, "TypeError", Walk::describe(data));
  return nullptr;
}

// A later patch of format 0.4 is read as this one, with an alert that suppresses all other warnings.
const doc::Node* with_known_patch(const doc::Node& model, Walk& walk) {
  const doc::Node* field = model.find("format_version");
  const auto version = field ? parse_format_version(field->text) : std::nullopt;
  const bool is_later = version && version->patch >= 0 && version->major == 0 &&
                        (version->minor > 4 || (version->minor == 4 && version->patch > 10));
  if (!is_later) return &model;
  walk.report(Severity::kAlert, field->span, {"schema.advice", "warning"}, "a format version up to 0.4.10",
              concat("'", field->text, "'"));
  if (walk.raises(Severity::kAlert)) return nullptr;
  return &walk.arena.keep(walk.arena.with(model, "format_version", walk.arena.string(*field, "0.4.10")));
}

}  // namespace

const doc::Node* authors_from_text(const doc::Node& authors, Walk& walk) {
  using doc::Kind;
  const doc::Node* result = &authors;
  const auto author = [&](const doc::Node& name) {
    doc::Node mapping = name;
    mapping.kind = Kind::kMapping;
    mapping.text = {};
    doc::Node field = name;
    field.key = "name";
    field.key_kind = Kind::kString;
    field.key_span = name.span;
    return walk.arena.with_children(mapping, {field});
  };
  if (authors.kind == Kind::kString && !authors.text.empty()) {
    // A text is a sequence of characters to the reference.
    std::vector<doc::Node> characters;
    for (std::size_t i = 0; i < authors.text.size();) {
      std::size_t end = i + 1;
      while (end < authors.text.size() && (authors.text[end] & 0xC0) == 0x80) ++end;
      doc::Node character = authors;
      character.text = authors.text.substr(i, end - i);
      characters.push_back(author(character));
      i = end;
    }
    doc::Node list = authors;
    list.kind = Kind::kSequence;
    list.text = {};
    result = &walk.arena.keep(walk.arena.with_children(list, std::move(characters)));
  } else if (authors.kind == Kind::kSequence) {
    std::vector<doc::Node> items(authors.children.begin(), authors.children.end());
    bool changed = false;
    for (doc::Node& item : items)
      if (item.kind == Kind::kString) item = author(item), changed = true;
    if (changed) result = &walk.arena.keep(walk.arena.with_children(authors, std::move(items)));
  } else if (authors.kind == Kind::kString) {
    doc::Node list = authors;
    list.kind = Kind::kSequence;
    result = &walk.arena.keep(list);
  }
  const bool is_number = result->kind == Kind::kInteger || result->kind == Kind::kReal;
  const bool is_falsy = result->kind == Kind::kNull || (result->is_collection() && result->children.empty()) ||
                        (result->kind == Kind::kBoolean && !doc::boolean_of(*result)) ||
                        (is_number && doc::real_of(*result) == 0);
  if (!is_falsy) return result;
  walk.report(Severity::kWarning, authors.span, {"schema.advice", "warning"}, "at least one author", "none");
  return walk.raises(Severity::kWarning) ? nullptr : result;
}

bool has_citation(const std::vector<CiteEntry>& cite) { return !cite.empty(); }

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
  static constexpr auto kTable = object_of<M>("ModelDescr", "a model of bioimage.io", std::tuple_cat(
      resource_rows<M>(
          required<&ResourceDescription::name, M>("name", "for people to recognize it")
              .check<&is_not_empty>("at least 1 character", {"schema.too-short", "string_too_short"})
              .warn<&has_5_characters>(Severity::kInfo, "at least 5 characters")
              .warn<&has_64_characters_at_most>(Severity::kInfo, "at most 64 characters"),
          required<&ResourceDescription::authors, M>("authors", "who made it").before(&authors_from_text)
              .check<&has_author>("at least one author", {"schema.too-short", "too_short"})),
      std::make_tuple(
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
          required<&M::weights>("weights", "the network"))))
    .before(&with_known_patch)
    .rule<&names_are_unique>("bioimageio.tensor-names")
    .rule<&outputs_stay_positive>("bioimageio.output-shape")
    .rule<&references_name_inputs>("bioimageio.reference-tensor");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
