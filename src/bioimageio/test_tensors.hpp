#pragma once

#include "bioimageio/surroundings.hpp"

namespace zooport::bioimageio {

// Compares the headers of the test tensors with the described axes, shapes and types. Files that are missing or remote
// are passed over: check_io() has told of them. Findings are warnings: the reference does not look.
void check_test_tensors(Description& description, Surroundings& files);

}  // namespace zooport::bioimageio
