#pragma once

#include <string>

#include "zooport/base/result.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/resource/unpack.hpp"

namespace zooport::convert {

// Writes the file as a whole or not at all.
Result<void> write_graph(const onnx::Model& model, const std::string& dest, resource::IfPresent if_present);

// Said before work is done for nothing.
Result<void> expect_free(const std::string& dest, resource::IfPresent if_present);

}  // namespace zooport::convert
