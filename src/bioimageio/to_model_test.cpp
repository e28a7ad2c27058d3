#include "zooport/bioimageio/to_model.hpp"

#include <gtest/gtest.h>

#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

using testing::content_of;
using zooport::testing::shared_folder;

Description checked(std::string text) {
  auto description = read(std::move(text), "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

std::string steps(const model::TensorSpec& tensor) {
  std::vector<std::string> names;
  for (const auto& step : tensor.processing) names.push_back(step->describe());
  return join(names, "; ");
}

class Empty final : public resource::Root {
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

std::string model_with(std::string_view inputs, std::string_view outputs) {
  return concat(
      "format_version: 0.4.10\ntype: model\nname: my model\ndescription: d\nauthors: [{name: A}]\ncite: [{text: t, "
      "url: u}]\n"
      "documentation: README.md\nlicense: MIT\ntimestamp: 2020-01-01T00:00:00Z\ntest_inputs: [a.npy]\n"
      "test_outputs: [b.npy]\nweights: {onnx: {source: w.onnx, opset_version: 9}}\ninputs:\n",
      inputs, "outputs:\n", outputs);
}

TEST(ToModel, ExampleIsValidAndRunnable) {
  const std::string folder = ZOOPORT_SOURCE_DIR "/examples/nuclei";
  auto root = resource::open_folder(folder, {});
  ASSERT_TRUE(root) << root.error().what.message;
  Description description = checked(content_of(folder + "/rdf.yaml"));
  ASSERT_TRUE(check_io(description, **root, {}, {}));
  std::string told;
  for (const Diagnostic& d : description.diagnostics.items())
    if (d.severity > Severity::kInfo) told += concat(to_text(d.path), ": ", d.message, "\n");
  EXPECT_EQ(told, "");
  ASSERT_EQ(description.status, Status::kValid);

  const auto made = to_model(description, *root);
  ASSERT_TRUE(made) << made.error().what.message;
  EXPECT_EQ(made->name, "Nuclei in Uneven Light");
  ASSERT_EQ(made->inputs.size(), 1u);
  const model::TensorSpec& input = made->inputs[0];
  EXPECT_EQ(input.id, "raw");
  EXPECT_EQ(tensor::letters_of(input.tensor_axes()), "bcyx");
  EXPECT_EQ(input.test_file, "test_input.npy");
  EXPECT_EQ(std::get<model::ParametrizedSize>(input.axes[2].size).min, 64);
  EXPECT_EQ(std::get<model::ParametrizedSize>(input.axes[2].size).step, 4);
  EXPECT_EQ(std::get<model::ParametrizedSize>(input.axes[0].size).step, 1);
  const model::TensorSpec& output = made->outputs.at(0);
  EXPECT_EQ(output.axes[3].halo, 24);
  EXPECT_EQ(std::get<model::ReferenceSize>(output.axes[3].size).tensor, "raw");
  EXPECT_EQ(std::get<model::ReferenceSize>(output.axes[3].size).axis, "x");
  EXPECT_EQ(output.range, std::optional(std::pair(0.0, 1.0)));
  const auto network = made->choose("");
  ASSERT_TRUE(network) << network.error().what.message;
  EXPECT_EQ((*network)->weights, "onnx");
  const auto loaded = (*network)->load({});
  ASSERT_TRUE(loaded) << loaded.error().what.message;
  EXPECT_FALSE(loaded->graph.nodes.empty());
}

TEST(ToModel, StepsAreThoseOfTheReference) {
  const Description description = checked(model_with(
      "- {name: a, axes: bcyx, data_type: uint8, shape: [1, 2, 8, 8]}\n"
      "- {name: b, axes: bcyx, data_type: uint16, shape: [1, 2, 8, 8]}\n",
      "- {name: c, axes: bcyx, data_type: uint8, shape: [1, 1, 8, 8], postprocessing: [{name: sigmoid}]}\n"));
  const auto made = to_model(description, std::make_shared<Empty>());
  ASSERT_TRUE(made) << made.error().what.message;
  EXPECT_EQ(steps(made->inputs[0]), "ensure_dtype(float32)");
  EXPECT_EQ(steps(made->inputs[1]), "ensure_dtype(uint16); ensure_dtype(float32)");
  EXPECT_EQ(steps(made->outputs[0]), "ensure_dtype(uint8); sigmoid; ensure_dtype(float32)");
}

TEST(ToModel, EveryRecordedStepCanBeMade) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream lines(shared_folder() + "/data/verdicts/vectors.jsonl");
  int models = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(line);
    ASSERT_TRUE(record);
    if (record->root().find("kind")->text != "base") break;
    const std::string_view base = record->root().find("base")->text;
    if (base != "model_min" && base != "model_rich" && base != "model_data") continue;
    std::string text;
    testing::write_yaml(*record->root().find("document"), text);
    const Description description = checked(std::move(text));
    ASSERT_EQ(description.status, Status::kValid);
    const auto made = to_model(description, std::make_shared<Empty>());
    ASSERT_TRUE(made) << base << ": " << made.error().what.message;
    ++models;
    if (base != "model_rich") continue;
    EXPECT_EQ(made->inputs[0].processing.size(), 9u);
    EXPECT_EQ(made->outputs[0].processing.size(), 9u);
    // mask: scale [1, 0, 0.5, 2], offset [0, 1.5, 0, -4]; expanded: scale [1, 1, null, 1, 1], offset 3.5 where null.
    EXPECT_EQ(std::get<model::ParametrizedSize>(made->outputs[0].axes[1].size).min, 3);
    EXPECT_EQ(std::get<model::ReferenceSize>(made->outputs[0].axes[3].size).offset, -4);
    EXPECT_EQ(std::get<model::ParametrizedSize>(made->outputs[1].axes[2].size).min, 7);
    EXPECT_EQ(std::get<model::ReferenceSize>(made->outputs[1].axes[3].size).axis, "y");
    std::string reasons;
    for (const model::Network& network : made->networks)
      if (!network.reason.empty()) reasons += network.weights + " ";
    EXPECT_EQ(reasons, "keras_hdf5 pytorch_state_dict tensorflow_js tensorflow_saved_model_bundle torchscript ");
    const auto unusable = made->networks[2].load({});
    EXPECT_EQ(unusable.error().what.id, "zooport.weights-unusable");
  }
  EXPECT_EQ(models, 3);
}

TEST(ToModel, RefusesWhatHasNoMeaning) {
  const Description sizes = checked(model_with("- {name: a, axes: bcyx, data_type: uint8, shape: [1, 2, 8]}\n",
                                               "- {name: c, axes: byx, data_type: uint8, shape: [1, 8, 8]}\n"));
  ASSERT_EQ(sizes.status, Status::kValid);
  const auto refused = to_model(sizes, std::make_shared<Empty>());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.id, "zooport.axes-and-shape");
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);

  const auto invalid = to_model(checked("type: model\n"), std::make_shared<Empty>());
  EXPECT_EQ(invalid.error().what.id, "zooport.invalid-description");

  const Description remote = checked(model_with("- {name: a, axes: byx, data_type: uint8, shape: [1, 2, 8]}\n",
                                                "- {name: c, axes: byx, data_type: uint8, shape: [1, 8, 8]}\n"));
  const auto made = to_model(remote, std::make_shared<Empty>());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->open("https://127.0.0.1/a", {}).error().what.id, "resource.private-address");
}

}  // namespace
}  // namespace zooport::bioimageio
