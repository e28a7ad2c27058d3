#include "zooport/report/records.hpp"
#include "zooport/report/explain.hpp"
#include "zooport/report/schema_record.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "zooport/base/text.hpp"
#include "zooport/convert/formats.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/process/registry.hpp"
#include "zooport/report/package.hpp"
#include "zooport/report/summary.hpp"
#include "zooport/report/zen_kit.hpp"

namespace zooport::report {
namespace {

using Keys = std::set<std::string>;

// Keys of tables of docs/records.md, by section.
std::map<std::string, Keys> documented() {
  std::ifstream file(ZOOPORT_SOURCE_DIR "/docs/records.md");
  std::map<std::string, Keys> sections;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    if (line.starts_with("| `")) sections[section].insert(line.substr(3, line.find('`', 3) - 3));
  }
  return sections;
}

// Paths of a record's keys. What the page describes elsewhere, or leaves free, is not entered.
void collect(const doc::Node& node, const std::string& path, const Keys& leaves, Keys& keys) {
  if (leaves.contains(path) || !node.is_collection()) {
    keys.insert(path);
  } else if (node.kind == doc::Kind::kSequence) {
    for (const doc::Node& child : node.children) collect(child, path + "[]", leaves, keys);
  } else {
    for (const doc::Node& child : node.children)
      collect(child, path.empty() ? std::string(child.key) : concat(path, '.', child.key), leaves, keys);
  }
}

doc::Document parsed(const std::string& record) {
  Result<doc::Document> document = doc::read_json(record);
  EXPECT_TRUE(document.ok()) << record;
  return std::move(*document);
}

void expect_documented(const std::string& section, const std::vector<std::string>& records, const Keys& leaves = {}) {
  Keys keys;
  for (const std::string& record : records) collect(parsed(record).root(), "", leaves, keys);
  EXPECT_EQ(keys, documented()[section]) << section;
}

Diagnostic full_finding() {
  Diagnostic finding;
  finding.id = "a.b";
  finding.message = "m";
  finding.expected = "e";
  finding.found = "f";
  finding.file = "rdf.yaml";
  finding.span = Span{10, 12};
  finding.path = {Step::key("inputs"), Step::at(0), Step::label("x")};
  finding.related.push_back({"r", Span{0, 4}, {}});
  finding.fix = Fix{"d", {{Span{10, 12}, "t"}}};
  finding.help = "h";
  finding.reference_type = "missing";
  return finding;
}

predict::Comparison full_comparison() {
  predict::Comparison output;
  output.id = "out";
  output.reason = "why";
  output.shape = {1, 2};
  output.max_abs = std::numeric_limits<double>::infinity();
  output.max_rel = std::numeric_limits<double>::quiet_NaN();
  output.elements = 2;
  output.nan_expected = output.nan_found = 1;
  output.worst = {0, 1};
  output.discriminates = false;
  return output;
}

predict::TestResult full_result() {
  predict::TestResult result;
  result.status = predict::TestResult::Status::kFailed;
  result.reason = "why";
  result.weights = "onnx";
  result.engine = "onnxruntime";
  result.engine_version = "1.2.3";
  result.provider = "CPU";
  result.outputs.push_back({full_comparison(), "saved.npy"});
  result.findings.add(full_finding());
  return result;
}

convert::CheckReport full_report() {
  convert::CheckReport report;
  report.source = "rdf.yaml";
  report.kind = "bioimageio";
  report.status = bioimageio::Status::kValid;
  report.type = "model";
  report.declared_version = "0.4.9";
  report.format_version = "0.4.10";
  report.sha256 = std::string("00");
  report.normalized = R"({"name":"n"})";
  report.findings = Diagnostics(1);
  report.findings.add(full_finding());
  report.findings.add(full_finding());
  report.texts.emplace("rdf.yaml", Bytes(std::string("type: m\na: ä1\n")));
  report.fixed.push_back({full_finding(), {2, 3}});
  return report;
}

TEST(Records, CheckIsDocumented) {
  expect_documented("check", {check_record(full_report(), {.least = Severity::kInfo, .document = Document::kInclude})},
                    {"document"});
}

TEST(Records, CheckSaysWhereAndLeavesOutWhatIsNotAskedFor) {
  const doc::Document record = parsed(check_record(full_report(), {}));
  const doc::Node& finding = record.root().find("findings")->children[0];
  EXPECT_EQ(finding.find("line")->text, "2");
  EXPECT_EQ(finding.find("column")->text, "3");
  EXPECT_EQ(finding.find("loc")->children[1].kind, doc::Kind::kInteger);
  EXPECT_EQ(finding.find("loc")->children[2].text, "x");
  EXPECT_EQ(finding.find("related")->children[0].find("line")->text, "1");
  EXPECT_FALSE(record.root().find("document"));
  convert::CheckReport report = full_report();
  report.findings.items()[0].severity = Severity::kInfo;
  EXPECT_TRUE(parsed(check_record(report, {})).root().find("findings")->children.empty());
}

convert::Trial full_trial() {
  convert::Trial trial;
  trial.pattern = "uniform";
  trial.inputs = {{"x", {1, 2}}};
  trial.reason = "why";
  trial.counts = false;
  trial.outputs = {full_comparison()};
  return trial;
}

convert::CompareResult full_comparison_of_models() {
  convert::CompareResult result;
  static_cast<predict::TestResult&>(result) = full_result();
  result.outputs[0].comparison.trial = full_trial().name();
  result.trials = {full_trial()};
  return result;
}

TEST(Records, TestAndCompareAreDocumented) {
  expect_documented("test",
                    {test_record("x", full_result()), compare_record("a", "b", full_comparison_of_models()),
                     not_run_record("x", make_error(ErrorKind::kUnsupported, "a.b", "no engine"))},
                    {"findings[]", "trials[].outputs[]"});
}

TEST(Records, TrialsAreNamedByOutputs) {
  const doc::Document record = parsed(compare_record("a", "b", full_comparison_of_models()));
  const doc::Node& trial = record.root().find("trials")->children[0];
  EXPECT_EQ(trial.find("name")->text, "random uniform [1, 2]");
  EXPECT_EQ(record.root().find("outputs")->children[0].find("trial")->text, trial.find("name")->text);
  EXPECT_EQ(trial.find("counts")->text, "false");
  EXPECT_EQ(trial.find("inputs")->children[0].find("shape")->children[1].text, "2");
  EXPECT_FALSE(trial.find("outputs")->children[0].find("trial"));
}

TEST(Summaries, AVerificationSaysWhatItDoesNotShow) {
  convert::GraphVerification verification;
  verification.has_run = true;
  verification.shapes["x"] = {1, 2};
  verification.trials = {full_trial(), full_trial()};
  Diagnostic finding = full_finding();
  finding.severity = Severity::kAlert;
  verification.findings.add(finding);
  finding.severity = Severity::kInfo;
  verification.findings.add(finding);
  EXPECT_EQ(verification_line(verification),
            "verified on random input x [1, 2] and 1 more, natural and extreme: largest difference 0\n"
            "alert: m [a.b]\n");
}

TEST(Summaries, CompareHasALineForEachTrial) {
  convert::CompareResult result = full_comparison_of_models();
  result.trials.push_back(full_trial());
  result.trials[1].kind = convert::Trial::Kind::kNatural;
  result.trials[1].pattern = "natural";
  result.trials[1].status = convert::Trial::Status::kAgrees;
  result.trials[1].counts = true;
  const std::string text = compare_summary("a", "b", result);
  EXPECT_NE(text.find("b against a: failed on 2 inputs, onnx with onnxruntime 1.2.3 (CPU)"), std::string::npos) << text;
  EXPECT_NE(text.find("\n    on random uniform [1, 2]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  random uniform  [1, 2]  inf       not-run (does not count)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  natural         [1, 2]  inf       agrees\n"), std::string::npos) << text;
}

TEST(Records, NumbersThatJsonLacksAreText) {
  const doc::Document record = parsed(test_record("x", full_result()));
  const doc::Node& output = record.root().find("outputs")->children[0];
  EXPECT_EQ(output.find("max_abs")->text, "Infinity");
  EXPECT_EQ(output.find("max_rel")->text, "NaN");
  EXPECT_EQ(output.find("max_rel")->kind, doc::Kind::kString);
}

TEST(Records, ConvertIsDocumented) {
  convert::ConversionReport report;
  report.steps = {"s"};
  report.losses = {{"cite", "why", "inside"}};
  report.assumptions = {{"type", "Regression", "--type"}};
  report.verification.reason = "why";
  report.verification.outputs = {full_comparison()};
  report.sha256 = std::string("00");
  report.findings.add(full_finding());
  expect_documented("convert", {convert_record(report)}, {"verification.outputs[]", "findings[]"});
}

TEST(Records, PredictIsDocumented) {
  convert::PredictReport report;
  report.outputs.push_back({"a.tif", "out", "b.tif", {2, 3}, tensor::Dtype::kFloat32, "yx"});
  report.picture = "p.png";
  report.network_input = {1, 2};
  report.findings.add(full_finding());
  expect_documented("predict", {predict_record(report)}, {"engine", "findings[]"});
}

TEST(Records, InfoIsDocumented) {
  convert::Info info;
  info.model.name = "n";
  info.model.format = "f";
  info.model.id = "i";
  model::TensorSpec tensor;
  tensor.id = "raw";
  tensor.description = "d";
  tensor.range = {0.0, std::numeric_limits<double>::infinity()};
  tensor.test_file = "t.npy";
  model::AxisSpec axis;
  axis.size = model::ParametrizedSize{64, 4};
  axis.halo = 3;
  axis.channel_names = {"a"};
  axis.pixel_size = 1e-6;
  tensor.axes.push_back(axis);
  axis.size = model::ReferenceSize{"raw", "x", 1, 0};
  tensor.axes.push_back(axis);
  process::Parameters parameters;
  parameters.values["dtype"] = std::string("float32");
  const auto step = process::make_operation("ensure_dtype", parameters, tensor.tensor_axes());
  ASSERT_TRUE(step.ok()) << step.error().what.message;
  tensor.processing.push_back(*step);
  info.model.inputs.push_back(tensor);
  info.model.outputs.push_back(tensor);
  info.model.networks.push_back({"onnx", "w.onnx", "because", nullptr});
  info.uses.push_back({"test", false, "because"});
  info.zen = convert::ForZen{"1.1.0", "zen-blue-3.5", "zen-core-3.4"};
  info.location = "https://example.com/rdf.yaml";
  info.links.push_back({"parent", "a-b", "https://example.com/parent.yaml", "because"});
  info.legacy.emplace();
  info.legacy->version = info.legacy->status = info.legacy->feature_extractor = "v";
  info.legacy->post_processing = info.legacy->color_handling = "p";
  info.legacy->pixel_types = {"Gray8"};
  info.legacy->classes = {{"c", {255, 0, 16}, 1}};
  info.legacy->border_size = {8};
  info.legacy->tile_height = info.legacy->tile_width = 64;
  info.legacy->scale_inputs_by_bit_depth = true;
  info.czann.emplace();
  info.czann->input_shape = info.czann->output_shape = {64, 64, 1};
  info.czann->min_overlap = {8, 8};
  info.czann->classes = {"c"};
  info.czann->scaling = {1e-7, 1e-7};
  info.czann->format_version = "2.1.0";
  info.czann->extra = {{"Custom", "{\"a\":\n 1}"}};
  info.members = {{"license.txt", 3}};
  EXPECT_EQ(info_record(info).find('\n'), std::string::npos) << "a record is one line";
  EXPECT_NE(info_record(info).find("\"color\":\"#ff0010\""), std::string::npos);
  expect_documented("info", {info_record(info)}, {"outputs[]", "czann.extra"});
}

TEST(Records, GraphIsDocumented) {
  convert::GraphReport report;
  report.dest = "b.onnx";
  report.data = "b.onnx.data";
  report.graph.ir_version = 8;
  report.graph.producer = "p";
  report.graph.opsets = {{"ai.onnx", 17}};
  report.graph.inputs = report.graph.outputs = {{"x", "float32", true, {"1"}}};
  report.graph.operators = {{"Conv", 1}};
  report.steps = {"s"};
  report.at_size.emplace();
  report.at_size->inputs = {{"x", {1, 1, 8}}};
  report.at_size->pixels = 8;
  report.at_size->costs.by_operator = {{"Conv", 9}};
  report.at_size->values = {{"y", "float32", tensor::Shape{1}}};
  convert::GraphReport unknown;
  unknown.at_size.emplace();
  unknown.at_size->costs.unknown = "v";
  unknown.at_size->costs.uncounted = "node n (Loop): why";
  convert::GraphReport refused;
  refused.at_size.emplace();
  refused.at_size->reason = "because";
  report.space = {2};
  report.geometry.is_known = true;
  report.geometry.reason = "because";
  report.geometry.axes.resize(1);
  report.verification.has_run = true;
  report.verification.reason = "why";
  report.verification.outputs = {full_comparison()};
  report.findings.add(full_finding());
  report.verification.trials = {full_trial()};
  report.verification.findings.add(full_finding());
  expect_documented("graph", {graph_record(report), graph_record(unknown), graph_record(refused)},
                    {"at_size.inputs", "at_size.multiply_adds_by_operator", "opsets", "operators", "outputs[]",
                     "verification.outputs[]", "verification.trials[]", "verification.findings[]", "findings[]"});
}

TEST(Records, ExplainAndSchemaAreDocumented) {
  const schema::Format& format = *convert::formats()[0];
  expect_documented("schema", {schema_record(format)}, {"schema"});
  convert::Explanation explanation;
  explanation.format = &format;
  schema::FieldFacts& field = explanation.fields.emplace_back();
  field.path = field.node = field.name = field.summary = field.about = field.type = field.since = field.example = "x";
  field.fallback = "1";
  field.choices = field.constraints = {"x"};
  field.warnings = {{Severity::kAlert, "x"}};
  field.parts = {{"x", "x", "x", {{"x", "x", true}}, {"x"}, true}};
  expect_documented("explain", {explain_record(explanation)});
}

TEST(Records, ExplainingWrapsAndLeavesOutWhatIsEmpty) {
  convert::Explanation explanation;
  explanation.format = convert::formats()[0];
  schema::FieldFacts& field = explanation.fields.emplace_back();
  field.path = "a.b", field.name = "b", field.summary = "few words", field.type = "text", field.fallback = "null";
  for (int i = 0; i < 30; ++i) field.about += "word ";
  const std::string text = explain_text(explanation);
  EXPECT_EQ(text.substr(0, text.find('\n')), "a.b: few words");
  EXPECT_NE(text.find("  type       text, may be left out\n  default    null\n"), std::string::npos);
  EXPECT_EQ(text.find("example"), std::string::npos);
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != text.npos; at = end + 1) EXPECT_LE(end - at, 100u);
}

TEST(Records, TheOthersAreDocumented) {
  convert::Unpacked unpacked;
  unpacked.files = {"a"};
  expect_documented("unpack", {unpack_record(unpacked)});
  convert::PackageReport package;
  package.check.status = bioimageio::Status::kValid;
  package.check.type = "model";
  package.check.format_version = "0.4.10";
  package.check.findings.add(Diagnostic{});
  package.written.emplace();
  package.written->dest = "p.zip";
  package.written->sha256 = "1";
  package.written->content.files.push_back({"a.npy", "in/a.npy", {}, false});
  expect_documented("package", {package_record(package, Severity::kInfo)}, {"findings[]"});
  convert::UpgradeReport upgrade;
  upgrade.status = convert::UpgradeReport::Status::kUpgraded;
  upgrade.dest = "-";
  upgrade.from = "0.4.0";
  upgrade.to = "0.4.10";
  upgrade.changes = {"remove a"};
  upgrade.sha256 = "00";
  upgrade.text = "a: 1";
  upgrade.findings.add(full_finding());
  expect_documented("upgrade", {upgrade_record(upgrade, Severity::kInfo)}, {"findings[]"});
  convert::Installation installation;
  installation.cache_folder = "c";
  installation.parts.push_back({"n", "for", true, "p", "1", {"CPU"}, "r"});
  convert::ZenKit kit;
  kit.files = {"a"};
  kit.rows = {{"m", "i", "e", "s", "o", convert::ZenKit::Row::Basis::kGuess}};
  kit.reason = "no engine";
  expect_documented("doctor", {doctor_record(installation, "1.2.3"), zen_kit_record(kit)});
  expect_documented("error", {error_record("x", make_error(ErrorKind::kIo, "base.io", "gone"))}, {"findings[]"});
}

TEST(Records, ADocumentHoldsThemAll) {
  const doc::Document document = parsed(records_document({R"({"a":1})", R"({"a":2})"}, "1.2.3"));
  EXPECT_EQ(document.root().find("zooport")->text, "1.2.3");
  EXPECT_EQ(document.root().find("results")->children.size(), 2u);
  EXPECT_TRUE(parsed(records_document({}, "1.2.3")).root().find("results")->children.empty());
}

}  // namespace
}  // namespace zooport::report
