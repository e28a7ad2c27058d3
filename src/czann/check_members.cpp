#include <algorithm>

#include "czann/rules.hpp"

namespace zooport::czann {
namespace {

bool looks_like_license(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const std::string_view word : {"licen", "copying", "mit", "apache", "bsd", "gpl"})
    if (lower.find(word) != lower.npos) return true;
  return ends_with_ignoring_case(name, ".txt") || ends_with_ignoring_case(name, ".md");
}

}  // namespace

void check_members(const std::vector<Member>& others, Diagnostics& diagnostics) {
  const bool has_license =
      std::any_of(others.begin(), others.end(), [](const Member& member) { return member.name == "license.txt"; });
  bool is_told = has_license;
  for (const Member& member : others) {
    if (member.name == "license.txt") continue;
    Findings findings(diagnostics, member.name);
    if (!is_told && (looks_like_license(member.name) || others.size() == 1)) {
      is_told = true;
      findings.add({"czann.license-name",
                    Severity::kInfo,
                    {},
                    "license.txt",
                    printable(member.name, 80),
                    concat("the specification calls the licence license.txt, here it is ", printable(member.name, 80),
                           ", as the real package writes it"),
                    {}});
    } else {
      findings.add(
          {"czann.extra-member",
           Severity::kInfo,
           {},
           {},
           printable(member.name, 80),
           concat("the specification names no member ", printable(member.name, 80), "; ZEN may ignore it or not"),
           {}});
    }
  }
}

}  // namespace zooport::czann
