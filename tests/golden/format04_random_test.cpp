#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/golden/format04_cases.hpp"
#include "zooport/base/text.hpp"

// Processing of format 0.4 over random axes, modes, reference tensors and samples, against the format's formulas as
// tests/data/make_processing_cases.py computes them.
namespace zooport::testing::golden {

namespace {

tensor::Array array_of(const doc::Node& node) {
  tensor::Shape shape;
  for (const doc::Node& size : node.find("shape")->children) shape.push_back(*doc::integer_of(size));
  tensor::Array values(tensor::Dtype::kFloat64, shape);
  std::size_t i = 0;
  for (const doc::Node& value : node.find("values")->children) values.as<double>()[i++] = doc::real_of(value);
  return tensor::Array::converted(values.view(), *tensor::dtype_named(node.find("dtype")->text));
}

// Empty if all are within 1e-5 of the value, and of what float32 keeps of the largest.
std::string difference(const tensor::View& found, const doc::Node& expected) {
  const tensor::Array values = tensor::Array::converted(found, tensor::Dtype::kFloat64);
  const auto count = static_cast<std::size_t>(values.size());
  if (count != expected.children.size()) return "shape";
  double largest = 0;
  for (const doc::Node& value : expected.children) largest = std::max(largest, std::abs(doc::real_of(value)));
  for (std::size_t i = 0; i < count; ++i) {
    const double e = doc::real_of(expected.children[i]);
    if (!(std::abs(values.as<double>()[i] - e) <= 1e-6 + 1e-5 * std::abs(e) + 2e-6 * largest))
      return concat("element ", i, ": expected ", e, ", found ", values.as<double>()[i]);
  }
  return "";
}

}  // namespace

TEST(Format04Random, ProcessingEqualsTheFormulas) {
  std::ifstream lines(ZOOPORT_SOURCE_DIR "/tests/data/processing_cases.jsonl");
  int cases = 0;
  int tensors = 0;
  std::map<std::string, int> operations;
  for (std::string line; std::getline(lines, line); ++cases) {
    const auto record = doc::read_json(line);
    ASSERT_TRUE(record.ok());
    const doc::Node& root = record->root();
    const std::string id(root.find("id")->text);
    const auto model = model_of_description(description_of(root));
    ASSERT_TRUE(model.ok()) << id << ": " << model.error().what.message;
    auto script = std::make_shared<Script>();
    auto predictor = predict::Predictor::open(*model, scripted_engine(*model, script),
                                              {.dataset = predict::PredictOptions::Dataset::kAllCalls}, {});
    ASSERT_TRUE(predictor.ok()) << id << ": " << predictor.error().what.message;
    for (const doc::Node& tensor : root.find("tensors")->children)
      for (const doc::Node& op : tensor.find("ops")->children) ++operations[std::string(op.find("name")->text)];
    for (std::size_t s = 0; s < root.find("samples")->children.size(); ++s) {
      const doc::Node& sample = root.find("samples")->children[s];
      const doc::Node& expected = root.find("outputs")->children[s];
      std::vector<tensor::Array> arrays;
      std::vector<tensor::View> views;
      for (const model::TensorSpec& input : model->inputs) arrays.push_back(array_of(*sample.find(input.id)));
      for (const tensor::Array& array : arrays) views.push_back(array.view());
      script->answers.clear();
      for (const model::TensorSpec& output : model->outputs)
        script->answers.push_back(sample.find(output.id) ? array_of(*sample.find(output.id))
                                                         : tensor::Array(tensor::Dtype::kFloat32, arrays[0].shape()));
      const auto outputs = predictor->run_whole(views, {});
      ASSERT_TRUE(outputs.ok()) << id << ": " << outputs.error().what.message;
      const auto check = [&](const model::TensorSpec& spec, const tensor::View& found) {
        if (!expected.find(spec.id)) return;
        EXPECT_EQ(difference(found, *expected.find(spec.id)), "") << id << " sample " << s << " " << spec.id;
        ++tensors;
      };
      for (std::size_t i = 0; i < model->inputs.size(); ++i) check(model->inputs[i], script->given.at(i).view());
      for (std::size_t i = 0; i < model->outputs.size(); ++i) check(model->outputs[i], outputs->at(i).view());
    }
  }
  for (const auto& [name, count] : operations) std::cout << count << " " << name << "\n";
  std::cout << cases << " cases, " << tensors << " tensors compared\n";
  EXPECT_EQ(cases, 48);
  EXPECT_EQ(operations.size(), 7u);
}

}  // namespace zooport::testing::golden
