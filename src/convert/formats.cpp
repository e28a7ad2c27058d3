#include "zooport/convert/formats.hpp"

#include "zooport/base/text.hpp"

namespace zooport::convert {

Result<const bioimageio::Format*> find_format(std::string_view name) {
  std::vector<std::string> known;
  std::vector<std::string_view> names;
  for (const bioimageio::Format& format : bioimageio::formats()) {
    if (format.name == name) return &format;
    known.emplace_back(format.name);
    names.push_back(format.name);
  }
  const std::string list = concat("There are ", join(known, ", "));
  for (const std::string_view other :
       {"czann-", "model-0.5", "dataset-0.3", "generic-0.3", "notebook-0.3", "application-0.3"})
    if (name.starts_with(other))
      return make_error(ErrorKind::kUnsupported, "convert.format-without-tables",
                        concat("this version has no tables of ", printable(name), ". ", list));
  const std::string_view meant = nearest(name, names);
  return make_error(ErrorKind::kUsage, "convert.no-such-format",
                    concat("no format is called '", printable(name), "'",
                           meant.empty() ? std::string(". ") : concat("; is ", meant, " meant? "), list));
}

}  // namespace zooport::convert
