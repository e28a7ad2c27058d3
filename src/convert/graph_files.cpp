#include "zooport/convert/graph_files.hpp"

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
  Result<std::vector<std::string>> steps = onnx::change_opset(after, {.target = opset}, report.findings);
  if (!steps) {
    if (!report.findings.has_errors()) return std::move(steps).error();
    return report;
  }
  report.steps = std::move(*steps);
  report.graph = onnx::info_of(after);
  if (engine) {
    ZOOPORT_TRY_ASSIGN(report.verification, verify_graph(before, after, *engine, options.seed, context));
    if (report.verification.has_run && !report.verification.passed()) return report;
  } else {
    report.verification.reason = "no engine was found";
  }
  ZOOPORT_TRY(write_graph(after, dest, options.if_present, report));
  return report;
}

}  // namespace zooport::convert
