#include <chrono>
#include <thread>

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

// Measures inputs sample by sample; values over the dataset run on.
class InputStatistics {
 public:
  InputStatistics(const model::Model& model, StatisticsBook& book, const Context& context)
      : model_(model), book_(book), context_(context), running_(model.inputs.size()) {}

  Result<void> measure(const std::vector<SampleView>& inputs, std::int64_t sample) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      ZOOPORT_TRY(measure(i, subject_of(inputs[i], sample, model_.inputs[i], context_)));
    return {};
  }
  Result<void> measure(std::size_t input, const process::Subject& subject) {
    const std::string& id = model_.inputs[input].id;
    std::vector<process::Measure> of_sample, of_dataset;
    for (process::Measure& measure : book_.needed(id))
      (measure.over_dataset ? of_dataset : of_sample).push_back(std::move(measure));
    if (!of_sample.empty()) {
      ZOOPORT_TRY_ASSIGN(process::Measured values, process::measure(subject, of_sample, {}, context_));
      book_.add(id, std::move(values));
    }
    if (!of_dataset.empty()) {
      ZOOPORT_TRY_ASSIGN(process::Measured values, running_[input].update(subject, of_dataset, {}, context_));
      book_.add(id, std::move(values));
    }
    return {};
  }
  // Values that the operations of outputs ask for by an input's name.
  std::shared_ptr<const process::Measured> for_outputs() const {
    auto all = std::make_shared<process::Measured>();
    for (const model::TensorSpec& output : model_.outputs)
      for (const auto& [measure, value] : book_.of(output.id)) all->insert_or_assign(measure, value);
    return all;
  }

 private:
  const model::Model& model_;
  StatisticsBook& book_;
  const Context& context_;
  std::vector<process::DatasetStatistics> running_;
};

// Reads and preprocesses every tile of every sample, in order.
Result<void> read_tiles(const model::Model& model, const std::vector<int>& space, const Plan& plan,
                        const std::vector<SampleView>& inputs, const std::optional<process::Measured>& frozen,
                        BoundedQueue<Tile>& queue, const Context& context) {
  StatisticsBook book(model, frozen);
  InputStatistics statistics(model, book, context);
  for (std::int64_t sample = 0; sample < plan.samples; ++sample) {
    ZOOPORT_TRY(statistics.measure(inputs, sample));
    const auto of_inputs = statistics.for_outputs();
    TilePlace place{sample, std::vector<std::size_t>(plan.grids.size(), 0)};
    for (std::int64_t tile = 0; tile < plan.tiles; ++tile) {
      if (context.stopped()) return Context::cancelled();
      Tile item{place, {}, of_inputs};
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        tensor::Shape origin(inputs[i].shape().size(), 0);
        tensor::Shape size = inputs[i].shape();
        if (i == 0) {
          size = plan.network_input;
          for (std::size_t g = 0; g < plan.grids.size(); ++g)
            origin[static_cast<std::size_t>(space[g])] = plan.grids[g].windows[place.windows[g]].origin;
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
  ZOOPORT_TRY_ASSIGN(engine::Session * session, state.session_for(plan.network_input, context));
  RunReport report;
  report.provider = session->provider();
  report.tiles = plan.tiles * plan.samples;

  // Two tiles wait on either side: enough that nobody waits for nothing, and all that is held.
  BoundedQueue<Tile> ready(2);
  BoundedQueue<Tile> done(2);
  StatisticsBook output_book(state.model, state.options.statistics);
  OutputStage outputs(state, plan, inputs, output_book, open_output, context);

  Stage reader([&]() -> Result<void> {
    Result<void> result = read_tiles(state.model, state.space, plan, inputs, state.options.statistics, ready, context);
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
  StatisticsBook book(state.model, state.options.statistics);
  InputStatistics statistics(state.model, book, context);
  std::vector<tensor::Array> ready;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const process::Subject subject{inputs[i].dtype, state.model.inputs[i].tensor_axes(), inputs[i].shape,
                                   process::source_of(inputs[i])};
    ZOOPORT_TRY(statistics.measure(i, subject));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const model::TensorSpec& spec = state.model.inputs[i];
    ZOOPORT_TRY_ASSIGN(tensor::Array array, preprocessed(spec, tensor::Array::copy_of(inputs[i]),
                                                         tensor::Shape(inputs[i].shape.size(), 0), book.of(spec.id)));
    ready.push_back(std::move(array));
  }
  ZOOPORT_TRY_ASSIGN(engine::Session * session, state.session_for(ready.at(0).shape(), context));
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> outputs, state.run_network(*session, ready, context));
  outputs.resize(state.model.outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const model::TensorSpec& spec = state.model.outputs[i];
    process::Block block{spec.tensor_axes(), std::move(outputs[i]), {}};
    block.origin.assign(block.axes.size(), 0);
    if (const std::vector<process::Measure> needed = book.needed(spec.id); !needed.empty()) {
      const tensor::View view = block.data.view();
      const process::Subject subject{view.dtype, block.axes, view.shape, process::source_of(view)};
      ZOOPORT_TRY_ASSIGN(process::Measured values, process::measure(subject, needed, {}, context));
      book.add(spec.id, std::move(values));
    }
    ZOOPORT_TRY(apply_all(spec.processing, block, book.of(spec.id)));
    outputs[i] = std::move(block.data);
  }
  return outputs;
}

Result<process::Measured> Predictor::measure(const std::vector<SampleView>& inputs, const Context& context) const {
  StatisticsBook book(state_->model, state_->options.statistics);
  InputStatistics statistics(state_->model, book, context);
  process::Measured all;
  for (std::int64_t sample = 0; sample < inputs.at(0).samples(); ++sample)
    ZOOPORT_TRY(statistics.measure(inputs, sample));
  for (const model::TensorSpec& input : state_->model.inputs)
    for (const auto& [measure, value] : book.of(input.id)) all.insert_or_assign(measure, value);
  return all;
}

}  // namespace zooport::predict
