#include "zooport/report/summary.hpp"

#include <cstddef>

#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return concat(count, ' ', what, count == 1 ? "" : "s");
}

std::string kind_text(const convert::CheckReport& report) {
  if (report.kind == "bioimageio") {
    std::string text = report.type.empty() ? "description" : printable(report.type);
    if (!report.format_version.empty()) text += concat(' ', printable(report.format_version));
    if (!report.declared_version.empty() && report.declared_version != report.format_version)
      text += concat(" (declared ", printable(report.declared_version), ")");
    return text;
  }
  std::string text = printable(report.kind);
  if (!report.type.empty()) text += concat(", ", printable(report.type));
  return text;
}

std::string value_line(const onnx::GraphInfo::Value& value) {
  std::string text = concat(printable(value.name), ": ", value.dtype.empty() ? "no tensor" : value.dtype);
  if (value.has_shape) text += concat(" [", printable(join(value.extents, ", "), 400), "]");
  return text;
}

std::string decimal(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, value < 100 ? "%.3g" : "%.0f", value);
  return buffer;
}

// Multiply-adds and memory at one size.
std::string at_size_lines(const convert::GraphAtSize& at_size) {
  std::vector<std::string> sizes;
  for (const auto& [name, shape] : at_size.inputs) sizes.push_back(concat(printable(name), ' ', shape_text(shape)));
  const std::string at = sizes.empty() ? std::string() : concat(" at ", join(sizes, ", "));
  if (!at_size.reason.empty()) return concat("  costs    unknown: ", printable(at_size.reason, 1000), '\n');
  std::vector<std::string> parts;
  for (const auto& [name, count] : at_size.costs.by_operator) parts.push_back(concat(printable(name), ' ', count));
  std::string text = concat("  costs    ", at_size.costs.multiply_adds, " multiply-adds", at);
  if (at_size.pixels > 0 && at_size.costs.multiply_adds > 0)
    text +=
        concat(", ", decimal(static_cast<double>(at_size.costs.multiply_adds) / static_cast<double>(at_size.pixels)),
               " per pixel");
  if (!parts.empty()) text += concat(": ", join(parts, ", "));
  if (!at_size.costs.uncounted.empty())
    text += concat("\n           not counted: ", printable(at_size.costs.uncounted, 1000));
  if (!at_size.costs.unknown.empty())
    return concat(text, "\n  memory   unknown, because the shape of ", printable(at_size.costs.unknown), " is\n");
  return concat(text, "\n  memory   ", size_text(at_size.costs.peak_bytes),
                " of values alive at one time\n  engine   about ", size_text(at_size.engine_bytes),
                " of ONNX Runtime for one run, ", size_text(at_size.engine_bytes_again), " when it runs again\n");
}

std::string geometry_lines(const onnx::Geometry& geometry, const std::vector<int>& space) {
  std::string text;
  if (!geometry.is_known) text += concat("  geometry unknown, ", printable(geometry.reason, 1000), '\n');
  for (std::size_t i = 0; i < geometry.axes.size() && i < space.size(); ++i) {
    const onnx::AxisGeometry& axis = geometry.axes[i];
    text += concat("  axis ", space[i], "   ");
    if (geometry.is_known)
      text +=
          concat("stride ", axis.stride, ", sees ", axis.reach_before, " before and ", axis.reach_behind, " behind, ");
    if (axis.scale_numerator != axis.scale_denominator)
      text += concat("scale ", axis.scale_numerator, '/', axis.scale_denominator, ", ");
    text += axis.size_step > 0 ? concat("sizes ", axis.size_min, " + n * ", axis.size_step, '\n')
                               : concat("size ", axis.size_min, " alone\n");
  }
  return text;
}

std::string scientific(double value) {
  if (value == 0) return "0";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.2g", value);
  return buffer;
}

}  // namespace

std::string check_summary(const convert::CheckReport& report) {
  std::size_t counts[3] = {};
  for (const Diagnostic& finding : report.findings.items()) {
    if (finding.is_alternative) continue;
    if (finding.severity == Severity::kError) ++counts[0];
    if (finding.severity == Severity::kAlert) ++counts[1];
    if (finding.severity == Severity::kWarning) ++counts[2];
  }
  std::string text = concat(printable(report.source), ": ", bioimageio::to_text(report.status));
  if (!report.kind.empty()) text += concat(" ", kind_text(report));
  constexpr std::string_view kNames[] = {"error", "alert", "warning"};
  for (std::size_t i = 0; i < 3; ++i)
    if (counts[i] > 0) text += concat(", ", counted(counts[i], kNames[i]));
  if (!report.fixed.empty()) text += concat(", ", report.fixed.size(), " fixed");
  return text + "\n";
}

std::string fixed_text(const convert::CheckReport& report) {
  std::string text;
  for (const bioimageio::Fixed& fixed : report.fixed) {
    const Diagnostic& finding = fixed.finding;
    const std::string path = printable(to_text(finding.path));
    text += concat(printable(finding.file), ":", fixed.at.line, ":", fixed.at.column, ": fixed: ", path,
                   path.empty() ? "" : ": ", printable(finding.fix->description), " [", finding.id, "]\n");
  }
  return text;
}

std::string graph_summary(const convert::GraphReport& report) {
  const onnx::GraphInfo& graph = report.graph;
  std::string text =
      concat(printable(report.dest.empty() ? report.source : report.dest), ": ONNX, IR version ", graph.ir_version);
  for (const auto& [domain, version] : graph.opsets) text += concat(", ", printable(domain), " opset ", version);
  text += '\n';
  if (!graph.producer.empty()) text += concat("  made by  ", printable(graph.producer), '\n');
  for (const onnx::GraphInfo::Value& value : graph.inputs) text += concat("  input    ", value_line(value), '\n');
  for (const onnx::GraphInfo::Value& value : graph.outputs) text += concat("  output   ", value_line(value), '\n');
  text += concat("  weights  ", graph.parameters, " parameters, ", size_text(graph.constant_bytes), '\n');
  std::vector<std::string> operators;
  for (const auto& [name, count] : graph.operators) operators.push_back(concat(printable(name), " ", count));
  text += concat("  nodes    ", graph.nodes, ": ", join(operators, ", "), '\n');
  if (report.at_size) text += at_size_lines(*report.at_size);
  if (!report.space.empty()) text += geometry_lines(report.geometry, report.space);
  for (const std::string& step : report.steps) text += concat("  step     ", printable(step), '\n');
  return text;
}

std::string verification_line(const convert::GraphVerification& verification) {
  std::vector<std::string> shapes;
  for (const auto& [name, shape] : verification.shapes)
    shapes.push_back(concat(printable(name), ' ', shape_text(shape)));
  if (!verification.has_run) return concat("not verified: ", printable(verification.reason, 1000), '\n');
  if (!verification.passed() && shapes.empty())
    return concat("the result does not stand: ", printable(verification.reason, 1000), '\n');
  if (!verification.passed())
    return concat("the result differs on random input ", join(shapes, ", "), ": ", printable(verification.reason, 1000),
                  '\n');
  const std::size_t runs = verification.runs();
  std::string text = concat("verified on random input ", join(shapes, ", "),
                            runs > 1 ? concat(" and ", runs - 1, " more, natural and extreme") : std::string(),
                            ": largest difference ", scientific(verification.max_abs()), '\n');
  for (const Diagnostic& finding : verification.findings.items())
    if (finding.severity >= Severity::kWarning)
      text += concat(to_text(finding.severity), ": ", printable(finding.message, 1000), " [", finding.id, "]\n");
  return text;
}

std::string unpack_summary(const convert::Unpacked& unpacked) {
  return concat(printable(unpacked.folder), ": ", counted(unpacked.files.size(), "file"), " from ",
                printable(unpacked.source), '\n');
}

std::string doctor_summary(const convert::Installation& installation, std::string_view version) {
  std::string text = concat("zooport ", version, ", ", printable(installation.program), '\n');
  for (const convert::Installation::Part& part : installation.parts) {
    text += concat(part.is_found ? "  found    " : "  missing  ", part.name);
    if (!part.version.empty()) text += concat(' ', printable(part.version));
    text += concat(", for ", part.needed, '\n');
    if (!part.path.empty()) text += concat("           ", printable(part.path), '\n');
    if (!part.providers.empty())
      text += concat("           providers: ", printable(join(part.providers, ", "), 1000), '\n');
    std::string_view rest = part.reason;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      text += concat("           ", printable(rest.substr(0, end), 1000), '\n');
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  text +=
      concat("  cache    ", installation.cache_folder.empty() ? "none" : printable(installation.cache_folder), '\n');
  text += concat("  machine  ", counted(installation.processors, "processor"), ", ",
                 size_text(installation.memory_bytes), " of memory\n");
  return text;
}

}  // namespace zooport::report
