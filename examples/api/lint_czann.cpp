// What is wrong with a CZANN, rule by rule: lint_czann FILE.czann
#include <iostream>

#include "zooport/base/os/file.hpp"
#include "zooport/czann/check.hpp"

int main(int, char** arguments) {
  const auto bytes = zooport::os::read_file(arguments[1], zooport::Limits{}.model_bytes);
  if (!bytes) return 3;
  auto read = zooport::czann::read(*bytes, {});
  if (!read) {
    std::cerr << read.error().what.message << "\n";
    return 1;
  }
  zooport::Diagnostics findings = std::move(read->findings);
  if (read->package) findings.add(zooport::czann::check(*read->package, {}, {}));
  for (const zooport::Diagnostic& finding : findings.items())
    std::cout << to_text(finding.severity) << " " << finding.id << ": " << finding.message << "\n";
  std::cout << (findings.has_errors() ? "invalid\n" : "valid\n");
  return findings.has_errors() ? 1 : 0;
}
