#include "convert/legacy_plan.hpp"

#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

constexpr std::string_view kMonochrome = "ConvertToMonochrome";
constexpr std::string_view kSplit = "SplitRgb";

Error wrong(std::string message) { return make_error(ErrorKind::kUsage, "convert.options", std::move(message)); }

// The pixel types of images with that many channels: one for grey and colour, else grey ones side by side.
std::vector<std::string> usual_types(std::int64_t channels, tensor::Dtype pixels) {
  const bool is_float = tensor::is_floating(pixels);
  const bool is_wide = pixels == tensor::Dtype::kUint16;
  if (channels == 3) return {is_float ? "Bgr96Float" : is_wide ? "Bgr48" : "Bgr24"};
  if (channels == 4 && !is_float && !is_wide) return {"Bgra32"};
  return std::vector<std::string>(static_cast<std::size_t>(channels), is_float  ? "Gray32Float"
                                                                      : is_wide ? "Gray16"
                                                                                : "Gray8");
}

}  // namespace

std::optional<tensor::Dtype> dtype_of_pixels(std::string_view pixel_type) {
  const std::optional<double> maximum = czann::maximum_of(pixel_type);
  if (!maximum) return std::nullopt;
  if (*maximum == 255) return tensor::Dtype::kUint8;
  return *maximum == 65535 ? tensor::Dtype::kUint16 : tensor::Dtype::kFloat32;
}

Result<LegacyPlan> plan_legacy(const LegacyOptions& legacy, WordsOf words, const CzannOptions& options,
                               std::int64_t channels, ConversionReport& report) {
  LegacyPlan plan;
  plan.color_handling = legacy.color_handling.empty() ? std::string(kSplit) : legacy.color_handling;
  if (plan.color_handling != kMonochrome && plan.color_handling != kSplit)
    return wrong(concat("expected ", kMonochrome, " or ", kSplit, " as --color-handling, found ",
                        printable(plan.color_handling)));
  plan.pixel_types = legacy.pixel_types;
  if (plan.pixel_types.empty()) {
    plan.pixel_types = usual_types(channels, options.source_dtype.value_or(tensor::Dtype::kUint8));
    report.assumptions.push_back({"pixel type", join(plan.pixel_types, ", "), "--pixel-type"});
  }
  std::optional<tensor::Dtype> pixels;
  std::int64_t delivered = 0;
  for (const std::string& type : plan.pixel_types) {
    const std::optional<tensor::Dtype> of_type = dtype_of_pixels(type);
    const std::optional<std::int64_t> count = czann::channels_of(type);
    if (!of_type || !count)
      return wrong(
          concat("expected Gray8, Gray16, Gray32Float, Bgr24, Bgr48, Bgr96Float or Bgra32 as --pixel-type, "
                 "found ",
                 printable(type)));
    if (pixels && *pixels != *of_type)
      return make_error(ErrorKind::kUnsupported, "convert.legacy",
                        "pixel types with different maxima cannot be delivered to one network yet");
    pixels = of_type;
    delivered += plan.color_handling == kMonochrome ? 1 : *count;
  }
  if (delivered != channels && words == WordsOf::kCaller)
    return wrong(concat("pixel type ", join(plan.pixel_types, ", "), " with ", plan.color_handling, " gives ",
                        delivered, " channels, and the network has ", channels));
  plan.pixels = *pixels;
  if (options.source_dtype && *options.source_dtype != plan.pixels)
    return wrong(concat("--source-dtype ", tensor::name_of(*options.source_dtype), " is not what pixels of type ",
                        plan.pixel_types[0], " are"));
  return plan;
}

}  // namespace zooport::convert
