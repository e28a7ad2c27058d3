#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// What a graph is made of, for people and for plans.
struct GraphInfo {
  struct Value {
    std::string name;
    std::string dtype;  // "float32"; "" if it is no dense tensor
    bool has_shape = false;
    std::vector<std::string> extents;  // "1", "batch", "?"
  };
  std::int64_t ir_version = 0;
  std::string producer;                                      // "pytorch 2.3"
  std::vector<std::pair<std::string, std::int64_t>> opsets;  // domain ("ai.onnx" for the default), version
  std::vector<Value> inputs;                                 // those that the caller has to give
  std::vector<Value> outputs;
  std::map<std::string, std::size_t> operators;  // name, with "domain::" unless it is the default one; subgraphs too
  std::size_t nodes = 0;                         // subgraphs and bodies of functions included
  std::size_t functions = 0;
  std::uint64_t parameters = 0;      // elements of floating constants of two or more values
  std::uint64_t constant_bytes = 0;  // of all constants
};
GraphInfo info_of(const Model& model);

}  // namespace zooport::onnx
