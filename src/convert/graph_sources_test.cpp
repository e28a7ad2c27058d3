#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "convert/czann_verify.hpp"
#include "tests/support/fake_engine.hpp"
#include "tests/support/tiny_onnx.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/convert/to_czann.hpp"

namespace zooport::convert {
namespace {

namespace tiny = zooport::testing::tiny;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

class ConvertGraph : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  std::string written(std::string_view bytes) const {
    std::ofstream(file_, std::ios::binary) << bytes;
    return file_;
  }
  const std::string file_ =
      os::join_path(os::temporary_folder(),
                    concat("zooport-graph-", ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".bin"));
};

std::string id_of(const std::string& source) {
  const auto loaded = load_model(source, {});
  return loaded.ok() ? "" : loaded.error().what.id;
}

TEST_F(ConvertGraph, WithoutOutputs) {
  const tiny::Value x{"x", 1, {1, 1, -1, -1}};
  const tiny::Value y{"y", 1, {1, 1, -1, -1}};
  const std::vector<tiny::Node> nodes{{"Relu", {"x"}, {"y"}}};
  EXPECT_EQ(id_of(written(tiny::model(nodes, {x}, {y}).text())), "");
  EXPECT_EQ(id_of(written(tiny::model(nodes, {x}, {}).text())), "convert.empty-graph");
}

TEST_F(ConvertGraph, UnknownSource) {
  using namespace std::string_view_literals;
  EXPECT_EQ(id_of(written("\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0"sv)), "convert.unknown-source");
  // A text is a description, if a bad one.
  EXPECT_EQ(id_of(written("\xff\xfe\x61\0"sv)), "convert.invalid-source");
}

TEST_F(ConvertGraph, StatisticsOfTheOutput) {
  auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok()) << source.error().what.message;
  source->model.outputs[0].processing = source->model.inputs[0].processing;
  CzannOptions options;
  options.statistics = CzannOptions::Statistics::kOfImage;
  options.statistics_image = kExample + "/sample.png";
  options.spatial_dims = {128, 160};
  const auto engine = std::make_shared<testing::FakeEngine>(testing::FakeNetwork{});
  const auto report = to_czann(*source, file_, options, engine, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "convert.statistics-of-output");
}

TEST_F(ConvertGraph, AnInvalidResultIsOurOwnMistake) {
  const auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok()) << source.error().what.message;
  const czann::Package empty;
  std::string archive;
  const auto sink = [&](std::span<const std::byte> bytes) -> Result<void> {
    archive.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  };
  ASSERT_TRUE(czann::write(empty, sink, {}).ok());
  double off_stride = 0;
  const auto verified = verify_czann(Bytes(archive), {.source = source->model}, nullptr, {}, off_stride);
  ASSERT_FALSE(verified.ok());
  EXPECT_EQ(verified.error().kind, ErrorKind::kInternal);
  EXPECT_EQ(verified.error().what.id, "convert.wrote-invalid");
  EXPECT_FALSE(verified.error().what.related.empty());
}

}  // namespace
}  // namespace zooport::convert
