#include "report/legacy_info.hpp"

#include "report/parts.hpp"
#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

std::string color_text(czann::Color color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const int value : {int{color.red}, int{color.green}, int{color.blue}}) {
    text += kDigits[static_cast<std::size_t>(value) >> 4];
    text += kDigits[static_cast<std::size_t>(value) & 15];
  }
  return text;
}

}  // namespace

std::string legacy_lines(const czann::LegacyMetadata& metadata) {
  std::string text;
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) text += concat("  ", label, std::string(9 - label.size(), ' '), value, '\n');
  };
  line("made by", printable(concat(metadata.feature_extractor, metadata.status.empty() ? "" : ", ", metadata.status)));
  std::vector<std::string> types;
  for (const std::string& type : metadata.pixel_types) types.push_back(printable(type, 40));
  line("pixels", concat(join(types, ", "), types.empty() ? "" : ", ", printable(metadata.color_handling, 40),
                        metadata.scale_inputs_by_bit_depth.value_or(false) ? ", divided by their type's maximum"
                                                                           : ", as they are"));
  for (const czann::SegmentationClass& entry : metadata.classes)
    line("class", concat(entry.label, ' ', printable(entry.name), ' ', color_text(entry.color)));
  line("after", printable(metadata.post_processing));
  return text;
}

void legacy_object(doc::JsonWriter& json, const czann::LegacyMetadata& metadata) {
  json.open('{');
  member_unless_empty(json, "version", metadata.version);
  member_unless_empty(json, "status", metadata.status);
  member_unless_empty(json, "feature_extractor", metadata.feature_extractor);
  member_unless_empty(json, "post_processing", metadata.post_processing);
  member_unless_empty(json, "color_handling", metadata.color_handling);
  member_strings(json, "pixel_types", metadata.pixel_types);
  json.key("classes");
  json.open('[');
  for (const czann::SegmentationClass& entry : metadata.classes) {
    json.open('{');
    json.member("name", entry.name);
    json.member("label", entry.label);
    json.member("color", color_text(entry.color));
    json.close('}');
  }
  json.close(']');
  member_numbers(json, "border_size", metadata.border_size);
  if (metadata.tile_height) json.member("tile_height", *metadata.tile_height);
  if (metadata.tile_width) json.member("tile_width", *metadata.tile_width);
  if (metadata.scale_inputs_by_bit_depth) json.member("scale_inputs_by_bit_depth", *metadata.scale_inputs_by_bit_depth);
  json.close('}');
}

}  // namespace zooport::report
