#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/onnx/corpus.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/tensor/npy.hpp"

// Shapes and types that are inferred, against the recorded outputs at every recorded size.
namespace zooport::onnx {
namespace {

using testing::corpus::Case;
using testing::corpus::File;

tensor::Shape recorded_shape(const File& file) {
  const auto array = tensor::read_npy_file(file.path, {});
  EXPECT_TRUE(array.ok()) << file.path;
  return array ? array->shape() : tensor::Shape{};
}

// Whose values in between have no shape; by the operator that gives them.
void count_unknown(const Graph& graph, const InferredValues& values, std::map<std::string, int>& unknown, int& known) {
  for (const Node& node : graph.nodes) {
    for (const std::string& name : node.outputs) {
      if (name.empty()) continue;
      const auto value = values.find(name);
      if (value != values.end() && value->second.shape) {
        ++known;
      } else {
        ++unknown[node.op];
      }
    }
  }
}

TEST(CorpusShapes, AreTheRecordedOnes) {
  ZOOPORT_NEEDS_SHARED();
  int files = 0, runs = 0, outputs = 0, known = 0;
  std::map<std::string, int> unknown;
  std::set<std::string> operators;
  for (const Case& one : testing::corpus::cases()) {
    if (one.is_refused) continue;
    SCOPED_TRACE(one.name);
    auto model = testing::corpus::read(one);
    ASSERT_TRUE(model.ok()) << model.error().what.message;
    ASSERT_TRUE(inline_functions(*model).ok());
    for (const Node& node : model->graph.nodes) operators.insert(node.op);
    ++files;
    for (const testing::corpus::Run& run : one.runs) {
      InputShapes shapes;
      for (const File& input : run.inputs) shapes[input.name] = recorded_shape(input);
      const auto values = infer_shapes(*model, shapes);
      ASSERT_TRUE(values.ok()) << values.error().what.message;
      count_unknown(model->graph, *values, unknown, known);
      ++runs;
      for (const File& output : run.outputs) {
        const auto value = values->find(output.name);
        ASSERT_NE(value, values->end()) << output.name;
        ASSERT_TRUE(value->second.shape.has_value()) << output.name;
        EXPECT_EQ(shape_text(*value->second.shape), shape_text(recorded_shape(output))) << output.name;
        EXPECT_EQ(name_of(value->second.element), output.dtype) << output.name;
        ++outputs;
      }
    }
  }
  std::string missing;
  for (const auto& [op, count] : unknown) missing += concat(' ', op, ' ', count);
  std::printf("%d files, %d runs, %d outputs, %zu operators; %d values have shapes, without:%s\n", files, runs, outputs,
              operators.size(), known, missing.empty() ? " none" : missing.c_str());
  EXPECT_EQ(files, 177);
  EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace zooport::onnx
