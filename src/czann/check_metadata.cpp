#include <algorithm>
#include <set>

#include "czann/rules.hpp"

namespace zooport::czann {
namespace {

std::size_t spatial_axes(const Metadata& metadata) {
  return metadata.input_shape.empty() ? 0 : metadata.input_shape.size() - 1;
}

// Pixels out for pixels in. Outputs of classification and detection have meanings of their own.
bool is_image_to_image(ModelType type) {
  return type != ModelType::kObjectDetection && type != ModelType::kSingleClassClassification &&
         type != ModelType::kMultiClassClassification;
}

void check_shapes(const Metadata& metadata, Findings& findings) {
  const auto& in = metadata.input_shape;
  const auto& out = metadata.output_shape;
  if (in.empty() || out.empty()) return;
  if (is_image_to_image(metadata.type)) {
    if (in.size() != out.size()) {
      findings.add({"czann.rank-differs",
                    Severity::kError,
                    {Step::key("OutputShape")},
                    concat("as many axes as InputShape, ", in.size()),
                    concat(out.size()),
                    {},
                    "ZEN puts tiles of the output where those of the input were."});
    } else if (!std::equal(in.begin(), in.end() - 1, out.begin())) {
      findings.add({"czann.size-differs",
                    Severity::kError,
                    {Step::key("OutputShape")},
                    concat("the tile of InputShape, ", shape_text({in.begin(), in.end() - 1})),
                    shape_text({out.begin(), out.end() - 1}),
                    {},
                    "ZEN puts tiles of the output where those of the input were."});
    }
  }
  const std::int64_t channels = in.back();
  if (in.front() <= 4 && channels > 4 && channels > in.front())
    findings.add({"czann.looks-channels-first",
                  Severity::kWarning,
                  {Step::key("InputShape")},
                  "height, width, channels",
                  shape_text(in),
                  {},
                  "The shape looks as if channels came first; ZEN hands over [batch, height, width, channels]."});
  if (channels == 3 || channels == 4)
    findings.add(
        {"czann.colour-order",
         Severity::kInfo,
         {Step::key("InputShape"), Step::at(in.size() - 1)},
         {},
         concat(channels),
         concat("ZEN gives the ", channels, " channels of a colour image in the order ",
                channels == 3 ? "blue, green, red" : "blue, green, red, alpha"),
         "No field tells the order, so it cannot be checked; a network trained on RGB needs a swap in front."});
  else if (channels != 1)
    findings.add({"czann.unusual-channels",
                  Severity::kInfo,
                  {Step::key("InputShape"), Step::at(in.size() - 1)},
                  {},
                  concat(channels),
                  concat("only images of exactly ", channels, " channels can be used, neither grey nor colour ones"),
                  {}});
}

void check_overlap(const Metadata& metadata, Findings& findings) {
  const std::size_t spatial = spatial_axes(metadata);
  if (spatial == 0) return;
  if (metadata.min_overlap.empty()) {
    if (is_image_to_image(metadata.type))
      findings.add({"czann.overlap-missing",
                    Severity::kInfo,
                    {Step::key("MinOverlap")},
                    {},
                    "nothing",
                    "MinOverlap is not given: what ZEN takes instead is not documented, and other programs take "
                    "different values",
                    "Give twice the border that is to be thrown away."});
    return;
  }
  if (metadata.min_overlap.size() != spatial) {
    findings.add({"czann.overlap-count",
                  Severity::kError,
                  {Step::key("MinOverlap")},
                  concat(spatial, " numbers, one each spatial axis"),
                  concat(metadata.min_overlap.size()),
                  {},
                  {}});
    return;
  }
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t overlap = metadata.min_overlap[i];
    const Path path{Step::key("MinOverlap"), Step::at(i)};
    if (overlap % 2 != 0)
      findings.add({"czann.overlap-odd",
                    Severity::kAlert,
                    path,
                    "an even number",
                    concat(overlap),
                    {},
                    "It is twice the border on each side of a tile.",
                    overlap + 1 < metadata.input_shape[i]
                        ? std::optional(Fix{concat("make it ", overlap + 1, ", a border of whole pixels"),
                                            {Edit{{}, concat(overlap + 1)}}})
                        : std::nullopt});
    if (overlap >= metadata.input_shape[i])
      findings.add({"czann.overlap-too-large",
                    Severity::kError,
                    path,
                    concat("less than the tile of ", metadata.input_shape[i]),
                    concat(overlap),
                    {},
                    "Nothing of a tile would be left."});
  }
}

void check_classes(const Metadata& metadata, Findings& findings) {
  const auto& classes = metadata.classes;
  const Path all{Step::key("Classes")};
  if (classes.empty()) {
    if (needs_classes(metadata.type))
      findings.add({"czann.classes-missing",
                    Severity::kAlert,
                    all,
                    concat("names of the classes, for ", name_of(metadata.type)),
                    "nothing",
                    {},
                    {}});
    return;
  }
  if (!metadata.output_shape.empty() && static_cast<std::int64_t>(classes.size()) != metadata.output_shape.back())
    findings.add({"czann.class-count",
                  Severity::kError,
                  all,
                  concat(metadata.output_shape.back(), " classes, as many as the last output dimension"),
                  concat(classes.size()),
                  {},
                  {}});
  check_class_names(classes, "Classes", findings);
}

void check_scaling(const Metadata& metadata, Findings& findings) {
  constexpr double kLeast = 1e-10, kMost = 1e-3;  // an atom, a millimetre
  const auto& scaling = metadata.scaling;
  if (scaling.size() == 3 && spatial_axes(metadata) == 2)
    findings.add({"czann.scaling-axes",
                  Severity::kInfo,
                  {Step::key("Scaling")},
                  {},
                  "3 numbers",
                  "Scaling has a number for z, and the network sees planes",
                  {}});
  bool is_told = false;
  for (std::size_t i = 0; i < scaling.size(); ++i) {
    const double value = scaling[i];
    const Path path{Step::key("Scaling"), Step::at(i)};
    if (!(value > 0)) {
      findings.add(
          {"czann.scaling-not-positive", Severity::kError, path, "metres a pixel, above 0", concat(value), {}, {}});
    } else if (value == 1) {
      if (!is_told)
        findings.add({"czann.scaling-unset",
                      Severity::kWarning,
                      path,
                      "metres a pixel, or no Scaling",
                      "1",
                      {},
                      "One metre a pixel is what examples write; leave Scaling out if the size is not known."});
      is_told = true;
    } else if (value < kLeast || value > kMost) {
      findings.add({"czann.scaling-implausible",
                    Severity::kWarning,
                    path,
                    "metres a pixel, between 1e-10 and 1e-3",
                    concat(value),
                    {},
                    value > kMost ? concat("In micrometres it would be ", number_text(value * 1e-6), " metres.")
                                  : std::string()});
    }
  }
}

}  // namespace

void check_class_names(const std::vector<std::string>& classes, std::string_view key, Findings& findings) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const Path path{Step::key(key), Step::at(i)};
    const std::string& name = classes[i];
    if (name.find_first_not_of(" \t\r\n") == name.npos)
      findings.add(
          {"czann.class-empty", Severity::kWarning, path, "a name", concat('"', printable(name, 20), '"'), {}, {}});
    else if (!seen.insert(name).second)
      findings.add({"czann.class-duplicate",
                    Severity::kWarning,
                    path,
                    "names that differ",
                    concat('"', printable(name, 60), "\" again"),
                    {},
                    {}});
    if (name == "Root")
      findings.add({"czann.class-reserved",
                    Severity::kWarning,
                    path,
                    "a name of its own",
                    "\"Root\"",
                    {},
                    "ZEN's image analysis calls the root of its classes so."});
  }
}

void check_metadata(const Metadata& metadata, Findings& findings) {
  if (!metadata.format_version.empty() && metadata.format_version != "2.1.0")
    findings.add({"czann.format-version",
                  Severity::kWarning,
                  {Step::key("FormatVersion")},
                  "\"2.1.0\"",
                  concat('"', printable(metadata.format_version, 20), '"'),
                  {},
                  "Versions before 2.1.0 have no such key."});
  check_shapes(metadata, findings);
  check_overlap(metadata, findings);
  check_classes(metadata, findings);
  check_scaling(metadata, findings);
  for (const ExtraKey& key : metadata.extra)
    findings.add({"czann.extra-key",
                  Severity::kInfo,
                  {Step::key(key.name)},
                  {},
                  printable(key.name, 60),
                  concat("the specification names no key ", printable(key.name, 60), "; it is allowed, and kept"),
                  {}});
}

}  // namespace zooport::czann
