#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/convert/graph_files.hpp"

// An ONNX file in another dress: other axes, operations before and after, other types of elements.
namespace zooport::convert {

// All as people write them. NAME= in front says which input or output is meant; it may be left out where there is one,
// and an order of axes without a name is that of every input and output with as many axes.
struct WrapOptions {
  // "bcyx:byxc": letters (b t i c z y x) of the axes that the network has, then of those that the caller sees. An axis
  // that only one side has is one of size 1 that is added or taken away.
  std::vector<std::string> layouts;
  std::vector<std::string> axes;          // "bcyx": what the axes are, where they stay; for operations that ask for it
  std::vector<std::string> pre;           // docs/processing.md; on what the caller gives, in the caller's order of axes
  std::vector<std::string> post;          // on what the network gives, in the caller's order of axes
  std::vector<std::string> input_dtypes;  // "uint8": what the caller gives; else what the network takes
  std::int64_t opset = 0;                 // that the graph is brought to; 0: stays
  GraphChangeOptions change;
};

// The text behind errors of wrap_graph(), by the `file` that they name: "--pre", or "--pre 2" if there are several.
std::map<std::string, Bytes, std::less<>> option_texts(const WrapOptions& options);

// Operations are computed in float32, and take the statistics of the tensor as it arrives at them: per tile, if a
// caller cuts images into tiles. Declared shapes and types follow. With an engine the result runs on random input and
// is compared with the kernels of the operations around the graph as it was; if they differ, nothing is written and the
// report says so. Errors: kUsage with `file` and span of the option to blame; kUnsupported (process.not-in-graph), also
// with both; onnx.opset-unsupported as in change_graph_opset.
Result<GraphReport> wrap_graph(const std::string& path, const std::string& dest, const WrapOptions& options,
                               std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
