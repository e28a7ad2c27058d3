#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/geometry.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/predict/compare.hpp"
#include "zooport/tensor/npy.hpp"

// Two real networks through every pass, run before and after on their own test tensor.
namespace zooport::testing {
namespace {

using onnx::Model;

constexpr model::Tolerance kTolerance{.absolute = 1e-5, .relative = 1e-4};

struct Subject {
  std::string name;
  Model model;
  std::string input;
  std::string output;
  tensor::Array image;
  tensor::Array expected;  // of the model as it is
};

Result<tensor::Array> run(const Model& model, const tensor::View& image) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(model));
  ZOOPORT_TRY_ASSIGN(const auto session, installed_engine()->load(bytes, {}, {}));
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> outputs, session->run({image}, {}));
  return std::move(outputs.at(0));
}

Result<Subject> subject(const std::string& folder) {
  Subject one;
  one.name = os::file_name(folder);
  ZOOPORT_TRY_ASSIGN(const Bytes file, os::read_file(folder + "/weights.onnx", 1u << 24));
  ZOOPORT_TRY_ASSIGN(one.model, onnx::read_model(file));
  one.input = one.model.graph.required_inputs().at(0)->name;
  one.output = one.model.graph.outputs.at(0).name;
  ZOOPORT_TRY_ASSIGN(const tensor::Array stored, tensor::read_npy_file(folder + "/test_input.npy", {}));
  one.image = tensor::Array::converted(stored.view(), tensor::Dtype::kFloat32);
  ZOOPORT_TRY_ASSIGN(one.expected, run(one.model, one.image.view()));
  return one;
}

class EveryPass : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ZOOPORT_NEEDS_ENGINE();
    const bool is_shared = std::string_view(GetParam()).starts_with("data/");
    if (is_shared) ZOOPORT_NEEDS_SHARED();
    const std::string root = is_shared ? shared_folder() : ZOOPORT_SOURCE_DIR;
    auto loaded = subject(root + "/" + GetParam());
    ASSERT_TRUE(loaded.ok()) << loaded.error().what.message;
    subject_ = std::move(*loaded);
  }

  void expect_clean(const Model& model) const {
    Diagnostics found;
    onnx::check_model(model, found);
    for (const Diagnostic& item : found.items()) EXPECT_NE(item.severity, Severity::kError) << item.message;
  }

  // Runs the graph on the test tensor.
  void expect_same(const Model& model, const std::string& pass) const {
    expect_clean(model);
    const auto found = run(model, subject_.image.view());
    ASSERT_TRUE(found.ok()) << pass << ": " << found.error().what.message;
    expect_equal(subject_.expected.view(), found->view(), pass);
  }
  static void expect_equal(const tensor::View& expected, const tensor::View& found, const std::string& pass) {
    const auto compared = predict::compare(pass, expected, found, kTolerance);
    EXPECT_TRUE(compared.passed) << pass << ": " << compared.reason;
    EXPECT_TRUE(compared.discriminates) << pass;
  }

  Model opened() const {
    Model open = subject_.model;
    const auto done = onnx::make_symbolic(open, {{subject_.input, {"batch", "", "height", "width"}}});
    EXPECT_TRUE(done.ok()) << (done ? "" : done.error().what.message);
    return open;
  }
  tensor::Array quarter() const {  // the corner of half the size along both axes
    tensor::Array corner(tensor::Dtype::kFloat32, {1, 1, subject_.image.shape()[2] / 2, subject_.image.shape()[3] / 2});
    const auto width = static_cast<std::size_t>(subject_.image.shape()[3]);
    const std::size_t half = width / 2;
    for (std::size_t i = 0; i < corner.as<float>().size(); ++i)
      corner.as<float>()[i] = subject_.image.as<float>()[i / half * width + i % half];
    return corner;
  }

  Subject subject_;
};

TEST_P(EveryPass, EveryOpset) {
  std::map<std::int64_t, std::string> refused;
  std::map<std::int64_t, std::string> not_loaded;
  std::size_t same = 0;
  for (std::int64_t opset = 7; opset <= 28; ++opset) {
    Model changed = subject_.model;
    Diagnostics why;
    if (!onnx::change_opset(changed, {.target = opset}, why)) {
      ASSERT_FALSE(why.items().empty()) << opset;
      refused[opset] = why.items().front().message;
      continue;
    }
    EXPECT_EQ(changed.opset(), opset);
    expect_clean(changed);
    const auto bytes = onnx::to_bytes(changed);
    ASSERT_TRUE(bytes.ok());
    // An engine knows the opsets of its time.
    if (const auto session = installed_engine()->load(*bytes, {}, {}); !session && opset > 20) {
      not_loaded[opset] = session.error().what.message;
      continue;
    }
    expect_same(changed, concat("opset ", opset));
    ++same;
  }
  std::cout << subject_.name << ": " << same << " opsets give the same, " << not_loaded.size()
            << " are too new for the engine, " << refused.size() << " are refused";
  for (const auto& [opset, why] : refused) std::cout << "\n  " << opset << ": " << why;
  std::cout << "\n";
  for (std::int64_t opset = 11; opset <= 20; ++opset) EXPECT_FALSE(refused.count(opset)) << refused[opset];
  EXPECT_GE(same, 10u);
}

TEST_P(EveryPass, OpenAndFixedSizes) {
  Model open = opened();
  expect_same(open, "make_symbolic");
  const tensor::Array corner = quarter();
  const auto small = run(open, corner.view());
  ASSERT_TRUE(small.ok()) << small.error().what.message;

  Model fixed = open;
  ASSERT_TRUE(onnx::make_fixed(fixed, {{subject_.input, corner.shape()}}).ok());
  EXPECT_EQ(fixed.graph.outputs.at(0).type.shape->at(3).value, small->shape().at(3));
  expect_clean(fixed);
  const auto again = run(fixed, corner.view());
  ASSERT_TRUE(again.ok()) << again.error().what.message;
  expect_equal(small->view(), again->view(), "make_fixed");
  ASSERT_TRUE(onnx::make_fixed(fixed = open, {{subject_.input, subject_.image.shape()}}).ok());
  expect_same(fixed, "make_fixed");
}

TEST_P(EveryPass, Layout) {
  for (const Model& inner : {subject_.model, opened()}) {
    Model changed = inner;
    const auto done = onnx::wrap_layout(changed, {{subject_.input, {0, 2, 3, 1}}}, {{subject_.output, {0, 2, 3, 1}}});
    ASSERT_TRUE(done.ok()) << done.error().what.message;
    expect_clean(changed);
    const tensor::Array image = tensor::Array::copy_of(subject_.image.view().transposed({0, 2, 3, 1}));
    const auto found = run(changed, image.view());
    ASSERT_TRUE(found.ok()) << found.error().what.message;
    expect_equal(subject_.expected.view(), found->view().transposed({0, 3, 1, 2}), "wrap_layout");
    // And back again.
    ASSERT_TRUE(onnx::wrap_layout(changed, {{subject_.input, {0, 3, 1, 2}}}, {{subject_.output, {0, 3, 1, 2}}}).ok());
    expect_same(changed, "wrap_layout twice");
  }
}

TEST_P(EveryPass, FunctionsNamesAndDataFiles) {
  Model changed = subject_.model;
  ASSERT_TRUE(onnx::inline_functions(changed).ok());
  expect_same(changed, "inline_functions");

  onnx::rename_value(changed.graph, subject_.input, "renamed");
  expect_same(changed, "rename_value");

  const auto apart = onnx::with_data_file(subject_.model, "weights.data");
  ASSERT_TRUE(apart.ok()) << apart.error().what.message;
  EXPECT_FALSE(apart->blocks.empty());
  std::string data(static_cast<std::size_t>(apart->data_size), '\0');
  for (const auto& block : apart->blocks)
    data.replace(static_cast<std::size_t>(block.offset), block.bytes.size(), block.bytes.text());
  onnx::ReadOptions options;
  options.external = [&](const std::string&) -> Result<Bytes> { return Bytes(data); };
  const auto together = onnx::read_model(*onnx::to_bytes(apart->model), options);
  ASSERT_TRUE(together.ok()) << together.error().what.message;
  expect_same(*together, "with_data_file");
}

TEST_P(EveryPass, GeometryIsKnown) {
  const onnx::Geometry geometry = onnx::geometry_of(opened(), {2, 3});
  EXPECT_TRUE(geometry.is_known) << geometry.reason;
  ASSERT_EQ(geometry.axes.size(), 2u);
  EXPECT_EQ(geometry.axes[0].scale_numerator, 1);
  EXPECT_GT(geometry.axes[0].reach(), 10);
}

INSTANTIATE_TEST_SUITE_P(Networks, EveryPass, ::testing::Values("examples/nuclei", "data/models/unet2d_nuclei_broad"),
                         [](const auto& of) {
                           return os::file_name(of.param) == "nuclei" ? "Example" : "NucleiBroad";
                         });

}  // namespace
}  // namespace zooport::testing
