#pragma once

#include <memory>
#include <string>

#include "zooport/engine/engine.hpp"

namespace zooport::convert {

// The engine for one of two sides: what it cannot load, what ends its process and what
// memory it lacks is said of that side ("the second").
std::shared_ptr<engine::Engine> named_engine(std::shared_ptr<engine::Engine> engine, std::string side);

}  // namespace zooport::convert
