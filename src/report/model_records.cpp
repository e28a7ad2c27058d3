#include <algorithm>

#include "report/czann_info.hpp"
#include "report/legacy_info.hpp"
#include "report/parts.hpp"
#include "zooport/report/records.hpp"

namespace zooport::report {
namespace {

std::string_view kind_name(tensor::AxisKind kind) {
  switch (kind) {
    case tensor::AxisKind::kBatch: return "batch";
    case tensor::AxisKind::kTime: return "time";
    case tensor::AxisKind::kIndex: return "index";
    case tensor::AxisKind::kChannel: return "channel";
    case tensor::AxisKind::kSpace: break;
  }
  return "space";
}

void write_axis(doc::JsonWriter& json, const model::AxisSpec& axis) {
  json.open('{');
  json.member("id", axis.axis.id);
  json.member("kind", kind_name(axis.axis.kind));
  if (const auto* size = std::get_if<model::ParametrizedSize>(&axis.size)) {
    json.key("size");
    json.open('{');
    json.member("min", size->min);
    json.member("step", size->step);
    json.close('}');
  } else if (const auto* reference = std::get_if<model::ReferenceSize>(&axis.size)) {
    json.key("size");
    json.open('{');
    json.member("tensor", reference->tensor);
    json.member("axis", reference->axis);
    json.member("scale", reference->scale);
    json.member("offset", reference->offset);
    json.close('}');
  }
  if (axis.halo > 0) json.member("halo", axis.halo);
  if (!axis.channel_names.empty()) member_strings(json, "channel_names", axis.channel_names);
  if (axis.pixel_size) json.member("pixel_size", *axis.pixel_size);
  json.close('}');
}

void write_tensors(doc::JsonWriter& json, std::string_view name, const std::vector<model::TensorSpec>& tensors) {
  json.key(name);
  json.open('[');
  for (const model::TensorSpec& tensor : tensors) {
    json.open('{');
    json.member("id", tensor.id);
    member_unless_empty(json, "description", tensor.description);
    json.member("dtype", tensor::name_of(tensor.dtype));
    json.key("axes");
    json.open('[');
    for (const model::AxisSpec& axis : tensor.axes) write_axis(json, axis);
    json.close(']');
    if (tensor.range) {
      json.key("range");
      json.open('[');
      json.real(tensor.range->first);
      json.real(tensor.range->second);
      json.close(']');
    }
    std::vector<std::string> steps;
    for (const process::OperationPtr& step : tensor.processing) steps.push_back(step->describe());
    member_strings(json, "processing", steps);
    member_unless_empty(json, "test_file", tensor.test_file);
    json.close('}');
  }
  json.close(']');
}

// Of a test, a comparison or a prediction.
template <class Run>
void write_engine(doc::JsonWriter& json, const Run& run) {
  json.key("engine");
  json.open('{');
  json.member("name", run.engine);
  json.member("version", run.engine_version);
  member_unless_empty(json, "provider", run.provider);
  json.member("isolated", run.is_isolated);
  json.close('}');
}

std::string_view name_of(predict::TestResult::Status status) {
  switch (status) {
    case predict::TestResult::Status::kPassed: return "passed";
    case predict::TestResult::Status::kFailed: return "failed";
    case predict::TestResult::Status::kNotRun: break;
  }
  return "not-run";
}

void write_result(doc::JsonWriter& json, const predict::TestResult& result) {
  json.member("status", name_of(result.status));
  member_unless_empty(json, "reason", result.reason);
  member_unless_empty(json, "weights", result.weights);
  write_engine(json, result);
  json.key("outputs");
  json.open('[');
  for (const predict::TestedOutput& output : result.outputs) output_object(json, output.comparison, output.saved);
  json.close(']');
  if (!result.findings.items().empty()) member_findings(json, result.findings.items(), nullptr, Severity::kInfo);
  json.member("seconds", result.seconds);
  json.member("peak_bytes", result.peak_bytes);
}

std::string_view name_of(convert::Verification::Status status) {
  switch (status) {
    case convert::Verification::Status::kPassed: return "passed";
    case convert::Verification::Status::kFailed: return "failed";
    case convert::Verification::Status::kNotRun: break;
  }
  return "not-run";
}

}  // namespace

std::string info_record(const convert::Info& info) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", info.source);
  member_unless_empty(json, "location", info.location);
  json.member("kind", info.kind);
  member_unless_empty(json, "name", info.model.name);
  member_unless_empty(json, "format", info.model.format);
  member_unless_empty(json, "id", info.model.id);
  json.member("sha256", info.sha256.hex());
  json.member("bytes", info.bytes);
  write_tensors(json, "inputs", info.model.inputs);
  write_tensors(json, "outputs", info.model.outputs);
  json.key("weights");
  json.open('[');
  for (const model::Network& network : info.model.networks) {
    json.open('{');
    json.member("name", network.weights);
    member_unless_empty(json, "source", network.source);
    json.member("usable", network.reason.empty());
    member_unless_empty(json, "reason", network.reason);
    json.close('}');
  }
  json.close(']');
  json.key("uses");
  json.open('[');
  for (const convert::Use& use : info.uses) {
    json.open('{');
    json.member("verb", use.verb);
    json.member("possible", use.is_possible);
    member_unless_empty(json, "reason", use.reason);
    json.close('}');
  }
  json.close(']');
  if (info.zen) {
    json.key("zen");
    json.open('{');
    json.member("specification", info.zen->specification);
    json.member("blue", info.zen->blue);
    json.member("core", info.zen->core);
    json.close('}');
  }
  if (!info.links.empty()) {
    json.key("links");
    json.open('[');
    for (const convert::Link& link : info.links) {
      json.open('{');
      json.member("what", link.what);
      json.member("target", link.target);
      member_unless_empty(json, "leads_to", link.leads_to);
      member_unless_empty(json, "reason", link.reason);
      json.close('}');
    }
    json.close(']');
  }
  if (info.legacy) {
    json.key("legacy");
    legacy_object(json, *info.legacy);
  }
  if (info.czann) {
    json.key("czann");
    czann_object(json, info);
  }
  if (!info.members.empty()) {
    json.key("members");
    json.open('[');
    for (const convert::OtherMember& member : info.members) {
      json.open('{');
      json.member("name", member.name);
      json.member("bytes", member.bytes);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
  return std::move(json.text());
}

std::string test_record(const std::string& source, const predict::TestResult& result) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", source);
  write_result(json, result);
  json.close('}');
  return std::move(json.text());
}

std::string not_run_record(const std::string& source, const Error& error) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", source);
  json.member("status", "not-run");
  json.member("reason", error.what.message);
  json.close('}');
  return std::move(json.text());
}

std::string compare_record(const std::string& a, const std::string& b, const convert::CompareResult& result) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", a);
  json.member("compared_with", b);
  write_result(json, result);
  member_trials(json, result.trials);
  json.close('}');
  return std::move(json.text());
}

std::string predict_record(const convert::PredictReport& report) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", report.source);
  json.member("weights", report.weights);
  write_engine(json, report);
  json.key("outputs");
  json.open('[');
  for (const convert::PredictedFile& output : report.outputs) {
    json.open('{');
    json.member("input", output.input);
    json.member("id", output.id);
    json.member("path", output.path);
    member_numbers(json, "shape", output.shape);
    json.member("dtype", tensor::name_of(output.dtype));
    member_unless_empty(json, "axes", output.axes);
    json.close('}');
  }
  json.close(']');
  member_unless_empty(json, "picture", report.picture);
  member_numbers(json, "network_input", report.network_input);
  json.member("tiles", report.tiles);
  json.member("seconds", report.seconds);
  json.member("engine_seconds", report.engine_seconds);
  if (!report.findings.items().empty()) member_findings(json, report.findings.items(), nullptr, Severity::kInfo);
  json.close('}');
  return std::move(json.text());
}

std::string convert_record(const convert::ConversionReport& report) {
  doc::JsonWriter json;
  json.open('{');
  json.member("source", report.source);
  json.member("dest", report.dest);
  json.member("from", report.from);
  json.member("to", report.to);
  member_strings(json, "steps", report.steps);
  json.key("losses");
  json.open('[');
  for (const convert::Loss& loss : report.losses) {
    json.open('{');
    json.member("what", loss.what);
    json.member("why", loss.why);
    member_unless_empty(json, "kept", loss.kept);
    json.close('}');
  }
  json.close(']');
  json.key("assumptions");
  json.open('[');
  for (const convert::Assumption& assumption : report.assumptions) {
    json.open('{');
    json.member("what", assumption.what);
    json.member("value", assumption.value);
    member_unless_empty(json, "option", assumption.option);
    json.close('}');
  }
  json.close(']');
  json.key("verification");
  json.open('{');
  json.member("status", name_of(report.verification.status));
  member_unless_empty(json, "reason", report.verification.reason);
  json.key("outputs");
  json.open('[');
  for (const predict::Comparison& output : report.verification.outputs) output_object(json, output, "");
  json.close(']');
  json.close('}');
  member_unless_empty(json, "sha256", report.sha256.hex());
  if (!report.findings.items().empty()) member_findings(json, report.findings.items(), nullptr, Severity::kInfo);
  json.close('}');
  return std::move(json.text());
}

}  // namespace zooport::report
