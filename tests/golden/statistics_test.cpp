#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/golden/npz.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/process/statistics.hpp"

// Measures against those that the reference took (data/golden/statistics).
namespace zooport::testing::golden {

namespace {

using process::Measure;

struct Recorded {
  Measure measure;
  bool is_single = false;  // measured in float32
  std::vector<double> values;
};

std::vector<std::string> texts_of(const doc::Node* node) {
  std::vector<std::string> texts;
  if (node) {
    for (const doc::Node& child : node->children) texts.emplace_back(child.text);
  }
  return texts;
}

double number_of(std::string_view text) {
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  return std::stod(std::string(text));
}

// Without variances, which are squares of what is compared already.
std::vector<Recorded> recorded_of(const doc::Node& list) {
  std::vector<Recorded> out;
  for (const doc::Node& entry : list.children) {
    const doc::Node& measure = *entry.find("measure");
    const std::string_view name = measure.find("name")->text;
    if (name == "var") continue;
    Recorded one;
    one.measure.kind = name == "mean"  ? Measure::Kind::kMean
                       : name == "std" ? Measure::Kind::kStd
                                       : Measure::Kind::kQuantile;
    one.measure.axes = texts_of(measure.find("axes"));
    one.measure.over_dataset = measure.find("scope")->text == "dataset";
    if (const doc::Node* q = measure.find("q")) one.measure.q = doc::real_of(*q);
    const doc::Node* method = measure.find("method");
    if (method && method->text == "inverted_cdf") one.measure.method = Measure::Method::kInvertedCdf;
    one.is_single = entry.find("dtype")->text == "float32";
    for (const std::string& text : texts_of(entry.find("value"))) one.values.push_back(number_of(text));
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Measure> measures_of(const std::vector<Recorded>& recorded) {
  std::vector<Measure> measures;
  for (const Recorded& one : recorded) measures.push_back(one.measure);
  return measures;
}

int compare(const std::string& id, const process::Measured& measured, const std::vector<Recorded>& recorded) {
  for (const Recorded& one : recorded) {
    const std::vector<double>& found = measured.at(one.measure).values;
    EXPECT_EQ(found.size(), one.values.size()) << id;
    for (std::size_t i = 0; i < found.size() && i < one.values.size(); ++i) {
      const double expected = one.values[i];
      if (std::isnan(expected) || std::isinf(expected)) {
        EXPECT_TRUE(found[i] == expected || std::isnan(found[i])) << id << ": " << found[i];
        EXPECT_EQ(std::isnan(found[i]), std::isnan(expected)) << id << ": " << found[i];
        continue;
      }
      const bool is_moment = one.measure.kind != Measure::Kind::kQuantile;
      double tolerance = 1e-12 * std::abs(expected) + 1e-15;
      if (is_moment && one.is_single) {  // float32 keeps 1e-7 of the mean, and less of what differs from it
        Measure mean = one.measure;
        mean.kind = Measure::Kind::kMean;
        tolerance = 2e-6 * std::abs(expected) + 1e-8 * std::abs(measured.at(mean).values[i]);
      }
      EXPECT_NEAR(found[i], expected, tolerance) << id << (is_moment ? " moment" : concat(" quantile ", one.measure.q));
    }
  }
  return static_cast<int>(recorded.size());
}

}  // namespace

TEST(GoldenStatistics, EqualTheReference) {
  ZOOPORT_NEEDS_SHARED();
  const std::string folder = shared_folder() + "/data/golden/statistics";
  const Npz inputs(folder + "/inputs.npz");
  std::ifstream index(folder + "/index.jsonl");
  std::map<std::string, int> counts;
  int values = 0;
  for (std::string line; std::getline(index, line);) {
    auto read = doc::read_json(line);
    ASSERT_TRUE(read.ok());
    const doc::Node& root = read->root();
    const std::string id(root.find("id")->text);
    const std::string kind(root.find("kind")->text);
    tensor::Axes axes;
    for (const std::string& axis : texts_of(root.find("axes"))) {
      axes.push_back(tensor::axes_from_letters(axis.substr(0, 1)).front());
    }
    std::vector<tensor::Array> samples;
    for (const doc::Node& sample : root.find("samples")->children) {
      samples.push_back(inputs.get(std::string(sample.find("key")->text)));
    }
    const auto subject = [&](const tensor::Array& array) {
      return process::Subject{array.dtype(), axes, array.shape(), process::source_of(array.view())};
    };
    ++counts[kind];
    process::DatasetStatistics statistics;
    if (kind == "sample") {
      const std::vector<Recorded> recorded = recorded_of(*root.find("result"));
      const auto measured = process::measure(subject(samples[0]), measures_of(recorded), {}, Context{});
      ASSERT_TRUE(measured.ok()) << id;
      values += compare(id, *measured, recorded);
    } else if (kind == "running" || kind == "dataset") {
      const doc::Node* after = root.find("after");
      const std::size_t count = after ? after->children.size() : samples.size();
      for (std::size_t i = 0; i < count; ++i) {
        const std::vector<Recorded> recorded = recorded_of(after ? after->children[i] : *root.find("result"));
        const auto measured = statistics.update(subject(samples[i]), measures_of(recorded), {}, Context{});
        ASSERT_TRUE(measured.ok()) << id;
        if (after || i + 1 == count) values += compare(id, *measured, recorded);
      }
      if (root.find("error")) {
        const auto last =
            statistics.update(subject(samples.back()), {statistics.values().begin()->first}, {}, Context{});
        EXPECT_FALSE(last.ok()) << id;
      }
    } else if (kind == "initial") {
      const std::vector<Recorded> frozen = recorded_of(*root.find("frozen"));
      for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
        ASSERT_TRUE(statistics.update(subject(samples[i]), measures_of(frozen), {}, Context{}).ok()) << id;
      }
      values += compare(id, statistics.values(), frozen);
    }
  }
  for (const auto& [kind, count] : counts) std::cout << count << " cases " << kind << "\n";
  std::cout << values << " measures compared\n";
  EXPECT_GT(values, 2000);
}

}  // namespace zooport::testing::golden
