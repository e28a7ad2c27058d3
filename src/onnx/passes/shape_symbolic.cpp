#include <algorithm>
#include <set>

#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

ValueInfo* find_value(std::vector<ValueInfo>& values, std::string_view name) {
  const auto found =
      std::find_if(values.begin(), values.end(), [&](const ValueInfo& value) { return value.name == name; });
  return found == values.end() ? nullptr : &*found;
}

Error no_such_input(const std::string& name) {
  return make_error(ErrorKind::kUsage, "onnx.no-input", concat("the graph has no input ", printable(name)));
}

// The shape as it is declared; unknown outputs get the rank that was inferred.
std::vector<Dimension>& shape_of(ValueInfo& value, std::size_t rank) {
  if (!value.type.shape || value.type.shape->size() != rank) value.type.shape.emplace(rank);
  return *value.type.shape;
}

void forget_values_between(Graph& graph) { graph.values.clear(); }

}  // namespace

Result<void> make_symbolic(Model& model, const std::vector<OpenAxes>& axes) {
  // What the outputs do is seen by trying: the declared sizes (or a middling one), and larger ones along one axis each.
  constexpr std::int64_t kOtherwise = 256;
  constexpr std::int64_t kMostSize = std::int64_t{1} << 40;
  const InputShapes base = declared_shapes(model, kOtherwise);
  ZOOPORT_TRY_ASSIGN(const InferredValues before, infer_shapes(model, base));
  struct Follows {
    std::size_t axis;
    std::string name;
  };
  std::map<std::string, std::vector<Follows>> following;
  for (const OpenAxes& open : axes) {
    ValueInfo* input = find_value(model.graph.inputs, open.input);
    const auto shape = base.find(open.input);
    if (!input || shape == base.end() || shape->second.size() != open.names.size()) return no_such_input(open.input);
    for (std::size_t i = 0; i < open.names.size(); ++i) {
      if (open.names[i].empty()) continue;
      InputShapes larger = base;
      // A multiple of every stride that occurs, so that only what is really fixed complains.
      tensor::Shape& size = larger[open.input];
      if (size[i] < 0 || size[i] > kMostSize)
        return make_error(
            ErrorKind::kUnsupported, "onnx.fixed-size",
            concat("axis ", i, " of ", printable(open.input), " declares the size ", size[i], ", which cannot be"));
      size[i] = size[i] % 64 == 0 ? size[i] * 2 : size[i] + (size[i] == 1 ? 1 : size[i]);
      Result<InferredValues> after = infer_shapes(model, larger);
      if (!after) {
        Error error = after.error();
        error.kind = ErrorKind::kUnsupported;
        error.what.id = "onnx.fixed-size";
        error.what.message = concat("axis ", i, " of ", printable(open.input), " cannot be opened: with ", size[i],
                                    " instead of ", shape->second[i], ' ', after.error().what.message);
        return error;
      }
      for (const ValueInfo& output : model.graph.outputs) {
        const auto was = before.find(output.name);
        const auto is = after->find(output.name);
        if (was == before.end() || is == after->end() || !was->second.shape || !is->second.shape) {
          Error error = make_error(ErrorKind::kUnsupported, "onnx.fixed-size",
                                   concat("axis ", i, " of ", printable(open.input), " cannot be opened: the shape of ",
                                          printable(output.name), " is unknown"));
          return error;
        }
        if (is->second.shape->size() != was->second.shape->size()) {
          return make_error(ErrorKind::kUnsupported, "onnx.fixed-size",
                            concat("axis ", i, " of ", printable(open.input), " cannot be opened: ",
                                   printable(output.name), " has ", was->second.shape->size(), " axes with the size ",
                                   shape->second[i], ", and ", is->second.shape->size(), " with ", size[i]));
        }
        for (std::size_t j = 0; j < is->second.shape->size(); ++j)
          if ((*is->second.shape)[j] != (*was->second.shape)[j]) {
            const bool is_same = (*is->second.shape)[j] == size[i] && (*was->second.shape)[j] == shape->second[i];
            following[output.name].push_back({j, is_same ? open.names[i] : open.names[i] + "_of_" + output.name});
          }
      }
    }
  }
  for (const OpenAxes& open : axes) {
    ValueInfo* input = find_value(model.graph.inputs, open.input);
    std::vector<Dimension>& shape = shape_of(*input, open.names.size());
    for (std::size_t i = 0; i < open.names.size(); ++i)
      if (!open.names[i].empty()) shape[i] = {std::nullopt, open.names[i], shape[i].denotation, shape[i].unknown};
  }
  for (const auto& [name, open] : following) {
    ValueInfo* output = find_value(model.graph.outputs, name);
    const tensor::Shape& inferred = *before.find(name)->second.shape;
    std::vector<Dimension>& shape = shape_of(*output, inferred.size());
    for (const Follows& axis : open)
      shape[axis.axis] = {std::nullopt, axis.name, shape[axis.axis].denotation, shape[axis.axis].unknown};
  }
  forget_values_between(model.graph);
  return {};
}

Result<void> make_fixed(Model& model, const InputShapes& inputs) {
  ZOOPORT_TRY_ASSIGN(const InferredValues values, infer_shapes(model, inputs));
  const auto fix = [](ValueInfo& value, const tensor::Shape& sizes) {
    std::vector<Dimension>& shape = shape_of(value, sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) shape[i] = {sizes[i], {}, shape[i].denotation, shape[i].unknown};
  };
  for (const auto& [name, sizes] : inputs) {
    ValueInfo* input = find_value(model.graph.inputs, name);
    if (!input) return no_such_input(name);
    fix(*input, sizes);
  }
  for (ValueInfo& output : model.graph.outputs) {
    const auto value = values.find(output.name);
    if (value != values.end() && value->second.shape) fix(output, *value->second.shape);
  }
  forget_values_between(model.graph);
  return {};
}

}  // namespace zooport::onnx
