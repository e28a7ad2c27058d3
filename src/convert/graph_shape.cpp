#include <algorithm>
#include <map>

#include "convert/graph_axes.hpp"
#include "convert/graph_output.hpp"
#include "convert/graph_pair.hpp"
#include "convert/numbers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

// What is asked of each axis of one input, and what stands there.
struct Wanted {
  std::string input;
  std::vector<onnx::Dimension> before;
  std::vector<std::string> axes;
};

Error shape_error(std::string message) {
  return make_error(ErrorKind::kUsage, "convert.input-shape", std::move(message));
}

std::string place_text(const std::string& input, std::size_t axis) {
  return concat("axis ", axis, " of ", printable(input));
}

Result<std::vector<Wanted>> wanted_of(const onnx::Model& model, const std::vector<AxisChange>& changes) {
  std::vector<Wanted> all;
  for (const onnx::ValueInfo* input : model.graph.required_inputs()) {
    Wanted one{input->name, input->type.shape.value_or(std::vector<onnx::Dimension>{}), {}};
    one.axes.resize(one.before.size());
    all.push_back(std::move(one));
  }
  for (const AxisChange& change : changes) {
    ZOOPORT_TRY_ASSIGN(const onnx::ValueInfo* input, find_input(model, change));
    if (!input->type.shape)
      return shape_error(concat("the graph does not say how many axes ", printable(input->name), " has"));
    for (Wanted& one : all)
      if (one.input == input->name) one.axes = change.axes;
  }
  return all;
}

// One name means one size, before and behind.
Result<void> check_names(const std::vector<Wanted>& all) {
  struct Use {
    std::string input;
    std::size_t axis;
    std::string found;  // the number that stands there, or is asked for
  };
  std::map<std::string, Use> was, is;
  for (const Wanted& one : all) {
    for (std::size_t i = 0; i < one.axes.size(); ++i) {
      const onnx::Dimension& before = one.before[i];
      const std::string& asked = one.axes[i];
      // Axes that share a name are fixed together.
      if (!before.symbol.empty() && !before.value) {
        const std::string number = number_in(asked) ? asked : std::string();
        const auto [use, is_new] = was.try_emplace(before.symbol, Use{one.input, i, number});
        if (!is_new && use->second.found != number)
          return shape_error(concat(place_text(use->second.input, use->second.axis), " and ", place_text(one.input, i),
                                    " are both ", printable(before.symbol), ": fix both of them to one size, or none"));
      }
      // A new name must not join axes of different sizes.
      const std::string name = asked.empty()      ? (before.value ? std::string() : before.symbol)
                               : number_in(asked) ? std::string()
                                                  : asked;
      if (name.empty()) continue;
      const std::string size = before.value ? concat(*before.value) : concat("open: ", before.symbol);
      const auto [use, is_new] = is.try_emplace(name, Use{one.input, i, size});
      if (!is_new && use->second.found != size)
        return shape_error(concat(printable(name), " cannot name both ",
                                  place_text(use->second.input, use->second.axis), " (", printable(use->second.found),
                                  ") and ", place_text(one.input, i), " (", printable(size), ")"));
    }
  }
  return {};
}

// Names of axes to be opened, those that get another number included, and numbers of axes to be fixed.
struct Plan {
  std::vector<onnx::OpenAxes> open;
  std::map<std::string, std::vector<std::int64_t>, std::less<>> fixed;  // 0: stays
  bool resizes = false;
  bool opens = false;
};

Plan plan_of(const std::vector<Wanted>& all) {
  Plan plan;
  for (const Wanted& one : all) {
    onnx::OpenAxes names{one.input, std::vector<std::string>(one.axes.size())};
    std::vector<std::int64_t> numbers(one.axes.size(), 0);
    for (std::size_t i = 0; i < one.axes.size(); ++i) {
      const std::string& asked = one.axes[i];
      const onnx::Dimension& before = one.before[i];
      if (asked.empty()) continue;
      if (const auto number = number_in(asked)) {
        if (before.value == number) continue;
        numbers[i] = *number;
        if (!before.value) continue;
        // Axes of several inputs that were equal and shall be equal grow together.
        names.names[i] = concat("resized_", i, '_', *before.value, '_', *number);
        plan.resizes = true;
      } else if (before.value || before.symbol != asked) {
        names.names[i] = asked;
        plan.opens = plan.opens || before.value;
      }
    }
    const auto says = [](const auto& list, const auto& nothing) {
      return std::any_of(list.begin(), list.end(), [&](const auto& item) { return item != nothing; });
    };
    if (says(names.names, std::string())) plan.open.push_back(std::move(names));
    if (says(numbers, std::int64_t{0})) plan.fixed[one.input] = std::move(numbers);
  }
  return plan;
}

std::vector<std::string> steps_of(const std::vector<Wanted>& all) {
  std::vector<std::string> steps;
  for (const Wanted& one : all)
    for (std::size_t i = 0; i < one.axes.size(); ++i) {
      const onnx::Dimension& before = one.before[i];
      const std::string was = before.value ? concat(*before.value) : before.symbol.empty() ? "?" : before.symbol;
      if (!one.axes[i].empty() && one.axes[i] != was)
        steps.push_back(concat(place_text(one.input, i), ": ", printable(was), " becomes ", printable(one.axes[i])));
    }
  return steps;
}

// The new graph at sizes that the old one did not take: it has to run, and to give what is inferred.
Result<std::string> run_elsewhere(const onnx::Model& model, const onnx::InputShapes& shapes, engine::Engine& engine,
                                  const Context& context) {
  ZOOPORT_TRY_ASSIGN(const onnx::InferredValues inferred, onnx::infer_shapes(model, shapes));
  std::vector<tensor::Array> inputs;
  std::vector<std::string> sizes;
  for (const onnx::ValueInfo* input : model.graph.required_inputs()) {
    const auto dtype = onnx::dtype_of(input->type.element);
    const auto shape = shapes.find(input->name);
    if (!dtype || shape == shapes.end()) return std::string();
    ZOOPORT_TRY_ASSIGN(tensor::Array array, tensor::Array::allocate(*dtype, shape->second, context.limits));
    std::fill(array.bytes().begin(), array.bytes().end(), std::byte{0});
    inputs.push_back(std::move(array));
    sizes.push_back(concat(printable(input->name), ' ', shape_text(shape->second)));
  }
  std::vector<tensor::View> views;
  for (const tensor::Array& array : inputs) views.push_back(array.view());
  engine::SessionOptions options;
  options.threads = context.threads;
  ZOOPORT_TRY_ASSIGN(const auto session, open_session(model, engine, options, context));
  ZOOPORT_TRY_ASSIGN(const auto outputs, session->run(views, context));
  for (std::size_t i = 0; i < outputs.size() && i < model.graph.outputs.size(); ++i) {
    const std::string& name = model.graph.outputs[i].name;
    const auto value = inferred.find(name);
    if (value == inferred.end() || !value->second.shape || *value->second.shape == outputs[i].shape()) continue;
    return make_error(ErrorKind::kUnsupported, "onnx.fixed-size",
                      concat("with ", join(sizes, ", "), " output ", printable(name), " is ",
                             shape_text(outputs[i].shape()), ", and not ", shape_text(*value->second.shape)));
  }
  return concat("runs with ", join(sizes, ", "), " as well: outputs have the sizes that are inferred");
}

// Twice the old size along each axis that was opened.
onnx::InputShapes other_sizes(const onnx::Model& before, const onnx::Model& after) {
  const onnx::InputShapes old = onnx::declared_shapes(before, 256);
  onnx::InputShapes sizes = onnx::declared_shapes(after, 256);
  for (const onnx::ValueInfo* input : after.graph.required_inputs()) {
    const auto was = old.find(input->name);
    const auto now = sizes.find(input->name);
    if (was == old.end() || now == sizes.end() || was->second.size() != now->second.size()) continue;
    for (std::size_t i = 0; i < now->second.size(); ++i)
      if (!(*input->type.shape)[i].value) now->second[i] = 2 * was->second[i];
  }
  return sizes;
}

}  // namespace

Result<GraphReport> change_graph_shape(const std::string& path, const std::string& dest,
                                       const std::vector<AxisChange>& changes, const GraphChangeOptions& options,
                                       std::shared_ptr<engine::Engine> engine, const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY(expect_free(dest, options.if_present));
  ZOOPORT_TRY_ASSIGN(const onnx::Model before, read_graph(path, context));
  onnx::check_model(before, report.findings);
  report.is_broken = report.findings.has_errors();
  if (report.is_broken) return report;
  ZOOPORT_TRY_ASSIGN(const std::vector<Wanted> wanted, wanted_of(before, changes));
  ZOOPORT_TRY(check_names(wanted));
  const Plan plan = plan_of(wanted);
  report.steps = steps_of(wanted);

  onnx::Model after = before;
  if (!plan.open.empty()) {
    // Sizes inside functions are seen where they are called.
    if (plan.opens || plan.resizes) ZOOPORT_TRY(onnx::inline_functions(after, context.limits));
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> rewritten, onnx::open_axes(after, plan.open));
    report.steps.insert(report.steps.end(), rewritten.begin(), rewritten.end());
  }
  const onnx::Model opened = after;
  if (!plan.fixed.empty()) ZOOPORT_TRY(onnx::fix_axes(after, plan.fixed));
  report.graph = onnx::info_of(after);
  if (engine) {
    // A graph of another fixed size is held against the old one before it gets that size.
    ZOOPORT_TRY_ASSIGN(report.verification,
                       verify_graph(before, plan.resizes ? opened : after, *engine, options.seed, context));
    if (report.verification.has_run && !report.verification.passed()) return report;
    if (report.verification.has_run && (plan.resizes || plan.opens)) {
      ZOOPORT_TRY_ASSIGN(std::string said, run_elsewhere(after, other_sizes(before, after), *engine, context));
      if (!said.empty()) report.steps.push_back(std::move(said));
    }
  } else {
    report.verification.reason = "no engine was found";
  }
  ZOOPORT_TRY(write_graph(after, dest, options.if_present, report));
  return report;
}

}  // namespace zooport::convert
