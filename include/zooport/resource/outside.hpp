#pragma once

#include "zooport/resource/resource.hpp"

namespace zooport::resource {

// As open_folder(), for a description that is trusted: names may lead out of the folder through ".." and links. list()
// gives the files of the folder only.
Result<std::shared_ptr<Root>> open_folder_and_outside(const std::string& path, const Context& context);

}  // namespace zooport::resource
