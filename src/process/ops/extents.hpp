#pragma once

#include <initializer_list>
#include <string_view>

#include "process/parameters.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::process {

// Lists along an axis say how long it is. An error (process.values-mismatch): it is known to be something else.
Result<void> take_extents(std::string_view operation, std::initializer_list<const Along*> lists, Form& form);

}  // namespace zooport::process
