#include <chrono>
#include <thread>

#include "predict/measurer.hpp"
#include "predict/outputs.hpp"
#include "predict/queue.hpp"
#include "predict/state.hpp"
#include "zooport/base/text.hpp"

namespace zooport::predict {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Inputs of the network on their way to it, or its outputs on their way to the files.
struct Tile {
  TilePlace place;
  std::vector<tensor::Array> arrays;
  std::shared_ptr<const process::Measured> of_inputs;
};

// Integer pixels of consumers that want them between 0 and 1.
void divide_by_type_maximum(process::Block& block) {
  const tensor::Dtype dtype = block.data.dtype();
  if (tensor::is_floating(dtype)) return;
  double most = 1;
  tensor::visit(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if constexpr (std::is_integral_v<T>) most = static_cast<double>(std::numeric_limits<T>::max());
  });
  block.data = tensor::Array::converted(block.data.view(), tensor::Dtype::kFloat32);
  for (float& value : block.data.as<float>()) value = static_cast<float>(static_cast<double>(value) / most);
}

Result<tensor::Array> preprocessed(const model::TensorSpec& spec, tensor::Array raw, const tensor::Shape& origin,
                                   const process::Measured& measured) {
  process::Block block{spec.tensor_axes(), std::move(raw), origin};
  if (spec.integer_pixels == model::TensorSpec::IntegerPixels::kDividedByTypeMaximum) divide_by_type_maximum(block);
  ZOOPORT_TRY(apply_all(spec.processing, block, measured));
  return std::move(block.data);
}

// Values that the operations of outputs ask for by an input's name.
std::shared_ptr<const process::Measured> for_outputs(const model::Model& model, const StatisticsBook& book) {
  auto all = std::make_shared<process::Measured>();
  for (const model::TensorSpec& output : model.outputs)
    for (const auto& [measure, value] : book.of(output.id)) all->insert_or_assign(measure, value);
  return all;
}

// Reads and preprocesses every tile of every sample, in order.
Result<void> read_tiles(Predictor::State& state, const Plan& plan, const std::vector<SampleView>& inputs,
                        BoundedQueue<Tile>& queue, Diagnostics& findings, const Context& context) {
  const model::Model& model = state.model;
  StatisticsBook book(model, state.options.statistics);
  Measurer measurer(model, book, state.running_inputs, context);
  for (std::int64_t sample = 0; sample < plan.samples; ++sample) {
    ZOOPORT_TRY(measurer.measure(inputs, sample));
    const auto of_inputs = for_outputs(model, book);
    TilePlace place{sample, std::vector<std::size_t>(plan.grids.size(), 0)};
    for (std::int64_t tile = 0; tile < plan.tiles; ++tile) {
      if (context.stopped()) return Context::cancelled();
      Tile item{place, {}, of_inputs};
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        tensor::Shape origin(inputs[i].shape().size(), 0);
        tensor::Shape size = inputs[i].shape();
        for (std::size_t axis = 0; axis < size.size(); ++axis) {
          if (plan.grid_of[i][axis] < 0) continue;
          const auto g = static_cast<std::size_t>(plan.grid_of[i][axis]);
          origin[axis] = plan.grids[g].windows[place.windows[g]].origin;
          size[axis] = plan.grids[g].tile;
        }
        ZOOPORT_TRY_ASSIGN(tensor::Array raw, inputs[i].read(sample, origin, size));
        ZOOPORT_TRY_ASSIGN(tensor::Array ready,
                           preprocessed(model.inputs[i], std::move(raw), origin, book.of(model.inputs[i].id)));
        item.arrays.push_back(std::move(ready));
      }
      if (!queue.push(std::move(item))) return {};
      for (std::size_t g = plan.grids.size(); g-- > 0;) {
        if (++place.windows[g] < plan.grids[g].windows.size()) break;
        place.windows[g] = 0;
      }
    }
  }
  findings = measurer.take_findings();
  return {};
}

// Runs f on a thread of its own; the result is there when the thread was joined.
class Stage {
 public:
  template <class F>
  explicit Stage(F f) : thread_([this, f] { result_ = f(); }) {}
  Result<void> join() {
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  Result<void> result_;
  std::jthread thread_;
};

}  // namespace

Result<RunReport> Predictor::run(const Plan& plan, const std::vector<SampleView>& inputs, const OpenOutput& open_output,
                                 const Context& context) {
  const auto begin = Clock::now();
  State& state = *state_;
  state.begin_call();
  std::vector<tensor::Shape> shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    shapes.push_back(inputs[i].shape());
    for (std::size_t axis = 0; axis < shapes[i].size(); ++axis)
      if (plan.grid_of[i][axis] >= 0)
        shapes[i][axis] = plan.grids[static_cast<std::size_t>(plan.grid_of[i][axis])].tile;
  }
  ZOOPORT_TRY_ASSIGN(engine::Session * session, state.session_for(shapes, context));
  RunReport report;
  report.provider = session->provider();
  report.tiles = plan.tiles * plan.samples;

  // Two tiles wait on either side: enough that nobody waits for nothing, and all that is held.
  BoundedQueue<Tile> ready(2);
  BoundedQueue<Tile> done(2);
  OutputStage outputs(state, plan, inputs, open_output, context);

  Stage reader([&]() -> Result<void> {
    Result<void> result = read_tiles(state, plan, inputs, ready, report.findings, context);
    ready.end();
    return result;
  });
  Stage writer([&]() -> Result<void> {
    while (std::optional<Tile> tile = done.pop()) {
      Result<void> taken = outputs.take(tile->place, std::move(tile->arrays), *tile->of_inputs);
      if (taken) continue;
      done.close();
      ready.close();
      return taken;
    }
    return {};
  });
  const auto run_tiles = [&]() -> Result<void> {
    std::int64_t count = 0;
    while (std::optional<Tile> tile = ready.pop()) {
      const auto start = Clock::now();
      ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> raw, state.run_network(*session, tile->arrays, context));
      report.engine_seconds += seconds_since(start);
      if (!done.push({tile->place, std::move(raw), tile->of_inputs})) break;
      context.tell({"predict", static_cast<std::uint64_t>(++count), static_cast<std::uint64_t>(report.tiles)});
    }
    return {};
  };
  const Result<void> ran = run_tiles();
  if (!ran) {
    ready.close();
    done.close();
  } else {
    done.end();
  }
  const Result<void> wrote = writer.join();
  const Result<void> read = reader.join();
  // The first cause: a stage that was closed from outside has no error of its own.
  for (const Result<void>* result : {&read, &ran, &wrote}) ZOOPORT_TRY(*result);
  ZOOPORT_TRY(outputs.finish());
  report.findings.add(outputs.take_findings());
  report.seconds = seconds_since(begin);
  return report;
}

Result<std::vector<tensor::Array>> Predictor::run_whole(const std::vector<tensor::View>& inputs,
                                                        const Context& context) {
  State& state = *state_;
  if (inputs.size() != state.model.inputs.size())
    return make_error(
        ErrorKind::kUsage, "predict.input-count",
        concat("the model takes ", state.model.inputs.size(), " inputs, and ", inputs.size(), " were given"));
  state.begin_call();
  StatisticsBook book(state.model, state.options.statistics);
  Measurer of_inputs(state.model, book, state.running_inputs, context);
  Measurer of_outputs(state.model, book, state.running_outputs, context);
  std::vector<tensor::Array> ready;
  std::vector<tensor::Shape> shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const model::TensorSpec& spec = state.model.inputs[i];
    shapes.push_back(inputs[i].shape);
    ZOOPORT_TRY(of_inputs.measure(
        spec.id, {inputs[i].dtype, spec.tensor_axes(), inputs[i].shape, process::source_of(inputs[i])}));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const model::TensorSpec& spec = state.model.inputs[i];
    ZOOPORT_TRY_ASSIGN(tensor::Array array, preprocessed(spec, tensor::Array::copy_of(inputs[i]),
                                                         tensor::Shape(inputs[i].shape.size(), 0), book.of(spec.id)));
    ready.push_back(std::move(array));
  }
  ZOOPORT_TRY_ASSIGN(engine::Session * session, state.session_for(shapes, context));
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> outputs, state.run_network(*session, ready, context));
  outputs.resize(state.model.outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const model::TensorSpec& spec = state.model.outputs[i];
    process::Block block{spec.tensor_axes(), std::move(outputs[i]), {}};
    block.origin.assign(block.axes.size(), 0);
    const tensor::View view = block.data.view();
    ZOOPORT_TRY(of_outputs.measure(spec.id, {view.dtype, block.axes, view.shape, process::source_of(view)}));
    ZOOPORT_TRY(apply_all(spec.processing, block, book.of(spec.id)));
    outputs[i] = std::move(block.data);
  }
  state.findings = of_inputs.take_findings();
  state.findings.add(of_outputs.take_findings());
  return outputs;
}

Result<process::Measured> Predictor::measure(const std::vector<std::vector<SampleView>>& images,
                                             const Context& context) const {
  const model::Model& model = state_->model;
  std::int64_t samples = 0;
  for (const std::vector<SampleView>& inputs : images) {
    if (inputs.size() != model.inputs.size())
      return make_error(ErrorKind::kUsage, "predict.input-count",
                        concat("the model takes ", model.inputs.size(), " inputs, and ", inputs.size(), " were given"));
    for (const SampleView& input : inputs)
      if (input.samples() != inputs[0].samples())
        return make_error(ErrorKind::kUsage, "predict.input-count", "the inputs have different numbers of samples");
    samples += inputs[0].samples();
  }
  const StatisticsBook book(model, std::nullopt);
  RunningStatistics running;
  process::Measured all;
  for (const std::vector<SampleView>& inputs : images) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::string& id = model.inputs[i].id;
      const std::vector<process::Measure> wanted = book.needed(id);
      for (std::int64_t sample = 0; sample < inputs[i].samples(); ++sample) {
        for (const process::Measure& measure : wanted) {
          // One sample keeps its own statistics; several share those of all.
          process::Measure taken = measure;
          taken.over_dataset = measure.over_dataset || samples > 1;
          const process::Subject subject = subject_of(inputs[i], sample, model.inputs[i], context);
          ZOOPORT_TRY_ASSIGN(process::Measured values, taken.over_dataset
                                                           ? running[id].update(subject, {taken}, {}, context)
                                                           : process::measure(subject, {taken}, {}, context));
          process::Measure key = measure;
          if (model.inputs.size() == 1) all.insert_or_assign(key, values.at(taken));
          key.tensor = id;
          all.insert_or_assign(key, values.at(taken));
        }
      }
    }
  }
  return all;
}

const Diagnostics& Predictor::findings() const { return state_->findings; }

}  // namespace zooport::predict
