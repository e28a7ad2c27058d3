#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/verify_graph.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/geometry.hpp"
#include "zooport/onnx/info.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/resource/unpack.hpp"

// ONNX files on their own: read one, change it, write another.
namespace zooport::convert {

// What is known of a graph at one size of its inputs.
struct GraphAtSize {
  struct Value {
    std::string name;
    std::string dtype;
    std::optional<tensor::Shape> shape;  // none: unknown
  };
  onnx::InputShapes inputs;
  std::vector<Value> values;  // of all nodes, in their order; only where a size was asked for
  onnx::Costs costs;
  std::int64_t pixels = 0;  // of the first input: the product of its axes of space
  // About how much ONNX Runtime's process grows by for one run, and when it has run again; weights included.
  std::uint64_t engine_bytes = 0;
  std::uint64_t engine_bytes_again = 0;
  std::string reason;  // why nothing is known: a node that cannot take the size
};

struct GraphReport {
  std::string source;
  std::string dest;  // empty: nothing was written
  std::string data;  // the file with its constants beside it; empty: they are in it
  std::uint64_t data_bytes = 0;
  onnx::GraphInfo graph;  // of the result
  std::vector<std::string> steps;
  GraphVerification verification;
  Diagnostics findings;
  bool is_broken = false;  // the source: findings say what is wrong, and nothing was done
  // Of inspect_graph() alone.
  std::optional<GraphAtSize> at_size;
  std::vector<int> space;  // axes of the first input that geometry speaks of
  onnx::Geometry geometry;
};

struct GraphChangeOptions {
  resource::IfPresent if_present = resource::IfPresent::kRefuse;
  std::uint64_t seed = 0;  // of the random input
  bool widens = false;     // 16-bit floats become float32; of change_graph_opset() alone
};

// An ONNX file with its external data, which must not leave its folder.
Result<onnx::Model> read_graph(const std::string& path, const Context& context);

// Says the graph in another opset. With an engine, both graphs run on random input; if they differ, nothing is written
// and the report says so. What is wrong with the source, or has no counterpart, is in the report's findings, and
// nothing is written (`dest` empty).
Result<GraphReport> change_graph_opset(const std::string& path, const std::string& dest, std::int64_t opset,
                                       const GraphChangeOptions& options, std::shared_ptr<engine::Engine> engine,
                                       const Context& context);

// The axes of one input: a number fixes an axis, a name opens it, "" leaves it as it is.
struct AxisChange {
  std::string input;  // empty: the only one
  std::vector<std::string> axes;
};
// "1,1,256,256" or "raw=batch,*,height,width"; "*" or nothing keeps what stands there.
Result<AxisChange> parse_axis_change(const std::string& text);

struct InspectOptions {
  // Numbers: costs are those of these sizes, and the report lists the shapes of all values. Open axes that are not
  // given get 512, or a smaller size if the graph does not take it.
  std::vector<AxisChange> sizes;
  std::string
      axes;  // of the first input, a letter each of b t i c z y x; empty: found by what the graph does with them
};
// What the graph is made of, what it costs and how far it sees. Errors: onnx.shape-conflict, a size that was given does
// not fit; convert.input-axes (kUsage), axes that do not fit the input.
Result<GraphReport> inspect_graph(const std::string& path, const InspectOptions& options, const Context& context);

// Opens and fixes axes, in any mixture; constants that hold sizes follow the input where that is certain (see
// onnx::open_axes()). With an engine, both graphs run at the old size, and the new one at another; if they differ,
// nothing is written and the report says so. Errors: onnx.fixed-size (kUnsupported), with the node that fixes a size;
// convert.input-shape (kUsage) for names that join axes of different sizes.
Result<GraphReport> change_graph_shape(const std::string& path, const std::string& dest,
                                       const std::vector<AxisChange>& changes, const GraphChangeOptions& options,
                                       std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
