#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <optional>
#include <set>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/graph_wrap.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/process/text.hpp"
#include "zooport/tensor/npy.hpp"

// The layers of czmodel, as kernels and as graphs, against what czmodel gave.
namespace zooport::testing {

namespace {

using tensor::Array;
using tensor::Shape;

std::string czmodel_folder() { return shared_folder() + "/data/czmodel"; }

// "4, 4, 1" or "1, 2" to numbers.
Shape numbers_in(std::string_view text) {
  Shape numbers;
  std::string digits;
  for (const char c : std::string(text) + ",") {
    if (c >= '0' && c <= '9') digits += c;
    if (c == ',' && !digits.empty()) numbers.push_back(std::stoll(digits));
    if (c == ',') digits.clear();
  }
  return numbers;
}

std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  const std::size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

// The NumPy expressions of the records: np.arange(24, dtype='float32').reshape(1, 2, 4, 3) / 8, np.full, np.ones.
std::optional<Array> evaluated(const std::string& python) {
  tensor::Dtype dtype = tensor::Dtype::kFloat64;
  for (const char* name : {"float32", "float64", "uint8", "uint16"}) {
    if (python.find(concat("'", name, "'")) != std::string::npos) dtype = *tensor::dtype_named(name);
  }
  Shape shape;
  std::vector<double> values;
  if (python.starts_with("np.arange")) {
    shape = numbers_in(between(python, "reshape(", ")"));
    for (std::int64_t i = 0; i < numbers_in(between(python, "arange(", ","))[0]; ++i) {
      double value = static_cast<double>(i);
      if (python.find("/ 8") != std::string::npos) value /= 8;
      if (python.find("* 4000") != std::string::npos) value *= 4000;
      values.push_back(value);
    }
  } else if (python.starts_with("np.full(") || python.starts_with("np.ones(")) {
    shape = numbers_in(between(python, "((", ")"));
    const std::string fill = between(python, "), ", python.find(", 'float32'") == std::string::npos ? ")" : ",");
    values.assign(static_cast<std::size_t>(tensor::element_count(shape)),
                  python.starts_with("np.ones(") ? 1 : std::stod(fill));
  } else if (python.starts_with("np.array([[0.25]]")) {
    shape = {1, 1};
    values = {0.25};
  } else {
    return std::nullopt;
  }
  const Array doubles = Array::of<double>(shape, values);
  return Array::converted(doubles.view(), dtype);
}

std::string axes_for(std::size_t rank) { return rank == 5 ? "bzyxc" : rank == 4 ? "byxc" : rank == 3 ? "yxc" : "bc"; }

Result<Array> by_kernel(const std::string& text, const Array& input, const std::string& letters) {
  ZOOPORT_TRY_ASSIGN(const auto operations, process::parse_operations(text));
  process::Block block{tensor::axes_from_letters(letters), Array::copy_of(input.view()),
                       Shape(input.shape().size(), 0)};
  process::Form form{block.axes, input.shape()};
  for (const process::TextOperation& one : operations) {
    ZOOPORT_TRY_ASSIGN(const process::OperationPtr operation, process::make_operation(one, form.axes));
    ZOOPORT_TRY(operation->reform(form));
    ZOOPORT_TRY(operation->apply(block, {}));
    EXPECT_EQ(form.extents, block.data.shape()) << text;
    EXPECT_EQ(form.axes, block.axes) << text;
  }
  return std::move(block.data);
}

onnx::Model identity(const Shape& shape, tensor::Dtype dtype, std::int64_t opset) {
  onnx::Model model;
  model.ir_version = 7;
  model.set_opset(opset);
  model.graph.name = "identity";
  for (const char* name : {"x", "y"}) {
    onnx::ValueInfo info;
    info.name = name;
    info.type.element = onnx::element_type_of(dtype);
    info.type.shape.emplace();
    for (const std::int64_t extent : shape) info.type.shape->emplace_back().value = extent;
    (name[0] == 'x' ? model.graph.inputs : model.graph.outputs).push_back(info);
  }
  onnx::Node node;
  node.op = "Identity";
  node.inputs = {"x"};
  node.outputs = {"y"};
  model.graph.nodes = {node};
  return model;
}

// Writes the network, wraps the file as the command line does, and runs it.
Result<Array> by_graph(const onnx::Model& network, const convert::WrapOptions& options, const Array& input) {
  const TemporaryFolder folder;
  const Bytes bytes = onnx::to_bytes(network).value();
  const std::string path = folder.file("network.onnx", std::string(bytes.text()));
  const auto engine = installed_engine();
  ZOOPORT_TRY_ASSIGN(const convert::GraphReport report,
                     convert::wrap_graph(path, folder / "wrapped.onnx", options, engine, Context{}));
  if (report.dest.empty()) {
    return make_error(ErrorKind::kInternal, "test", concat("differs: ", report.verification.reason));
  }
  ZOOPORT_TRY_ASSIGN(const Bytes wrapped, os::read_file(report.dest, Limits{}.model_bytes));
  ZOOPORT_TRY_ASSIGN(const auto session, engine->load(wrapped, {}, Context{}));
  ZOOPORT_TRY_ASSIGN(std::vector<Array> outputs, session->run({input.view()}, Context{}));
  return std::move(outputs.at(0));
}

std::string difference(const Array& found, const Array& expected, double absolute, double relative) {
  if (found.shape() != expected.shape()) return concat(shape_text(found.shape()), shape_text(expected.shape()));
  const Array a = Array::converted(found.view(), tensor::Dtype::kFloat64);
  const Array b = Array::converted(expected.view(), tensor::Dtype::kFloat64);
  for (std::size_t i = 0; i < a.as<double>().size(); ++i) {
    const double x = a.as<double>()[i];
    const double y = b.as<double>()[i];
    if (!(std::abs(x - y) <= absolute + relative * std::abs(y))) return concat("element ", i, ": ", x, ", not ", y);
  }
  return "";
}

// Not as czmodel, and why.
const std::map<std::string, std::string> kDiffers = {
    {"layers/transpose_float", "whole numbers are indices, however they are written"},
    {"layers/transpose_name", "asks for the name of a Keras object"},
    {"layers/shift_nan", "numbers have to be finite"},
    {"layers/scale_inf", "numbers have to be finite"},
    {"layers/shift_on_uint8", "computes in float32; TensorFlow rounds the shift to the type of the image"},
    {"layers/shift_nested", "one value for each channel, not for each pixel"},
    {"layers/config_transpose", "asks for a Keras configuration"},
    {"layers/config_scale", "asks for a Keras configuration"},
    {"layers/config_softmax", "asks for a Keras configuration"},
};

Array expected_array(const doc::Node& value) {
  Shape shape;
  for (const doc::Node& extent : value.find("shape")->children) shape.push_back(*doc::integer_of(extent));
  std::vector<double> numbers;
  for (const doc::Node& number : value.find("data")->children) numbers.push_back(doc::real_of(number));
  return Array::of<double>(shape, numbers);
}

// One pipeline of keras_pipeline/ as texts.
std::vector<std::string> layers_of(const doc::Node& pipeline, std::string_view side) {
  std::vector<std::string> texts;
  for (const doc::Node& layer : pipeline.find(side)->children) {
    std::string text(layer.find("layer")->text);
    for (const doc::Node& argument : layer.children) {
      if (argument.key == "layer") continue;
      std::vector<std::string> numbers;
      for (const doc::Node& number : argument.children) numbers.emplace_back(number.text);
      text += concat("(", argument.key, "=[", join(numbers, ", "), "])");
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

// The network of a CZANN as it is.
onnx::Model network_of(const std::string& czann) {
  const auto archive = archive::Reader::open(os::read_file(czann, Limits{}.archive_bytes).value(), Context{});
  for (const archive::Entry& entry : archive->entries()) {
    if (entry.name.ends_with(".model") || entry.name.find("model.model") != std::string::npos) {
      return onnx::read_model(archive->read(entry, Context{}).value()).value();
    }
  }
  ADD_FAILURE() << "no network in " << czann;
  return {};
}

}  // namespace

TEST(CzmodelLayers, VectorsAreMet) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  std::ifstream file(czmodel_folder() + "/api_vectors.jsonl");
  std::string line;
  int equal = 0;
  int refused = 0;
  std::set<std::string> left = [] {
    std::set<std::string> names;
    for (const auto& [name, why] : kDiffers) names.insert(name);
    return names;
  }();
  while (std::getline(file, line)) {
    if (line.find("\"api\": \"layers\"") == std::string::npos) continue;
    const auto document = doc::read_json(line);
    ASSERT_TRUE(document.ok());
    const doc::Node& vector = document->root();
    const std::string id(vector.find("id")->text);
    if (left.erase(id) > 0) continue;
    const std::string python(vector.find("input")->find("python")->text);
    const std::size_t call = python.find(")(np.");
    const std::string text = python.substr(0, call == std::string::npos ? call : call + 1);
    const doc::Node& result = vector.find("results")->children.front();
    // Where czmodel refuses before it sees an image, any will do.
    const auto input = call == std::string::npos ? evaluated("np.ones((1, 4, 4, 3), 'float32')")
                                                 : evaluated(python.substr(call + 2, python.size() - call - 3));
    ASSERT_TRUE(input) << id << python;
    const std::string axes = axes_for(input->shape().size());
    const auto kernel = by_kernel(text, *input, axes);
    if (!doc::boolean_of(*result.find("ok"))) {
      EXPECT_FALSE(kernel.ok()) << id << " " << text;
      ++refused;
      continue;
    }
    ASSERT_TRUE(kernel.ok()) << id << kernel.error().what.message;
    const Array expected = expected_array(*result.find("value"));
    EXPECT_EQ(difference(*kernel, expected, 1e-6, 1e-5), "") << id;
    for (const std::int64_t opset : {11, 12, 13, 18, 21}) {
      const onnx::Model network = identity(kernel->shape(), tensor::Dtype::kFloat32, opset);
      const bool is_float = input->dtype() == tensor::Dtype::kFloat32;
      convert::WrapOptions options;
      options.axes = {axes};
      options.pre = {text};
      if (!is_float) options.input_dtypes = {std::string(tensor::name_of(input->dtype()))};
      // Channels that are dropped or repeated: the other side declares as many as there are.
      if (input->shape().back() != kernel->shape().back()) {
        options.pre.clear();
        options.post = {text};
        const auto graph = by_graph(identity(input->shape(), input->dtype(), opset), options, *input);
        ASSERT_TRUE(graph.ok()) << id << graph.error().what.message;
        EXPECT_EQ(difference(*graph, expected, 1e-6, 1e-5), "") << id << " opset " << opset;
        continue;
      }
      const auto graph = by_graph(network, options, *input);
      ASSERT_TRUE(graph.ok()) << id << graph.error().what.message;
      EXPECT_EQ(difference(*graph, expected, 2e-6, 1e-5), "") << id << " opset " << opset;
    }
    ++equal;
  }
  std::cout << equal << " equal, " << refused << " refused by both, " << kDiffers.size() << " differ on purpose\n";
  EXPECT_GE(equal, 20);
  EXPECT_GE(refused, 12);
  EXPECT_TRUE(left.empty());
}

TEST(CzmodelLayers, PipelinesGiveWhatKerasGave) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  // Networks without layers, by the name of the Keras model.
  const std::map<std::string, std::string> plain = {{"models/seg2.h5", "plain_fixed"},
                                                    {"models/seg3_rgb_dyn.h5", "spatial_dims_rgb"},
                                                    {"models/seg2_dyn.h5", "spatial_dims"},
                                                    {"models/seg3d_dyn.h5", "spatial_dims_3d"}};
  int samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(czmodel_folder() + "/keras_pipeline")) {
    const std::string folder = entry.path().string();
    if (!std::filesystem::exists(folder + "/pipeline.json")) continue;
    const auto document = doc::read_json(std::string(os::read_file(folder + "/pipeline.json", 1 << 24)->text()));
    ASSERT_TRUE(document.ok());
    const doc::Node& pipeline = document->root();
    const std::string model(pipeline.find("model")->text);
    const bool is_identity = model.find("identity") != std::string::npos;
    const auto known = plain.find(model);
    convert::WrapOptions options;
    options.pre = layers_of(pipeline, "preprocessing");
    options.post = layers_of(pipeline, "postprocessing");
    if ((!is_identity && known == plain.end()) || options.pre.size() + options.post.size() == 0) continue;
    SCOPED_TRACE(folder);
    for (const doc::Node& sample : pipeline.find("samples")->children) {
      const auto load = [&](std::string_view key) {
        return tensor::read_npy_file(concat(folder, "/", sample.find(key)->text), Limits{}).value();
      };
      const Array input = load("input");
      onnx::Model network;
      if (is_identity) {
        network = identity(input.shape(), tensor::Dtype::kFloat32, 12);
      } else {
        network = network_of(concat(czmodel_folder(), "/keras_pipeline/", known->second, "/3.0.0.czann"));
        onnx::OpenAxes open{network.graph.required_inputs().at(0)->name, {"batch", "y", "x", ""}};
        if (input.shape().size() == 5) open.names = {"batch", "z", "y", "x", ""};
        ASSERT_TRUE(onnx::make_symbolic(network, {open}).ok());
      }
      options.axes = {axes_for(input.shape().size())};
      const auto found = by_graph(network, options, input);
      ASSERT_TRUE(found.ok()) << found.error().what.message;
      const doc::Node& tolerance = *sample.find("tolerance");
      const Array keras = load("tensorflow");
      const std::string why =
          difference(*found, keras, doc::real_of(*tolerance.find("atol")), doc::real_of(*tolerance.find("rtol")));
      if (!why.empty()) {
        EXPECT_EQ(difference(*found, load("onnx"), doc::real_of(*tolerance.find("atol")),
                             doc::real_of(*tolerance.find("rtol"))),
                  "")
            << why;
      }
      ++samples;
    }
  }
  std::cout << samples << " samples equal\n";
  EXPECT_GE(samples, 15);
}

}  // namespace zooport::testing
