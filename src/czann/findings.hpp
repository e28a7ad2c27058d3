#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zooport/base/diagnostics.hpp"
#include "zooport/base/text.hpp"

namespace zooport::czann {

// One finding before it is added. `message` is made of expected and found unless it is given.
struct Finding {
  std::string id;
  Severity severity = Severity::kError;
  Path path;
  std::string expected;
  std::string found;
  std::string message;
  std::string help;
  std::optional<Fix> fix;  // its edit gets its place by place_findings()
};

// Adds findings about one member of the archive.
class Findings {
 public:
  Findings(Diagnostics& diagnostics, std::string_view file) : diagnostics_(diagnostics), file_(file) {}

  void add(Finding finding) {
    Diagnostic problem;
    problem.id = std::move(finding.id);
    problem.severity = finding.severity;
    problem.file = file_;
    problem.path = std::move(finding.path);
    problem.message = finding.message.empty() ? concat("expected ", finding.expected, ", found ", finding.found)
                                              : std::move(finding.message);
    problem.expected = std::move(finding.expected);
    problem.found = std::move(finding.found);
    problem.help = std::move(finding.help);
    problem.fix = std::move(finding.fix);
    diagnostics_.add(std::move(problem));
  }

 private:
  Diagnostics& diagnostics_;
  std::string file_;
};

}  // namespace zooport::czann
