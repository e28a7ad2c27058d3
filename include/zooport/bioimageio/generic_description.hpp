#pragma once

#include "zooport/bioimageio/resource_description.hpp"

// The kinds of resource that are no model, format 0.2.4. Older 0.2 documents are converted before they are read.
namespace zooport::bioimageio {

enum class GenericFormatVersion : std::uint8_t { k0_2_4 };
enum class DatasetType : std::uint8_t { kDataset };
enum class NotebookType : std::uint8_t { kNotebook };
enum class ApplicationType : std::uint8_t { kApplication };

struct Badge {
  std::string label;
  std::optional<BadgeIcon> icon;
  HttpUrl url;
  schema::Given given;
};

// What these kinds share.
struct GenericDescriptionBase : ResourceDescription {
  GenericFormatVersion format_version = GenericFormatVersion::k0_2_4;
  std::vector<Badge> badges;
  std::optional<FileSource> documentation;
  std::optional<std::variant<LicenseId, DeprecatedLicenseId, std::string>> license;
};

// Any other kind. Fields that it does not know are dropped.
struct GenericDescription : GenericDescriptionBase {
  std::string type = "generic";
  std::optional<ResourceId> id;
  std::optional<HttpUrl> source;
};

struct DatasetDescription : GenericDescriptionBase {
  DatasetType type = DatasetType::kDataset;
  std::optional<ResourceId> id;
  std::optional<HttpUrl> source;
};

struct NotebookDescription : GenericDescriptionBase {
  NotebookType type = NotebookType::kNotebook;
  std::optional<ResourceId> id;
  NotebookFile source;
};

struct ApplicationDescription : GenericDescriptionBase {
  ApplicationType type = ApplicationType::kApplication;
  std::optional<ResourceId> id;
  std::optional<PackagedFile> source;
};

struct LinkedDataset {
  ResourceId id;
  std::optional<schema::Integer> version_number;
  schema::Given given;
};

const schema::Type& describe(schema::type<GenericFormatVersion>);
const schema::Type& describe(schema::type<DatasetType>);
const schema::Type& describe(schema::type<NotebookType>);
const schema::Type& describe(schema::type<ApplicationType>);
const schema::Type& describe(schema::type<Badge>);
const schema::Type& describe(schema::type<GenericDescriptionBase>);
const schema::Type& describe(schema::type<GenericDescription>);
const schema::Type& describe(schema::type<DatasetDescription>);
const schema::Type& describe(schema::type<NotebookDescription>);
const schema::Type& describe(schema::type<ApplicationDescription>);
const schema::Type& describe(schema::type<LinkedDataset>);

}  // namespace zooport::bioimageio
