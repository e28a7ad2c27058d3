#include "convert/wrap_verify.hpp"

#include <algorithm>

#include "convert/graph_pair.hpp"
#include "convert/verify_sides.hpp"
#include "convert/wrap_axes.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::convert {
namespace {

using Side = WrappedTensor::Side;
using Arrays = std::vector<tensor::Array>;
using Named = std::map<std::string, const process::Block*, std::less<>>;
using Tensors = std::vector<const WrappedTensor*>;

Tensors of_side(const WrapPlan& plan, Side side) {
  Tensors tensors;
  for (const WrappedTensor& tensor : plan.tensors) {
    if (tensor.side == side) tensors.push_back(&tensor);
  }
  return tensors;
}

// What the caller gives: sizes are those that the network takes, by axis.
Result<std::vector<TrialInput>> trial_inputs(const onnx::Model& before, const Tensors& tensors) {
  ZOOPORT_TRY_ASSIGN(const std::vector<GraphInput> inner, graph_inputs(before));
  std::vector<TrialInput> inputs;
  for (std::size_t i = 0; i < tensors.size() && i < inner.size(); ++i) {
    const WrappedTensor& tensor = *tensors[i];
    TrialInput input = inner[i].input;
    input.dtype = tensor.outer_dtype.value_or(input.dtype);
    if (!tensor.has_shape) {
      inputs.push_back(std::move(input));
      continue;
    }
    const std::vector<TrialAxis> axes = std::move(input.axes);
    input.axes.clear();
    for (std::size_t k = 0; k < tensor.outer.size(); ++k) {
      const tensor::Axis& outer = tensor.outer[k];
      const int at = tensor::find_axis(tensor.inner, outer.id);
      TrialAxis axis;
      if (at >= 0 && static_cast<std::size_t>(at) < axes.size()) axis = axes[static_cast<std::size_t>(at)];
      if (!is_unnamed(outer)) axis.letter = tensor::letters_of({outer}).at(0);
      if (const auto& size = tensor.declared.at(k).value) {
        axis.min = *size;
        axis.step = 0;
      }
      input.axes.push_back(std::move(axis));
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

process::Block block_of(tensor::Array array, const tensor::Axes& axes) {
  const std::size_t rank = array.shape().size();
  // A tensor whose rank the graph does not say has no names of axes.
  return {axes.size() == rank ? axes : unnamed_axes(rank), std::move(array), tensor::Shape(rank, 0)};
}

Result<tensor::Array> turned(const process::Block& block, const tensor::Axes& to) {
  if (block.axes == to || to.empty()) return tensor::Array::copy_of(block.data.view());
  const AxesChange change = axes_change(block.axes, to);
  tensor::View view = block.data.view();
  for (std::size_t i = change.removed.size(); i-- > 0;) {
    const auto axis = static_cast<std::size_t>(change.removed[i]);
    if (view.shape.at(axis) != 1) {
      return make_error(ErrorKind::kInvalid, "convert.graph-wrap",
                        concat("the axis ", printable(block.axes[axis].id), " has the size ", view.shape[axis],
                               " and is taken away"));
    }
    view = view.without_axis(static_cast<int>(axis));
  }
  view = view.transposed({change.order.begin(), change.order.end()});
  for (const std::int64_t axis : change.added) view = view.with_axis(static_cast<int>(axis));
  return tensor::Array::copy_of(view);
}

// Every operation measures the tensor as it arrives, as the graph does.
Result<void> process_block(const std::vector<WrapStep>& steps, process::Block& block, const Named& named,
                           const Context& context) {
  for (const WrapStep& step : steps) {
    process::Measured measured;
    for (const process::Measure& wanted : step.operation->measures()) {
      const auto other = named.find(wanted.tensor);
      const process::Block& of = other == named.end() ? block : *other->second;
      const process::Subject subject{of.data.dtype(), of.axes, of.data.shape(), process::source_of(of.data.view())};
      ZOOPORT_TRY_ASSIGN(process::Measured values, process::measure(subject, {wanted}, {}, context));
      measured.merge(values);
    }
    ZOOPORT_TRY(step.operation->apply(block, measured));
  }
  return {};
}

tensor::Array in_dtype(const tensor::View& view, std::optional<tensor::Dtype> dtype) {
  return !dtype || view.dtype == *dtype ? tensor::Array::copy_of(view) : tensor::Array::converted(view, *dtype);
}

Result<Arrays> run(engine::Session& session, const Arrays& inputs, const Context& context) {
  std::vector<tensor::View> views;
  for (const tensor::Array& input : inputs) views.push_back(input.view());
  return session.run(views, context);
}

// Blocks and their names, which others may refer to.
struct Blocks {
  std::vector<process::Block> blocks;
  void add_to(Named& named, const Tensors& tensors) const {
    for (std::size_t i = 0; i < blocks.size(); ++i) named.try_emplace(tensors[i]->name, &blocks[i]);
  }
};

// Operations and changes of axes around the graph as it was.
class Reference {
 public:
  Reference(const WrapPlan& plan, engine::Session& session, const Context& context)
      : inputs_(of_side(plan, Side::kInput)),
        outputs_(of_side(plan, Side::kOutput)),
        session_(session),
        context_(context) {}

  Result<Arrays> operator()(const Pictures& given) const {
    Blocks outer;
    for (std::size_t i = 0; i < given.size(); ++i) {
      outer.blocks.push_back(block_of(in_dtype(given[i].elements.view(), inputs_[i]->outer_dtype), inputs_[i]->outer));
    }
    Named named;
    outer.add_to(named, inputs_);
    Arrays inner;
    for (std::size_t i = 0; i < given.size(); ++i) {
      process::Block block = copy_of(outer.blocks[i]);
      ZOOPORT_TRY(process_block(inputs_[i]->steps, block, named, context_));
      ZOOPORT_TRY_ASSIGN(const tensor::Array array, turned(block, inputs_[i]->inner));
      inner.push_back(in_dtype(array.view(), inputs_[i]->inner_dtype));
    }
    ZOOPORT_TRY_ASSIGN(Arrays outputs, run(session_, inner, context_));
    Blocks before;
    for (std::size_t i = 0; i < outputs.size() && i < outputs_.size(); ++i) {
      const process::Block block = block_of(std::move(outputs[i]), outputs_[i]->inner);
      ZOOPORT_TRY_ASSIGN(tensor::Array array, turned(block, outputs_[i]->outer));
      before.blocks.push_back(block_of(std::move(array), outputs_[i]->outer));
    }
    before.add_to(named, outputs_);
    Arrays results;
    for (std::size_t i = 0; i < before.blocks.size(); ++i) {
      process::Block block = copy_of(before.blocks[i]);
      ZOOPORT_TRY(process_block(outputs_[i]->steps, block, named, context_));
      results.push_back(std::move(block.data));
    }
    return results;
  }

 private:
  static process::Block copy_of(const process::Block& block) {
    return {block.axes, tensor::Array::copy_of(block.data.view()), block.origin};
  }

  Tensors inputs_;
  Tensors outputs_;
  engine::Session& session_;
  const Context& context_;
};

Sides sides_of(const onnx::Model& after, const WrapPlan& plan, engine::Session& first, engine::Session& second,
               const Context& context) {
  Sides sides;
  const Tensors inputs = of_side(plan, Side::kInput);
  const Tensors outputs = of_side(plan, Side::kOutput);
  const bool is_half = computes_in_halves(after);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    sides.outputs.push_back({outputs[i]->name, std::nullopt, is_half});
  }
  sides.first = [reference = Reference(plan, first, context)](const Pictures& given, const Trial&) {
    return reference(given);
  };
  sides.second = [inputs, &second, &context](const Pictures& given, const Trial&) {
    Arrays arrays;
    for (std::size_t i = 0; i < given.size(); ++i) {
      arrays.push_back(in_dtype(given[i].elements.view(), inputs[i]->outer_dtype));
    }
    return run(second, arrays, context);
  };
  return sides;
}

// Extreme inputs make tensors whose spread is nothing but rounding (constants, what is saturated): statistics of those
// are noise in float32. Halves overflow on them, in one order of sums and not in another. Kernels leave NaN out of
// statistics.
bool takes(const WrapPlan& plan, bool is_half, Pattern pattern) {
  const auto measures = [](const WrapStep& step) {
    return !step.operation->measures().empty() || !step.operation->is_blockwise();
  };
  const bool is_delicate = std::any_of(plan.tensors.begin(), plan.tensors.end(), [&](const WrappedTensor& tensor) {
    return (is_half && !tensor.steps.empty()) || std::any_of(tensor.steps.begin(), tensor.steps.end(), measures);
  });
  const Trial::Kind kind = kind_of(pattern);
  return kind != Trial::Kind::kNotFinite && (kind != Trial::Kind::kExtreme || !is_delicate);
}

}  // namespace

Result<GraphVerification> verify_wrap(const onnx::Model& before, const onnx::Model& after, const WrapPlan& plan,
                                      engine::Engine& engine, std::uint64_t seed, const Context& context) {
  const auto inputs = trial_inputs(before, of_side(plan, Side::kInput));
  if (!inputs) {
    GraphVerification verification;
    verification.reason = inputs.error().what.message;
    return verification;
  }
  const bool is_half = computes_in_halves(before);
  const auto trials = [&](engine::Session& first, engine::Session& second, double seconds) {
    return run_trials(
        *inputs, [&] { return sides_of(after, plan, first, second, context); },
        [&](Pattern pattern) { return takes(plan, is_half, pattern); }, seed, seconds, context);
  };
  // Where none fits it is the layout that asks for a size that the network does not take.
  const auto if_no_size_fits = plan.fixes_sizes ? IfNoSizeFits::kFails : IfNoSizeFits::kSaysNothing;
  return verify_sides(before, after, *inputs, trials, if_no_size_fits, engine, context);
}

}  // namespace zooport::convert
