#include "zooport/report/zen_kit.hpp"

#include "report/parts.hpp"
#include "zooport/base/text.hpp"

namespace zooport::report {

std::string zen_kit_record(const convert::ZenKit& kit) {
  doc::JsonWriter json;
  json.open('{');
  json.member("folder", kit.folder);
  member_strings(json, "files", kit.files);
  json.key("rows");
  json.open('[');
  for (const convert::ZenKit::Row& row : kit.rows) {
    json.open('{');
    json.member("model", row.model);
    member_unless_empty(json, "image", row.image);
    member_unless_empty(json, "expected", row.expected);
    json.member("shows", row.shows);
    json.member("otherwise", row.otherwise);
    json.member("basis", row.basis == convert::ZenKit::Row::Basis::kGuess ? "guess" : "documented");
    json.close('}');
  }
  json.close(']');
  json.key("verification");
  json.open('{');
  json.member("status", kit.is_verified ? "passed" : "not-run");
  member_unless_empty(json, "reason", kit.reason);
  json.close('}');
  json.close('}');
  return std::move(json.text());
}

std::string zen_kit_summary(const convert::ZenKit& kit) {
  std::string text = concat(printable(kit.folder), ": ", kit.files.size(), " files, ", kit.rows.size(),
                            " rows to try in ZEN; README.html in it says how\n");
  text += kit.is_verified ? "every network gives its expected pictures here\n"
                          : concat("the networks were not run here: ", printable(kit.reason, 1000), '\n');
  return text;
}

}  // namespace zooport::report
