#include "czann/rules.hpp"

namespace zooport::czann {
namespace {

bool is_older(const ZenVersion& a, const ZenVersion& b) {
  return a.major != b.major ? a.major < b.major : a.minor < b.minor;
}

std::string shown(const ZenVersion& version) {
  return concat(version.product == ZenProduct::kBlue ? "ZEN blue " : "ZEN core ", version.major, '.', version.minor);
}

}  // namespace

void check_target(Specification specification, const std::optional<ZenVersion>& target, Findings& findings) {
  if (!target) return;
  const ZenVersion first = first_zen(specification, target->product);
  if (!is_older(*target, first)) return;
  std::string newest;
  for (const Specification other : specifications())
    if (!is_older(*target, first_zen(other, target->product))) newest = name_of(other);
  findings.add({"czann.zen-too-old",
                Severity::kError,
                {},
                newest.empty() ? std::string("a ZEN that loads networks at all")
                               : concat("a format that ", shown(*target), " loads: ", newest, " or older"),
                concat(name_of(specification), ", which needs ", shown(first)),
                {},
                {}});
}

void check_target(const Metadata& metadata, const std::optional<ZenVersion>& target, Findings& findings) {
  if (!target) return;
  check_target(specification_of(metadata), target, findings);
  const bool is_old = is_older(*target, first_zen(Specification::kCzann200, target->product));
  if (is_old && metadata.input_shape.size() == 4)
    findings.add(
        {"czann.zen-volume",
         Severity::kInfo,
         {Step::key("InputShape")},
         {},
         shape_text(metadata.input_shape),
         concat("nothing says that ", shown(*target), " gives volumes to a network; 3.13 is the first that may"),
         {}});
  const ZenVersion regression{target->product, 3, target->product == ZenProduct::kBlue ? 6 : 4};
  if (metadata.type == ModelType::kRegression && is_older(*target, regression))
    findings.add({"czann.zen-regression",
                  Severity::kInfo,
                  {Step::key("Type")},
                  {},
                  "Regression",
                  concat("regression is said to appear in ", shown(regression), "; ", shown(*target),
                         " may load the file and offer nothing to use it with"),
                  {}});
}

}  // namespace zooport::czann
