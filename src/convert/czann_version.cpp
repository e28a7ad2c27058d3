#include "convert/czann_version.hpp"

#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

using czann::Specification;

bool is_czann(Specification specification) { return specification >= Specification::kCzann100; }

std::size_t most_scaling(Specification specification) {
  if (specification < Specification::kCzann110) return 0;
  return specification < Specification::kCzann200 ? 2 : 3;
}

Specification oldest_for(const std::vector<double>& scaling) {
  for (const Specification candidate : czann::specifications())
    if (is_czann(candidate) && scaling.size() <= most_scaling(candidate)) return candidate;
  return Specification::kCzann210;
}

bool loads(const czann::ZenVersion& zen, Specification specification) {
  const czann::ZenVersion first = czann::first_zen(specification, zen.product);
  return zen.major != first.major ? zen.major > first.major : zen.minor >= first.minor;
}

std::vector<double> scaling_of(const ZenSource& source) {
  if (source.metadata) return source.metadata->scaling;
  std::vector<double> scaling;
  if (source.model.inputs.size() != 1) return scaling;
  for (const char* axis : {"x", "y", "z"}) {
    const int at = source.model.inputs[0].find_axis(axis);
    if (at < 0) continue;
    const auto& size = source.model.inputs[0].axes[static_cast<std::size_t>(at)].pixel_size;
    if (!size) return {};
    scaling.push_back(*size);
  }
  return scaling;
}

}  // namespace

GraphCeiling CzannVersion::ceiling() const {
  return {czann::newest_opset(specification), czann::newest_ir_version(specification)};
}

std::string CzannVersion::format_version() const {
  return specification >= Specification::kCzann210 ? std::string(czann::name_of(specification)) : std::string();
}

Result<Specification> czann_version_named(const std::string& text) {
  std::vector<std::string> known;
  for (const Specification candidate : czann::specifications()) {
    if (!is_czann(candidate)) continue;
    if (czann::name_of(candidate) == text) return candidate;
    known.emplace_back(czann::name_of(candidate));
  }
  return make_error(ErrorKind::kUsage, "convert.options",
                    concat("expected one of ", join(known, ", "), " as --czann-version, found ", printable(text)));
}

Result<void> require_loadable(Specification specification, const std::optional<czann::ZenVersion>& target) {
  if (!target || loads(*target, specification)) return {};
  return make_error(
      ErrorKind::kUnsupported, "convert.zen-target",
      concat(name_of(*target), " loads no ", is_czann(specification) ? "CZANN " : "", czann::name_of(specification),
             "; that needs at least ", name_of(czann::first_zen(specification, target->product))));
}

Result<CzannVersion> choose_czann_version(const ZenSource& source, const CzannOptions& options,
                                          ConversionReport& report) {
  CzannVersion version;
  const bool is_scaling_given = !options.scaling.empty();
  version.scaling = is_scaling_given ? options.scaling : scaling_of(source);
  const Specification oldest = oldest_for(version.scaling);
  const bool stays = source.metadata && !source.metadata->format_version.empty();
  version.specification = options.specification.value_or(stays ? Specification::kCzann210 : oldest);
  if (!options.specification && options.target) {
    // Rather one that this ZEN loads, if less fits into it.
    while (version.specification > Specification::kCzann100 && !loads(*options.target, version.specification))
      version.specification = static_cast<Specification>(static_cast<int>(version.specification) - 1);
  }
  ZOOPORT_TRY(require_loadable(version.specification, options.target));
  if (!options.specification && version.specification != Specification::kCzann100 && !stays)
    report.assumptions.push_back({"version of the format",
                                  concat(czann::name_of(version.specification),
                                         version.specification == oldest ? ", the oldest that holds the content"
                                                                         : ", the newest that this ZEN loads"),
                                  "--czann-version"});
  const std::size_t most = most_scaling(version.specification);
  if (version.scaling.size() <= most) return version;
  if (is_scaling_given)
    return make_error(
        ErrorKind::kUsage, "convert.options",
        concat("--scaling with ", version.scaling.size(), " numbers needs CZANN ", czann::name_of(oldest), "; CZANN ",
               czann::name_of(version.specification), most == 0 ? " has no field for it" : " holds two"));
  report.losses.push_back({most == 0 ? "Scaling" : "Scaling along z",
                           concat("CZANN ", czann::name_of(version.specification), " has no field for it"), ""});
  version.scaling.resize(most);
  return version;
}

}  // namespace zooport::convert
