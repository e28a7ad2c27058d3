#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "zooport/onnx/model.hpp"

// Names of values in a graph and the graphs inside it.
namespace zooport::onnx {

using Names = std::set<std::string, std::less<>>;

// Names of all values, constants and nodes, subgraphs included.
void collect_names(const Graph& graph, Names& names);

// A name that `names` does not hold: `stem`, or `stem` with a number; it is added to `names`.
std::string fresh_name(Names& names, std::string_view stem);

// Nodes that read `from` read `to`, in subgraphs too as long as those do not define `from` themselves.
void redirect_reads(Node& node, std::string_view from, std::string_view to);

// Every node of a graph and of the graphs inside it, outer ones first. `visit` may change nodes, not their number.
void for_each_node(Graph& graph, const std::function<void(Node&)>& visit);
void for_each_node(const Graph& graph, const std::function<void(const Node&)>& visit);

}  // namespace zooport::onnx
