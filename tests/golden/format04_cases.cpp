#include "tests/golden/format04_cases.hpp"

#include "tests/support/fake_engine.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/to_model.hpp"
#include "zooport/doc/json_writer.hpp"

namespace zooport::testing::golden {

namespace {

class NoFiles final : public resource::Root {
 public:
  const std::string& description() const override { return description_; }
  Result<std::vector<std::string>> list() const override { return std::vector<std::string>{}; }
  bool has(const std::string&) const override { return false; }
  Result<Bytes> read(const std::string& name, const Context&) const override {
    return make_error(ErrorKind::kIo, "resource.no-such-file", name);
  }

 private:
  std::string description_ = "nothing";
};

std::string letters_of(const doc::Node& axes) {
  std::string letters;
  for (const doc::Node& axis : axes.children) letters += axis.text.front();
  return letters;
}

std::string tensor_text(std::string_view name, const std::string& letters, std::string_view dtype, bool is_input,
                        const doc::Node* ops) {
  const auto repeated = [&](std::string_view one) {
    return concat("[", join(std::vector<std::string>(letters.size(), std::string(one)), ", "), "]");
  };
  std::string text = concat("{name: ", name, ", axes: ", letters, ", data_type: ", dtype, ", shape: ");
  // The batch has step 0, as the format wants it.
  std::string steps = repeated("1");
  if (const std::size_t batch = letters.find('b'); batch != std::string::npos) steps[1 + 3 * batch] = '0';
  text += is_input ? concat("{min: ", repeated("1"), ", step: ", steps, "}") : repeated("1");
  if (ops && !ops->children.empty()) {
    doc::JsonWriter json;
    json.node(*ops);
    text += concat(is_input ? ", preprocessing: " : ", postprocessing: ", json.text());
  }
  return concat("- ", text, "}\n");
}

onnx::ValueInfo value_info(const std::string& name, std::size_t rank) {
  onnx::ValueInfo info;
  info.name = name;
  info.type.element = onnx::ElementType::kFloat;
  info.type.shape.emplace();
  for (std::size_t i = 0; i < rank; ++i) {
    onnx::Dimension dimension;
    dimension.symbol = concat(name, "_", i);
    info.type.shape->push_back(dimension);
  }
  return info;
}

// Every output is some input: what is computed comes from the script.
onnx::Model network_for(const model::Model& model) {
  onnx::Model network;
  network.ir_version = 8;
  network.set_opset(17);
  network.graph.name = "scripted";
  for (const model::TensorSpec& input : model.inputs)
    network.graph.inputs.push_back(value_info(input.id, input.axes.size()));
  for (const model::TensorSpec& output : model.outputs) {
    network.graph.outputs.push_back(value_info(output.id, output.axes.size()));
    onnx::Node node;
    node.op = "Identity";
    node.inputs = {model.inputs[0].id};
    node.outputs = {output.id};
    network.graph.nodes.push_back(std::move(node));
  }
  return network;
}

}  // namespace

std::string description_of(const doc::Node& record) {
  std::string inputs;
  std::string outputs;
  std::string letters;
  for (const doc::Node& tensor : record.find("tensors")->children) {
    const bool is_input = tensor.find("side")->text == "input";
    letters = letters_of(*tensor.find("axes"));
    (is_input ? inputs : outputs) +=
        tensor_text(tensor.find("id")->text, letters, tensor.find("dtype")->text, is_input, tensor.find("ops"));
  }
  if (inputs.empty()) inputs = tensor_text("other", letters, "float32", true, nullptr);
  if (outputs.empty()) outputs = tensor_text("other", letters, "float32", false, nullptr);
  return concat(
      "format_version: 0.4.10\ntype: model\nname: my model\ndescription: d\nauthors: [{name: A}]\ncite: [{text: t, "
      "url: u}]\n"
      "documentation: README.md\nlicense: MIT\ntimestamp: 2020-01-01T00:00:00Z\ntest_inputs: [a.npy]\n"
      "test_outputs: [b.npy]\nweights: {onnx: {source: w.onnx, opset_version: 17}}\ninputs:\n",
      inputs, "outputs:\n", outputs);
}

Result<model::Model> model_of_description(const std::string& text) {
  ZOOPORT_TRY_ASSIGN(const bioimageio::Description description,
                     bioimageio::read(text, "rdf.yaml", {.io = bioimageio::Io::kNone}, {}));
  if (description.status != bioimageio::Status::kValid) {
    for (const Diagnostic& finding : description.diagnostics.items())
      if (finding.severity == Severity::kError) return Error{ErrorKind::kInvalid, finding};
  }
  ZOOPORT_TRY_ASSIGN(model::Model model, bioimageio::to_model(description, std::make_shared<NoFiles>()));
  model.networks[0].load = [network = network_for(model)](const Context&) -> Result<onnx::Model> { return network; };
  return model;
}

std::shared_ptr<engine::Engine> scripted_engine(const model::Model& model, std::shared_ptr<Script> script) {
  FakeNetwork network;
  const auto port = [](const model::TensorSpec& spec) {
    return engine::Port{spec.id, tensor::Dtype::kFloat32, tensor::Shape(spec.axes.size(), -1)};
  };
  for (const model::TensorSpec& input : model.inputs) network.inputs.push_back(port(input));
  for (const model::TensorSpec& output : model.outputs) network.outputs.push_back(port(output));
  network.compute = [script](const std::vector<tensor::View>& inputs) -> Result<std::vector<tensor::Array>> {
    script->given.clear();
    for (const tensor::View& input : inputs) script->given.push_back(tensor::Array::copy_of(input));
    std::vector<tensor::Array> answers;
    for (const tensor::Array& answer : script->answers) answers.push_back(tensor::Array::copy_of(answer.view()));
    return answers;
  };
  return std::make_shared<FakeEngine>(std::move(network));
}

}  // namespace zooport::testing::golden
