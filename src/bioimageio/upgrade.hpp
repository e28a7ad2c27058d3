#pragma once

#include <optional>
#include <string_view>

#include "zooport/schema/arena.hpp"
#include "zooport/schema/walk.hpp"

namespace zooport::bioimageio {

// Where the reference's converter ends with an exception: its Python class and the node that it cannot take.
struct Obstacle {
  std::string_view exception;
  const doc::Node* at = nullptr;
};

struct Upgraded {
  const doc::Node* node = nullptr;  // `root` itself where nothing had to change; never null
  std::optional<Obstacle> obstacle;
};

// A document of an older format as the reference rewrites it before it reads it. What it does not know how to convert
// (0.4.11, 0.3.7, …) only gets the normalisation that all versions get. Linear in what it changes.
Upgraded upgraded_model(const doc::Node& root, schema::Arena& arena);    // 0.3.0 … 0.4.9 to 0.4.10
Upgraded upgraded_generic(const doc::Node& root, schema::Arena& arena);  // 0.2.0 … 0.2.3 to 0.2.4

// The same as the first step of reading a node: also takes a later patch for the one that is known, with an alert. Null
// after a failure that it reported.
const doc::Node* current_model(const doc::Node& root, schema::Walk& walk);
const doc::Node* current_generic(const doc::Node& root, schema::Walk& walk);

}  // namespace zooport::bioimageio
