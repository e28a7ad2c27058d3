#include <algorithm>
#include <array>
#include <cstdio>

#include "report/czann_info.hpp"
#include "report/legacy_info.hpp"
#include "zooport/base/text.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::report {
namespace {

// "onnxruntime 1.23.2 (CPU)"
template <class Run>
std::string engine_text(const Run& run) {
  std::vector<std::string> where;
  if (!run.provider.empty()) where.push_back(printable(run.provider));
  if (run.is_isolated) where.emplace_back("isolated");
  const std::string text = concat(printable(run.engine), ' ', printable(run.engine_version));
  return where.empty() ? text : concat(text, " (", join(where, ", "), ')');
}

constexpr std::size_t kLong = 1000;

// Three digits are what a person compares.
std::string short_number(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
  return buffer.data();
}

std::string size_text_of(const model::AxisSpec& axis) {
  if (const auto* size = std::get_if<model::ParametrizedSize>(&axis.size)) {
    std::string text = std::to_string(size->min);
    if (size->step > 0) text += concat(" + ", size->step, "n");
    return text;
  }
  if (const auto* reference = std::get_if<model::ReferenceSize>(&axis.size)) {
    std::string text = concat(printable(reference->tensor), '.', printable(reference->axis));
    if (reference->scale != 1) text += concat(" * ", short_number(reference->scale));
    if (reference->offset != 0) text += concat(" + ", short_number(2 * reference->offset));
    return text;
  }
  return "any";
}

std::string tensor_lines(std::string_view label, const model::TensorSpec& tensor) {
  std::vector<std::string> axes;
  std::vector<std::string> halos;
  for (const model::AxisSpec& axis : tensor.axes) {
    axes.push_back(concat(printable(axis.axis.id), ' ', size_text_of(axis)));
    if (axis.halo > 0) halos.push_back(concat(printable(axis.axis.id), ' ', axis.halo));
  }
  std::string text =
      concat("  ", label, printable(tensor.id), ": ", tensor::name_of(tensor.dtype), " [", join(axes, ", "), "]\n");
  if (!halos.empty()) text += concat("           halo ", join(halos, ", "), '\n');
  for (const process::OperationPtr& step : tensor.processing)
    text += concat("           ", printable(step->describe(), kLong), '\n');
  return text;
}

std::string output_line(const predict::Comparison& output) {
  std::string text =
      concat("  ", printable(output.id), ' ', shape_text(output.shape), ": ", output.passed ? "passed" : "failed");
  if (output.elements > 0)
    text +=
        concat(", largest difference ", short_number(output.max_abs), " (relative ", short_number(output.max_rel),
               "), ", output.mismatched, " of ", output.elements, " beyond ", short_number(output.tolerance.absolute),
               " + ", short_number(output.tolerance.relative), " of the value (tolerance: ",
               output.tolerance.from == "description" ? "the description's own"
               : output.tolerance.from == "spread"    ? "by the output's spread"
                                                      : "default",
               ')');
  text += '\n';
  if (!output.trial.empty()) text += concat("    on ", printable(output.trial, kLong), '\n');
  if (!output.passed && output.elements > 0)
    text += concat("    worst at ", shape_text(output.worst), ": expected ", number_text(output.worst_expected),
                   ", found ", number_text(output.worst_found), '\n');
  if (!output.passed && !output.reason.empty()) text += concat("    ", printable(output.reason, kLong), '\n');
  if (!output.discriminates) text += "    a constant output would pass as well: the comparison shows nothing\n";
  return text;
}

std::string_view name_of(predict::TestResult::Status status) {
  switch (status) {
    case predict::TestResult::Status::kPassed: return "passed";
    case predict::TestResult::Status::kFailed: return "failed";
    case predict::TestResult::Status::kNotRun: break;
  }
  return "not run";
}

}  // namespace

std::string info_summary(const convert::Info& info) {
  const model::Model& model = info.model;
  std::string text = concat(printable(model.name.empty() ? info.source : model.name), " (", printable(model.format),
                            ", ", size_text(info.bytes), ")\n");
  if (!model.id.empty()) text += concat("  id       ", printable(model.id), '\n');
  if (!info.location.empty()) text += concat("  from     ", printable(info.location, kLong), '\n');
  if (info.legacy) text += legacy_lines(*info.legacy);
  if (info.czann) text += czann_lines(info);
  for (const model::TensorSpec& tensor : model.inputs) text += tensor_lines("input    ", tensor);
  for (const model::TensorSpec& tensor : model.outputs) text += tensor_lines("output   ", tensor);
  for (const model::Network& network : model.networks) {
    text += concat("  weights  ", printable(network.weights), ": ", printable(network.source), '\n');
    if (!network.reason.empty()) text += concat("           cannot be used: ", printable(network.reason, kLong), '\n');
  }
  for (const convert::OtherMember& member : info.members)
    text += concat("  member   ", printable(member.name, kLong), ", ", size_text(member.bytes), '\n');
  if (info.zen)
    text += concat("  ZEN      loads format ", info.zen->specification, " from ", info.zen->blue, " and ",
                   info.zen->core, " on\n");
  for (const convert::Link& link : info.links) {
    text += concat("  link     ", printable(link.what), ": ", printable(link.target));
    if (!link.leads_to.empty() && link.leads_to != link.target)
      text += concat(", at ", printable(link.leads_to, kLong));
    if (!link.reason.empty()) text += concat(" (", printable(link.reason, kLong), ')');
    text += '\n';
  }
  for (const convert::Use& use : info.uses) {
    text += concat("  ", use.is_possible ? "can      " : "cannot   ", use.verb);
    if (!use.reason.empty()) text += concat(": ", printable(use.reason, kLong));
    text += '\n';
  }
  return text;
}

std::string test_summary(const std::string& source, const predict::TestResult& result) {
  std::string text = concat(printable(source), ": ", name_of(result.status), ", ",
                            result.weights.empty() ? "" : concat(printable(result.weights), " with "),
                            engine_text(result), ", ", short_number(result.seconds), " s\n");
  for (const predict::TestedOutput& output : result.outputs) {
    text += output_line(output.comparison);
    if (!output.saved.empty()) text += concat("    saved as ", printable(output.saved), '\n');
  }
  return text;
}

std::string compare_summary(const std::string& a, const std::string& b, const convert::CompareResult& result) {
  std::size_t runs = 0;
  for (const convert::Trial& trial : result.trials) runs += trial.outputs.empty() ? 0 : 1;
  std::string text = concat(printable(b), " against ", printable(a), ": ", name_of(result.status), " on ", runs,
                            runs == 1 ? " input, " : " inputs, ",
                            result.weights.empty() ? "" : concat(printable(result.weights), " with "),
                            engine_text(result), ", ", short_number(result.seconds), " s\n");
  for (const predict::TestedOutput& output : result.outputs) text += output_line(output.comparison);
  std::vector<std::array<std::string, 3>> rows;
  std::array<std::size_t, 3> widths{};
  for (const convert::Trial& trial : result.trials) {
    std::string verdict(convert::name_of(trial.status));
    if (!trial.counts) verdict += " (does not count)";
    const std::string difference = trial.outputs.empty() ? "-" : short_number(trial.max_abs());
    rows.push_back({trial.what(), trial.sizes(), difference});
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], code_points(rows.back()[i]));
    rows.back()[2].append(widths[2] < 10 ? 10 - code_points(difference) : 1, ' ').append(verdict);
  }
  for (const auto& row : rows) {
    text += "  ";
    for (std::size_t i = 0; i < 2; ++i) text += row[i] + std::string(widths[i] + 2 - code_points(row[i]), ' ');
    text += row[2] + '\n';
  }
  return text;
}

std::string predict_summary(const convert::PredictReport& report) {
  std::string text;
  for (const convert::PredictedFile& output : report.outputs)
    text += concat(printable(output.path), ": ", printable(output.id), ", ", tensor::name_of(output.dtype), ' ',
                   shape_text(output.shape), output.axes.empty() ? "" : concat(' ', output.axes), '\n');
  if (!report.picture.empty()) text += concat(printable(report.picture), ": input and output\n");
  return text;
}

std::string predict_line(const convert::PredictReport& report) {
  return concat(report.tiles, report.tiles == 1 ? " tile in " : " tiles in ", short_number(report.seconds),
                " s (engine ", short_number(report.engine_seconds), " s), ", printable(report.weights), " with ",
                engine_text(report), '\n');
}

std::string convert_summary(const convert::ConversionReport& report) {
  std::string text = report.sha256.empty() ? concat(printable(report.dest), ": not written\n")
                                           : concat(printable(report.dest), ": ", report.to, '\n');
  for (const std::string& step : report.steps) text += concat("  step     ", printable(step, kLong), '\n');
  for (const convert::Assumption& assumption : report.assumptions)
    text += concat("  assumed  ", printable(assumption.what), ": ", printable(assumption.value),
                   assumption.option.empty() ? "" : concat(" (", assumption.option, ")"), '\n');
  for (const convert::Loss& loss : report.losses)
    text += concat("  lost     ", printable(loss.what), ": ", printable(loss.why, kLong),
                   loss.kept.empty() ? "" : concat("; kept: ", printable(loss.kept)), '\n');
  switch (report.verification.status) {
    case convert::Verification::Status::kPassed: text += "  verified\n"; break;
    case convert::Verification::Status::kFailed: text += "  differs\n"; break;
    case convert::Verification::Status::kNotRun: text += "  not verified\n"; break;
  }
  if (!report.verification.reason.empty()) text += concat("    ", printable(report.verification.reason, kLong), '\n');
  for (const predict::Comparison& output : report.verification.outputs) text += "  " + output_line(output);
  return text;
}

}  // namespace zooport::report
