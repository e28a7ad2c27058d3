#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>

#include "zooport/convert/check.hpp"

namespace zooport::report {

// Counts what checks of many sources gave, by kind and status.
class Tally {
 public:
  void add(const convert::CheckReport& report);
  // A table with a line for each kind ("model 0.4.10"), a column for each status that occurs, and the sums.
  std::string table() const;

 private:
  using Counts = std::array<std::size_t, 4>;  // by bioimageio::Status
  std::map<std::string, Counts> kinds_;
  std::size_t fixed_ = 0;
};

}  // namespace zooport::report
