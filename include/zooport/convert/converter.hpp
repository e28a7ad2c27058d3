#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/convert_model.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/metadata.hpp"
#include "zooport/engine/engine.hpp"

// Conversion and unpacking with the words of the real package (czmodel), without its frameworks.
namespace zooport::convert {

// A network and what it is.
struct ModelSpec {
  std::string model;  // path of an ONNX file, or with Conversion::allow_savedmodel of a SavedModel's folder
  czann::Metadata model_metadata;
  std::string license_file;  // path; empty: none
};

// The same for a CZSEG. czann::make_legacy_metadata() makes them as the real package's constructor does.
struct LegacyModelSpec {
  std::string model;  // path of an ONNX file
  czann::LegacyMetadata model_metadata;
  std::string license_file;
};

// What is asked of one conversion.
struct Conversion {
  // .czann is appended unless it stands there, in any case; of a CZSEG, .czseg, unless that or .czmodel stands there.
  std::string output_name = "DNNModel";
  std::vector<std::int64_t> spatial_dims;   // (D,) H, W; empty: those of the specification, or of the network
  std::vector<std::string> preprocessing;   // operations (docs/processing.md) before the network, in order; empty:
  std::vector<std::string> postprocessing;  // those of the specification. Axes are the caller's: (z,) y, x, channel
  enum class SavedModel : std::uint8_t { kRefuse, kPack };
  SavedModel savedmodel = SavedModel::kRefuse;
};

struct UnpackedModel {
  czann::Metadata metadata;
  std::string network;  // path of the network below the folder: ONNX, or a zipped SavedModel
  Diagnostics findings;
};

// Makes CZANN files. May be used from several threads at once.
class DefaultConverter {
 public:
  // Without an engine the one that is installed is opened when a network was changed: what was changed is compared.
  explicit DefaultConverter(std::shared_ptr<engine::Engine> engine = nullptr, Context context = {});

  // Writes OUTPUT_PATH/OUTPUT_NAME.czann; folders are made, a file is replaced. Nothing is written if the changed
  // network gives other numbers: the report's sha256 is empty then. Errors: those of convert_source().
  Result<ConversionReport> convert_from_model_spec(const ModelSpec& spec, const std::string& output_path,
                                                   const Conversion& conversion = {}) const;
  Result<ConversionReport> convert_from_json_spec(const std::string& path, const std::string& output_path,
                                                  const Conversion& conversion = {}) const;
  // Writes all members below the folder, which is made, beside what is there, and says which is the network. Relative
  // folders are those of the working folder. Errors: an archive that is not safe, or no CZANN (kInvalid), a folder that
  // cannot be written.
  Result<UnpackedModel> unpack_model(const std::string& file, const std::string& target_dir) const;

 private:
  std::shared_ptr<engine::Engine> engine_;
  Context context_;
};

struct UnpackedLegacyModel {
  czann::LegacyMetadata metadata;
  std::string network;  // as of UnpackedModel; empty: the archive is one of training only
  Diagnostics findings;
};

// The same for CZSEG files, which are also called CZMODEL. Height and width of their networks are fixed, or
// Conversion::spatial_dims fixes them; a SavedModel is refused. May be used from several threads at once.
class LegacyConverter {
 public:
  explicit LegacyConverter(std::shared_ptr<engine::Engine> engine = nullptr, Context context = {});

  Result<ConversionReport> convert_from_model_spec(const LegacyModelSpec& spec, const std::string& output_path,
                                                   const Conversion& conversion = {}) const;
  // Of the flat form; DefaultConverter reads the other.
  Result<ConversionReport> convert_from_json_spec(const std::string& path, const std::string& output_path,
                                                  const Conversion& conversion = {}) const;
  Result<UnpackedLegacyModel> unpack_model(const std::string& file, const std::string& target_dir) const;

 private:
  std::shared_ptr<engine::Engine> engine_;
  Context context_;
};

}  // namespace zooport::convert
