#include <cmath>

#include "zooport/base/text.hpp"
#include "zooport/czann/czmodel.hpp"

namespace zooport::czann {
namespace {

class Validation {
 public:
  void shape(std::string_view key, const doc::Value* described, const std::optional<NetworkShape>& network) {
    const std::string end = key == "InputShape" ? "input" : "output";
    if (!described || described->kind != doc::Kind::kSequence)
      return add("czann.wrong-shape", key, "a list of integers", found_text(described));
    if (!network)
      return add("czann.unknown-rank", key, concat("a network whose ", end, " has a known number of axes"), "none");
    bool fits = described->children.size() == network->size();
    for (std::size_t i = 0; fits && i < network->size(); ++i)
      if (const auto& size = (*network)[i]; size && *size != 0) fits = integer(described->children[i]) == size;
    if (!fits)
      add("czann.shape-differs", key,
          concat("what the network's ", end, " has behind the batch axis, ", text(*network)), found_text(described));
  }

  void overlap(const doc::Value* overlap, const doc::Value* input_shape) {
    if (!overlap || overlap->kind == doc::Kind::kNull) return;
    if (overlap->kind != doc::Kind::kSequence)
      return add("czann.wrong-shape", "MinOverlap", "a list of integers", found_text(overlap));
    if (overlap->children.empty()) return;  // as if it were not given
    if (!input_shape || input_shape->kind != doc::Kind::kSequence || input_shape->children.empty()) return;
    const std::size_t spatial = input_shape->children.size() - 1;
    if (overlap->children.size() != spatial)
      add("czann.overlap-count", "MinOverlap", concat(spatial, " numbers, one each spatial axis"), found_text(overlap));
  }

  Diagnostics finish() && { return std::move(findings_); }

 private:
  // As Python compares with integers: 64.0 is 64, and true is 1.
  static std::optional<std::int64_t> integer(const doc::Value& value) {
    if (value.kind == doc::Kind::kBoolean) return value.boolean ? 1 : 0;
    if (value.kind == doc::Kind::kInteger && value.text.empty()) return value.integer;
    if (value.kind == doc::Kind::kReal && std::trunc(value.real) == value.real && std::abs(value.real) < 9e15)
      return static_cast<std::int64_t>(value.real);
    return std::nullopt;
  }

  static std::string text(const NetworkShape& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i)
      text += concat(i > 0 ? ", " : "", shape[i] && *shape[i] != 0 ? std::to_string(*shape[i]) : "?");
    return text + "]";
  }

  static std::string found_text(const doc::Value* value) {
    return value ? printable(python_json(*value), 60) : std::string("nothing");
  }

  void add(std::string id, std::string_view key, std::string expected, std::string found) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.file = "model.json";
    problem.path = {Step::key(key)};
    problem.message = concat("expected ", expected, ", found ", found);
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    findings_.add(std::move(problem));
  }

  Diagnostics findings_;
};

doc::Value list_of(const std::vector<std::int64_t>& values) {
  doc::Value list = doc::Value::sequence();
  for (const std::int64_t value : values) list.children.emplace_back(value);
  return list;
}

}  // namespace

Diagnostics validate_metadata(const doc::Value& metadata, const std::optional<NetworkShape>& input,
                              const std::optional<NetworkShape>& output) {
  Validation validation;
  validation.shape("InputShape", metadata.find("InputShape"), input);
  validation.shape("OutputShape", metadata.find("OutputShape"), output);
  validation.overlap(metadata.find("MinOverlap"), metadata.find("InputShape"));
  return std::move(validation).finish();
}

Diagnostics validate_metadata(const Metadata& metadata, const std::optional<NetworkShape>& input,
                              const std::optional<NetworkShape>& output) {
  doc::Value value = doc::Value::mapping();
  value.set("InputShape", list_of(metadata.input_shape));
  value.set("OutputShape", list_of(metadata.output_shape));
  if (!metadata.min_overlap.empty()) value.set("MinOverlap", list_of(metadata.min_overlap));
  return validate_metadata(value, input, output);
}

}  // namespace zooport::czann
