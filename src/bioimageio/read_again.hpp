#pragma once

#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

// Checks a description that was read once more, from its document, with a view of the files around it. Whatever was
// said before is said anew. For descriptions that are valid or invalid.
void read_again(Description& description, const schema::Outside& outside, const CheckOptions& options);

}  // namespace zooport::bioimageio
