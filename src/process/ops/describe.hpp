#pragma once

#include <string>
#include <vector>

#include "process/parameters.hpp"
#include "zooport/base/text.hpp"

namespace zooport::process {

// ", axes=channel yx" and the like, for describe(): only what differs from the default.
inline std::string described(const Scope& scope) {
  std::string axes;
  for (const std::string& id : scope.axes) axes += concat(axes.empty() ? "" : " ", id);
  return concat("axes=", axes.empty() ? "all" : axes, scope.over_dataset ? ", over the dataset" : "");
}

inline std::string described(std::string_view name, const Along& along) {
  std::vector<std::string> numbers;
  for (const double value : along.values) numbers.push_back(number_text(value));
  const std::string list = join(numbers, ", ");
  return concat(name, "=", numbers.size() == 1 ? list : concat("[", list, "] along ", along.axis));
}

}  // namespace zooport::process
