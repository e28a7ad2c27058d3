#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/names.hpp"
#include "onnx/passes/defaults.hpp"
#include "zooport/onnx/model.hpp"

// Operators of functions and of graphs inside, put in place of what calls them.
namespace zooport::onnx {

using Renames = std::map<std::string, std::string, std::less<>>;

// Gives every value that the nodes define, graphs inside included, a name that nothing else has; what has one already
// in `renames` keeps it.
void name_outputs(const std::vector<Node>& nodes, std::string_view stem, Names& names, Renames& renames);

// Gives values of graphs inside names of their own where another graph has them, too, such as both branches of an If.
void set_names_apart(Graph& graph, Names& names);

void rename_values(std::vector<Node>& nodes, const Renames& renames);

// What a copy of the operator takes in memory: names, attributes and what graphs inside declare, but neither their
// operators nor weights, which copies share.
std::uint64_t bytes_to_copy(const Node& node);
// Bodies are copied wherever they are put: so much of them may be there.
constexpr std::uint64_t kMostCopied = std::uint64_t{256} << 20;

// Puts the branch that is always taken in place of an If, and the rounds in place of a Loop whose number is constant
// and small. Returns what was done, one step a line. `asked` gets names whose value could have made it more.
std::vector<std::string> fold_control(Model& model, NameSet& asked);

}  // namespace zooport::onnx
