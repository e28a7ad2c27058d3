#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"
#include "zooport/onnx/model.hpp"

// Changes of a graph that keep what it computes.
namespace zooport::onnx {

struct OpsetOptions {
  std::int64_t target = 12;  // of the default domain; 7 to the newest that is known
  Limits limits;             // of what functions may grow to
};

// Says the model in another opset; the IR version follows. Returns what was done, one step a line, for people. What has
// no counterpart is collected whole as `onnx.opset-unsupported`, one error for each operator; then the model is as it
// was, and the result is the first of them. Model-local functions are inlined. Below opset 13 bfloat16 becomes float32.
Result<std::vector<std::string>> change_opset(Model& model, const OpsetOptions& options, Diagnostics& diagnostics);

// Turns 16-bit floats into float32: constants (exactly), inputs, outputs and other declared values, and operators that
// name an element type. Numbers in between are not rounded to 16 bits any more. Returns what was done, one step a line;
// none: there was nothing to do. Errors (kInvalid, onnx.tensor-size): a constant whose bytes do not fit its shape.
enum class NarrowFloats : std::uint8_t { kBfloat16, kAll };
Result<std::vector<std::string>> widen_floats(Model& model, NarrowFloats which = NarrowFloats::kAll);

// The IR version that came with an opset of the default domain: 12 gives 7.
std::int64_t ir_version_of(std::int64_t opset);

// How the axes of one input or output are to be seen from outside.
struct LayoutChange {
  std::string name;              // of a graph input or output
  std::vector<int> permutation;  // outer axis i is inner axis permutation[i]: {0, 2, 3, 1} shows NCHW as NHWC
};

// Puts a Transpose before inputs and after outputs and permutes the declared shapes; names stay. A permutation that is
// the identity changes nothing. Errors (kUsage): no such input or output, a permutation that does not fit its rank.
Result<void> wrap_layout(Model& model, const std::vector<LayoutChange>& inputs,
                         const std::vector<LayoutChange>& outputs);

// Takes Transposes away where operators can run in the order of axes that they would restore: neighbours cancel, axes
// of size 1 move by reshaping, and operators in between get attributes, constants and kernels in another order. What
// the graph computes stays, except that sums may be taken in another order. A Gather of channels in another order
// becomes part of the convolutions behind it. Never leaves more Transposes; leaves subgraphs as they are. Works from
// opset 7 on, and changes nothing below. Returns what was done, for people. Bounded by a multiple of the graph's size.
Result<std::vector<std::string>> absorb_transposes(Model& model);

// One extent of an input or output: a number, or a name for "any"; empty: unknown.
struct Extent {
  std::int64_t value = -1;  // used if not negative
  std::string symbol;
};
// Declares the extents of a graph input or output, one each axis. Shapes of values in between are dropped, as they no
// longer hold.
Result<void> set_extents(Model& model, const std::string& name, const std::vector<Extent>& extents);

// Renames a value everywhere: nodes, subgraphs, declarations, constants. `to` must be free.
void rename_value(Graph& graph, const std::string& from, const std::string& to);

// Replaces calls of model-local functions by their bodies and removes the functions. Errors: a call chain deeper than
// `depth`, or more than `graph_nodes` operators.
Result<void> inline_functions(Model& model, const Limits& limits = {});

}  // namespace zooport::onnx
