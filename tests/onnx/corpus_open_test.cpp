#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "tests/onnx/corpus.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/tensor/npy.hpp"

// Recorded graphs of fixed size, opened along their axes of space: the outputs stay, and other sizes run.
namespace zooport::onnx {
namespace {

using testing::corpus::Case;
using testing::corpus::Outputs;
using testing::corpus::Sizes;

// Names for the axes behind batch and channels; the same ones for all inputs.
std::vector<OpenAxes> space_of(const Model& model) {
  std::vector<OpenAxes> all;
  for (const ValueInfo* input : model.graph.required_inputs()) {
    if (!input->type.shape || input->type.shape->size() < 3) continue;
    OpenAxes open{input->name, std::vector<std::string>(input->type.shape->size())};
    for (std::size_t i = 2; i < open.names.size(); ++i) open.names[i] = concat("axis", i);
    all.push_back(std::move(open));
  }
  return all;
}

bool is_fixed(const Model& model) {
  const auto inputs = model.graph.required_inputs();
  return !inputs.empty() && std::all_of(inputs.begin(), inputs.end(), [](const ValueInfo* input) {
    return input->type.shape && std::all_of(input->type.shape->begin(), input->type.shape->end(),
                                            [](const Dimension& extent) { return extent.value.has_value(); });
  });
}

// Runs with ones at twice the sizes; the outputs have to be as inferred.
void expect_larger(const Model& fixed, const Model& opened, engine::Engine& engine) {
  InputShapes shapes = declared_shapes(fixed, 1);
  std::vector<tensor::Array> arrays;
  std::vector<tensor::View> views;
  for (const ValueInfo* input : opened.graph.required_inputs()) {
    tensor::Shape& shape = shapes[input->name];
    for (std::size_t i = 2; i < shape.size(); ++i) shape[i] *= 2;
    tensor::Array ones(tensor::Dtype::kFloat32, shape);
    for (float& value : ones.as<float>()) value = 1;
    arrays.push_back(tensor::Array::converted(ones.view(), *dtype_of(input->type.element)));
  }
  for (const tensor::Array& array : arrays) views.push_back(array.view());
  const auto inferred = infer_shapes(opened, shapes);
  ASSERT_TRUE(inferred.ok()) << inferred.error().what.message;
  const auto bytes = to_bytes(opened);
  ASSERT_TRUE(bytes.ok());
  const auto session = engine.load(*bytes, {.threads = 1}, Context{});
  ASSERT_TRUE(session.ok()) << session.error().what.message;
  const auto outputs = (*session)->run(views, Context{});
  ASSERT_TRUE(outputs.ok()) << outputs.error().what.message;
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const auto value = inferred->find(opened.graph.outputs[i].name);
    ASSERT_NE(value, inferred->end());
    EXPECT_EQ(shape_text((*outputs)[i].shape()), shape_text(*value->second.shape));
  }
}

TEST(CorpusOpening, KeepsOutputsAndTakesOtherSizes) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  const std::vector<Case> all = testing::corpus::cases();
  int opened_count = 0, refused_count = 0, pairs = 0, rewritten = 0;
  for (const Case& one : all) {
    if (one.is_refused || one.name.starts_with("lower_")) continue;
    auto read = testing::corpus::read(one);
    ASSERT_TRUE(read.ok());
    if (!is_fixed(*read)) continue;
    SCOPED_TRACE(one.name);
    Model opened = *read;
    ASSERT_TRUE(inline_functions(opened).ok());
    const auto axes = space_of(opened);
    if (axes.empty()) continue;
    const auto steps = open_axes(opened, axes);
    if (!steps) {
      ++refused_count;
      EXPECT_EQ(steps.error().what.id, "onnx.fixed-size") << steps.error().what.message;
      EXPECT_EQ(steps.error().kind, ErrorKind::kUnsupported);
      std::printf("  %-32s %s\n", one.name.c_str(), steps.error().what.message.c_str());
      continue;
    }
    ++opened_count;
    if (!steps->empty()) ++rewritten;
    std::printf("  %-32s opened, %zu rewritten\n", one.name.c_str(), steps->size());
    const auto before = testing::corpus::run(*read, one, Sizes::kFirst, *engine);
    if (!before) continue;  // what the engine has no kernel for
    const auto after = testing::corpus::run(opened, one, Sizes::kFirst, *engine);
    ASSERT_TRUE(after.ok()) << after.error().what.message;
    EXPECT_LE(testing::corpus::distance(*after, *before, one.atol, one.rtol).excess, 1);
    expect_larger(*read, opened, *engine);
    // The same network exported with open axes: equal at the other recorded sizes too.
    const auto pair =
        std::find_if(all.begin(), all.end(), [&](const Case& other) { return other.name == one.name + "__dynamic"; });
    if (pair == all.end()) continue;
    const auto recorded = testing::corpus::recorded(*pair, Sizes::kAll);
    const auto first = testing::corpus::recorded(*pair, Sizes::kFirst);
    const auto ours = testing::corpus::recorded(one, Sizes::kFirst);
    ASSERT_TRUE(recorded.ok() && first.ok() && ours.ok());
    if (testing::corpus::distance(*first, *ours, one.atol, one.rtol).excess > 1) continue;
    // Names differ between the exports, order does not.
    Case elsewhere = *pair;
    for (auto& run : elsewhere.runs) {
      for (std::size_t i = 0; i < run.inputs.size(); ++i) run.inputs[i].name = one.runs[0].inputs[i].name;
      for (std::size_t i = 0; i < run.outputs.size(); ++i) run.outputs[i].name = one.runs[0].outputs[i].name;
      for (std::size_t i = 0; i < run.inputs.size(); ++i) {
        const auto array = tensor::read_npy_file(run.inputs[i].path, {});
        ASSERT_TRUE(array.ok());
        // Only space was opened.
        const tensor::Shape& declared = declared_shapes(*read, 1)[run.inputs[i].name];
        if (array->shape()[0] != declared[0])
          for (ValueInfo& input : opened.graph.inputs)
            if (input.name == run.inputs[i].name) (*input.type.shape)[0] = {std::nullopt, "batch"};
      }
    }
    for (ValueInfo& output : opened.graph.outputs) output.type.shape.reset();
    const auto larger = testing::corpus::run(opened, elsewhere, Sizes::kAll, *engine);
    ASSERT_TRUE(larger.ok()) << larger.error().what.message;
    EXPECT_LE(testing::corpus::distance(*larger, *recorded, pair->atol, pair->rtol).excess, 1);
    ++pairs;
  }
  std::printf("%d opened (%d with constants rewritten), %d refused, %d equal to the export with open axes\n",
              opened_count, rewritten, refused_count, pairs);
  EXPECT_GT(opened_count, 80);
  EXPECT_GT(pairs, 8);
}

}  // namespace
}  // namespace zooport::onnx
