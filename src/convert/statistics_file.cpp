#include "convert/statistics_file.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::convert {
namespace {

using doc::Kind;
using doc::Node;
using process::Measure;
using process::MeasuredValue;

Error wrong(std::string message) {
  return make_error(ErrorKind::kInvalid, "convert.statistics-file",
                    concat("statistics of a dataset: ", std::move(message)));
}

std::string_view text_of(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found && found->kind == Kind::kString ? found->text : std::string_view();
}

bool is_number(const Node& node) { return node.kind == Kind::kInteger || node.kind == Kind::kReal; }

// Numbers of nested lists, whose lengths become the shape.
bool add_numbers(const Node& node, std::size_t depth, MeasuredValue& value) {
  if (depth == value.axes.size()) {
    if (!is_number(node)) return false;
    value.values.push_back(doc::real_of(node));
    return true;
  }
  if (node.kind != Kind::kSequence) return false;
  const auto size = static_cast<std::int64_t>(node.children.size());
  if (value.shape.size() == depth) value.shape.push_back(size);
  if (value.shape[depth] != size) return false;
  return std::all_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return add_numbers(child, depth + 1, value); });
}

std::optional<MeasuredValue> value_of(const Node& node) {
  MeasuredValue value;
  if (const Node* dims = node.find("dims"))
    for (const Node& dim : dims->children) value.axes.emplace_back(dim.text);
  const Node* data = node.kind == Kind::kMapping ? node.find("data") : &node;
  if (!data || !add_numbers(*data, 0, value)) return std::nullopt;
  return value;
}

const model::TensorSpec* tensor_named(const model::Model& model, std::string_view id) {
  for (const auto* tensors : {&model.inputs, &model.outputs})
    for (const model::TensorSpec& tensor : *tensors)
      if (tensor.id == id) return &tensor;
  return nullptr;
}

// Axes in the order of the tensor, as operations name them.
std::vector<std::string> ordered(const Node* axes, const model::TensorSpec& tensor) {
  std::vector<std::string> ids;
  if (!axes || axes->kind != Kind::kSequence) return ids;
  for (const model::AxisSpec& axis : tensor.axes)
    if (std::any_of(axes->children.begin(), axes->children.end(),
                    [&](const Node& one) { return one.text == axis.axis.id; }))
      ids.push_back(axis.axis.id);
  return ids;
}

Result<void> require_all(const process::Measured& measured, const model::Model& model) {
  for (const auto* tensors : {&model.inputs, &model.outputs}) {
    for (const model::TensorSpec& tensor : *tensors) {
      for (const process::OperationPtr& operation : tensor.processing) {
        for (Measure needed : operation->measures()) {
          if (needed.tensor.empty()) needed.tensor = tensor.id;
          if (!needed.over_dataset || measured.count(needed) > 0) continue;
          return make_error(ErrorKind::kInvalid, "convert.statistics-missing",
                            concat("the statistics have nothing for ", printable(operation->describe()), " of ",
                                   printable(needed.tensor)));
        }
      }
    }
  }
  return {};
}

}  // namespace

Result<process::Measured> read_statistics(const Bytes& json, const model::Model& model, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document, doc::read_json(std::string(json.text()), context.limits));
  if (document.root().kind != Kind::kSequence) return wrong("expected a list of measures and values");
  process::Measured measured;
  for (const Node& entry : document.root().children) {
    const Node* of = entry.find("measure");
    const Node* is = entry.find("value");
    if (!of || !is || of->kind != Kind::kMapping)
      return wrong(concat("entry ", &entry - document.root().children.data(), " lacks a measure or a value"));
    const std::string_view name = text_of(*of, "name");
    const model::TensorSpec* tensor = tensor_named(model, text_of(*of, "member_id"));
    if (!tensor || text_of(*of, "scope") != "dataset" || name == "var") continue;
    Measure measure;
    measure.tensor = tensor->id;
    measure.over_dataset = true;
    measure.axes = ordered(of->find("axes"), *tensor);
    if (name == "quantile") {
      const Node* q = of->find("q");
      if (!q || !is_number(*q)) return wrong("a quantile lacks its q");
      measure.kind = Measure::Kind::kQuantile;
      measure.q = doc::real_of(*q);
    } else if (name == "mean" || name == "std") {
      measure.kind = name == "mean" ? Measure::Kind::kMean : Measure::Kind::kStd;
    } else {
      return wrong(concat("there is no measure ", printable(std::string(name))));
    }
    const std::optional<MeasuredValue> value = value_of(*is);
    if (!value)
      return wrong(
          concat("the ", name, " of ", printable(tensor->id), " is neither a number nor nested lists of them"));
    measured.insert_or_assign(std::move(measure), *value);
  }
  ZOOPORT_TRY(require_all(measured, model));
  return measured;
}

}  // namespace zooport::convert
