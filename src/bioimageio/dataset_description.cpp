#include "bioimageio/resource_rows.hpp"
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

constexpr std::string_view kDatasetVersions[] = {"0.2.4"};
constexpr std::string_view kDatasetTypes[] = {"dataset"};

bool has_a_name(const std::string& text) { return !text.empty(); }
bool has_128_characters_at_most(const std::string& text) { return code_points(text) <= 128; }
bool has_authors(const std::vector<Author>& authors) { return !authors.empty(); }
bool is_current_id(const std::optional<std::variant<LicenseId, std::string>>& license) {
  return license && license->index() == 0;
}

// Inside a model, type and version may be left out.
const doc::Node* with_type_and_version(const doc::Node& dataset, Walk& walk) {
  doc::Node full = dataset;
  if (!full.find("format_version")) full = walk.arena.with(full, "format_version", walk.arena.string(dataset, "0.2.4"));
  if (!full.find("type")) full = walk.arena.with(full, "type", walk.arena.string(dataset, "dataset"));
  return &walk.arena.keep(full);
}

}  // namespace

// clang-format off
const Type& describe(type<DatasetFormatVersion>) {
  static constexpr auto kType = schema::enumeration<DatasetFormatVersion>(kDatasetVersions);
  return kType;
}
const Type& describe(type<DatasetType>) {
  static constexpr auto kType = schema::enumeration<DatasetType>(kDatasetTypes);
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

const Type& describe(type<DatasetDescription>) {
  using D = DatasetDescription;
  static constexpr auto kTable = object_of<D>("DatasetDescr", "a dataset of bioimage.io", std::tuple_cat(
      resource_rows<D>(
          required<&ResourceDescription::name, D>("name", "for people to recognize it")
              .check<&has_a_name>("at least 1 character", {"schema.too-short", "string_too_short"})
              .warn<&has_128_characters_at_most>(Severity::kWarning, "at most 128 characters"),
          optional<&ResourceDescription::authors, D>("authors", "who made it").before(&authors_from_text)
              .warn<&has_authors>(Severity::kWarning, "at least one author")),
      std::make_tuple(
          required<&D::format_version>("format_version", "version of the format"),
          optional<&D::badges>("badges", "badges to show"),
          optional<&D::documentation>("documentation", "text that documents it"),
          optional<&D::license>("license", "SPDX license id")
              .warn<&is_current_id>(Severity::kWarning, "a current SPDX license id"),
          required<&D::type>("type", "kind of resource"),
          optional<&D::id>("id", "id in the collection"),
          optional<&D::source>("source", "where the data are"))))
    .before(&with_type_and_version)
    .labelled("function-after[_set_init_validation_summary(), DatasetDescr]");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
