#include "zooport/convert/explain.hpp"

#include <algorithm>

#include "zooport/convert/formats.hpp"

namespace zooport::convert {

Result<Explanation> explain(const std::string& path) {
  Explanation explanation;
  explanation.path = path;
  std::string_view name = "model-0.4", field = path;
  const auto is_named = [&](const schema::Format* format) { return format->name == path; };
  if (const std::size_t colon = field.find(':'); colon != field.npos) {
    name = field.substr(0, colon);
    field.remove_prefix(colon + 1);
  } else if (const auto all = formats(); std::any_of(all.begin(), all.end(), is_named)) {
    name = path;
    field = "";
  }
  ZOOPORT_TRY_ASSIGN(explanation.format, find_format(name));
  ZOOPORT_TRY_ASSIGN(explanation.fields, schema::explain(explanation.format->root(), field));
  return explanation;
}

}  // namespace zooport::convert
