#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann {
namespace {

// The network by itself, and against the classes and pixel types.
class LegacyCheck {
 public:
  LegacyCheck(const LegacyPackage& package, Diagnostics& findings) : package_(package), findings_(findings) {}

  void network(const onnx::Model& network) {
    Diagnostics of_graph;
    onnx::check_model(network, of_graph);
    for (Diagnostic problem : of_graph.items()) {
      problem.file = package_.network_name;
      findings_.add(std::move(problem));
    }
    const auto inputs = network.graph.required_inputs();
    if (inputs.size() != 1)
      return report("czann.input-count", Severity::kError, "", "exactly one input of the network",
                    concat(inputs.size()));
    if (network.graph.outputs.size() != 1)
      report("czann.output-count", Severity::kWarning, "", "one output of the network",
             concat(network.graph.outputs.size()));
    tensor(*inputs.front());
    if (network.graph.outputs.empty()) return;
    const onnx::ValueInfo& output = network.graph.outputs.front();
    tensor(output);
    const auto& shape = output.type.shape;
    const auto classes = static_cast<std::int64_t>(package_.metadata.classes.size());
    if (shape && shape->size() == 4 && shape->back().value && *shape->back().value != classes)
      report("czann.class-count", Severity::kError, "TrainingClasses",
             concat("a class for each of the ", *shape->back().value, " output channels"), concat(classes));
  }

 private:
  void tensor(const onnx::ValueInfo& value) {
    if (value.type.element != onnx::ElementType::kFloat)
      report("czann.element-type", Severity::kError, "", concat("float32 for ", printable(value.name)),
             onnx::name_of(value.type.element));
    const auto& shape = value.type.shape;
    if (shape && shape->size() != 4)
      report("czann.shape-differs", Severity::kError, "",
             concat("the axes batch, height, width, channel for ", printable(value.name)),
             concat(shape->size(), " axes"));
  }

  void report(std::string id, Severity severity, std::string_view key, std::string expected, std::string found) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.severity = severity;
    problem.file = key.empty() ? package_.network_name : package_.xml_name;
    if (!key.empty()) problem.path = {Step::key(key)};
    problem.message = concat("expected ", expected, ", found ", found);
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    findings_.add(std::move(problem));
  }

  const LegacyPackage& package_;
  Diagnostics& findings_;
};

}  // namespace

Diagnostics check(const LegacyPackage& package, const CheckOptions&, const Context& context) {
  Diagnostics findings;
  const std::string& extractor = package.metadata.feature_extractor;
  const bool is_network = extractor.empty() || extractor == "DeepNeuralNetwork";
  if (!is_network || package.network_name.empty() || archive::looks_like_zip(package.network.span())) return findings;
  Result<onnx::Model> network = onnx::read_model(package.network, {.limits = context.limits, .external = nullptr});
  if (network) {
    LegacyCheck(package, findings).network(*network);
  } else {
    Diagnostic what = network.error().what;
    what.file = package.network_name;
    findings.add(std::move(what));
  }
  return findings;
}

}  // namespace zooport::czann
