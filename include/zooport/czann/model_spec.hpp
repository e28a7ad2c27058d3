#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/base/result.hpp"
#include "zooport/czann/metadata.hpp"

// The conversion specification: a JSON file that names a network and says what it is, and so becomes a CZANN or CZSEG.
namespace zooport::czann {

// One operation of "PreProcessing" or "PostProcessing", as text (docs/processing.md): "scale(1/255)".
struct SpecOperation {
  std::string text;
  std::string from;  // where it stands: "PreProcessing[0]"
  Span span;         // of it in the JSON
};

// What both forms of it have beside the metadata. Texts are as they stand in the file; nothing is opened.
struct SpecCommon {
  std::string model_path;    // of the network; empty: none that is a text, a finding says so
  std::string license_file;  // empty: none
  // Not of the real package: there they are arguments of the call.
  std::vector<std::int64_t> spatial_dims;     // "SpatialDims": (D,) H, W; empty: as the network has them
  std::vector<SpecOperation> preprocessing;   // "PreProcessing", in order; on what the caller gives
  std::vector<SpecOperation> postprocessing;  // "PostProcessing", in order; on what the network gives
};

// {"ModelMetadata": {…} or the path of a model.json, "ModelPath": …, "LicenseFile": …}
struct ModelSpec : SpecCommon {
  Metadata metadata;
};

struct SpecOptions {
  Limits limits;
  // Reads the file that "ModelMetadata" names. Without it such a specification is refused.
  std::function<Result<Bytes>(const std::string& path)> open;
};

// What is wrong with the text goes to `diagnostics`, each with its place; stricter rules than those of the real package
// are findings. Errors (kInvalid): no JSON, czann.spec-missing-key, czann.spec-kind (a value of which nothing can be
// made), those of read_metadata().
Result<ModelSpec> read_model_spec(std::string json, const SpecOptions& options, Diagnostics& diagnostics);

// Which form a JSON text has, by its keys; a text that is neither has none. Cheap: looks at keys of the root only.
enum class SpecForm : std::uint8_t { kModern, kLegacy };
std::optional<SpecForm> spec_form_of(std::string_view json, const Limits& limits);

}  // namespace zooport::czann
