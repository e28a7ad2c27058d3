#include <cmath>

#include "bioimageio/file_rules.hpp"
#include "bioimageio/picture.hpp"
#include "bioimageio/text_rules.hpp"

namespace zooport::bioimageio {
namespace {

constexpr std::uint64_t kMostBytes = 500'000;
constexpr double kRatioTolerance = 0.05;

std::string format_of_suffix(const std::string& source) {
  const std::string suffix = to_lower(suffix_of(source));
  if (suffix == ".jpg" || suffix == ".jpeg") return "jpeg";
  if (suffix == ".tif" || suffix == ".tiff") return "tiff";
  return suffix.empty() ? "" : suffix.substr(1);
}

void check_ratio(const Picture& picture, const Path& path, ProseFindings& findings) {
  if (picture.width <= 0 || picture.height <= 0) return;
  const double ratio = static_cast<double>(picture.width) / static_cast<double>(picture.height);
  if (std::abs(ratio - 2) <= 2 * kRatioTolerance || std::abs(ratio - 1) <= kRatioTolerance) return;
  findings.info("zooport.cover-ratio", path, "a picture twice as wide as high, or a square",
                concat(picture.width, " x ", picture.height, " pixels"));
}

}  // namespace

void check_covers(const ResourceDescription& resource, Surroundings& files, ProseFindings& findings) {
  for (std::size_t i = 0; i < resource.covers.size() && !files.stopped(); ++i) {
    const std::string& source = resource.covers[i].value;
    const auto bytes = files.bytes(source);
    if (!bytes) continue;
    const Path path = path_of({"covers", i});
    if (bytes->size() > kMostBytes)
      findings.info("zooport.cover-size", path, "a file of at most 500 kB", size_text(bytes->size()),
                    {{}, {}, "Catalogues load all covers at once; scale the picture down."});
    const auto picture = look_at_picture(*bytes, source, files.context());
    if (!picture) {
      if (picture.error().kind == ErrorKind::kCancelled) return;
      findings.warn("zooport.cover-unreadable", path, "a picture that can be read", picture.error().what.message);
      continue;
    }
    const std::string named = format_of_suffix(source);
    if (named != picture->format)
      findings.warn("zooport.cover-format", path, concat("a ", named, " picture, as the file's name says"),
                    concat("a ", picture->format));
    check_ratio(*picture, path, findings);
  }
}

}  // namespace zooport::bioimageio
