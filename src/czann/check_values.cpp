#include <algorithm>

#include "czann/rules.hpp"

namespace zooport::czann {
namespace {

using Dimensions = std::vector<onnx::Dimension>;

std::string text_of(const Dimensions& shape) {
  std::vector<std::string> sizes;
  for (const onnx::Dimension& size : shape)
    sizes.push_back(size.value ? concat(*size.value) : size.symbol.empty() ? "?" : printable(size.symbol, 40));
  return concat('[', join(sizes, ", "), ']');
}

bool agree(const Dimensions& shape, const std::vector<std::int64_t>& described) {
  if (shape.size() != described.size() + 1) return false;
  for (std::size_t i = 1; i < shape.size(); ++i)
    if (shape[i].value && *shape[i].value != described[i - 1]) return false;
  return true;
}

// Whether the shapes agree if the network has channels in front of the axes of space.
bool agree_with_channels_first(const Dimensions& shape, const std::vector<std::int64_t>& described) {
  std::vector<std::int64_t> turned = described;
  std::rotate(turned.begin(), turned.end() - 1, turned.end());
  return turned != described && shape.size() > 2 && shape[1].value && agree(shape, turned);
}

class ValueCheck {
 public:
  ValueCheck(std::string_view key, std::string_view role, const onnx::ValueInfo& value, Path path)
      : key_(key),
        name_(concat("the ", role, " '", printable(value.name), '\'')),
        value_(value),
        path_(std::move(path)) {}

  void run(const std::vector<std::int64_t>& described, Findings& of_metadata, Findings& of_network) const {
    if (value_.type.element != onnx::ElementType::kFloat)
      of_network.add({"czann.element-type",
                      Severity::kError,
                      path_,
                      concat("float32 for ", name_),
                      onnx::name_of(value_.type.element),
                      {},
                      {}});
    if (!value_.type.shape) {
      of_network.add({"czann.shape-unknown",
                      Severity::kWarning,
                      path_,
                      concat("a shape of ", name_),
                      "none",
                      {},
                      concat("It cannot be held against ", key_, ".")});
      return;
    }
    const Dimensions& shape = *value_.type.shape;
    if (!shape.empty() && shape.front().value && *shape.front().value != 1)
      of_network.add({"czann.batch",
                      Severity::kError,
                      path_,
                      concat("a batch axis of 1, or an open one, for ", name_),
                      concat(*shape.front().value),
                      {},
                      "ZEN hands over one tile at a time."});
    if (described.empty()) return;
    if (agree(shape, described)) {
      const auto is_open = [](const onnx::Dimension& size) { return !size.value; };
      if (std::any_of(shape.begin() + 1, shape.end(), is_open))
        of_network.add({"czann.open-size",
                        Severity::kInfo,
                        path_,
                        {},
                        text_of(shape),
                        concat(name_, " has open sizes ", text_of(shape), "; ZEN takes those of ", key_, ", ",
                               shape_text(described)),
                        {}});
    } else if (agree_with_channels_first(shape, described)) {
      of_network.add({"czann.channels-first",
                      Severity::kError,
                      path_,
                      concat("channels last, as ", key_, " says ", shape_text(described)),
                      concat(text_of(shape), " for ", name_),
                      {},
                      "Put transposes around the network: `zooport graph wrap` does."});
    } else {
      of_metadata.add({"czann.shape-differs",
                       Severity::kError,
                       {Step::key(key_)},
                       concat("what ", name_, " has behind its batch axis, ", text_of(shape)),
                       shape_text(described),
                       {},
                       {}});
    }
  }

 private:
  std::string_view key_;
  std::string name_;
  const onnx::ValueInfo& value_;
  Path path_;
};

}  // namespace

void check_values(const Metadata& metadata, const onnx::Model& network, Findings& of_metadata, Findings& of_network) {
  const auto path = [](std::string_view list, std::size_t index) {
    return Path{Step::key("graph"), Step::key(list), Step::at(index)};
  };
  const onnx::Graph& graph = network.graph;
  const auto inputs = graph.required_inputs();
  if (inputs.size() != 1) {
    of_network.add({"czann.input-count",
                    Severity::kError,
                    {Step::key("graph"), Step::key("input")},
                    "exactly one input of the network",
                    concat(inputs.size()),
                    {},
                    {}});
  } else {
    const auto index = static_cast<std::size_t>(inputs.front() - graph.inputs.data());
    ValueCheck("InputShape", "input", *inputs.front(), path("input", index))
        .run(metadata.input_shape, of_metadata, of_network);
  }
  if (graph.outputs.empty()) {
    of_network.add({"czann.no-output",
                    Severity::kError,
                    {Step::key("graph"), Step::key("output")},
                    "one output of the network",
                    "none",
                    {},
                    {}});
    return;
  }
  if (graph.outputs.size() > 1)
    of_network.add({"czann.output-count",
                    Severity::kWarning,
                    {Step::key("graph"), Step::key("output")},
                    "one output of the network",
                    concat(graph.outputs.size()),
                    {},
                    "Only the first is used."});
  ValueCheck("OutputShape", "output", graph.outputs.front(), path("output", 0))
      .run(metadata.output_shape, of_metadata, of_network);
}

}  // namespace zooport::czann
