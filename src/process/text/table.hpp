#pragma once

#include "process/parameters.hpp"
#include "zooport/process/text.hpp"

namespace zooport::process {

// The entry of that name in snake_case; null if there is none.
const OperationInfo* find_operation(std::string_view name);

using MakeLayer = OperationPtr (*)(ParameterReader&, const tensor::Axes&);
// What makes a layer of czmodel; null for operations of bioimage.io, which make_operation() knows.
MakeLayer find_layer(std::string_view name);

}  // namespace zooport::process
