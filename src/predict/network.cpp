#include <algorithm>

#include "predict/state.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::predict {
namespace {

Error wrong_count(std::string_view what, std::size_t described, std::size_t found) {
  return make_error(ErrorKind::kInvalid, "predict.port-count",
                    concat("the model describes ", described, ' ', what, " and the network has ", found));
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
  state->geometry = onnx::geometry_of(state->network, state->space);
  return Predictor(std::move(state));
}

Result<engine::Session*> Predictor::State::session_for(const tensor::Shape& shape, const Context& context) {
  if (session && (session_is_open || session_shape == shape)) return session.get();
  const auto required = network.graph.required_inputs();
  const auto& declared = required[0]->type.shape;
  bool is_open = true;
  bool fits = declared && declared->size() == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    const std::optional<std::int64_t>& value = (*declared)[i].value;
    fits = !value || *value == shape[i];
    if (value && std::find(space.begin(), space.end(), static_cast<int>(i)) != space.end()) is_open = false;
  }
  session.reset();
  if (fits || !declared) {
    ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(network));
    ZOOPORT_TRY_ASSIGN(session, engine->load(bytes, options.session, context));
  } else {
    if (declared->size() != shape.size())
      return make_error(
          ErrorKind::kInvalid, "predict.rank",
          concat("the network takes ", declared->size(), " axes, and the model describes ", shape.size()));
    onnx::Model opened = network;
    onnx::OpenAxes axes{required[0]->name, std::vector<std::string>(shape.size())};
    for (const int axis : space)
      axes.names[static_cast<std::size_t>(axis)] = model.inputs[0].axes[static_cast<std::size_t>(axis)].axis.id;
    ZOOPORT_TRY(onnx::make_symbolic(opened, {axes}));
    ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(opened));
    ZOOPORT_TRY_ASSIGN(session, engine->load(bytes, options.session, context));
    is_open = true;
  }
  session_is_open = is_open;
  session_shape = shape;
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
