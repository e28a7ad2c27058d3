#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"
#include "zooport/czann/metadata.hpp"
#include "zooport/doc/value.hpp"

// What the real package (czmodel) makes of metadata. It hardly looks at kinds, so values stay as they are found;
// read_metadata() tells what is wrong with them. docs/differences.md lists where zooport differs on purpose.
namespace zooport::czann {

enum class Release : std::uint8_t {
  k3_0,  // up to 4.0: knows no Scaling
  k4_1,  // up to 6.1: Scaling
  k6_2,  // writes FormatVersion 2.1.0 first, whatever it reads
};

// ModelMetadata.from_json: the metadata as the package would write them, with keys in its order and nulls left out. An
// error says why it refuses. Where Id is missing it is derived from the rest, so that the same text gives the same.
Result<doc::Value> czmodel_metadata(std::string json, Release release, const Limits& limits = {});
Result<doc::Value> czmodel_metadata(const doc::Value& root, Release release);

// What json.load makes of a value: of a key that stands twice the first keeps its place and the last its value.
doc::Value python_value(const doc::Node& node);

// The identifier of metadata that have none: a UUID of their content.
std::string derived_id(const doc::Value& root);

// ModelMetadata(...): the same from a mapping of the constructor's keywords (model_type, input_shape, ...); a type is
// given by its name in model.json.
Result<doc::Value> czmodel_metadata_from_fields(const doc::Value& keywords, Release release);

// The bytes of json.dump. NaN and infinities become null, for JSON has no words for them.
std::string python_json(const doc::Value& value);
// The text of str(): "None", "True", "1e-07", "['x']".
std::string python_text(const doc::Value& value);

// Shape of a network's input or output behind the batch axis; an entry that is none or 0 is open.
using NetworkShape = std::vector<std::optional<std::int64_t>>;

// validate_metadata: whether shapes agree in rank and in all that is not open, and whether MinOverlap, if there is one,
// has a number for each spatial axis. A shape that is none has an unknown rank, which is an error.
Diagnostics validate_metadata(const Metadata& metadata, const std::optional<NetworkShape>& input,
                              const std::optional<NetworkShape>& output);
Diagnostics validate_metadata(const doc::Value& metadata, const std::optional<NetworkShape>& input,
                              const std::optional<NetworkShape>& output);

// create_model_zip: the name of the file that is written when `output` is asked for.
std::string czann_file_name(std::string_view output);

}  // namespace zooport::czann
