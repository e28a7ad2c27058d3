#pragma once

#include <string>

#include "zooport/base/result.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/resource/unpack.hpp"

namespace zooport::convert {

// Writes the file as a whole or not at all, and says so in the report. A graph that no ONNX file can hold gets a second
// file, DEST.data, with its constants, which appears first. Holes of mapped files stay holes.
Result<void> write_graph(const onnx::Model& model, const std::string& dest, resource::IfPresent if_present,
                         GraphReport& report);

// Said before work is done for nothing.
Result<void> expect_free(const std::string& dest, resource::IfPresent if_present);

}  // namespace zooport::convert
