#pragma once

#include <functional>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// Gives the bytes of a file beside the model, by the `location` of its external data; must not leave the model's
// folder.
using ExternalFiles = std::function<Result<Bytes>(const std::string& location)>;

// Files of the model's folder. Refuses locations and links that leave it, and files with a second name (hard links).
ExternalFiles folder_external_files(std::string folder, const Limits& limits = {});

struct ReadOptions {
  Limits limits;
  ExternalFiles external;  // none: external tensors are refused
};

// Reads a ModelProto. Linear in the file; weights are not copied. A malformed message, a singular field that repeats,
// and sizes that do not agree are errors with the byte offset.
Result<Model> read_model(const Bytes& file, const ReadOptions& options = {});

// The most bytes of a protobuf message, and so of an ONNX file.
inline constexpr std::uint64_t kMostMessageBytes = (std::uint64_t{1} << 31) - 1;

// Gives the bytes piece by piece, in order; weights are passed on without a copy. Equal to the file that was read,
// byte for byte, if that was canonical (fields in order, shortest varints) and the model is unchanged.
using Sink = std::function<Result<void>(std::span<const std::byte>)>;
Result<void> write_model(const Model& model, const Sink& sink);
std::uint64_t written_size(const Model& model);
// Error (kUnsupported, onnx.too-large-to-write): more than kMostMessageBytes.
Result<Bytes> to_bytes(const Model& model);

// A model whose large constants stand in a data file beside it.
struct ModelWithData {
  struct Block {
    std::uint64_t offset = 0;  // a multiple of 4096: engines can map it
    Bytes bytes;               // of the model that was given, not copied
  };
  Model model;
  std::vector<Block> blocks;  // in the order of their offsets; zeros between them
  std::uint64_t data_size = 0;
};
// Moves the constants of the graph to the data file `location`, a name in the model's folder. Small ones, strings and
// those inside of operators stay. Error (kUnsupported, onnx.too-large-to-write): what stays is more than a message
// holds.
Result<ModelWithData> with_data_file(const Model& model, const std::string& location);

// What is wrong with the graph as such: names that are used and not defined or defined twice, cycles, attributes and
// element counts that do not fit, operators without a domain's opset, … An empty list means that engines should take
// it.
void check_model(const Model& model, Diagnostics& diagnostics);

}  // namespace zooport::onnx
