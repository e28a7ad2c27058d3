#include "zooport/convert/graph_wrap.hpp"

#include <algorithm>

#include "convert/graph_output.hpp"
#include "convert/wrap_build.hpp"
#include "convert/wrap_verify.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/channel_orders.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

// Whether anything was asked for that the graph has not already.
Result<void> expect_something(const WrapOptions& options) {
  const bool nothing = options.layouts.empty() && options.pre.empty() && options.post.empty() &&
                       options.input_dtypes.empty() && options.opset == 0;
  if (!nothing) return {};
  return make_error(ErrorKind::kUsage, "convert.graph-wrap",
                    "say what to do: --layout, --pre, --post, --input-dtype or --to");
}

constexpr std::int64_t kLeastOpset = 7;  // what operators are emitted for
constexpr std::int64_t kLeastIr = 4;     // where constants stand on their own

bool turns_axes(const WrapPlan& plan) {
  return std::any_of(plan.tensors.begin(), plan.tensors.end(),
                     [](const WrappedTensor& tensor) { return tensor.inner != tensor.outer; });
}

bool chooses_channels(const WrapPlan& plan) {
  return std::any_of(plan.tensors.begin(), plan.tensors.end(), [](const WrappedTensor& tensor) {
    return tensor.side == WrappedTensor::Side::kInput &&
           std::any_of(tensor.steps.begin(), tensor.steps.end(),
                       [](const WrapStep& step) { return step.operation->channels().has_value(); });
  });
}

}  // namespace

std::map<std::string, Bytes, std::less<>> option_texts(const WrapOptions& options) {
  std::map<std::string, Bytes, std::less<>> texts;
  const auto add = [&](const char* name, const std::vector<std::string>& given) {
    for (const OptionText& option : label_options(name, given)) texts.emplace(option.label, Bytes(option.text));
  };
  add("--layout", options.layouts);
  add("--axes", options.axes);
  add("--pre", options.pre);
  add("--post", options.post);
  add("--input-dtype", options.input_dtypes);
  return texts;
}

Result<GraphReport> wrap_graph(const std::string& path, const std::string& dest, const WrapOptions& options,
                               std::shared_ptr<engine::Engine> engine, const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY(expect_something(options));
  ZOOPORT_TRY(expect_free(dest, options.change.if_present));
  ZOOPORT_TRY_ASSIGN(const onnx::Model before, read_graph(path, context));
  onnx::Model after = before;
  if (options.opset > 0 && options.opset != after.opset()) {
    Result<std::vector<std::string>> steps =
        onnx::change_opset(after, {.target = options.opset, .limits = context.limits}, report.findings);
    if (!steps) {
      if (!report.findings.has_errors()) return std::move(steps).error();
      return report;
    }
    report.steps.push_back(concat("change opset ", before.opset(), " to ", options.opset));
    for (std::string& step : *steps) report.steps.push_back(std::move(step));
  }
  if (after.opset() < kLeastOpset) {
    return make_error(ErrorKind::kUnsupported, "convert.graph-wrap",
                      concat("operators are added from opset ", kLeastOpset, " on, and the graph has ", after.opset(),
                             "; raise it with --to"));
  }
  // Before it, every constant would have to be an input, too.
  if (after.ir_version < kLeastIr) {
    report.steps.push_back(concat("IR version ", after.ir_version, " to ", kLeastIr));
    after.ir_version = kLeastIr;
  }
  ZOOPORT_TRY_ASSIGN(const WrapPlan plan, plan_wrap(after, options, context.limits));
  ZOOPORT_TRY_ASSIGN(const std::vector<std::string> done, build_wrap(after, plan));
  report.steps.insert(report.steps.end(), done.begin(), done.end());
  const onnx::Model plain = after;
  const std::size_t plain_steps = report.steps.size();
  if (!turns_axes(plan)) {
    if (const std::size_t folded = chooses_channels(plan) ? onnx::fold_channel_orders(after) : 0; folded > 0) {
      report.steps.push_back(concat("choose channels by the weights of convolutions: ", folded));
    }
  } else {
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> absorbed, onnx::absorb_transposes(after));
    report.steps.insert(report.steps.end(), absorbed.begin(), absorbed.end());
  }
  report.graph = onnx::info_of(after);
  if (engine) {
    ZOOPORT_TRY_ASSIGN(report.verification, verify_wrap(before, after, plan, *engine, options.change.seed, context));
    const bool differs = report.verification.has_run && !report.verification.passed();
    if (differs && report.steps.size() > plain_steps) {
      // A network that runs with Transposes around it is worth more than none.
      after = plain;
      report.steps.resize(plain_steps);
      report.steps.push_back(concat("leave the transposes where they are: without them, ", report.verification.reason));
      report.graph = onnx::info_of(after);
      ZOOPORT_TRY_ASSIGN(report.verification, verify_wrap(before, after, plan, *engine, options.change.seed, context));
    }
    if (report.verification.has_run && !report.verification.passed()) return report;
  } else {
    report.verification.reason = "no engine was found";
  }
  ZOOPORT_TRY(write_graph(after, dest, options.change.if_present, report));
  return report;
}

}  // namespace zooport::convert
