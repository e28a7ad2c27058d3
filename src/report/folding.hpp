#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "zooport/base/diagnostics.hpp"

namespace zooport::report {

// Findings of one cause: the one that is shown, and those that are only counted.
struct Fold {
  const Diagnostic* shown = nullptr;
  std::vector<const Diagnostic*> others;
};

// Two findings have one cause if they say the same about the same bytes, or if more than `most` say the same about
// places that differ in indices only. Order is that of the first of each.
std::vector<Fold> fold(const std::vector<Diagnostic>& findings, Severity least, std::size_t most);

}  // namespace zooport::report
