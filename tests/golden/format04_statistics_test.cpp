#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "src/convert/statistics_file.hpp"
#include "tests/golden/format04_cases.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json_writer.hpp"

// Statistics that are given: from a file of the reference's (kind "file"), and to a prediction (kind "fixed") of
// data/golden/statistics. What is measured is compared in statistics_test.cpp.
namespace zooport::testing::golden {

namespace {

std::vector<std::string> records_of(const std::string& kind) {
  std::vector<std::string> found;
  std::ifstream lines(shared_folder() + "/data/golden/statistics/index.jsonl");
  for (std::string line; std::getline(lines, line);)
    if (line.find(concat("\"kind\": \"", kind, "\"")) != std::string::npos) found.push_back(line);
  return found;
}

// One input with the axes bcyx, normalised over all samples: ensure_dtype, zero_mean_unit_variance, ensure_dtype.
model::Model normalising() {
  auto model = model_of_description(
      "format_version: 0.4.10\ntype: model\nname: my model\ndescription: d\nauthors: [{name: A}]\n"
      "cite: [{text: t, url: u}]\ndocumentation: README.md\nlicense: MIT\ntimestamp: 2020-01-01T00:00:00Z\n"
      "test_inputs: [a.npy]\ntest_outputs: [b.npy]\nweights: {onnx: {source: w.onnx, opset_version: 17}}\n"
      "inputs:\n- {name: t, axes: bcyx, data_type: float32, shape: [1, 2, 5, 7], preprocessing: [{name: "
      "zero_mean_unit_variance, kwargs: {mode: per_dataset, axes: ''}}]}\n"
      "outputs:\n- {name: other, axes: bcyx, data_type: float32, shape: [1, 2, 5, 7]}\n");
  EXPECT_TRUE(model.ok()) << model.error().what.message;
  return std::move(*model);
}

Bytes json_of(const doc::Node& node) {
  doc::JsonWriter json;
  json.node(node);
  return Bytes(std::move(json.text()));
}

}  // namespace

TEST(GoldenFormat04, StatisticsOfTheReferencesFiles) {
  ZOOPORT_NEEDS_SHARED();
  int values = 0;
  const std::vector<std::string> records = records_of("file");
  for (const std::string& line : records) {
    const auto record = doc::read_json(line);
    model::Model model = normalising();
    model.inputs[0].processing.clear();
    const auto read = convert::read_statistics(json_of(*record->root().find("json")), model, {});
    ASSERT_TRUE(read.ok()) << read.error().what.message;
    for (const doc::Node& entry : record->root().find("read_back")->children) {
      const doc::Node& measure = *entry.find("measure");
      if (measure.find("name")->text == "var") continue;
      process::Measure key;
      key.over_dataset = true;
      key.tensor = "t";
      key.kind = measure.find("name")->text == "mean"  ? process::Measure::Kind::kMean
                 : measure.find("name")->text == "std" ? process::Measure::Kind::kStd
                                                       : process::Measure::Kind::kQuantile;
      if (const doc::Node* q = measure.find("q")) key.q = doc::real_of(*q);
      for (const doc::Node& axis : measure.find("axes")->children) key.axes.emplace_back(axis.text);
      ASSERT_EQ(read->count(key), 1u) << measure.find("name")->text;
      const process::MeasuredValue& found = read->at(key);
      const doc::Node& expected = *entry.find("value");
      ASSERT_EQ(found.values.size(), expected.children.size());
      for (std::size_t i = 0; i < found.values.size(); ++i)
        EXPECT_EQ(found.values[i], std::stod(std::string(expected.children[i].text)));
      ++values;
    }
  }
  std::cout << records.size() << " files, " << values << " measures equal\n";
  EXPECT_EQ(records.size(), 2u);
  EXPECT_EQ(values, 22);
}

TEST(GoldenFormat04, StatisticsThatAreGiven) {
  ZOOPORT_NEEDS_SHARED();
  const std::vector<std::string> records = records_of("fixed");
  ASSERT_EQ(records.size(), 1u);
  const auto record = doc::read_json(records[0]);
  const Npz inputs(shared_folder() + "/data/golden/statistics/inputs.npz");
  const tensor::Array raw = inputs.get(std::string(record->root().find("samples")->children[0].find("key")->text));
  const model::Model model = normalising();
  const process::Measure mean{process::Measure::Kind::kMean, 0, {}, {}, true, "t"};
  const process::Measure deviation{process::Measure::Kind::kStd, 0, {}, {}, true, "t"};
  const auto first_values = [&](const process::Measured& given) {
    auto script = std::make_shared<Script>();
    script->answers.push_back(tensor::Array(tensor::Dtype::kFloat32, raw.shape()));
    auto predictor = predict::Predictor::open(model, scripted_engine(model, script), {.statistics = given}, {});
    EXPECT_TRUE(predictor->run_whole({raw.view()}, {}).ok());
    const auto values = script->given.at(0).as<float>();
    return std::vector<float>(values.begin(), values.begin() + 4);
  };
  const auto expect_equal = [&](const std::string& name, const std::vector<float>& found) {
    const doc::Node& expected = *record->root().find(name)->find("first_output_values");
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(found[i], std::stof(std::string(expected.children[i].text)), 1e-4) << name;
  };
  const process::MeasuredValue forty_two{{}, {42}, {}};
  const process::MeasuredValue two{{}, {2}, {}};
  expect_equal("all", first_values({{mean, forty_two}, {deviation, two}}));
  expect_equal("none", first_values({}));
  // docs/differences.md: the reference measures both anew where one is missing; here what is given holds.
  const std::vector<float> mixed = first_values({{mean, forty_two}});
  const float measured_deviation = static_cast<float>(
      std::stod(std::string(record->root().find("none")->find("stat")->children[1].find("value")->children[0].text)));
  EXPECT_NEAR(mixed[0], (raw.as<float>()[0] - 42) / (measured_deviation + 1e-6f), 1e-5);
}

}  // namespace zooport::testing::golden
