#include "onnx/check.hpp"

#include <algorithm>

#include "onnx/operators.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

// Every operator looks its domain up among the imports.
constexpr std::size_t kMostOpsets = 100;

}  // namespace

Checker::Checker(const Model& model, Diagnostics& diagnostics) : model_(model), diagnostics_(diagnostics) {
  for (std::size_t i = 0; i < model.functions.size(); ++i) {
    const Function& function = model.functions[i];
    functions_.emplace(std::tuple(std::string_view(function.domain), std::string_view(function.name),
                                  std::string_view(function.overload)),
                       i);
  }
}

std::string describe(const Node& node) {
  const std::string op = node.domain.empty() ? printable(node.op) : printable(concat(node.domain, "::", node.op));
  if (!node.name.empty()) return concat("operator ", op, " '", printable(node.name), "'");
  const std::string& output = node.outputs.empty() ? node.name : node.outputs[0];
  return output.empty() ? concat("operator ", op) : concat("operator ", op, " of '", printable(output), "'");
}

void Checker::report(std::string id, std::string message, const Path& path, Severity severity) {
  Diagnostic found;
  found.id = std::move(id);
  found.severity = severity;
  found.message = std::move(message);
  if (diagnostics_.dropped() == 0) found.path = path;  // else nobody will see it
  diagnostics_.add(std::move(found));
}

bool Checker::versions() {
  std::size_t most = model_.opsets.size();
  for (const Function& function : model_.functions) most = std::max(most, function.opsets.size());
  if (most > kMostOpsets) {
    report("onnx.opset-version", concat(most, " opsets are imported; at most ", kMostOpsets, " are read"),
           {Step::key("opset_import")});
    return false;
  }
  if (model_.ir_version < 1 || model_.ir_version > kNewestIr) {
    report("onnx.ir-version", concat("IR version ", model_.ir_version, " is not known; the newest one is ", kNewestIr),
           {Step::key("ir_version")});
  }
  std::map<std::string_view, std::int64_t> domains;
  for (std::size_t i = 0; i < model_.opsets.size(); ++i) {
    const Opset& opset = model_.opsets[i];
    const Path path = {Step::key("opset_import"), Step::at(i)};
    // Models that were merged import each opset once for each part.
    const auto [known, is_new] = domains.emplace(opset.domain, opset.version);
    if (!is_new) {
      if (known->second == opset.version) continue;
      report("onnx.opset-version",
             concat("two opsets of domain '", printable(opset.domain), "' are imported, ", known->second, " and ",
                    opset.version),
             path);
    } else if (opset.domain.empty() && (opset.version < 1 || opset.version > kNewestOpset)) {
      report("onnx.opset-version", concat("opset ", opset.version, " is not known; the newest one is ", kNewestOpset),
             path);
    }
  }
  return true;
}

void Checker::run() {
  if (!versions()) return;
  const Path path = {Step::key("graph")};
  if (model_.graph.outputs.empty()) report("onnx.no-output", "the graph has no output", path);
  graph(model_.graph, nullptr, model_.opsets, path, nullptr);
  functions();
}

void check_model(const Model& model, Diagnostics& diagnostics) { Checker(model, diagnostics).run(); }

}  // namespace zooport::onnx
