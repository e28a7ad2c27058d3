#pragma once

#include <optional>

#include "zooport/schema/arena.hpp"

// The reference copies a document into plain values before it looks at it.
namespace zooport::bioimageio {

// The first set (!!set), if there is one: it cannot be copied.
std::optional<Span> place_of_set(const doc::Node& root);
// Binary data (!!binary) become lists of numbers. What has none stays where it is.
doc::Node with_plain_values(const doc::Node& root, schema::Arena& arena);

}  // namespace zooport::bioimageio
