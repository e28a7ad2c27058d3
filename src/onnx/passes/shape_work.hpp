#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

struct ShapeScope;

// What running some nodes takes.
struct Work {
  std::uint64_t multiply_adds = 0;
  std::map<std::string, std::uint64_t> by_operator;
  std::string uncounted;                       // "node X (Loop): why", the first whose multiply-adds are not known
  std::map<const Node*, std::uint64_t> inner;  // bytes alive at one time inside the bodies of a node
  std::uint64_t alive = 0;                     // bytes alive at one time
  std::string unknown;                         // a value without a shape, because of which `alive` is too small

  // Adds `more`, done `times` times: one after the other.
  void add(const Work& more, std::uint64_t times = 1);
};

// Its name; else the first value that it makes; else its operator. Not yet printable.
std::string name_of_node(const Node& node);
// "X (Conv)".
std::string named(const Node& node);
// "node X (Conv)".
std::string called(const Node& node);

// Adds the multiply-adds of one node whose inputs and outputs are in the scope; not those of If, Loop and Scan, which
// are added while their bodies are followed.
void add_work(const Node& node, const ShapeScope& scope, Work& work);

// Whether a graph holds nodes whose multiply-adds count.
bool has_work(const Graph& graph);

// Sets `alive` and `unknown` to those of one graph, whose values are in the scope.
void add_alive(const Graph& graph, const ShapeScope& scope, Work& work);

}  // namespace zooport::onnx
