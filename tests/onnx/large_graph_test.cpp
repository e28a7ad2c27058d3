#include <gtest/gtest.h>

#include <cstring>
#include <span>

#include "tests/support/disk.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/io.hpp"

// A graph whose constants are more than one file can hold. They are holes on disk but for a few numbers.
namespace zooport::testing {
namespace {

using onnx::Model;

constexpr std::int64_t kRows = 640 << 10;
constexpr std::int64_t kColumns = 512;
constexpr std::int64_t kTableBytes = kRows * kColumns * 4;        // 1.25 GiB
constexpr std::int64_t kSecond = (std::int64_t{1} << 32) + 4096;  // where no 32-bit offset reaches
constexpr std::int64_t kRow = kRows - 3;                          // that the graph looks up

onnx::Node node(const char* op, std::vector<std::string> inputs, std::string output,
                std::vector<onnx::Attribute> attributes = {}) {
  onnx::Node made;
  made.op = op;
  made.name = output;
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  made.attributes = std::move(attributes);
  return made;
}

onnx::Tensor table(const char* name, std::int64_t offset) {
  onnx::Tensor tensor;
  tensor.name = name;
  tensor.type = onnx::ElementType::kFloat;
  tensor.dims = {kRows, kColumns};
  const auto entry = [&](const char* key, std::string value) {
    tensor.external.push_back({key, std::move(value), {}, {}});
  };
  entry("location", "tables.bin");
  entry("offset", std::to_string(offset));
  entry("length", std::to_string(kTableBytes));
  return tensor;
}

// y = softmax over channels of (conv(x) + the mean of a row of two tables), in opset 17.
Model large_model() {
  Model model;
  model.ir_version = 8;
  model.set_opset(17);
  model.graph.name = "large";
  onnx::ValueInfo x;
  x.name = "x";
  x.type.element = onnx::ElementType::kFloat;
  x.type.shape.emplace(4);
  (*x.type.shape)[0].value = (*x.type.shape)[1].value = 1;
  (*x.type.shape)[2].value = (*x.type.shape)[3].value = 64;
  model.graph.inputs = {x};
  x.name = "y";
  (*x.type.shape)[1].value = 2;
  model.graph.outputs = {x};
  model.graph.initializers = {onnx::make_floats("kernel", {2, 1, 1, 1}, {1, -1}), table("first", 0),
                              table("second", kSecond), onnx::make_integers("row", {kRow}),
                              onnx::make_integers("axes", {1})};
  model.graph.nodes = {
      node("Conv", {"x", "kernel"}, "conv"),
      node("Gather", {"first", "row"}, "row1"),
      node("Gather", {"second", "row"}, "row2"),
      node("Concat", {"row1", "row2"}, "rows", {onnx::make_attribute("axis", std::int64_t{0})}),
      node("ReduceSum", {"rows", "axes"}, "sums", {onnx::make_attribute("keepdims", std::int64_t{0})}),
      node("Unsqueeze", {"sums", "axes"}, "column"),
      node("Unsqueeze", {"column", "two"}, "bias"),
      node("Add", {"conv", "bias"}, "sum"),
      node("Softmax", {"sum"}, "y", {onnx::make_attribute("axis", std::int64_t{1})}),
  };
  model.graph.initializers.push_back(onnx::make_integers("two", {2}));
  return model;
}

class LargeGraph : public ::testing::Test {
 protected:
  void SetUp() override {
    if (sizeof(std::size_t) < 8) GTEST_SKIP() << "needs 64-bit addresses";
    path_ = folder_ / "large.onnx";
    auto tables = os::AtomicFile::create(folder_ / "tables.bin", false);
    ASSERT_TRUE(tables.ok());
    const float numbers[] = {0.25f, 0.5f};
    for (int i = 0; i < 2; ++i) {
      const auto at = static_cast<std::uint64_t>((i == 0 ? 0 : kSecond) + kRow * kColumns * 4);
      ASSERT_TRUE(tables->write_at(at, std::as_bytes(std::span(numbers + i, 1))).ok());
    }
    const std::byte last{0};
    ASSERT_TRUE(tables->write_at(static_cast<std::uint64_t>(kSecond + kTableBytes - 1), {&last, 1}).ok());
    ASSERT_TRUE(tables->commit().ok());
    if (disk_bytes(folder_ / "tables.bin") > (64u << 20))
      GTEST_SKIP() << "the temporary folder knows no holes in files";
    const auto written = onnx::to_bytes(large_model());
    ASSERT_TRUE(written.ok());
    ASSERT_TRUE(os::write_file_atomically(path_, written->span(), false).ok());
  }

  // The number in the row that the graph looks up.
  static float number_in(const onnx::Tensor& table) {
    float number = 0;
    std::memcpy(&number, table.raw.data() + kRow * kColumns * 4, sizeof(number));
    return number;
  }

  void expect_tables(const std::string& path) const {
    const auto model = convert::read_graph(path, {});
    ASSERT_TRUE(model.ok()) << model.error().what.message;
    const onnx::Tensor* first = model->graph.find_initializer("first");
    const onnx::Tensor* second = model->graph.find_initializer("second");
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->raw.size(), static_cast<std::size_t>(kTableBytes));
    EXPECT_EQ(number_in(*first), 0.25f);
    EXPECT_EQ(number_in(*second), 0.5f);
  }

  TemporaryFolder folder_;
  std::string path_;
};

TEST_F(LargeGraph, InfoCountsWhatIsNotRead) {
  const auto report = convert::inspect_graph(path_, {}, {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->graph.constant_bytes / (1u << 30), 2u);
  EXPECT_GT(report->graph.parameters, std::uint64_t{2} * kRows * kColumns);
}

TEST_F(LargeGraph, OpsetAndShapeKeepConstantsInASecondFile) {
  const std::string out = folder_ / "twelve.onnx";
  const auto report = convert::change_graph_opset(path_, out, 12, {}, nullptr, {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  ASSERT_FALSE(report->findings.has_errors());
  EXPECT_EQ(report->dest, out);
  EXPECT_EQ(report->data, out + ".data");
  EXPECT_GT(report->data_bytes, onnx::kMostMessageBytes);
  EXPECT_FALSE(report->steps.empty());
  EXPECT_NE(report->steps.back().find("twelve.onnx.data"), std::string::npos);
  EXPECT_LT(disk_bytes(out + ".data"), 8u << 20) << "holes were filled";
  EXPECT_LT(os::status(out).size, 1u << 20);
  expect_tables(out);

  const std::string open = folder_ / "open.onnx";
  convert::AxisChange axes{"x", {"1", "1", "height", "width"}};
  const auto shaped = convert::change_graph_shape(out, open, {axes}, {}, nullptr, {});
  ASSERT_TRUE(shaped.ok()) << shaped.error().what.message;
  EXPECT_EQ(shaped->data, open + ".data");
  EXPECT_EQ(shaped->graph.outputs.at(0).extents.at(2), "height");
  expect_tables(open);
}

TEST_F(LargeGraph, NothingStaysOfWhatCouldNotBeWritten) {
  const std::string out = folder_ / "refused.onnx";
  ASSERT_TRUE(os::write_file_atomically(out + ".data", as_bytes("mine"), false).ok());
  const auto report = convert::change_graph_opset(path_, out, 12, {}, nullptr, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "base.exists");
  EXPECT_EQ(os::status(out).kind, os::FileKind::kMissing);
  EXPECT_EQ(os::status(out + ".data").size, 4u) << "the file that was there";
  const auto names = os::list_folder(folder_.path());
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(names->size(), 3u);
}

}  // namespace
}  // namespace zooport::testing
