#include <gtest/gtest.h>

#include "convert/graphs_for_test.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

using testing::node;

class InspectGraph : public ::testing::Test {
 protected:
  // Two channels, first or last.
  std::string written(const onnx::Model& model) const {
    const std::string path = os::join_path(folder_.path(), "m.onnx");
    const auto bytes = onnx::to_bytes(model);
    EXPECT_TRUE(bytes.ok());
    EXPECT_TRUE(os::write_file_atomically(path, bytes->span(), true).ok());
    return path;
  }
  static onnx::Model network(bool turned) {
    testing::GraphParts parts;
    const auto turn = [](std::vector<std::int64_t> order) { return onnx::make_attribute("perm", std::move(order)); };
    parts.constants = {onnx::make_floats("w", {3, 2, 3, 3}, std::vector<float>(54, 1))};
    const auto pads = onnx::make_attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1});
    if (turned) {
      parts.nodes = {node("Transpose", {"x"}, "a", {turn({0, 3, 1, 2})}), node("Conv", {"a", "w"}, "b", {pads}),
                     node("Transpose", {"b"}, "y", {turn({0, 2, 3, 1})})};
      parts.input = {-1, -2, -3, 2};
    } else {
      parts.nodes = {node("Conv", {"x", "w"}, "y", {pads})};
    }
    return testing::graph(std::move(parts));
  }
  ::zooport::testing::TemporaryFolder folder_;
};

TEST_F(InspectGraph, SpaceIsWhereTheConvolutionsHaveIt) {
  for (const bool turned : {false, true}) {
    const auto report = inspect_graph(written(network(turned)), {}, {});
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->space, turned ? (std::vector<int>{1, 2}) : (std::vector<int>{2, 3}));
    EXPECT_EQ(report->at_size->pixels, 512 * 512);
    EXPECT_EQ(report->at_size->costs.multiply_adds, 512u * 512 * 3 * 2 * 9);
    ASSERT_EQ(report->geometry.axes.size(), 2u);
    EXPECT_TRUE(report->geometry.is_known) << report->geometry.reason;
    EXPECT_EQ(report->geometry.axes[0].reach_before, 1);
    EXPECT_GT(report->at_size->engine_bytes, 2 * report->at_size->costs.peak_bytes);
    EXPECT_GT(report->at_size->engine_bytes_again, report->at_size->engine_bytes);
  }
}

TEST_F(InspectGraph, AxesAreWhatTheCallerSays) {
  const std::string path = written(network(false));
  const auto report = inspect_graph(path, {{}, "bcty"}, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->space, (std::vector<int>{3}));
  EXPECT_EQ(report->at_size->pixels, 512);
  for (const char* wrong : {"byx", "bcyy", "bcyq", "bcyxz"}) {
    const auto refused = inspect_graph(path, {{}, wrong}, {});
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().what.id, "convert.input-axes") << wrong;
    EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace zooport::convert
