#include <gtest/gtest.h>

#include <cmath>

#include "tests/golden/processing_cases.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/process/emitter.hpp"
#include "zooport/process/statistics.hpp"

// The ONNX form of the operations, run by ONNX Runtime, against what the reference computed.
namespace zooport::testing::golden {

namespace {

using process::OperationPtr;

std::vector<double> doubles(const tensor::Array& array) {
  const tensor::Array converted = tensor::Array::converted(array.view(), tensor::Dtype::kFloat64);
  return {converted.as<double>().begin(), converted.as<double>().end()};
}

std::string output_of(const std::string& id) { return id + "_out"; }

onnx::ValueInfo value_info(const std::string& name, tensor::Dtype dtype, std::size_t rank) {
  onnx::ValueInfo info;
  info.name = name;
  info.type.element = onnx::element_type_of(dtype);
  info.type.shape.emplace();
  for (std::size_t i = 0; i < rank; ++i) {
    onnx::Dimension dimension;
    dimension.symbol = concat(name, "_", i);
    info.type.shape->push_back(dimension);
  }
  return info;
}

using Given = std::map<std::string, tensor::Array>;

// Every tensor as an input, and as an output of the same type that nothing was done to.
onnx::Model identity_of(const Case& one, const Given& given, std::int64_t opset) {
  onnx::Model model;
  model.ir_version = 8;
  model.set_opset(opset);
  model.graph.name = "processing";
  for (const CaseTensor& tensor : one.tensors) {
    const tensor::Array& array = given.at(tensor.id);
    model.graph.inputs.push_back(value_info(tensor.id, array.dtype(), array.shape().size()));
    model.graph.outputs.push_back(value_info(output_of(tensor.id), array.dtype(), array.shape().size()));
    onnx::Node node;
    node.op = "Identity";
    node.inputs = {tensor.id};
    node.outputs = {output_of(tensor.id)};
    model.graph.nodes.push_back(std::move(node));
  }
  return model;
}

Result<process::Measured> measured_for(const Case& one, const Given& given, const std::vector<OperationPtr>& operations,
                                       const std::string& id) {
  process::Measured measured;
  for (const OperationPtr& operation : operations) {
    for (const process::Measure& wanted : operation->measures()) {
      const std::string& of = wanted.tensor.empty() ? id : wanted.tensor;
      for (const CaseTensor& tensor : one.tensors) {
        if (tensor.id != of) continue;
        const tensor::Array& array = given.at(of);
        const process::Subject subject{array.dtype(), tensor.axes, array.shape(), process::source_of(array.view())};
        ZOOPORT_TRY_ASSIGN(process::Measured values, process::measure(subject, {wanted}, {}, Context{}));
        measured.merge(values);
      }
    }
  }
  return measured;
}

// NaN and infinities pass differently through a graph, and float32 keeps too little of a small spread on a large mean:
// docs/differences.md says so, and the kernels are tested there.
bool is_for_float32(const Given& given) {
  for (const auto& [id, array] : given) {
    double low = 0;
    double high = 0;
    const std::vector<double> values = doubles(array);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) return false;
      low = i == 0 ? values[i] : std::min(low, values[i]);
      high = i == 0 ? values[i] : std::max(high, values[i]);
    }
    if (high > low && std::max(std::abs(low), std::abs(high)) > 1e4 * (high - low)) return false;
  }
  return true;
}

enum class Statistics : std::uint8_t { kFrozen, kInGraph };

// The graph that processes every tensor of the case; an error where an operation has no ONNX form.
Result<onnx::Model> graph_of(const Case& one, const Given& given, std::int64_t opset, Statistics statistics) {
  onnx::Model model = identity_of(one, given, opset);
  onnx::Builder builder(model);
  for (std::size_t i = 0; i < one.tensors.size(); ++i) {
    const CaseTensor& tensor = one.tensors[i];
    std::vector<OperationPtr> operations;
    for (const Step& step : tensor.steps) {
      ZOOPORT_TRY_ASSIGN(OperationPtr made, process::make_operation(step.name, step.parameters, tensor.axes));
      operations.push_back(std::move(made));
    }
    ZOOPORT_TRY_ASSIGN(const process::Measured measured, measured_for(one, given, operations, tensor.id));
    ZOOPORT_TRY_ASSIGN(std::string value, builder.open_output(output_of(tensor.id)));
    process::Emitter emitter(builder, {value, tensor.axes, given.at(tensor.id).dtype()});
    for (const CaseTensor& other : one.tensors) {
      emitter.add_reference(other.id, {other.id, other.axes, given.at(other.id).dtype()});
    }
    for (const OperationPtr& operation : operations) {
      ZOOPORT_TRY(operation->emit(emitter, statistics == Statistics::kFrozen ? &measured : nullptr));
    }
    builder.close_output(output_of(tensor.id), emitter.now().value);
    model.graph.outputs[i].type.element = onnx::element_type_of(emitter.now().dtype);
  }
  return model;
}

// Within 2e-5 + 1e-4 |expected|, since the graph computes in float32; casts to integers exactly.
std::string difference(const tensor::Array& actual, const tensor::Array& expected) {
  if (actual.shape() != expected.shape()) return "shape";
  const std::vector<double> a = doubles(actual);
  const std::vector<double> e = doubles(expected);
  const bool is_whole = !tensor::is_floating(expected.dtype());
  std::size_t wrong = 0;
  std::string first;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == e[i] || (std::isnan(a[i]) && std::isnan(e[i])) ||
                      (!is_whole && std::isfinite(e[i]) && std::abs(a[i] - e[i]) <= 2e-5 + 1e-4 * std::abs(e[i]));
    if (same) continue;
    if (wrong++ == 0) first = concat("element ", i, ": expected ", e[i], ", found ", a[i]);
  }
  return wrong == 0 ? "" : concat(wrong, " of ", a.size(), " differ; ", first);
}

void compare_all(std::int64_t opset, Statistics statistics) {
  const std::string folder = shared_folder() + "/data/golden/processing";
  const Npz inputs(folder + "/inputs.npz");
  const Npz expected(folder + "/outputs.npz");
  const auto engine = installed_engine();
  int equal = 0;
  std::map<std::string, int> refused;
  for (const Case& one : processing_cases(folder)) {
    if (!one.error.empty() || kDiffersOnPurpose.count(one.id) > 0) continue;
    Given given;
    for (const auto& [id, key] : one.samples[0]) given.emplace(id, inputs.get(key));
    if (!is_for_float32(given)) {
      ++refused["NaN, infinities, or a spread that float32 does not hold"];
      continue;
    }
    auto model = graph_of(one, given, opset, statistics);
    if (!model) {
      EXPECT_EQ(model.error().kind, ErrorKind::kUnsupported) << one.id << model.error().what.message;
      ++refused[model.error().what.message];
      continue;
    }
    auto session = engine->load(onnx::to_bytes(*model).value(), {}, Context{});
    if (!session) {
      ADD_FAILURE() << one.id << ": " << session.error().what.message;
      continue;
    }
    std::vector<tensor::View> views;
    for (const CaseTensor& tensor : one.tensors) views.push_back(given.at(tensor.id).view());
    const auto outputs = (*session)->run(views, Context{});
    if (!outputs) {
      ADD_FAILURE() << one.id << ": " << outputs.error().what.message;
      continue;
    }
    for (std::size_t i = 0; i < one.tensors.size(); ++i) {
      const std::string why = difference((*outputs)[i], expected.get(one.outputs[0].at(one.tensors[i].id)));
      EXPECT_EQ(why, "") << one.id << " " << one.tensors[i].steps.back().name << " (" << one.note << ")";
      equal += why.empty() ? 1 : 0;
    }
  }
  for (const auto& [why, count] : refused) std::cout << count << " left out: " << why << "\n";
  std::cout << equal << " tensors equal\n";
  EXPECT_GT(equal, statistics == Statistics::kFrozen ? 350 : 380);
}

}  // namespace

TEST(GoldenProcessingGraph, FrozenStatisticsEqualTheReference) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  compare_all(18, Statistics::kFrozen);
}

TEST(GoldenProcessingGraph, StatisticsInTheGraphEqualTheReference) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  for (const std::int64_t opset : {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}) {
    SCOPED_TRACE(opset);
    compare_all(opset, Statistics::kInGraph);
  }
}

}  // namespace zooport::testing::golden
