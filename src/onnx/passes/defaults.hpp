#pragma once

#include <set>
#include <string>
#include <vector>

#include "zooport/onnx/model.hpp"

// Inputs that have a default: constants that the caller may replace, as long as nothing was computed of them
// beforehand.
namespace zooport::onnx {

using NameSet = std::set<std::string, std::less<>>;

// Inputs of the graph whose values are initializers. Before IR version 4 every initializer is an input, and constant.
NameSet inputs_with_defaults(const Model& model);

// Those of `defaults` that the values `wanted` are computed of, where these hang on nothing but constants besides.
NameSet defaults_behind(const Graph& graph, const NameSet& wanted, const NameSet& defaults);

// Makes them plain constants; one line for people each.
std::vector<std::string> make_constant(Model& model, const NameSet& inputs);

// All names that operators and outputs of a graph read, graphs inside included.
NameSet names_read(const Graph& graph);

}  // namespace zooport::onnx
