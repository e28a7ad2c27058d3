#pragma once

#include <string>
#include <vector>

#include "zooport/convert/graph_files.hpp"

namespace zooport::convert {

// The input that a change speaks of, with as many axes as it gives.
Result<const onnx::ValueInfo*> find_input(const onnx::Model& model, const AxisChange& change);

}  // namespace zooport::convert
