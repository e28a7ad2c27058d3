#include "zooport/convert/graph_files.hpp"

#include <algorithm>

#include "convert/graph_output.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
Result<onnx::Model> read_graph(const std::string& path, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, os::read_file(path, context.limits.model_bytes));
  const std::string folder = os::parent_path(path);
  return onnx::read_model(bytes,
                          {.limits = context.limits,
                           .external = onnx::folder_external_files(folder.empty() ? "." : folder, context.limits)});
}

namespace {

// Whether the same numbers can be given to both, and come out of both.
bool same_types(const onnx::Graph& before, const onnx::Graph& after) {
  const auto equal = [](const onnx::ValueInfo& a, const onnx::ValueInfo& b) {
    return a.type.element == b.type.element;
  };
  // Inputs with a default may be constants now.
  const auto first = before.required_inputs();
  const auto second = after.required_inputs();
  const auto equal_inputs = [&](const auto* a, const auto* b) { return equal(*a, *b); };
  return std::equal(first.begin(), first.end(), second.begin(), second.end(), equal_inputs) &&
         std::equal(before.outputs.begin(), before.outputs.end(), after.outputs.begin(), after.outputs.end(), equal);
}

}  // namespace

Result<GraphReport> change_graph_opset(const std::string& path, const std::string& dest, std::int64_t opset,
                                       const GraphChangeOptions& options, std::shared_ptr<engine::Engine> engine,
                                       const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY(expect_free(dest, options.if_present));
  ZOOPORT_TRY_ASSIGN(const onnx::Model before, read_graph(path, context));
  onnx::check_model(before, report.findings);
  report.is_broken = report.findings.has_errors();
  if (report.is_broken) return report;
  onnx::Model after = before;
  std::vector<std::string> widened;
  if (options.widens) {
    ZOOPORT_TRY_ASSIGN(widened, onnx::widen_floats(after));
  }
  Result<std::vector<std::string>> steps = onnx::change_opset(after, {.target = opset}, report.findings);
  if (!steps) {
    if (!report.findings.has_errors()) return std::move(steps).error();
    return report;
  }
  report.steps = std::move(*steps);
  report.steps.insert(report.steps.end(), widened.begin(), widened.end());
  report.graph = onnx::info_of(after);
  if (engine && !same_types(before.graph, after.graph)) {
    report.verification.reason = "an input or output has another element type now";
  } else if (engine) {
    ZOOPORT_TRY_ASSIGN(report.verification, verify_graph(before, after, *engine, options.seed, context));
    if (report.verification.has_run && !report.verification.passed()) return report;
  } else {
    report.verification.reason = "no engine was found";
  }
  ZOOPORT_TRY(write_graph(after, dest, options.if_present, report));
  return report;
}

}  // namespace zooport::convert
