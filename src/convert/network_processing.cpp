#include "convert/network_processing.hpp"

#include <algorithm>

#include "convert/wrap_build.hpp"
#include "convert/wrap_verify.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::convert {
namespace {

constexpr std::int64_t kLeastIr = 4;  // where constants stand on their own

Error options_error(std::string message) {
  return make_error(ErrorKind::kUsage, "convert.options", std::move(message));
}

Result<void> resize(ProcessedNetwork& made, const NetworkRequest& request, const Context& context) {
  const auto inputs = made.before.graph.required_inputs();
  if (inputs.size() != 1)
    return options_error(concat("sizes can be asked for where the network has one input; it has ", inputs.size()));
  const onnx::ValueInfo& input = *inputs[0];
  if (!input.type.shape || input.type.shape->size() != request.axes.size() ||
      request.spatial_dims.size() + 2 != request.axes.size())
    return options_error(concat("--spatial-dims names ", request.spatial_dims.size(), " sizes, and the network has ",
                                input.type.shape ? concat(input.type.shape->size(), " axes") : "axes of unknown number",
                                "; expected batch, the sizes and channels"));
  onnx::OpenAxes open{input.name, std::vector<std::string>(request.axes.size())};
  std::vector<std::int64_t> numbers(request.axes.size(), 0);
  std::vector<std::int64_t> was;
  for (std::size_t i = 0; i < request.spatial_dims.size(); ++i) {
    const onnx::Dimension& declared = (*input.type.shape)[i + 1];
    was.push_back(declared.value.value_or(-1));
    if (declared.value == request.spatial_dims[i]) continue;
    numbers[i + 1] = request.spatial_dims[i];
    if (!declared.value) continue;
    open.names[i + 1] = concat("resized_", i + 1);
    made.is_resized = true;
  }
  made.resized = made.before;
  if (made.is_resized) {
    // Sizes of a Reshape leave one axis to be found: an open batch has to be among those that are followed.
    const onnx::Dimension& batch = (*input.type.shape)[0];
    if (!batch.value) open.names[0] = batch.symbol.empty() ? "batch" : batch.symbol;
    ZOOPORT_TRY(onnx::inline_functions(made.resized, context.limits));
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> rewritten, onnx::open_axes(made.resized, {open}));
    made.steps.push_back(
        concat("resize the network's input from ", shape_text(was), " to ", shape_text(request.spatial_dims)));
    made.steps.insert(made.steps.end(), rewritten.begin(), rewritten.end());
  } else if (was != request.spatial_dims) {
    made.steps.push_back(concat("fix the size of the network's input to ", shape_text(request.spatial_dims)));
  }
  made.sized = made.resized;
  if (std::all_of(numbers.begin(), numbers.end(), [](std::int64_t number) { return number == 0; })) return {};
  return onnx::fix_axes(made.sized, {{input.name, numbers}});
}

Result<void> wrap(ProcessedNetwork& made, const NetworkRequest& request, const Context& context) {
  if (made.after.ir_version < kLeastIr) {
    made.steps.push_back(concat("IR version ", made.after.ir_version, " to ", kLeastIr));
    made.after.ir_version = kLeastIr;
  }
  WrapOptions options;
  options.axes = {request.axes};
  options.pre = request.pre;
  options.post = request.post;
  ZOOPORT_TRY_ASSIGN(made.plan, plan_wrap(made.after, options, context.limits));
  ZOOPORT_TRY_ASSIGN(const std::vector<std::string> done, build_wrap(made.after, made.plan));
  made.steps.insert(made.steps.end(), done.begin(), done.end());
  return {};
}

}  // namespace

Result<ProcessedNetwork> process_network(const onnx::Model& network, const NetworkRequest& request,
                                         const Context& context) {
  ProcessedNetwork made;
  made.before = made.resized = made.sized = network;
  if (!request.spatial_dims.empty()) ZOOPORT_TRY(resize(made, request, context));
  made.after = made.sized;
  if (!request.pre.empty() || !request.post.empty()) ZOOPORT_TRY(wrap(made, request, context));
  return made;
}

namespace {

Result<GraphVerification> verify_steps(const ProcessedNetwork& processed, engine::Engine& engine,
                                       const Context& context) {
  const bool has_operations = !processed.plan.tensors.empty();
  if (processed.is_resized || !has_operations) {
    const onnx::Model& other = processed.is_resized ? processed.resized : processed.sized;
    ZOOPORT_TRY_ASSIGN(GraphVerification of_size, verify_graph(processed.before, other, engine, 0, context));
    if ((of_size.has_run && !of_size.passed()) || !has_operations) return of_size;
  }
  return verify_wrap(processed.sized, processed.after, processed.plan, engine, 0, context);
}

}  // namespace

Result<SpecPackage::Verification> verify_processed(const ProcessedNetwork& processed, engine::Engine& engine,
                                                   const Context& context) {
  ZOOPORT_TRY_ASSIGN(const GraphVerification done, verify_steps(processed, engine, context));
  return SpecPackage::Verification{done.has_run, !done.has_run || done.passed(), done.reason, done.outputs};
}

std::vector<std::int64_t> shape_behind_batch(const onnx::ValueInfo& value, std::vector<std::int64_t> otherwise) {
  if (!value.type.shape || value.type.shape->size() != otherwise.size() + 1) return otherwise;
  for (std::size_t i = 0; i < otherwise.size(); ++i)
    otherwise[i] = (*value.type.shape)[i + 1].value.value_or(otherwise[i]);
  return otherwise;
}

}  // namespace zooport::convert
