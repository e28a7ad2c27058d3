#pragma once

#include "zooport/bioimageio/generic_description.hpp"
#include "zooport/bioimageio/tensors.hpp"
#include "zooport/bioimageio/weights.hpp"

namespace zooport::bioimageio {

enum class ModelFormatVersion : std::uint8_t { k0_4_10 };
enum class ModelType : std::uint8_t { kModel };

struct LinkedModel {
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
const schema::Type& describe(schema::type<LinkedModel>);
const schema::Type& describe(schema::type<KnownRunMode>);
const schema::Type& describe(schema::type<RunMode>);
const schema::Type& describe(schema::type<ModelDescription>);

}  // namespace zooport::bioimageio
