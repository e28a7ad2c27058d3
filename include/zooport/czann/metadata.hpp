#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/base/result.hpp"

namespace zooport::czann {

// What a network is for; the values of `Type` in model.json.
enum class ModelType : std::uint8_t {
  kSingleClassInstanceSegmentation,
  kMultiClassInstanceSegmentation,
  kSingleClassSemanticSegmentation,
  kMultiClassSemanticSegmentation,
  kSingleClassClassification,
  kMultiClassClassification,
  kObjectDetection,
  kRegression,
};
std::string_view name_of(ModelType type);
std::optional<ModelType> model_type_named(std::string_view name);  // case-sensitive, as ZEN is
const std::vector<std::string_view>& model_type_names();
std::string_view constant_of(ModelType type);  // in Python, e.g. "REGRESSION"
std::optional<ModelType> model_type_of_constant(std::string_view constant);
bool needs_classes(ModelType type);  // segmentation and classification

// A key of model.json that the specification does not name, e.g. ZEN's ModelDescription: kept as JSON text. NaN and
// infinities in it become null.
struct ExtraKey {
  std::string name;
  std::string json;
};

// model.json. Shapes are [h, w, c] or [z, h, w, c], without the batch axis; the network sees them behind one.
struct Metadata {
  std::string id;  // UUID in text form
  ModelType type = ModelType::kRegression;
  std::vector<std::int64_t> input_shape;
  std::vector<std::int64_t> output_shape;
  std::vector<std::int64_t> min_overlap;  // pixels, one each spatial dimension, twice the border; empty: not given
  std::vector<std::string> classes;       // one each output channel; empty: not given
  std::string name;                       // for people; empty: not given
  std::vector<double> scaling;            // metres a pixel: x, y(, z); empty: not given
  std::string format_version;             // since 2.1.0; empty before
  std::vector<ExtraKey> extra;
};

// Reads model.json. What is wrong with it goes to `diagnostics`, each with its place, and values that are of no use are
// left out; the result is an error only if the text is no JSON object. Everything that the real package reads is read
// (czmodel.hpp), and more: an unknown Type or a missing shape is a finding. A missing Id is derived from the rest.
Result<Metadata> read_metadata(std::string json, const Limits& limits, Diagnostics& diagnostics);

// As the real package writes it: one line, ", " and ": ", other than ASCII escaped, absent keys left out; extra keys
// last, in their order and as they were written.
std::string write_metadata(const Metadata& metadata);

}  // namespace zooport::czann
