#include "convert/wrap_plan.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/process/text.hpp"

namespace zooport::convert {
namespace {

using Side = WrappedTensor::Side;

constexpr std::string_view kLetters = "btczyxi";

Error usage(const OptionText& option, Span span, std::string message) {
  Error error = make_error(ErrorKind::kUsage, "convert.graph-wrap", std::move(message));
  error.what.file = option.label;
  error.what.span = span;
  return error;
}

Span all_of(const OptionText& option) { return {0, option.text.size()}; }

// "NAME=rest": where the rest begins, and the name.
struct Target {
  std::string name;
  std::size_t begin = 0;
  Span name_span;
};
Target target_of(const OptionText& option, std::size_t equals) {
  if (equals == std::string::npos) return {};
  const auto is_space = [&](std::size_t at) { return option.text[at] == ' ' || option.text[at] == '\t'; };
  std::size_t first = 0;
  std::size_t last = equals;
  while (first < last && is_space(first)) ++first;
  while (last > first && is_space(last - 1)) --last;
  std::size_t begin = equals + 1;
  while (begin < option.text.size() && is_space(begin)) ++begin;
  return {option.text.substr(first, last - first), begin, {first, last}};
}
// An operation has its own "=" behind a bracket.
Target target_of_operations(const OptionText& option) {
  const std::size_t first = option.text.find_first_of("=(;");
  const bool is_name = first != std::string::npos && option.text[first] == '=';
  return target_of(option, is_name ? first : std::string::npos);
}

Result<tensor::Axes> read_axes(const OptionText& option, std::size_t begin, std::size_t end) {
  tensor::Axes axes;
  for (std::size_t i = begin; i < end; ++i) {
    const char letter = option.text[i];
    if (kLetters.find(letter) == std::string_view::npos) {
      return usage(
          option, {i, i + 1},
          concat("expected the letter of an axis, one of b t i c z y x, found ", printable(option.text.substr(i, 1))));
    }
    const tensor::Axis axis = tensor::axes_from_letters(option.text.substr(i, 1)).at(0);
    if (tensor::find_axis(axes, axis.id) >= 0) {
      return usage(option, {i, i + 1}, concat("the axis ", std::string(1, letter), " stands twice"));
    }
    axes.push_back(axis);
  }
  if (axes.empty()) return usage(option, {begin, std::max(begin, end)}, "expected letters of axes");
  return axes;
}

std::int64_t extent_of(const onnx::Dimension& dimension) { return dimension.value.value_or(-1); }

class Planner {
 public:
  Planner(const onnx::Model& model, const WrapOptions& options, const Limits& limits)
      : model_(model), options_(options), limits_(limits) {}

  Result<WrapPlan> plan() {
    for (const onnx::ValueInfo* input : model_.graph.required_inputs()) add(Side::kInput, *input);
    for (const onnx::ValueInfo& output : model_.graph.outputs) add(Side::kOutput, output);
    infer_outputs();
    // Those with a name come second and win.
    for (const bool named : {false, true}) {
      for (const OptionText& option : label_options("--axes", options_.axes)) ZOOPORT_TRY(take_axes(option, named));
      for (const OptionText& option : label_options("--layout", options_.layouts)) {
        ZOOPORT_TRY(take_layout(option, named));
      }
    }
    for (const OptionText& option : label_options("--input-dtype", options_.input_dtypes)) {
      ZOOPORT_TRY(take_dtype(option));
    }
    for (const OptionText& option : label_options("--pre", options_.pre)) {
      ZOOPORT_TRY(take_operations(option, Side::kInput));
    }
    for (const OptionText& option : label_options("--post", options_.post)) {
      ZOOPORT_TRY(take_operations(option, Side::kOutput));
    }
    for (std::size_t i = 0; i < plan_.tensors.size(); ++i) ZOOPORT_TRY(bind(i));
    use_fixed_names();
    return std::move(plan_);
  }

 private:
  // What is known of one tensor beside the plan.
  struct Known {
    std::vector<onnx::Dimension> shape;  // of the network, one an axis; empty if its rank is not known
    bool has_rank = false;
    bool is_tensor = true;  // no sequence, map, …
    std::optional<OptionText> layout;
    Span layout_span;
    std::vector<std::pair<process::TextOperation, OptionText>> operations;
  };

  void add(Side side, const onnx::ValueInfo& value) {
    WrappedTensor tensor;
    tensor.side = side;
    tensor.name = value.name;
    Known known;
    known.has_rank = value.type.shape.has_value();
    known.is_tensor = value.type.other.empty();
    if (known.has_rank) known.shape = *value.type.shape;
    tensor.inner = tensor.outer = unnamed_axes(known.shape.size());
    if (known.is_tensor) tensor.inner_dtype = onnx::dtype_of(value.type.element);
    tensor.outer_dtype = tensor.inner_dtype;
    plan_.tensors.push_back(std::move(tensor));
    known_.push_back(std::move(known));
  }

  // Of outputs whose shape the graph does not say; what is the same for two sizes of the inputs holds for all.
  void infer_outputs() {
    const auto is_open = [](const Known& known) {
      return known.is_tensor &&
             (!known.has_rank || std::any_of(known.shape.begin(), known.shape.end(),
                                             [](const auto& dimension) { return !dimension.value; }));
    };
    if (std::none_of(known_.begin(), known_.end(), is_open)) return;
    const auto first = onnx::infer_shapes(model_, sizes_with(2, 64));
    const auto second = first ? onnx::infer_shapes(model_, sizes_with(3, 96)) : first;
    if (!first) return;
    for (std::size_t i = 0; i < known_.size(); ++i) {
      WrappedTensor& tensor = plan_.tensors[i];
      Known& known = known_[i];
      const auto found = first->find(tensor.name);
      if (tensor.side != Side::kOutput || !is_open(known) || found == first->end() || !found->second.shape) continue;
      if (!known.has_rank) {
        known.has_rank = true;
        known.shape.resize(found->second.shape->size());
        tensor.inner = tensor.outer = unnamed_axes(known.shape.size());
      }
      if (!second) continue;
      const auto other = second->find(tensor.name);
      if (other != second->end() && other->second.shape) fix(known, *found->second.shape, *other->second.shape);
    }
  }

  onnx::InputShapes sizes_with(std::int64_t batch, std::int64_t size) const {
    onnx::InputShapes shapes;
    for (const onnx::ValueInfo* input : model_.graph.required_inputs()) {
      if (!input->type.shape || !input->type.other.empty()) continue;
      tensor::Shape& shape = shapes[input->name];
      for (const onnx::Dimension& dimension : *input->type.shape) {
        shape.push_back(dimension.value.value_or(shape.empty() ? batch : size));
      }
    }
    return shapes;
  }

  static void fix(Known& known, const tensor::Shape& first, const tensor::Shape& second) {
    if (first.size() != known.shape.size() || second.size() != known.shape.size()) return;
    for (std::size_t k = 0; k < first.size(); ++k) {
      onnx::Dimension& dimension = known.shape[k];
      if (!dimension.value && first[k] == second[k] && first[k] > 0) dimension = dimension_of(first[k]);
    }
  }

  std::string names(std::optional<Side> side) const {
    std::vector<std::string> names;
    for (const WrappedTensor& tensor : plan_.tensors) {
      if (!side || tensor.side == *side) names.push_back(printable(tensor.name));
    }
    return join(names, ", ");
  }

  // Indices of the tensors that are meant: the one of that name, or all of that side.
  Result<std::vector<std::size_t>> meant(const OptionText& option, const Target& target,
                                         std::optional<Side> side) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < plan_.tensors.size(); ++i) {
      const WrappedTensor& tensor = plan_.tensors[i];
      if ((!side || tensor.side == *side) && (target.begin == 0 || tensor.name == target.name)) found.push_back(i);
    }
    if (!found.empty() || target.begin == 0) return found;
    const char* what = !side ? "input or output " : *side == Side::kInput ? "input " : "output ";
    return usage(option, target.name_span,
                 concat("the graph has no ", what, printable(target.name), ", but ", names(side)));
  }
  Result<std::size_t> the_one(const OptionText& option, const Target& target, Side side) const {
    ZOOPORT_TRY_ASSIGN(const std::vector<std::size_t> found, meant(option, target, side));
    if (found.size() == 1) return found[0];
    return usage(option, all_of(option), concat("say which is meant, NAME=…: the graph has ", names(side)));
  }

  Result<void> take_axes(const OptionText& option, bool named) {
    const Target target = target_of(option, option.text.rfind('='));
    if ((target.begin > 0) != named) return {};
    ZOOPORT_TRY_ASSIGN(const tensor::Axes axes, read_axes(option, target.begin, option.text.size()));
    return lay_out(option, target, axes, axes);
  }

  Result<void> take_layout(const OptionText& option, bool named) {
    const Target target = target_of(option, option.text.rfind('='));
    if ((target.begin > 0) != named) return {};
    const std::size_t colon = option.text.find(':', target.begin);
    if (colon == std::string::npos) {
      return usage(option, {option.text.size(), option.text.size()},
                   "expected : and the axes that the caller sees, as in bcyx:byxc");
    }
    ZOOPORT_TRY_ASSIGN(const tensor::Axes inner, read_axes(option, target.begin, colon));
    ZOOPORT_TRY_ASSIGN(const tensor::Axes outer, read_axes(option, colon + 1, option.text.size()));
    return lay_out(option, target, inner, outer);
  }

  Result<void> lay_out(const OptionText& option, const Target& target, const tensor::Axes& inner,
                       const tensor::Axes& outer) {
    ZOOPORT_TRY_ASSIGN(const std::vector<std::size_t> found, meant(option, target, std::nullopt));
    const Span span{target.begin, target.begin + inner.size()};
    bool fits_any = false;
    for (const std::size_t i : found) {
      if (!known_[i].is_tensor && target.begin > 0) {
        return usage(option, span, concat(printable(plan_.tensors[i].name), " is no tensor and has no axes"));
      }
      // Where the number of axes is not known a layout has to be meant.
      if (!known_[i].is_tensor || (!known_[i].has_rank && target.begin == 0)) continue;
      const bool fits = !known_[i].has_rank || known_[i].shape.size() == inner.size();
      if (!fits && target.begin > 0) {
        return usage(option, span,
                     concat(printable(plan_.tensors[i].name), " has ", known_[i].shape.size(), " axes, and ",
                            inner.size(), " are named"));
      }
      if (!fits) continue;
      fits_any = true;
      plan_.tensors[i].inner = inner;
      plan_.tensors[i].outer = outer;
      known_[i].shape.resize(inner.size());
      known_[i].layout = option;
      known_[i].layout_span = {target.begin, option.text.size()};
    }
    if (fits_any) return {};
    Error error = usage(option, span, concat("no input or output has ", inner.size(), " axes"));
    const bool is_unsaid = std::any_of(known_.begin(), known_.end(),
                                       [](const Known& known) { return known.is_tensor && !known.has_rank; });
    if (is_unsaid) error.what.help = "the graph does not say how many axes some have: name those, NAME=bcyx:byxc";
    return error;
  }

  Result<void> take_dtype(const OptionText& option) {
    const Target target = target_of(option, option.text.rfind('='));
    ZOOPORT_TRY_ASSIGN(const std::size_t at, the_one(option, target, Side::kInput));
    const auto dtype = tensor::dtype_named(option.text.substr(target.begin));
    if (!dtype) {
      return usage(option, {target.begin, option.text.size()},
                   concat("expected a type of elements, such as uint8, uint16 or float32, found ",
                          printable(option.text.substr(target.begin))));
    }
    plan_.tensors[at].outer_dtype = *dtype;
    return {};
  }

  Result<void> take_operations(const OptionText& option, Side side) {
    const Target target = target_of_operations(option);
    ZOOPORT_TRY_ASSIGN(const std::size_t at, the_one(option, target, side));
    auto operations = process::parse_operations(std::string_view(option.text).substr(target.begin), limits_);
    if (!operations) return at_place(std::move(operations).error(), option, target.begin);
    for (process::TextOperation& operation : *operations) {
      for (auto& [name, span] : operation.arguments) span = {span.begin + target.begin, span.end + target.begin};
      operation.span = {operation.span.begin + target.begin, operation.span.end + target.begin};
      known_[at].operations.emplace_back(std::move(operation), option);
    }
    return {};
  }

  static Error at_place(Error error, const OptionText& option, std::size_t offset) {
    error.what.file = option.label;
    if (error.what.span) error.what.span = Span{error.what.span->begin + offset, error.what.span->end + offset};
    return error;
  }

  // The extent along an axis of the network by its id; 1 for an axis that it has not.
  onnx::Dimension inner_dimension(std::size_t i, const std::string& id) const {
    const int at = tensor::find_axis(plan_.tensors[i].inner, id);
    if (at >= 0) return known_[i].shape.at(static_cast<std::size_t>(at));
    onnx::Dimension one;
    one.value = 1;
    return one;
  }

  // Makes the operations, and what the caller sees.
  Result<void> bind(std::size_t i) {
    WrappedTensor& tensor = plan_.tensors[i];
    const Known& known = known_[i];
    tensor.has_shape = known.has_rank || known.layout.has_value();
    process::Form form{tensor.outer, {}};
    std::vector<onnx::Dimension> given;
    for (const tensor::Axis& axis : tensor.outer) given.push_back(inner_dimension(i, axis.id));
    for (const onnx::Dimension& dimension : given) form.extents.push_back(extent_of(dimension));
    bool chooses_channels = tensor.side == Side::kInput;
    for (const auto& [operation, option] : known.operations) {
      if (!tensor.inner_dtype || !tensor.outer_dtype) {
        return at_place(
            make_error(ErrorKind::kUnsupported, "process.not-in-graph",
                       concat(printable(tensor.name), " is no dense tensor of numbers that operations take")),
            option, 0);
      }
      auto made = process::make_operation(operation, form.axes);
      if (!made) return with_advice(at_place(std::move(made).error(), option, 0), tensor);
      // An input has as many channels as the first operation that cares takes.
      const int channel = tensor::find_axis(form.axes, "channel");
      if (const auto wanted = (*made)->channels(); wanted && chooses_channels && channel >= 0) {
        form.extents[static_cast<std::size_t>(channel)] = *wanted;
        const int outer = tensor::find_axis(tensor.outer, "channel");
        if (outer >= 0) given[static_cast<std::size_t>(outer)] = dimension_of(*wanted);
        chooses_channels = false;
      }
      tensor.steps.push_back({*made, option.label, operation.span, form.axes});
      const process::Form before = form;
      if (auto done = (*made)->reform(form); !done) {
        Error error = at_place(std::move(done).error(), option, 0);
        error.kind = ErrorKind::kUsage;
        error.what.span = operation.span;
        return error;
      }
      if (tensor.side == Side::kInput) take_extents(**made, before, form, tensor.outer, given);
    }
    tensor.after = form.axes;
    ZOOPORT_TRY(meet(i, form));
    tensor.declared = std::move(given);
    if (tensor.side == Side::kOutput) declare_output(i, form);
    return {};
  }

  // What was open and is known behind an operation is so for the caller, too, if the operation takes nothing else.
  static void take_extents(const process::Operation& operation, const process::Form& before, const process::Form& after,
                           const tensor::Axes& outer, std::vector<onnx::Dimension>& given) {
    for (std::size_t k = 0; k < before.axes.size(); ++k) {
      const int now = tensor::find_axis(after.axes, before.axes[k].id);
      const int at = tensor::find_axis(outer, before.axes[k].id);
      if (before.extents[k] >= 0 || now < 0 || at < 0 || after.extents[static_cast<std::size_t>(now)] < 0) continue;
      onnx::Dimension& dimension = given[static_cast<std::size_t>(at)];
      process::Form other = before;
      other.extents[k] = 1;
      if (dimension.value || operation.reform(other)) continue;
      dimension = dimension_of(after.extents[static_cast<std::size_t>(now)]);
    }
  }

  static onnx::Dimension dimension_of(std::int64_t extent) {
    onnx::Dimension dimension;
    if (extent >= 0) dimension.value = extent;
    return dimension;
  }

  Error with_advice(Error error, const WrappedTensor& tensor) const {
    const bool is_named = !tensor.inner.empty() && !is_unnamed(tensor.inner[0]);
    if (!is_named) error.what.help = concat("say what the axes are: --axes ", printable(tensor.name), "=bcyx");
    return error;
  }

  // Axes that only one side has are 1; others have the same extent on both.
  Result<void> meet(std::size_t i, const process::Form& form) {
    WrappedTensor& tensor = plan_.tensors[i];
    const Known& known = known_[i];
    // What is joined: an input behind its steps, an output before them, with the axes of the network.
    const tensor::Axes& side = tensor.side == Side::kInput ? form.axes : tensor.outer;
    const auto refuse = [&](std::string message) -> Error {
      if (known.layout) return usage(*known.layout, known.layout_span, std::move(message));
      const WrapStep& last = tensor.steps.back();
      return at_place(usage({last.label, {}}, last.span, std::move(message)), {last.label, {}}, 0);
    };
    for (std::size_t k = 0; k < tensor.inner.size(); ++k) {
      if (tensor::find_axis(side, tensor.inner[k].id) >= 0) continue;
      const onnx::Dimension& dimension = known.shape.at(k);
      if (dimension.value.value_or(1) != 1) {
        return refuse(concat("the axis ", printable(tensor.inner[k].id), " of ", printable(tensor.name),
                             " has the size ", *dimension.value, "; only one of size 1 can be left out"));
      }
      plan_.fixes_sizes = plan_.fixes_sizes || (tensor.side == Side::kInput && !dimension.value);
      if (!dimension.value && !dimension.symbol.empty()) plan_.fixed_names.push_back(dimension.symbol);
    }
    if (tensor.side == Side::kOutput) return {};
    for (std::size_t k = 0; k < side.size(); ++k) {
      const std::int64_t wanted = extent_of(inner_dimension(i, side[k].id));
      if (form.extents[k] < 0 || wanted < 0 || form.extents[k] == wanted) continue;
      std::string message = concat("the network takes the size ", wanted, " along ", printable(side[k].id), " of ",
                                   printable(tensor.name), ", and the operations give ", form.extents[k]);
      const auto chooses = std::find_if(tensor.steps.rbegin(), tensor.steps.rend(),
                                        [](const WrapStep& step) { return step.operation->channels().has_value(); });
      if (chooses == tensor.steps.rend()) return refuse(std::move(message));
      return usage({chooses->label, {}}, chooses->span, std::move(message));
    }
    return {};
  }

  // Extents behind the steps; those that nothing changed keep their names.
  void declare_output(std::size_t i, const process::Form& form) {
    WrappedTensor& tensor = plan_.tensors[i];
    tensor.declared.clear();
    for (std::size_t k = 0; k < form.axes.size(); ++k) {
      const onnx::Dimension before = inner_dimension(i, form.axes[k].id);
      tensor.declared.push_back(extent_of(before) == form.extents[k] ? before : dimension_of(form.extents[k]));
    }
  }

  // What one tensor fixes to 1 is 1 in all of them.
  void use_fixed_names() {
    for (WrappedTensor& tensor : plan_.tensors) {
      for (onnx::Dimension& dimension : tensor.declared) {
        const auto& fixed = plan_.fixed_names;
        if (dimension.value || std::find(fixed.begin(), fixed.end(), dimension.symbol) == fixed.end()) continue;
        dimension.symbol.clear();
        dimension.value = 1;
      }
    }
  }

  const onnx::Model& model_;
  const WrapOptions& options_;
  const Limits& limits_;
  WrapPlan plan_;
  std::vector<Known> known_;  // beside plan_.tensors
};

}  // namespace

tensor::Axes unnamed_axes(std::size_t rank) {
  tensor::Axes axes;
  for (std::size_t i = 0; i < rank; ++i) axes.push_back({concat("axis ", i), tensor::AxisKind::kIndex});
  return axes;
}

bool is_unnamed(const tensor::Axis& axis) { return axis.id.starts_with("axis "); }

std::vector<OptionText> label_options(const char* option, const std::vector<std::string>& texts) {
  std::vector<OptionText> labelled;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    labelled.push_back({texts.size() == 1 ? std::string(option) : concat(option, " ", i + 1), texts[i]});
  }
  return labelled;
}

Result<WrapPlan> plan_wrap(const onnx::Model& model, const WrapOptions& options, const Limits& limits) {
  return Planner(model, options, limits).plan();
}

}  // namespace zooport::convert
