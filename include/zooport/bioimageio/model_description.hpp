#pragma once

#include "zooport/bioimageio/people.hpp"
#include "zooport/bioimageio/tensors.hpp"
#include "zooport/bioimageio/weights.hpp"

namespace zooport::bioimageio {

// Fields of every resource of the 0.2 family, which model 0.4 belongs to.
struct ResourceDescription {
  std::string name;
  std::string description;
  std::vector<CoverFile> covers;
  std::optional<Emoji> id_emoji;
  std::vector<Author> authors;
  std::optional<Attachments> attachments;
  std::vector<CiteEntry> cite;
  schema::Map<schema::Any> config;
  std::optional<HttpUrl> download_url;
  std::optional<std::string> git_repo;
  std::optional<std::variant<ShortText, FileSource>> icon;
  std::vector<std::string> links;
  std::optional<Uploader> uploader;
  std::vector<Maintainer> maintainers;
  std::optional<FileSource> rdf_source;
  std::vector<std::string> tags;
  std::optional<Version> version;
  std::optional<schema::Integer> version_number;
  schema::Given given;
};

enum class ModelFormatVersion : std::uint8_t { k0_4_10 };
enum class ModelType : std::uint8_t { kModel };
enum class DatasetFormatVersion : std::uint8_t { k0_2_4 };
enum class DatasetType : std::uint8_t { kDataset };

struct LinkedModel {
  ResourceId id;
  std::optional<schema::Integer> version_number;
  schema::Given given;
};
struct LinkedDataset {
  ResourceId id;
  std::optional<schema::Integer> version_number;
  schema::Given given;
};

enum class KnownRunMode : std::uint8_t { kDeepimagej };
struct RunMode {
  std::variant<KnownRunMode, std::string> name;
  schema::Map<schema::Any> kwargs;
  schema::Given given;
};

struct Badge {
  std::string label;
  std::optional<schema::Any> icon;
  HttpUrl url;
  schema::Given given;
};

// A dataset 0.2.4, as it may stand inside a model.
struct DatasetDescription : ResourceDescription {
  DatasetFormatVersion format_version = DatasetFormatVersion::k0_2_4;
  std::vector<Badge> badges;
  std::optional<FileSource> documentation;
  std::optional<std::variant<LicenseId, std::string>> license;
  DatasetType type = DatasetType::kDataset;
  std::optional<ResourceId> id;
  std::optional<HttpUrl> source;
};

// A model 0.4.10. Older 0.4 documents are converted before they are read.
struct ModelDescription : ResourceDescription {
  ModelFormatVersion format_version = ModelFormatVersion::k0_4_10;
  ModelType type = ModelType::kModel;
  std::optional<ResourceId> id;
  PackagedFile documentation;
  schema::NonEmpty<InputTensor> inputs;
  std::variant<LicenseId, std::string> license;
  schema::NonEmpty<OutputTensor> outputs;
  std::vector<Author> packaged_by;
  std::optional<LinkedModel> parent;  // always none after reading: the reference drops it
  std::optional<RunMode> run_mode;
  std::vector<PackagedFile> sample_inputs;
  std::vector<PackagedFile> sample_outputs;
  schema::NonEmpty<ArrayFile> test_inputs;
  schema::NonEmpty<ArrayFile> test_outputs;
  Datetime timestamp;
  std::optional<std::variant<LinkedDataset, DatasetDescription>> training_data;
  Weights weights;
};

const schema::Type& describe(schema::type<ModelFormatVersion>);
const schema::Type& describe(schema::type<ModelType>);
const schema::Type& describe(schema::type<DatasetFormatVersion>);
const schema::Type& describe(schema::type<DatasetType>);
const schema::Type& describe(schema::type<LinkedModel>);
const schema::Type& describe(schema::type<LinkedDataset>);
const schema::Type& describe(schema::type<KnownRunMode>);
const schema::Type& describe(schema::type<RunMode>);
const schema::Type& describe(schema::type<Badge>);
const schema::Type& describe(schema::type<DatasetDescription>);
const schema::Type& describe(schema::type<ModelDescription>);

}  // namespace zooport::bioimageio
