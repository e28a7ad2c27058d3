#include <algorithm>

#include "convert/legacy_plan.hpp"
#include "convert/zen_source.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

// What a CZANN can say of it; shapes follow from the network.
czann::Metadata in_words_of_czann(const czann::LegacyMetadata& legacy) {
  czann::Metadata metadata;
  metadata.id = legacy.id;
  metadata.type = czann::ModelType::kSingleClassSemanticSegmentation;
  metadata.name = legacy.name;
  for (const czann::SegmentationClass& entry : legacy.classes) metadata.classes.push_back(entry.name);
  for (std::size_t i = 0; i < 2 && !legacy.border_size.empty(); ++i)
    metadata.min_overlap.push_back(2 * legacy.border_size[std::min(i, legacy.border_size.size() - 1)]);
  return metadata;
}

}  // namespace

Result<void> put_legacy(const czann::LegacyPackage& package, ZenSource& result) {
  const czann::LegacyMetadata& legacy = package.metadata;
  // Images come in ZEN's order of colours to conversions.
  result.model.inputs.at(0).processing.clear();
  result.pixels = legacy.scale_inputs_by_bit_depth.value_or(false) ? ZenSource::Pixels::kDividedByTypeMaximum
                                                                   : ZenSource::Pixels::kAsTheyAre;
  result.colours = ZenSource::Colours::kBlueFirst;
  result.metadata = in_words_of_czann(legacy);
  result.legacy = legacy;
  result.members = package.others;
  result.network = package.network;
  for (const std::string& type : legacy.pixel_types) {
    const std::optional<tensor::Dtype> pixels = dtype_of_pixels(type);
    if (result.pixel_dtype && pixels && *pixels != *result.pixel_dtype)
      return make_error(ErrorKind::kUnsupported, "convert.legacy",
                        "pixel types with different maxima cannot be delivered to one network yet");
    if (pixels) result.pixel_dtype = pixels;
  }
  return {};
}

void list_legacy_losses(const czann::LegacyMetadata& legacy, const std::string& kept, ConversionReport& report) {
  const auto lose = [&](const char* what, bool is_there) {
    if (is_there) report.losses.push_back({what, "a czann has no field for it", kept});
  };
  lose("colours of the classes", !legacy.classes.empty());
  lose("PixelType", !legacy.pixel_types.empty());
  lose("ColorHandling", !legacy.color_handling.empty());
  lose("Postprocessing", !legacy.post_processing.empty());
}

}  // namespace zooport::convert
