#pragma once

#include "zooport/schema/scalars.hpp"

namespace zooport::bioimageio {

// Free content as `config` has it: numbers in it are finite.
struct YamlValue : schema::Any {};

const schema::Type& describe(schema::type<YamlValue>);

}  // namespace zooport::bioimageio
