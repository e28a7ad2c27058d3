#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"

// ONNX files written field by field, so that tests of the engine do not rest on zooport's own writer.
namespace zooport::testing::tiny {

inline std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}
inline std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}
inline std::string text(int field, const std::string& value) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(value.size()) + value;
}

struct Value {
  std::string name;
  int element = 1;
  std::vector<std::int64_t> shape;  // -1: symbolic
  bool has_shape = true;
};

inline std::string value_info(const Value& value) {
  std::string dims;
  for (const std::int64_t size : value.shape) {
    dims += text(1, size < 0 ? text(2, "n") : number(1, static_cast<std::uint64_t>(size)));
  }
  const std::string tensor =
      number(1, static_cast<std::uint64_t>(value.element)) + (value.has_shape ? text(2, dims) : "");
  return text(1, value.name) + text(2, text(1, tensor));
}

struct Node {
  std::string op;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};

inline Bytes model(const std::vector<Node>& nodes, const std::vector<Value>& inputs, const std::vector<Value>& outputs,
                   std::uint64_t opset = 13) {
  std::string graph;
  for (const Node& node : nodes) {
    std::string body;
    for (const std::string& input : node.inputs) body += text(1, input);
    for (const std::string& output : node.outputs) body += text(2, output);
    graph += text(1, body + text(4, node.op));
  }
  graph += text(2, "tiny");
  for (const Value& input : inputs) graph += text(11, value_info(input));
  for (const Value& output : outputs) graph += text(12, value_info(output));
  return Bytes(number(1, 8) + text(7, graph) + text(8, number(2, opset)));
}

}  // namespace zooport::testing::tiny
