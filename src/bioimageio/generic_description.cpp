#include "zooport/bioimageio/generic_description.hpp"

#include <algorithm>

#include "bioimageio/upgrade.hpp"

namespace zooport::bioimageio {

using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;
using schema::Walk;

namespace {

constexpr std::string_view kVersions[] = {"0.2.4"};
constexpr std::string_view kDatasetTypes[] = {"dataset"};
constexpr std::string_view kNotebookTypes[] = {"notebook"};
constexpr std::string_view kApplicationTypes[] = {"application"};

using License = std::optional<std::variant<LicenseId, DeprecatedLicenseId, std::string>>;
bool is_current(const License& license) { return license && license->index() == 0; }

bool is_free_type(const std::string& text) {
  constexpr std::string_view kSpecific[] = {"application", "collection", "dataset", "model", "notebook"};
  return std::find(std::begin(kSpecific), std::end(kSpecific), text) == std::end(kSpecific);
}

// Inside a model, type and version may be left out.
const doc::Node* current_dataset(const doc::Node& data, Walk& walk) {
  const doc::Node* dataset = current_generic(data, walk);
  if (!dataset) return nullptr;
  const auto with_default = [&](std::string_view field, std::string_view value) {
    if (dataset->find(field)) return;
    dataset = &walk.arena.keep(walk.arena.with(*dataset, field, walk.arena.string(*dataset, std::string(value))));
  };
  with_default("format_version", "0.2.4");
  with_default("type", "dataset");
  return dataset;
}

}  // namespace

// clang-format off
const Type& describe(type<GenericFormatVersion>) {
  static constexpr auto kType = schema::enumeration<GenericFormatVersion>(kVersions);
  return kType;
}
const Type& describe(type<DatasetType>) {
  static constexpr auto kType = schema::enumeration<DatasetType>(kDatasetTypes);
  return kType;
}
const Type& describe(type<NotebookType>) {
  static constexpr auto kType = schema::enumeration<NotebookType>(kNotebookTypes);
  return kType;
}
const Type& describe(type<ApplicationType>) {
  static constexpr auto kType = schema::enumeration<ApplicationType>(kApplicationTypes);
  return kType;
}

const Type& describe(type<LinkedDataset>) {
  static constexpr auto kTable = object<LinkedDataset>("LinkedDataset", "a dataset of the collection",
      required<&LinkedDataset::id>("id", "its id"),
      optional<&LinkedDataset::version_number>("version_number", "its version number"));
  return kTable;
}

const Type& describe(type<Badge>) {
  static constexpr auto kTable = object<Badge>("BadgeDescr", "a badge with a link",
      required<&Badge::label>("label", "its text"),
      optional<&Badge::icon>("icon", "its picture"),
      required<&Badge::url>("url", "where it leads"));
  return kTable;
}

const Type& describe(type<GenericDescriptionBase>) {
  using G = GenericDescriptionBase;
  static constexpr auto kTable = object<G>("GenericDescrBase", "what resources other than models share",
      required<&G::format_version>("format_version", "version of the format"),
      optional<&G::badges>("badges", "badges to show"),
      optional<&G::documentation>("documentation", "text that documents it"),
      optional<&G::license>("license", "SPDX license id")
          .warn<&is_current>(Severity::kWarning, "a current SPDX license id"))
    .inherits<ResourceDescription>();
  return kTable;
}

const Type& describe(type<GenericDescription>) {
  using G = GenericDescription;
  static constexpr auto kTable = object<G>("GenericDescr", "a resource of bioimage.io of any other kind",
      required<&G::type>("type", "kind of resource").check<&is_free_type>("a type that has no description of its own"),
      optional<&G::id>("id", "id in the collection"),
      optional<&G::source>("source", "where it is"))
    .inherits<GenericDescriptionBase>()
    .before(&current_generic)
    .ignores_unknown();
  return kTable;
}

const Type& describe(type<DatasetDescription>) {
  using D = DatasetDescription;
  static constexpr auto kTable = object<D>("DatasetDescr", "a dataset of bioimage.io",
      required<&D::type>("type", "kind of resource"),
      optional<&D::id>("id", "id in the collection"),
      optional<&D::source>("source", "where the data are"))
    .inherits<GenericDescriptionBase>()
    .before(&current_dataset)
    .labelled("function-after[_set_init_validation_summary(), DatasetDescr]");
  return kTable;
}

const Type& describe(type<NotebookDescription>) {
  using N = NotebookDescription;
  static constexpr auto kTable = object<N>("NotebookDescr", "a notebook of bioimage.io",
      required<&N::type>("type", "kind of resource"),
      optional<&N::id>("id", "id in the collection"),
      required<&N::source>("source", "the notebook"))
    .inherits<GenericDescriptionBase>()
    .before(&current_generic);
  return kTable;
}

const Type& describe(type<ApplicationDescription>) {
  using A = ApplicationDescription;
  static constexpr auto kTable = object<A>("ApplicationDescr", "an application of bioimage.io",
      required<&A::type>("type", "kind of resource"),
      optional<&A::id>("id", "id in the collection"),
      optional<&A::source>("source", "the application"))
    .inherits<GenericDescriptionBase>()
    .before(&current_generic);
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
