#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/golden/format04_cases.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"

// The records of format 0.4 in data/golden/processing, from the text of a description to the outputs of a prediction.
namespace zooport::testing::golden {

namespace {

using Doubles = std::vector<double>;

Doubles doubles(const tensor::View& view) {
  const tensor::Array converted = tensor::Array::converted(view, tensor::Dtype::kFloat64);
  return {converted.as<double>().begin(), converted.as<double>().end()};
}

// Empty if every element is within 1e-6 + 1e-5 |expected|; NaN and infinities in the same places.
std::string difference(const Doubles& found, const Doubles& expected) {
  if (found.size() != expected.size()) return concat(found.size(), " elements of ", expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double e = expected[i];
    if (found[i] == e || (std::isnan(found[i]) && std::isnan(e))) continue;
    if (!(std::isfinite(e) && std::abs(found[i] - e) <= 1e-6 + 1e-5 * std::abs(e)))
      return concat("element ", i, ": expected ", e, ", found ", found[i]);
  }
  return "";
}

// What the format says where the reference crashes. `x` is the tensor, `r` the reference tensor, both [b, c, y, x].
using Formula = std::function<Doubles(const tensor::View& x, const tensor::View& r)>;

std::int64_t channel_of(std::size_t i, const tensor::Shape& shape) {
  return static_cast<std::int64_t>(i) / (shape[2] * shape[3]) % shape[1];
}

Formula pointwise(std::function<double(double x, std::int64_t channel)> f) {
  return [f = std::move(f)](const tensor::View& x, const tensor::View&) {
    Doubles values = doubles(x);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = f(values[i], channel_of(i, x.shape));
    return values;
  };
}

struct Moments {
  double mean = 0;
  double deviation = 0;
};
std::vector<Moments> moments_of_planes(const tensor::View& view) {
  const Doubles values = doubles(view);
  const auto plane = static_cast<std::size_t>(view.shape[2] * view.shape[3]);
  std::vector<Moments> all;
  for (std::size_t begin = 0; begin < values.size(); begin += plane) {
    Moments& one = all.emplace_back();
    for (std::size_t i = 0; i < plane; ++i) one.mean += values[begin + i] / static_cast<double>(plane);
    for (std::size_t i = 0; i < plane; ++i)
      one.deviation += std::pow(values[begin + i] - one.mean, 2) / static_cast<double>(plane);
    one.deviation = std::sqrt(one.deviation);
  }
  return all;
}

Doubles to_the_references_moments(const tensor::View& x, const tensor::View& r) {
  constexpr double kEps = 1e-6;
  const std::vector<Moments> own = moments_of_planes(x);
  const std::vector<Moments> of_reference = moments_of_planes(r);
  Doubles values = doubles(x);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t p = i / static_cast<std::size_t>(x.shape[2] * x.shape[3]);
    values[i] = (values[i] - own[p].mean) / (own[p].deviation + kEps) * (of_reference[p].deviation + kEps) +
                of_reference[p].mean;
  }
  return values;
}

const std::map<std::string, Formula>& formulas() {
  static const std::map<std::string, Formula> all = {
      {"p0104", pointwise([](double x, std::int64_t channel) { return x * (channel == 0 ? 2 : 3) + 1; })},
      {"p0212", pointwise([](double x, std::int64_t) { return (x - 5) / (2 + 1e-6); })},
      {"p0213", pointwise([](double x, std::int64_t) { return (x - 5) / (2 + 1e-6); })},
      {"p0214", pointwise([](double x, std::int64_t) { return (x - 1) / (2 + 1e-6); })},
      {"p0215", pointwise([](double x, std::int64_t) { return (x - 1) / (2 + 1e-6); })},
      {"p0427", to_the_references_moments},
  };
  return all;
}

// An image for each input, without its batch of one.
std::vector<predict::Picture> pictures_of(const std::vector<tensor::Array>& given) {
  std::vector<predict::Picture> pictures;
  for (const tensor::Array& array : given) {
    const bool has_batch = array.shape().size() == 4;
    if (has_batch && array.shape()[0] != 1) return {};
    pictures.push_back({tensor::Array::copy_of(has_batch ? array.view().without_axis(0) : array.view()), "cyx"});
  }
  return pictures;
}

enum class Way : std::uint8_t { kArrays, kImages };

class Runner {
 public:
  Runner(const doc::Node& record, const Npz& inputs, const Npz& outputs, std::map<std::string, int>& counts)
      : record_(record), id_(record.find("id")->text), inputs_(inputs), outputs_(outputs), counts_(counts) {}

  void run(Way way) {
    const doc::Node* error = record_.find("error");
    const std::string stage(error ? error->find("stage")->text : "");
    auto model = model_of_description(description_of(record_));
    if (stage == "describe") {
      EXPECT_FALSE(model.ok()) << id_;
      ++counts_["rejected by the description, as in the reference"];
      return;
    }
    if (!model) {
      EXPECT_EQ(stage, "setup") << id_ << ": " << model.error().what.message;
      EXPECT_EQ(model.error().what.id, "process.parameter") << id_;
      ++counts_["refused by both: a list without the axis that it runs along"];
      return;
    }
    EXPECT_TRUE(stage.empty() || formulas().count(id_) > 0) << id_;
    auto script = std::make_shared<Script>();
    predict::PredictOptions options;
    options.dataset = predict::PredictOptions::Dataset::kAllCalls;
    auto predictor = predict::Predictor::open(*model, scripted_engine(*model, script), options, {});
    ASSERT_TRUE(predictor.ok()) << id_ << ": " << predictor.error().what.message;
    for (std::size_t sample = 0; sample < record_.find("samples")->children.size(); ++sample)
      run_sample(*model, *predictor, *script, sample, way);
  }

 private:
  tensor::Array array_of(const Npz& npz, const doc::Node& sample, const std::string& id) const {
    return npz.get(std::string(sample.find(id)->find("key")->text));
  }

  // The tensor that was given, or where the record has none one of the same size.
  tensor::Array given(const doc::Node& sample, const std::string& id) const {
    if (sample.find(id)) return array_of(inputs_, sample, id);
    return tensor::Array(tensor::Dtype::kFloat32,
                         inputs_.get(std::string(sample.children[0].find("key")->text)).shape());
  }

  void run_sample(const model::Model& model, predict::Predictor& predictor, Script& script, std::size_t number,
                  Way way) {
    const doc::Node& sample = record_.find("samples")->children[number];
    std::vector<tensor::Array> arrays;
    std::vector<tensor::View> views;
    for (const model::TensorSpec& input : model.inputs) arrays.push_back(given(sample, input.id));
    for (const tensor::Array& array : arrays) views.push_back(array.view());
    script.answers.clear();
    for (const model::TensorSpec& output : model.outputs) script.answers.push_back(given(sample, output.id));
    Result<std::vector<tensor::Array>> outputs = std::vector<tensor::Array>{};
    if (way == Way::kArrays) {
      outputs = predictor.run_whole(views, {});
    } else {
      std::vector<predict::Picture> pictures = pictures_of(arrays);
      if (pictures.empty()) {
        ++counts_["samples of several images, which files do not hold"];
        return;
      }
      outputs = predict::predict_arrays(predictor, std::move(pictures), {});
    }
    ASSERT_TRUE(outputs.ok()) << id_ << ": " << outputs.error().what.message;
    for (std::size_t i = 0; i < model.inputs.size(); ++i)
      if (sample.find(model.inputs[i].id)) check(sample, number, model.inputs[i].id, script.given.at(i).view());
    for (std::size_t i = 0; i < model.outputs.size(); ++i)
      if (sample.find(model.outputs[i].id)) check(sample, number, model.outputs[i].id, outputs->at(i).view());
  }

  void check(const doc::Node& sample, std::size_t number, const std::string& id, const tensor::View& found) {
    const doc::Node* recorded = record_.find("outputs");
    Doubles expected;
    if (recorded) {
      expected = doubles(array_of(outputs_, recorded->children[number], id).view());
    } else if (id == "t") {
      const tensor::Array x = given(sample, id);
      const tensor::Array r = sample.find("r") ? given(sample, "r") : tensor::Array();
      expected = formulas().at(id_)(x.view(), r.view());
    } else {
      return;
    }
    const std::string why = difference(doubles(found), expected);
    EXPECT_EQ(why, "") << id_ << " sample " << number << " " << id;
    EXPECT_EQ(found.dtype, tensor::Dtype::kFloat32) << id_;  // the implied cast at the end
    if (why.empty()) ++counts_[recorded ? "tensors equal to the reference's" : "tensors equal to the formula"];
    if (number == 0) cases_equal(why, recorded != nullptr);
  }
  void cases_equal(const std::string& why, bool is_recorded) {
    if (!why.empty() || has_counted_) return;
    has_counted_ = true;
    ++counts_[is_recorded ? "records equal to the reference" : "records equal to the format's formula"];
  }

  const doc::Node& record_;
  std::string id_;
  const Npz& inputs_;
  const Npz& outputs_;
  std::map<std::string, int>& counts_;
  bool has_counted_ = false;
};

std::map<std::string, int> run_all(Way way) {
  const std::string folder = shared_folder() + "/data/golden/processing";
  const Npz inputs(folder + "/inputs.npz");
  const Npz outputs(folder + "/outputs.npz");
  std::map<std::string, int> counts;
  std::ifstream index(folder + "/index.jsonl");
  for (std::string line; std::getline(index, line);) {
    auto record = doc::read_json(line);
    if (!record || record->root().find("format")->text != "0.4") continue;
    ++counts["records of format 0.4"];
    Runner(record->root(), inputs, outputs, counts).run(way);
  }
  for (const auto& [what, count] : counts) std::cout << count << " " << what << "\n";
  return counts;
}

}  // namespace

TEST(GoldenFormat04, ProcessingOfArrays) {
  ZOOPORT_NEEDS_SHARED();
  auto counts = run_all(Way::kArrays);
  EXPECT_EQ(counts["records of format 0.4"], 77);
  EXPECT_EQ(counts["records equal to the reference"], 68);
  EXPECT_EQ(counts["records equal to the format's formula"], 6);
  EXPECT_EQ(counts["rejected by the description, as in the reference"], 2);
  EXPECT_EQ(counts["refused by both: a list without the axis that it runs along"], 1);
}

TEST(GoldenFormat04, ProcessingOfImages) {
  ZOOPORT_NEEDS_SHARED();
  auto counts = run_all(Way::kImages);
  EXPECT_EQ(counts["records of format 0.4"], 77);
  EXPECT_GT(counts["records equal to the reference"], 50);
  EXPECT_EQ(counts["records equal to the format's formula"], 6);
}

}  // namespace zooport::testing::golden
