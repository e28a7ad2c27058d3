// What is wrong with a description, line by line: check FOLDER_OR_FILE
#include <iostream>

#include "zooport/bioimageio/load.hpp"
#include "zooport/doc/position.hpp"

int main(int, char** arguments) {
  const auto checked = zooport::bioimageio::check(arguments[1], {.fail_from = zooport::Severity::kAlert}, {});
  if (!checked) {
    std::cerr << checked.error().what.message << "\n";
    return 3;
  }
  const zooport::doc::LineIndex lines(checked->text());
  for (const zooport::Diagnostic& finding : checked->diagnostics.items()) {
    if (finding.is_alternative) continue;
    std::cout << to_text(finding.severity) << " " << finding.id;
    if (finding.span) std::cout << " in line " << lines.position(finding.span->begin).line;
    std::cout << ", " << to_text(finding.path) << ": " << finding.message << "\n";
  }
  std::cout << to_text(checked->status) << "\n";
  return checked->status == zooport::bioimageio::Status::kValid ? 0 : 1;
}
