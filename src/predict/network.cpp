#include <algorithm>
#include <map>
#include <numeric>

#include "predict/state.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/predict/load_network.hpp"

namespace zooport::predict {
namespace {

// Names of open axes, by axis and size.
using SizeNames = std::map<std::pair<std::string, std::int64_t>, std::string>;

std::string name_of_size(SizeNames& names, const std::string& axis, std::int64_t size) {
  const bool is_first = std::none_of(names.begin(), names.end(), [&](const auto& n) { return n.first.first == axis; });
  std::string& name = names[{axis, size}];
  if (name.empty()) name = is_first ? axis : concat(axis, '_', size);
  return name;
}

Error wrong_count(std::string_view what, std::size_t described, std::size_t found) {
  return make_error(ErrorKind::kInvalid, "predict.port-count",
                    concat("the model describes ", described, ' ', what, " and the network has ", found));
}

bool has_same_space(const model::TensorSpec& first, const model::TensorSpec& other, const std::vector<int>& space) {
  return std::all_of(space.begin(), space.end(), [&](int at) {
    const auto axis = static_cast<std::size_t>(at);
    return axis < other.axes.size() && other.axes[axis].axis.id == first.axes[axis].axis.id;
  });
}

// How every output depends on every input: the widest reach, and the stride that suits them all.
onnx::Geometry geometry_of_all(const onnx::Model& network, const model::Model& model, const std::vector<int>& space) {
  onnx::Geometry all = onnx::geometry_of(network, space);
  const std::size_t inputs = model.inputs.size();
  const std::size_t outputs = model.outputs.size();
  if (inputs * outputs == 1) return all;
  onnx::Model turned = network;
  const auto required = turned.graph.required_inputs();
  std::vector<std::string> names;
  for (const onnx::ValueInfo* input : required) names.push_back(input->name);
  const auto bring_forward = [](std::vector<onnx::ValueInfo>& values, const std::string& name) {
    const auto at = std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.name == name; });
    std::rotate(values.begin(), at, at + 1);
  };
  for (std::size_t i = 0; i < inputs; ++i) {
    bring_forward(turned.graph.inputs, names[i]);
    for (std::size_t o = 0; o < outputs; ++o) {
      if (i + o == 0) continue;
      bring_forward(turned.graph.outputs, network.graph.outputs[o].name);
      // Where an axis of space lies elsewhere, or is missing, the others say all that there is to know.
      if (!has_same_space(model.inputs[0], model.inputs[i], space) ||
          !has_same_space(model.inputs[0], model.outputs[o], space))
        continue;
      const onnx::Geometry one = onnx::geometry_of(turned, space);
      if (!one.is_known && all.is_known) all.reason = one.reason;
      all.is_known = all.is_known && one.is_known;
      for (std::size_t a = 0; a < all.axes.size() && a < one.axes.size(); ++a) {
        onnx::AxisGeometry& axis = all.axes[a];
        axis.stride = std::lcm(axis.stride, one.axes[a].stride);
        axis.reach_before = std::max(axis.reach_before, one.axes[a].reach_before);
        axis.reach_behind = std::max(axis.reach_behind, one.axes[a].reach_behind);
        if (axis.size_step > 0 && one.axes[a].size_step > 0) {
          axis.size_step = std::lcm(axis.size_step, one.axes[a].size_step);
          axis.size_min = std::max(axis.size_min, one.axes[a].size_min);
        }
      }
    }
  }
  return all;
}

}  // namespace

Result<void> PredictOptions::validate() const {
  const auto refuse = [](std::string message) {
    return make_error(ErrorKind::kUsage, "predict.options", std::move(message));
  };
  if ((tile.kind == TileChoice::Kind::kSizes) != !tile.sizes.empty())
    return refuse("tile sizes and the kind of tiling contradict each other");
  for (const std::int64_t size : tile.sizes)
    if (size <= 0) return refuse(concat("a tile of ", size, " pixels; expected at least 1"));
  if (halo.pixels < 0) return refuse(concat("a halo of ", halo.pixels, " pixels; expected at least 0"));
  return session.validate();
}

Predictor::Predictor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

const model::Model& Predictor::model() const { return state_->model; }
const onnx::Model& Predictor::network() const { return state_->network; }
const std::string& Predictor::weights() const { return state_->weights; }
const std::string& Predictor::provider() const {
  static const std::string kNone;
  return state_->session ? state_->session->provider() : kNone;
}
const onnx::Geometry& Predictor::geometry() const { return state_->geometry; }

Result<Predictor> Predictor::open(model::Model model, std::shared_ptr<engine::Engine> engine,
                                  const PredictOptions& options, const Context& context) {
  ZOOPORT_TRY(options.validate());
  auto state = std::make_unique<State>();
  state->model = std::move(model);
  state->engine = std::move(engine);
  state->options = options;
  ZOOPORT_TRY_ASSIGN(const model::Network* chosen, state->model.choose(options.weights));
  state->weights = chosen->weights;
  ZOOPORT_TRY_ASSIGN(state->network, chosen->load(context));
  const std::size_t inputs = state->network.graph.required_inputs().size();
  if (inputs != state->model.inputs.size()) return wrong_count("inputs", state->model.inputs.size(), inputs);
  if (state->network.graph.outputs.size() < state->model.outputs.size())
    return wrong_count("outputs", state->model.outputs.size(), state->network.graph.outputs.size());
  const std::vector<model::AxisSpec>& axes = state->model.inputs.at(0).axes;
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i].axis.kind == tensor::AxisKind::kSpace) state->space.push_back(static_cast<int>(i));
  state->geometry = geometry_of_all(state->network, state->model, state->space);
  return Predictor(std::move(state));
}

Result<engine::Session*> Predictor::State::session_for(const std::vector<tensor::Shape>& shapes,
                                                       const Context& context) {
  if (session && (session_is_open || session_shapes == shapes)) return session.get();
  const auto required = network.graph.required_inputs();
  bool is_open = true;
  bool fits = true;
  std::vector<onnx::OpenAxes> opened_axes;
  SizeNames names;
  for (std::size_t input = 0; input < shapes.size(); ++input) {
    const auto& declared = required[input]->type.shape;
    const std::vector<model::AxisSpec>& axes = model.inputs[input].axes;
    if (!declared) continue;
    if (declared->size() != shapes[input].size())
      return make_error(
          ErrorKind::kInvalid, "predict.rank",
          concat("the network takes ", declared->size(), " axes, and the model describes ", shapes[input].size()));
    onnx::OpenAxes open{required[input]->name, std::vector<std::string>(shapes[input].size())};
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const std::optional<std::int64_t>& value = (*declared)[i].value;
      const bool is_space = axes[i].axis.kind == tensor::AxisKind::kSpace;
      fits = fits && (!value || *value == shapes[input][i]);
      if (is_space && value) is_open = false;
      // One name for one size: inputs that are equally large may be added to each other.
      if (is_space) open.names[i] = name_of_size(names, axes[i].axis.id, shapes[input][i]);
    }
    opened_axes.push_back(std::move(open));
  }
  session.reset();
  if (fits) {
    ZOOPORT_TRY_ASSIGN(session, load_network(network, *engine, options.session, context));
  } else {
    onnx::Model opened = network;
    ZOOPORT_TRY(onnx::make_symbolic(opened, opened_axes));
    ZOOPORT_TRY_ASSIGN(session, load_network(opened, *engine, options.session, context));
    is_open = true;
  }
  // An engine in a process of its own may say anything.
  if (session->inputs().size() != required.size() || session->outputs().size() < model.outputs.size()) {
    const Error error = session->inputs().size() != required.size()
                            ? wrong_count("inputs", required.size(), session->inputs().size())
                            : wrong_count("outputs", model.outputs.size(), session->outputs().size());
    session.reset();
    return error;
  }
  session_is_open = is_open;
  session_shapes = shapes;
  return session.get();
}

Result<std::vector<tensor::Array>> Predictor::State::run_network(engine::Session& with,
                                                                 const std::vector<tensor::Array>& inputs,
                                                                 const Context& context) const {
  std::vector<tensor::Array> cast;
  std::vector<tensor::View> views;
  cast.reserve(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const tensor::Dtype wanted = with.inputs().at(i).dtype;
    if (inputs[i].dtype() == wanted) {
      views.push_back(inputs[i].view());
    } else {
      views.push_back(cast.emplace_back(tensor::Array::converted(inputs[i].view(), wanted)).view());
    }
  }
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> outputs, with.run(views, context));
  for (std::size_t i = 0; i < model.outputs.size(); ++i) {
    if (outputs.at(i).shape().size() != model.outputs[i].axes.size())
      return make_error(
          ErrorKind::kInvalid, "predict.rank",
          concat("output ", printable(model.outputs[i].id), " is described with ", model.outputs[i].axes.size(),
                 " axes, and the network gives ", shape_text(outputs[i].shape())));
  }
  return outputs;
}

}  // namespace zooport::predict
