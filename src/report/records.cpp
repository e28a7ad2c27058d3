#include "zooport/report/records.hpp"

#include "report/parts.hpp"

namespace zooport::report {
namespace {

void write_values(doc::JsonWriter& json, std::string_view name, const std::vector<onnx::GraphInfo::Value>& values) {
  json.key(name);
  json.open('[');
  for (const onnx::GraphInfo::Value& value : values) {
    json.open('{');
    json.member("name", value.name);
    member_unless_empty(json, "dtype", value.dtype);
    if (value.has_shape) member_strings(json, "shape", value.extents);
    json.close('}');
  }
  json.close(']');
}

void write_graph(doc::JsonWriter& json, const onnx::GraphInfo& graph) {
  json.member("ir_version", graph.ir_version);
  member_unless_empty(json, "producer", graph.producer);
  json.key("opsets");
  json.open('{');
  for (const auto& [domain, version] : graph.opsets) json.member(domain, version);
  json.close('}');
  write_values(json, "inputs", graph.inputs);
  write_values(json, "outputs", graph.outputs);
  json.key("operators");
  json.open('{');
  for (const auto& [name, count] : graph.operators) json.member(name, count);
  json.close('}');
  json.member("nodes", graph.nodes);
  json.member("functions", graph.functions);
  json.member("parameters", graph.parameters);
  json.member("constant_bytes", graph.constant_bytes);
}

void write_at_size(doc::JsonWriter& json, const convert::GraphAtSize& at_size) {
  json.key("at_size");
  json.open('{');
  json.key("inputs");
  json.open('{');
  for (const auto& [name, shape] : at_size.inputs) member_numbers(json, name, shape);
  json.close('}');
  member_unless_empty(json, "reason", at_size.reason);
  if (at_size.reason.empty()) {
    json.member("multiply_adds", at_size.costs.multiply_adds);
    if (at_size.pixels > 0)
      json.member("multiply_adds_per_pixel",
                  static_cast<double>(at_size.costs.multiply_adds) / static_cast<double>(at_size.pixels));
    json.key("multiply_adds_by_operator");
    json.open('{');
    for (const auto& [name, count] : at_size.costs.by_operator) json.member(name, count);
    json.close('}');
    member_unless_empty(json, "uncounted", at_size.costs.uncounted);
    if (at_size.costs.unknown.empty()) {
      json.member("peak_bytes", at_size.costs.peak_bytes);
      json.member("engine_bytes", at_size.engine_bytes);
      json.member("engine_bytes_again", at_size.engine_bytes_again);
    }
    member_unless_empty(json, "unknown", at_size.costs.unknown);
  }
  json.close('}');
  if (at_size.values.empty()) return;
  json.key("values");
  json.open('[');
  for (const convert::GraphAtSize::Value& value : at_size.values) {
    json.open('{');
    json.member("name", value.name);
    member_unless_empty(json, "dtype", value.dtype);
    if (value.shape) member_numbers(json, "shape", *value.shape);
    json.close('}');
  }
  json.close(']');
}

void write_geometry(doc::JsonWriter& json, const onnx::Geometry& geometry, const std::vector<int>& space) {
  json.key("geometry");
  json.open('{');
  json.member("is_known", geometry.is_known);
  member_unless_empty(json, "reason", geometry.reason);
  if (!geometry.axes.empty()) {
    json.key("axes");
    json.open('[');
    for (std::size_t i = 0; i < geometry.axes.size() && i < space.size(); ++i) {
      const onnx::AxisGeometry& axis = geometry.axes[i];
      json.open('{');
      json.member("axis", space[i]);
      if (geometry.is_known) {
        json.member("stride", axis.stride);
        json.member("reach_before", axis.reach_before);
        json.member("reach_behind", axis.reach_behind);
      }
      member_numbers(json, "scale", {axis.scale_numerator, axis.scale_denominator});
      json.member("size_min", axis.size_min);
      json.member("size_step", axis.size_step);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
}

void write_verification(doc::JsonWriter& json, const convert::GraphVerification& verification) {
  json.key("verification");
  json.open('{');
  json.member("status", !verification.has_run ? "not-run" : verification.passed() ? "passed" : "failed");
  member_unless_empty(json, "reason", verification.reason);
  if (verification.has_run) {
    json.key("outputs");
    json.open('[');
    for (const predict::Comparison& output : verification.outputs) output_object(json, output, "");
    json.close(']');
  }
  if (!verification.trials.empty()) member_trials(json, verification.trials);
  if (!verification.findings.items().empty())
    member_findings(json, verification.findings.items(), nullptr, Severity::kInfo);
  json.close('}');
}

}  // namespace

std::string check_record(const convert::CheckReport& report, const CheckRecordOptions& options) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", report.source);
  member_unless_empty(json, "kind", report.kind);
  json.member("status", bioimageio::to_text(report.status));
  member_unless_empty(json, "type", report.type);
  member_unless_empty(json, "declared_version", report.declared_version);
  member_unless_empty(json, "format_version", report.format_version);
  member_unless_empty(json, "sha256", report.sha256.hex());
  member_findings(json, report.findings.items(), text_in(report.texts), options.least);
  if (report.findings.dropped() > 0) json.member("findings_left_out", report.findings.dropped());
  if (!report.fixed.empty()) {
    json.key("fixed");
    json.open('[');
    for (const bioimageio::Fixed& fixed : report.fixed) {
      json.open('{');
      json.member("id", fixed.finding.id);
      json.member("description", fixed.finding.fix->description);
      json.member("file", fixed.finding.file);
      json.member("line", fixed.at.line);
      json.member("column", fixed.at.column);
      json.close('}');
    }
    json.close(']');
  }
  if (options.document == Document::kInclude && !report.normalized.empty()) {
    json.key("document");
    json.json(report.normalized);
  }
  json.close('}');
  return std::move(json.text());
}

std::string graph_record(const convert::GraphReport& report) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", report.source);
  member_unless_empty(json, "dest", report.dest);
  if (!report.data.empty()) {
    json.member("data", report.data);
    json.member("data_bytes", report.data_bytes);
  }
  json.member("kind", "onnx");
  if (report.graph.ir_version > 0) write_graph(json, report.graph);
  if (report.at_size) write_at_size(json, *report.at_size);
  if (!report.space.empty()) write_geometry(json, report.geometry, report.space);
  if (!report.steps.empty()) member_strings(json, "steps", report.steps);
  if (report.verification.has_run || !report.verification.reason.empty()) write_verification(json, report.verification);
  if (!report.findings.items().empty()) member_findings(json, report.findings.items(), nullptr, Severity::kInfo);
  json.close('}');
  return std::move(json.text());
}

std::string unpack_record(const convert::Unpacked& unpacked) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", unpacked.source);
  json.member("dest", unpacked.folder);
  member_strings(json, "files", unpacked.files);
  json.close('}');
  return std::move(json.text());
}

std::string doctor_record(const convert::Installation& installation, std::string_view version) {
  doc::JsonWriter json;
  json.open('{');
  json.member("zooport", version);
  json.member("program", installation.program);
  json.key("parts");
  json.open('[');
  for (const convert::Installation::Part& part : installation.parts) {
    json.open('{');
    json.member("name", part.name);
    json.member("needed", part.needed);
    json.member("found", part.is_found);
    member_unless_empty(json, "path", part.path);
    member_unless_empty(json, "version", part.version);
    if (!part.providers.empty()) member_strings(json, "providers", part.providers);
    member_unless_empty(json, "reason", part.reason);
    json.close('}');
  }
  json.close(']');
  member_unless_empty(json, "cache", installation.cache_folder);
  json.member("processors", installation.processors);
  json.member("memory_bytes", installation.memory_bytes);
  json.close('}');
  return std::move(json.text());
}

std::string error_record(const std::string& source, const Error& error, const TextOf& text_of) {
  Diagnostic what = error.what;
  what.severity = Severity::kError;
  if (what.file.empty()) what.file = source;
  doc::JsonWriter json;
  json.open('{');
  json.member("source", source);
  json.member("status", status_of(error.kind));
  member_findings(json, {what}, text_of, Severity::kError);
  json.close('}');
  return std::move(json.text());
}

std::string records_document(const std::vector<std::string>& records, std::string_view version) {
  doc::JsonWriter json(doc::JsonWriter::Layout::kIndented);
  json.open('{');
  json.member("zooport", version);
  json.key("results");
  json.open('[');
  for (const std::string& record : records) json.json(record);
  json.close(']');
  json.close('}');
  return json.text() + "\n";
}

}  // namespace zooport::report
