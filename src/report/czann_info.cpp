#include "report/czann_info.hpp"

#include "report/parts.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::report {
namespace {

constexpr std::size_t kLong = 1000;

template <class T>
std::string numbers(const std::vector<T>& values) {
  std::vector<std::string> texts;
  for (const T value : values) texts.push_back(concat(value));
  return join(texts, ", ");
}

}  // namespace

std::string czann_lines(const convert::Info& info) {
  const czann::Metadata& metadata = *info.czann;
  std::string text;
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) text += concat("  ", label, std::string(9 - label.size(), ' '), value, '\n');
  };
  line("type", info.is_type_known ? std::string(czann::name_of(metadata.type)) : "none that is known");
  std::vector<std::string> classes;
  for (const std::string& name : metadata.classes) classes.push_back(printable(name));
  line("classes", join(classes, ", "));
  // Elsewhere they are among the sizes of the tensors.
  if (info.model.inputs.empty()) {
    line("input", numbers(metadata.input_shape));
    line("output", numbers(metadata.output_shape));
  }
  line("overlap", numbers(metadata.min_overlap));
  line("scaling", numbers(metadata.scaling));
  for (const czann::ExtraKey& key : metadata.extra)
    line("also", concat(printable(key.name), ": ", printable(key.json, kLong)));
  return text;
}

void czann_object(doc::JsonWriter& json, const convert::Info& info) {
  const czann::Metadata& metadata = *info.czann;
  json.open('{');
  if (info.is_type_known) json.member("type", czann::name_of(metadata.type));
  member_numbers(json, "input_shape", metadata.input_shape);
  member_numbers(json, "output_shape", metadata.output_shape);
  if (!metadata.classes.empty()) member_strings(json, "classes", metadata.classes);
  if (!metadata.min_overlap.empty()) member_numbers(json, "min_overlap", metadata.min_overlap);
  if (!metadata.scaling.empty()) {
    json.key("scaling");
    json.open('[');
    for (const double size : metadata.scaling) json.real(size);
    json.close(']');
  }
  member_unless_empty(json, "format_version", metadata.format_version);
  if (!metadata.extra.empty()) {
    json.key("extra");
    json.open('{');
    for (const czann::ExtraKey& key : metadata.extra) {
      json.key(key.name);
      // Written anew: what stands in the file may go over several lines.
      if (const Result<doc::Document> value = doc::read_json(key.json, {}, doc::JsonDialect::kPython))
        json.node(value->root());
      else
        json.string(key.json);
    }
    json.close('}');
  }
  json.close('}');
}

}  // namespace zooport::report
