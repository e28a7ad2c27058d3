#include "zooport/convert/formats.hpp"

#include "zooport/base/text.hpp"
#include "zooport/bioimageio/formats.hpp"
#include "zooport/czann/formats.hpp"

namespace zooport::convert {

std::vector<const schema::Format*> formats() {
  std::vector<const schema::Format*> all;
  for (const schema::Format& format : bioimageio::formats()) all.push_back(&format);
  for (const schema::Format& format : czann::formats()) all.push_back(&format);
  return all;
}

Result<const schema::Format*> find_format(std::string_view name) {
  std::vector<std::string> known;
  std::vector<std::string_view> names;
  for (const schema::Format* format : formats()) {
    if (format->name == name) return format;
    known.emplace_back(format->name);
    names.push_back(format->name);
  }
  const std::string list = concat("There are ", join(known, ", "));
  for (const std::string_view other : {"model-0.5", "dataset-0.3", "generic-0.3", "notebook-0.3", "application-0.3"})
    if (name.starts_with(other))
      return make_error(ErrorKind::kUnsupported, "convert.format-without-tables",
                        concat("this version has no tables of ", printable(name), ". ", list));
  const std::string_view meant = nearest(name, names);
  return make_error(ErrorKind::kUsage, "convert.no-such-format",
                    concat("no format is called '", printable(name), "'",
                           meant.empty() ? std::string(". ") : concat("; is ", meant, " meant? "), list));
}

}  // namespace zooport::convert
