#pragma once

#include <string>

#include "zooport/resource/resource.hpp"

namespace zooport::resource {

// refuse_name() as an error.
Result<void> check_file_name(const std::string& name);

Error no_such_file(const Root& root, const std::string& name);

}  // namespace zooport::resource
