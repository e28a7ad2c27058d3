#include "bioimageio/missing_file.hpp"

#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

std::string refused_file(const std::string& path, const schema::Walk& walk) {
  return walk.outside && walk.outside->refuse_file ? walk.outside->refuse_file(path) : "";
}

bool report_missing(const doc::Node& node, const std::string& path, std::string_view why,
                    std::string_view reference_type, schema::Walk& walk) {
  return walk.report(Severity::kError, node.span, {"bioimageio.missing-file", reference_type}, "a file that is there",
                     concat("'", printable(path), "', ", why));
}

}  // namespace zooport::bioimageio
