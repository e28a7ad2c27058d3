#include "zooport/czann/check.hpp"

#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann {
namespace {

// Rules of the specification's prose; docs/diagnostics.md says where each comes from.
class NetworkCheck {
 public:
  NetworkCheck(const Package& package, Diagnostics& findings) : metadata_(package.metadata), findings_(findings) {}

  void run(const onnx::Model& network) {
    const auto inputs = network.graph.required_inputs();
    if (inputs.size() != 1) {
      report("czann.input-count", Severity::kError, "", "exactly one input of the network", concat(inputs.size()));
      return;
    }
    if (network.graph.outputs.size() != 1)
      report("czann.output-count", Severity::kWarning, "", "one output of the network",
             concat(network.graph.outputs.size()));
    value("InputShape", metadata_.input_shape, *inputs.front());
    if (!network.graph.outputs.empty()) value("OutputShape", metadata_.output_shape, network.graph.outputs.front());
    opset(network);
  }

  void metadata() {
    const std::size_t spatial = metadata_.input_shape.empty() ? 0 : metadata_.input_shape.size() - 1;
    if (!metadata_.min_overlap.empty() && spatial > 0) {
      if (metadata_.min_overlap.size() != spatial) {
        report("czann.overlap-count", Severity::kError, "MinOverlap",
               concat(spatial, " numbers, one each spatial axis"), concat(metadata_.min_overlap.size()));
        return;
      }
      for (std::size_t i = 0; i < spatial; ++i) {
        if (metadata_.min_overlap[i] % 2 != 0)
          report("czann.overlap-odd", Severity::kWarning, "MinOverlap", "even numbers",
                 concat(metadata_.min_overlap[i]));
        if (metadata_.min_overlap[i] >= metadata_.input_shape[i])
          report("czann.overlap-too-large", Severity::kError, "MinOverlap",
                 concat("less than the tile of ", metadata_.input_shape[i]), concat(metadata_.min_overlap[i]));
      }
    }
    if (needs_classes(metadata_.type) && metadata_.classes.empty())
      report("czann.classes-missing", Severity::kWarning, "Classes", concat("classes for ", name_of(metadata_.type)),
             "nothing");
    if (!metadata_.classes.empty() && !metadata_.output_shape.empty() &&
        static_cast<std::int64_t>(metadata_.classes.size()) != metadata_.output_shape.back())
      report("czann.class-count", Severity::kError, "Classes",
             concat(metadata_.output_shape.back(), " classes, as many as the last output dimension"),
             concat(metadata_.classes.size()));
  }

 private:
  void report(std::string id, Severity severity, std::string_view key, std::string expected, std::string found) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.severity = severity;
    problem.file = key.empty() ? "model.model" : "model.json";
    if (!key.empty()) problem.path = {Step::key(key)};
    problem.message = concat("expected ", expected, ", found ", found);
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    findings_.add(std::move(problem));
  }

  void value(std::string_view key, const std::vector<std::int64_t>& described, const onnx::ValueInfo& value) {
    if (value.type.element != onnx::ElementType::kFloat)
      report("czann.element-type", Severity::kError, "", concat("float32 for ", printable(value.name)),
             onnx::name_of(value.type.element));
    if (!value.type.shape || described.empty()) return;
    const auto& shape = *value.type.shape;
    std::string found = "[";
    bool fits = shape.size() == described.size() + 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (i > 0) found += ", ";
      found += shape[i].value ? concat(*shape[i].value) : std::string("?");
      if (!shape[i].value || shape.size() != described.size() + 1) continue;
      fits = fits && *shape[i].value == (i == 0 ? 1 : described[i - 1]);
    }
    if (!fits)
      report("czann.shape-differs", Severity::kError, key,
             concat("what the network has behind the batch axis, ", found, "]"), shape_text(described));
  }

  void opset(const onnx::Model& network) {
    const std::int64_t newest = metadata_.format_version.empty() ? 12 : 18;
    if (network.opset() > newest)
      report("czann.opset", Severity::kError, "", concat("an opset of at most ", newest), concat(network.opset()));
    const std::int64_t newest_ir = metadata_.format_version.empty() ? 7 : 8;
    if (network.ir_version > newest_ir)
      report("czann.ir-version", Severity::kWarning, "", concat("an IR version of at most ", newest_ir),
             concat(network.ir_version));
  }

  const Metadata& metadata_;
  Diagnostics& findings_;
};

}  // namespace

Diagnostics check(const Package& package, const CheckOptions&, const Context& context) {
  Diagnostics findings;
  NetworkCheck check(package, findings);
  check.metadata();
  if (archive::looks_like_zip(package.network.span())) return findings;  // a SavedModel: nothing of it can be read yet
  const auto refuse = [&](Diagnostic what) {
    what.file = "model.model";
    findings.add(std::move(what));
  };
  Result<onnx::Model> network = onnx::read_model(package.network, {.limits = context.limits, .external = nullptr});
  if (!network) {
    refuse(network.error().what);
    return findings;
  }
  Diagnostics of_graph;
  onnx::check_model(*network, of_graph);
  for (const Diagnostic& problem : of_graph.items()) refuse(problem);
  check.run(*network);
  return findings;
}

}  // namespace zooport::czann
