#pragma once

#include "zooport/bioimageio/resource_description.hpp"

// Rules of fields that kinds share, and that a kind which declares such a field anew needs again.
namespace zooport::bioimageio {

// Text elements become authors; says that authors are missing.
const doc::Node* authors_from_text(const doc::Node& authors, schema::Walk& walk);
bool is_not_empty(const std::string& text);

}  // namespace zooport::bioimageio
