#include "convert/graph_pair.hpp"

#include <algorithm>

#include "convert/memory_need.hpp"
#include "zooport/base/text.hpp"
#include "zooport/predict/load_network.hpp"

namespace zooport::convert {
namespace {

constexpr std::int64_t kAbout[] = {64, 128, 256};
constexpr std::int64_t kMostElements = 1 << 26;

// Of each of `seconds`: which of `firsts` it is, by name where every name is there, else by order; empty if neither.
std::vector<std::size_t> partners(const std::vector<std::string>& firsts, const std::vector<std::string>& seconds) {
  std::vector<std::size_t> by_name;
  std::vector<std::size_t> by_order;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    by_order.push_back(i);
    const auto at = std::find(firsts.begin(), firsts.end(), seconds[i]);
    if (at != firsts.end()) by_name.push_back(static_cast<std::size_t>(at - firsts.begin()));
  }
  if (by_name.size() == seconds.size()) return by_name;
  return firsts.size() == seconds.size() ? by_order : std::vector<std::size_t>();
}

// Of each axis of the second: which of the first's has the same letter; empty if they do not have the same ones.
std::vector<int> by_letter(const std::string& first, const std::string& second) {
  std::vector<int> axes;
  if (first.size() != second.size()) return axes;
  for (const char letter : second) {
    const std::size_t at = first.find(letter);
    if (at == std::string::npos || first.find(letter, at + 1) != std::string::npos) return {};
    axes.push_back(static_cast<int>(at));
  }
  return axes;
}

// `array` with its channel where `expected` has it, if that is all that they differ in.
tensor::Array with_channel_moved(tensor::Array array, const tensor::Shape& expected) {
  const std::size_t rank = expected.size();
  const tensor::Shape& shape = array.shape();
  if (shape == expected || shape.size() != rank || rank < 3) return array;
  for (const bool to_front : {true, false}) {
    std::vector<int> axes(rank);
    for (std::size_t i = 0; i < rank; ++i) axes[i] = static_cast<int>(i);
    if (to_front)
      std::rotate(axes.begin() + 1, axes.end() - 1, axes.end());
    else
      std::rotate(axes.begin() + 1, axes.begin() + 2, axes.end());
    const tensor::View moved = array.view().transposed(axes);
    if (moved.shape == expected) return tensor::Array::copy_of(moved);
  }
  return array;
}

bool is_signed(tensor::Dtype dtype) {
  return dtype == tensor::Dtype::kInt8 || dtype == tensor::Dtype::kInt16 || dtype == tensor::Dtype::kInt32 ||
         dtype == tensor::Dtype::kInt64;
}

// A type whose values both have.
tensor::Dtype common_dtype(tensor::Dtype a, tensor::Dtype b) {
  using tensor::Dtype;
  if (a == b) return a;
  if (a == Dtype::kBool || b == Dtype::kBool) return Dtype::kBool;
  const std::size_t size_a = tensor::size_of(a);
  const std::size_t size_b = tensor::size_of(b);
  if (tensor::is_floating(a) && tensor::is_floating(b)) return size_a < size_b ? a : b;
  if (tensor::is_floating(a) || tensor::is_floating(b)) {
    const Dtype whole = tensor::is_floating(a) ? b : a;
    const bool is_half = std::min(size_a, size_b) == 2 && (a == Dtype::kFloat16 || b == Dtype::kFloat16);
    return is_half && tensor::size_of(whole) > 1 ? Dtype::kUint8 : whole;
  }
  if (is_signed(a) == is_signed(b)) return size_a < size_b ? a : b;
  const Dtype with_sign = is_signed(a) ? a : b;
  const Dtype without = is_signed(a) ? b : a;
  if (tensor::size_of(without) < tensor::size_of(with_sign)) return without;
  return with_sign == Dtype::kInt8 ? Dtype::kBool : Dtype::kUint8;
}

tensor::Array in_dtype(const tensor::View& view, tensor::Dtype dtype) {
  return view.dtype == dtype ? tensor::Array::copy_of(view) : tensor::Array::converted(view, dtype);
}

Error other_inputs(std::string why) {
  return make_error(ErrorKind::kUnsupported, "convert.compare-input", std::move(why));
}

// Of an input of unknown rank: that of the other graph's input of this name, or in this place; else four, the guess of
// graph_inputs().
std::size_t rank_of(const onnx::Model* other, const std::vector<onnx::ValueInfo>& inputs, std::size_t index) {
  constexpr std::size_t kGuess = 4;
  if (!other) return kGuess;
  const std::vector<onnx::ValueInfo>& others = other->graph.inputs;
  const auto same = std::find_if(others.begin(), others.end(),
                                 [&](const onnx::ValueInfo& input) { return input.name == inputs[index].name; });
  const onnx::ValueInfo* partner = same != others.end()             ? &*same
                                   : others.size() == inputs.size() ? &others[index]
                                                                    : nullptr;
  return partner && partner->type.shape ? partner->type.shape->size() : kGuess;
}

bool quantises(const std::vector<onnx::Node>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [](const onnx::Node& node) {
    if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear" || node.op == "DynamicQuantizeLinear") return true;
    return std::any_of(node.attributes.begin(), node.attributes.end(), [](const onnx::Attribute& attribute) {
      return std::any_of(attribute.graphs.begin(), attribute.graphs.end(),
                         [](const onnx::Graph& body) { return quantises(body.nodes); });
    });
  });
}

bool quantises(const onnx::Model& model) {
  return quantises(model.graph.nodes) ||
         std::any_of(model.functions.begin(), model.functions.end(),
                     [](const onnx::Function& function) { return quantises(function.nodes); });
}

}  // namespace

engine::Optimization optimization_for(const onnx::Model& first, const onnx::Model& second) {
  return quantises(first) || quantises(second) ? engine::Optimization::kNone : engine::Optimization::kAll;
}

Result<std::unique_ptr<engine::Session>> open_session(const onnx::Model& model, engine::Engine& engine,
                                                      const engine::SessionOptions& options, const Context& context,
                                                      const onnx::Model* other) {
  const auto lacks_shape = [](const onnx::ValueInfo& input) { return !input.type.shape && input.type.other.empty(); };
  const std::vector<onnx::ValueInfo>& inputs = model.graph.inputs;
  if (std::none_of(inputs.begin(), inputs.end(), lacks_shape))
    return predict::load_network(model, engine, options, context, kMostCopiedMessage);
  // Engines take an input of unknown rank for a scalar.
  onnx::Model shaped = model;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (lacks_shape(inputs[i])) shaped.graph.inputs[i].type.shape.emplace(rank_of(other, inputs, i));
  return predict::load_network(shaped, engine, options, context, kMostCopiedMessage);
}

Result<GraphPair> GraphPair::meet(const onnx::Model& first, const onnx::Model& second) {
  GraphPair pair;
  ZOOPORT_TRY_ASSIGN(std::vector<GraphInput> firsts, graph_inputs(first));
  ZOOPORT_TRY_ASSIGN(const std::vector<GraphInput> seconds, graph_inputs(second));
  std::vector<std::string> first_ids;
  std::vector<std::string> second_ids;
  for (const GraphInput& input : firsts) first_ids.push_back(input.input.id);
  for (const GraphInput& input : seconds) second_ids.push_back(input.input.id);
  const std::vector<std::size_t> partner = partners(first_ids, second_ids);
  if (partner.empty() && first_ids.size() + second_ids.size() > 0)
    return other_inputs(concat("the first graph has ", firsts.size(), " inputs (", printable(join(first_ids, ", ")),
                               "), the second ", seconds.size(), " (", printable(join(second_ids, ", ")),
                               "): neither names nor numbers agree"));
  for (std::size_t i = 0; i < partner.size(); ++i) {
    GraphInput& one = firsts[partner[i]];
    const GraphInput& other = seconds[i];
    Place place{partner[i], {}};
    if (!one.has_rank && other.has_rank) one.input.axes = other.input.axes;
    std::vector<TrialAxis>& axes = one.input.axes;
    if (one.has_rank && other.has_rank) {
      if (axes.size() != other.input.axes.size())
        return other_inputs(concat("input ", printable(one.input.id), " has ", axes.size(),
                                   " axes in the first graph and ", other.input.axes.size(), " in the second"));
      if (one.input.letters() != other.input.letters() && one.has_sure_channel && other.has_sure_channel)
        place.axes = by_letter(one.input.letters(), other.input.letters());
      for (std::size_t k = 0; k < axes.size(); ++k) {
        TrialAxis& axis = axes[place.axes.empty() ? k : static_cast<std::size_t>(place.axes[k])];
        const auto both = common(axis, other.input.axes[k]);
        if (!both)
          return make_error(ErrorKind::kUnsupported, "convert.compare-sizes",
                            concat("input ", printable(one.input.id), ": there is no size that both take along axis ",
                                   k, " of the second, ", other.input.axes[k].min, " + n * ", other.input.axes[k].step,
                                   " there and ", axis.min, " + n * ", axis.step, " in the first"));
        axis = *both;
      }
    }
    one.input.dtype = common_dtype(one.input.dtype, other.input.dtype);
    pair.place_of_input_.push_back(std::move(place));
  }
  for (GraphInput& input : firsts) pair.inputs_.push_back(std::move(input.input));
  for (const TrialSizes& sizes : sizes_to_try(pair.inputs_, kAbout[0])) {
    for (std::size_t i = 0; i < sizes.shapes.size(); ++i) {
      const std::int64_t count = tensor::element_count(sizes.shapes[i]);
      if (count < 0 || count > kMostElements)
        return make_error(
            ErrorKind::kUnsupported, "convert.no-random-input",
            concat("input ", printable(pair.inputs_[i].id), " is too large to try: ", shape_text(sizes.shapes[i])));
    }
  }
  std::vector<std::string> second_outputs;
  for (const onnx::ValueInfo& output : first.graph.outputs) {
    pair.output_ids_.push_back(output.name);
    pair.channel_of_output_.push_back(channel_of(output));
  }
  for (const onnx::ValueInfo& output : second.graph.outputs) second_outputs.push_back(output.name);
  pair.second_output_of_ = partners(second_outputs, pair.output_ids_);
  if (pair.second_output_of_.empty() || pair.output_ids_.size() != second_outputs.size()) {
    pair.second_output_of_.clear();
    for (std::size_t i = 0; i < second_outputs.size(); ++i) pair.second_output_of_.push_back(i);
  }
  pair.is_half_ = computes_in_halves(first) || computes_in_halves(second);
  return pair;
}

Sides GraphPair::sides(engine::Session& first, engine::Session& second, const Context& context) const {
  Sides sides;
  for (std::size_t i = 0; i < output_ids_.size(); ++i)
    sides.outputs.push_back({output_ids_[i], std::nullopt, is_half_, channel_of_output_[i]});
  const auto run = [&context](engine::Session& session, const std::vector<tensor::Array>& arrays) {
    std::vector<tensor::View> views;
    for (const tensor::Array& array : arrays) views.push_back(array.view());
    return session.run(views, context);
  };
  // What the first gave last: the second's outputs take its axes.
  const auto shapes = std::make_shared<std::vector<tensor::Shape>>();
  sides.first = [run, &first, shapes](const Pictures& inputs, const Trial&) -> Result<std::vector<tensor::Array>> {
    std::vector<tensor::Array> arrays;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const tensor::View view = inputs[i].elements.view();
      arrays.push_back(in_dtype(view, i < first.inputs().size() ? first.inputs()[i].dtype : view.dtype));
    }
    ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> expected, run(first, arrays));
    shapes->clear();
    for (const tensor::Array& output : expected) shapes->push_back(output.shape());
    return expected;
  };
  sides.second = [run, &second, shapes, this](const Pictures& inputs,
                                              const Trial&) -> Result<std::vector<tensor::Array>> {
    std::vector<tensor::Array> arrays;
    for (std::size_t i = 0; i < place_of_input_.size(); ++i) {
      const Place& place = place_of_input_[i];
      tensor::View view = inputs[place.first].elements.view();
      if (!place.axes.empty()) view = view.transposed(place.axes);
      arrays.push_back(in_dtype(view, i < second.inputs().size() ? second.inputs()[i].dtype : view.dtype));
    }
    ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> found, run(second, arrays));
    std::vector<tensor::Array> ordered;
    for (std::size_t i = 0; i < second_output_of_.size(); ++i) {
      if (second_output_of_[i] >= found.size()) continue;
      tensor::Array& output = found[second_output_of_[i]];
      ordered.push_back(i < shapes->size() ? with_channel_moved(std::move(output), (*shapes)[i]) : std::move(output));
    }
    return ordered;
  };
  return sides;
}

Result<TrialReport> GraphPair::compare(engine::Session& first, engine::Session& second, std::uint64_t seed,
                                       double seconds, const Context& context) const {
  return run_trials(
      inputs_, [&] { return sides(first, second, context); }, [](Pattern) { return true; }, seed, seconds, context);
}

Result<TrialReport> run_trials(const std::vector<TrialInput>& inputs, const std::function<Sides()>& sides,
                               const std::function<bool(Pattern)>& takes, std::uint64_t seed, double seconds,
                               const Context& context) {
  const bool is_fixed = std::all_of(inputs.begin(), inputs.end(), [](const TrialInput& input) {
    return std::all_of(input.axes.begin(), input.axes.end(),
                       [](const TrialAxis& axis) { return axis.is_fixed() || axis.letter == 'b'; });
  });
  std::vector<std::vector<TrialSizes>> tries;
  for (const std::int64_t about : kAbout) tries.push_back(sizes_to_try(inputs, about));
  tries.push_back({equal_sizes(inputs, kAbout[0])});
  std::optional<TrialReport> last;
  double spent = 0;
  for (const std::vector<TrialSizes>& sizes : tries) {
    TrialRunner runner(sides(), seconds - spent);
    bool is_first = true;
    bool goes_on = true;
    for (const PlannedTrial& planned : planned_trials(inputs, sizes)) {
      if (!takes(planned.pattern)) continue;
      const MadeTrial made = make_trial(inputs, planned, seed);
      ZOOPORT_TRY_ASSIGN(const Trial::Status status, runner.run(made.trial, made.inputs, context));
      goes_on = !is_first || status != Trial::Status::kNotRun || is_fixed;
      is_first = false;
      if (!goes_on) break;
    }
    spent += runner.spent();
    goes_on = goes_on || runner.is_out_of_time();
    TrialReport report = std::move(runner).report();
    if (!last || report.has_run) last = std::move(report);
    if (goes_on) break;
  }
  return std::move(*last);
}

}  // namespace zooport::convert
