#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "zooport/base/diagnostics.hpp"

namespace zooport::report {

// Findings of one cause: the one that is shown, and those that are only counted.
struct Fold {
  const Diagnostic* shown = nullptr;
  std::vector<const Diagnostic*> others;   // say the same of other places
  std::vector<const Diagnostic*> follows;  // would not be there without it
  std::size_t readings = 0;                // what other readings of the same value say
};

// Two findings have one cause if they say the same about the same bytes, if more than `most` say the same about places
// that differ in indices only, or are about fields that one mapping lacks, or if a field is missing that another one is
// a misspelling of. Order is that of the first of each; a misspelt field stands where it was found.
std::vector<Fold> fold(const std::vector<Diagnostic>& findings, Severity least, std::size_t most);

}  // namespace zooport::report
