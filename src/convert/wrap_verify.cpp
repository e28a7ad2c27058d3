#include "convert/wrap_verify.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include "convert/graph_output.hpp"
#include "convert/wrap_axes.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::convert {
namespace {

using Side = WrappedTensor::Side;
using Arrays = std::vector<tensor::Array>;
using Named = std::map<std::string, const process::Block*, std::less<>>;

constexpr std::int64_t kOpenSizes[] = {64, 128, 256};
constexpr std::int64_t kMostOfDepth = 32;
constexpr std::int64_t kMostElements = 1 << 26;

Error cannot_try(std::string message) {
  return make_error(ErrorKind::kUnsupported, "convert.no-random-input", std::move(message));
}

tensor::Shape sizes_of(const WrappedTensor& tensor, std::int64_t open) {
  tensor::Shape shape;
  for (std::size_t i = 0; i < tensor.declared.size(); ++i) {
    const tensor::Axis& axis = tensor.outer[i];
    const bool is_space = axis.kind == tensor::AxisKind::kSpace;
    // Of axes without a name the first is taken for a batch: nothing else is safe to guess for it.
    const bool is_named = axis.id.find(' ') == std::string::npos;
    const std::int64_t otherwise = is_space             ? (axis.id == "z" ? std::min(open, kMostOfDepth) : open)
                                   : is_named || i == 0 ? 1
                                                        : open;
    shape.push_back(tensor.declared[i].value.value_or(otherwise));
  }
  return shape;
}

// Reals in [0, 1); integers in [0, 8), which may be indices, unless the caller asked for that type: then all of it.
tensor::Array random_array(const WrappedTensor& tensor, const tensor::Shape& shape, std::mt19937_64& numbers) {
  const tensor::Dtype dtype = *tensor.outer_dtype;
  double least = 0;
  double width = tensor::is_floating(dtype) ? 1 : 8;
  if (dtype != tensor.inner_dtype) {
    if (dtype == tensor::Dtype::kUint8 || dtype == tensor::Dtype::kInt8) width = 256;
    if (dtype == tensor::Dtype::kUint16 || dtype == tensor::Dtype::kInt16) width = 65536;
    if (dtype == tensor::Dtype::kInt8 || dtype == tensor::Dtype::kInt16) least = -width / 2;
  }
  tensor::Array values(tensor::Dtype::kFloat64, shape);
  for (double& value : values.as<double>()) {
    // The top bits by hand: what a standard distribution gives differs between libraries.
    const double unit = static_cast<double>(numbers() >> 40) / static_cast<double>(1 << 24);
    value = least + unit * width;
    if (!tensor::is_floating(dtype)) value = std::floor(value);
  }
  return tensor::Array::converted(values.view(), dtype);
}

Result<Arrays> random_inputs(const WrapPlan& plan, onnx::InputShapes& shapes, std::int64_t open, std::uint64_t seed) {
  std::mt19937_64 numbers(seed);
  Arrays inputs;
  for (const WrappedTensor& tensor : plan.tensors) {
    if (tensor.side != Side::kInput) continue;
    if (!tensor.outer_dtype || !tensor.has_shape)
      return cannot_try(concat("input ", printable(tensor.name), " is no dense numeric tensor of known rank"));
    const tensor::Shape shape = sizes_of(tensor, open);
    const std::int64_t count = tensor::element_count(shape);
    if (count < 0 || count > kMostElements)
      return cannot_try(concat("input ", printable(tensor.name), " is too large to try: ", shape_text(shape)));
    shapes[tensor.name] = shape;
    inputs.push_back(random_array(tensor, shape, numbers));
  }
  return inputs;
}

Result<Arrays> run(const onnx::Model& model, const Arrays& inputs, engine::Engine& engine, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, bytes_for_engine(model));
  engine::SessionOptions options;
  options.threads = context.threads;
  ZOOPORT_TRY_ASSIGN(const auto session, engine.load(bytes, options, context));
  std::vector<tensor::View> views;
  for (const tensor::Array& input : inputs) views.push_back(input.view());
  return session->run(views, context);
}

process::Block block_of(tensor::Array array, const tensor::Axes& axes) {
  process::Block block{axes, std::move(array), {}};
  block.origin.assign(block.data.shape().size(), 0);
  return block;
}

Result<tensor::Array> turned(const tensor::Array& array, const tensor::Axes& from, const tensor::Axes& to) {
  const AxesChange change = axes_change(from, to);
  tensor::View view = array.view();
  for (std::size_t i = change.removed.size(); i-- > 0;) {
    const auto axis = static_cast<std::size_t>(change.removed[i]);
    if (view.shape.at(axis) != 1) return cannot_try("an axis that is taken away has another size than 1");
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

// Operations and changes of axes around the graph as it was.
Result<Arrays> expected_outputs(const onnx::Model& before, const WrapPlan& plan, const Arrays& given,
                                engine::Engine& engine, const Context& context) {
  Named named;
  std::vector<process::Block> as_given;
  as_given.reserve(given.size());
  Arrays inner;
  std::size_t next = 0;
  for (const WrappedTensor& tensor : plan.tensors) {
    if (tensor.side != Side::kInput) continue;
    as_given.push_back(block_of(tensor::Array::copy_of(given[next++].view()), tensor.outer));
    named[tensor.name] = &as_given.back();
  }
  next = 0;
  for (const WrappedTensor& tensor : plan.tensors) {
    if (tensor.side != Side::kInput) continue;
    process::Block block = block_of(tensor::Array::copy_of(given[next++].view()), tensor.outer);
    ZOOPORT_TRY(process_block(tensor.steps, block, named, context));
    ZOOPORT_TRY_ASSIGN(const tensor::Array array, turned(block.data, block.axes, tensor.inner));
    inner.push_back(tensor::Array::converted(array.view(), *tensor.inner_dtype));
  }
  ZOOPORT_TRY_ASSIGN(Arrays outputs, run(before, inner, engine, context));
  std::vector<process::Block> blocks;
  blocks.reserve(outputs.size());
  std::vector<const WrappedTensor*> tensors;
  for (const WrappedTensor& tensor : plan.tensors) {
    if (tensor.side != Side::kOutput || tensors.size() == outputs.size()) continue;
    tensor::Array array = std::move(outputs[tensors.size()]);
    tensors.push_back(&tensor);
    const bool is_plain = tensor.steps.empty() && tensor.inner == tensor.outer;
    if (!is_plain) {
      ZOOPORT_TRY_ASSIGN(array, turned(array, tensor.inner, tensor.outer));
    }
    // An output whose rank the graph does not say has no axes.
    const bool has_axes = tensor.outer.size() == array.shape().size();
    blocks.push_back(block_of(std::move(array), has_axes ? tensor.outer : tensor::Axes{}));
  }
  std::vector<process::Block> before_steps;  // what other outputs refer to
  before_steps.reserve(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    before_steps.push_back({blocks[i].axes, tensor::Array::copy_of(blocks[i].data.view()), blocks[i].origin});
    named.try_emplace(tensors[i]->name, &before_steps.back());
  }
  Arrays results;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    ZOOPORT_TRY(process_block(tensors[i]->steps, blocks[i], named, context));
    results.push_back(std::move(blocks[i].data));
  }
  return results;
}

// Where rounding meets a threshold one value in a thousand may fall on the other side, and one of a few.
model::Tolerance tolerance_for(const tensor::Array& found) {
  model::Tolerance tolerance;
  if (tensor::is_floating(found.dtype())) return tolerance;
  tolerance.absolute = tolerance.relative = 0;
  const std::uint64_t one = found.size() < 16 ? 0 : 1'000'000 / static_cast<std::uint64_t>(found.size()) + 1;
  tolerance.mismatched_per_million = std::max<std::uint64_t>(1000, one);
  return tolerance;
}

// Ends a verification that has failed as a whole.
void fail(GraphVerification& verification, const onnx::Model& before, std::string reason) {
  verification.has_run = true;
  verification.reason = std::move(reason);
  predict::Comparison nothing;
  nothing.id = before.graph.outputs.empty() ? "" : before.graph.outputs.front().name;
  nothing.reason = verification.reason;
  verification.outputs = {nothing};
}

}  // namespace

Result<GraphVerification> verify_wrap(const onnx::Model& before, const onnx::Model& after, const WrapPlan& plan,
                                      engine::Engine& engine, std::uint64_t seed, const Context& context) {
  GraphVerification verification;
  for (const std::int64_t open : kOpenSizes) {
    verification.shapes.clear();
    const Result<Arrays> inputs = random_inputs(plan, verification.shapes, open, seed);
    if (!inputs) {
      verification.reason = inputs.error().what.message;
      return verification;
    }
    const Result<Arrays> expected = expected_outputs(before, plan, *inputs, engine, context);
    if (!expected) {
      if (expected.error().kind == ErrorKind::kCancelled) return expected.error();
      verification.reason = concat("the graph as it was does not run: ", expected.error().what.message);
      continue;
    }
    const Result<Arrays> found = run(after, *inputs, engine, context);
    if (!found && found.error().kind == ErrorKind::kCancelled) return found.error();
    if (!found) {
      fail(verification, before, concat("the new graph does not run: ", found.error().what.message));
      return verification;
    }
    verification.has_run = true;
    verification.reason.clear();
    for (std::size_t i = 0; i < expected->size() && i < found->size(); ++i) {
      const std::string id = i < after.graph.outputs.size() ? after.graph.outputs[i].name : std::to_string(i);
      const tensor::Array& output = (*found)[i];
      verification.outputs.push_back(predict::compare(id, (*expected)[i].view(), output.view(), tolerance_for(output)));
      if (!verification.outputs.back().passed && verification.reason.empty())
        verification.reason = verification.outputs.back().reason;
    }
    return verification;
  }
  // It is the layout that asks for a size that the network does not take.
  if (plan.fixes_sizes) fail(verification, before, verification.reason);
  return verification;
}

}  // namespace zooport::convert
