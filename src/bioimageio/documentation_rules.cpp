#include "bioimageio/file_rules.hpp"

namespace zooport::bioimageio {
namespace {

// A heading of Markdown, "# Validation" or deeper, with anything behind the word.
bool has_validation_section(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    if (level == 0) continue;
    const std::size_t word = line.find_first_not_of(" \t*_", level);
    if (word != line.npos && starts_with_ignoring_case(line.substr(word), "validation")) return true;
  }
  return false;
}

}  // namespace

void check_documentation(const std::string& source, DocumentationOf kind, Surroundings& files,
                         ProseFindings& findings) {
  const auto bytes = files.bytes(source);
  if (!bytes) return;
  const Path path = path_of({"documentation"});
  if (!is_valid_utf8(bytes->text()))
    return findings.warn("zooport.documentation-text", path, "a text in UTF-8", "other bytes");
  if (bytes->text().find_first_not_of(" \t\r\n") == std::string_view::npos)
    return findings.warn("zooport.documentation-text", path, "a text", "nothing but blanks");
  if (kind == DocumentationOf::kModel && !has_validation_section(bytes->text()))
    findings.warn("zooport.documentation-validation", path, "a section '# Validation'", "none",
                  {{}, {}, "Say there how the model is checked on data that it was not trained on."});
}

}  // namespace zooport::bioimageio
