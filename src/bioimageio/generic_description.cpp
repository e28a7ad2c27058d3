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

// Earlier versions are converted before they are read, later ones read as this one.
constexpr std::string_view kVersionsSchema =
    R"("type": "string", "pattern": "^0\\.(?:[2-9]|[1-9][0-9]+)\\.[0-9]+$")";

constexpr std::string_view kIdAbout =
    "Given by the collection when the resource is published. Letters, digits and _ - / . ; it is put into lower case.";

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
  static constexpr auto kTable = object<LinkedDataset>("LinkedDataset", "a dataset of the collection, named by its id",
      required<&LinkedDataset::id>("id", "its id")
          .about("As the collection has it: letters, digits and _ - / . ; it is put into lower case.")
          .example("uplifting-ice-cream"),
      optional<&LinkedDataset::version_number>("version_number", "its version number")
          .about("The nth that was published under the id; the latest where it is left out.")
          .example("2"));
  return kTable;
}

const Type& describe(type<Badge>) {
  static constexpr auto kTable = object<Badge>("BadgeDescr", "a small picture with a link, as web pages show them",
      required<&Badge::label>("label", "its text")
          .about("Shown on the badge, or in place of it.")
          .example("Open in Colab"),
      optional<&Badge::icon>("icon", "its picture")
          .about("A URL, or the path of a file relative to the description.")
          .example("https://example.com/badge.svg"),
      required<&Badge::url>("url", "where it leads")
          .about("Opened when somebody clicks.")
          .example("https://example.com/notebook"));
  return kTable;
}

const Type& describe(type<GenericDescriptionBase>) {
  using G = GenericDescriptionBase;
  static constexpr auto kTable = object<G>("GenericDescrBase", "what resources other than models share",
      required<&G::format_version>("format_version", "version of the format").filled_in()
          .about("Of the format that the description keeps to. Documents of 0.2.0 to 0.2.3 are converted before they "
                 "are read, and later 0.2 ones are read as this one.")
          .example("0.2.4").schema_instead(kVersionsSchema),
      optional<&G::badges>("badges", "badges to show")
          .about("Small pictures with links, as web pages show them.")
          .example("[{label: Open in Colab, url: 'https://example.com/notebook'}]"),
      optional<&G::documentation>("documentation", "text that documents it")
          .about("URL, or relative path, of a text in Markdown.")
          .example("README.md"),
      optional<&G::license>("license", "SPDX license id")
          .about("What others may do with it, by an id of the SPDX list (spdx.org/licenses). Any other text is taken "
                 "with a warning.")
          .example("CC-BY-4.0")
          .warn<&is_current>(Severity::kWarning, "a current SPDX license id"))
    .inherits<ResourceDescription>();
  return kTable;
}

const Type& describe(type<GenericDescription>) {
  using G = GenericDescription;
  static constexpr auto kTable = object<G>("GenericDescr",
      "a resource that is no model, dataset, notebook or application",
      required<&G::type>("type", "kind of resource")
          .about("A word for what it is, in lower case. Kinds with descriptions of their own (application, dataset, "
                 "model, notebook) cannot stand here.")
          .example("workflow").check<&is_free_type>("a type that has no description of its own")
          .in_schema(R"("not": {"enum": ["application", "collection", "dataset", "model", "notebook"]})"),
      optional<&G::id>("id", "id in the collection")
          .about(kIdAbout).example("uplifting-ice-cream").since("0.2.2"),
      optional<&G::source>("source", "where it is")
          .about("A URL.")
          .example("https://example.com/workflow"))
    .inherits<GenericDescriptionBase>()
    .before(&current_generic)
    .ignores_unknown();
  return kTable;
}

const Type& describe(type<DatasetDescription>) {
  using D = DatasetDescription;
  static constexpr auto kTable = object<D>("DatasetDescr", "a dataset",
      required<&D::type>("type", "kind of resource").filled_in()
          .about("Says that the description is one of a dataset; inside a model it may be left out.")
          .example("dataset"),
      optional<&D::id>("id", "id in the collection")
          .about(kIdAbout).example("uplifting-ice-cream").since("0.2.2"),
      optional<&D::source>("source", "where the data are")
          .about("A URL: of an archive, or of a page that leads to the data.")
          .example("https://example.com/data.zip"))
    .inherits<GenericDescriptionBase>()
    .before(&current_dataset)
    .labelled("function-after[_set_init_validation_summary(), DatasetDescr]");
  return kTable;
}

const Type& describe(type<NotebookDescription>) {
  using N = NotebookDescription;
  static constexpr auto kTable = object<N>("NotebookDescr", "a Jupyter notebook",
      required<&N::type>("type", "kind of resource")
          .about("Says that the description is one of a notebook.")
          .example("notebook"),
      optional<&N::id>("id", "id in the collection")
          .about(kIdAbout).example("uplifting-ice-cream").since("0.2.2"),
      required<&N::source>("source", "the notebook")
          .about("URL, or relative path, of the file.")
          .example("segment.ipynb"))
    .inherits<GenericDescriptionBase>()
    .before(&current_generic);
  return kTable;
}

const Type& describe(type<ApplicationDescription>) {
  using A = ApplicationDescription;
  static constexpr auto kTable = object<A>("ApplicationDescr", "a program, or a web page that is one",
      required<&A::type>("type", "kind of resource")
          .about("Says that the description is one of an application.")
          .example("application"),
      optional<&A::id>("id", "id in the collection")
          .about(kIdAbout).example("uplifting-ice-cream").since("0.2.2"),
      optional<&A::source>("source", "the application")
          .about("URL, or relative path, of the file that starts it.")
          .example("https://example.com/app.imjoy.html"))
    .inherits<GenericDescriptionBase>()
    .before(&current_generic);
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
