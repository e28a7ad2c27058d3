#include "zooport/czann/legacy_model_spec.hpp"

#include "czann/spec_reader.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kFormatVersion = "3.1.0";

std::vector<SegmentationClass> classes_named(const std::vector<std::string>& names) {
  std::vector<SegmentationClass> classes;
  const std::vector<Color> colors = class_colors(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    classes.push_back({names[i], colors[i], static_cast<std::int64_t>(i) + 1});
  return classes;
}

}  // namespace

Result<LegacyModelSpec> read_legacy_model_spec(std::string json, const SpecOptions& options, Diagnostics& diagnostics) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document,
                     doc::read_json(std::move(json), options.limits, doc::JsonDialect::kPython));
  SpecReader reader(document.root(), diagnostics);
  ZOOPORT_TRY(reader.expect_object());
  ZOOPORT_TRY_ASSIGN(const doc::Node* model_path, reader.required("ModelPath"));
  LegacyModelSpec spec;
  spec.metadata = read_legacy_json(document.root(), diagnostics);
  reader.common(*model_path, spec, SpecReader::LoneText::kIsIgnored);
  return spec;
}

Result<LegacyMetadata> make_legacy_metadata(const LegacyFields& fields) {
  std::vector<std::string> lacking;
  if (!fields.classes) lacking.emplace_back("classes");
  if (!fields.pixel_types) lacking.emplace_back("pixel_types");
  if (!fields.name) lacking.emplace_back("name");
  if (!fields.color_handling) lacking.emplace_back("color_handling");
  if (!fields.border_size) lacking.emplace_back("border_size");
  if (!lacking.empty())
    return make_error(ErrorKind::kUsage, "czann.legacy-fields", concat("metadata need ", join(lacking, ", ")));
  LegacyMetadata metadata;
  metadata.version = kFormatVersion;
  metadata.id = fields.model_id;
  metadata.name = *fields.name;
  metadata.post_processing = fields.post_processing;
  metadata.color_handling = *fields.color_handling;
  metadata.pixel_types = *fields.pixel_types;
  metadata.classes = classes_named(*fields.classes);
  metadata.border_size = *fields.border_size;
  return metadata;
}

}  // namespace zooport::czann
