#include "zooport/onnx/info.hpp"

#include <gtest/gtest.h>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

TEST(Info, TellsWhatTheNucleiModelIsMadeOf) {
  ZOOPORT_NEEDS_SHARED();
  const auto file = os::read_file(testing::shared_folder() + "/data/models/unet2d_nuclei_broad/weights.onnx", 1u << 30);
  ASSERT_TRUE(file);
  const auto model = read_model(*file);
  ASSERT_TRUE(model) << model.error().what.message;
  const GraphInfo info = info_of(*model);
  EXPECT_EQ(info.ir_version, 9);
  ASSERT_EQ(info.opsets.size(), 1u);
  EXPECT_EQ(info.opsets[0], (std::pair<std::string, std::int64_t>("ai.onnx", 20)));
  ASSERT_EQ(info.inputs.size(), 1u);
  EXPECT_EQ(info.inputs[0].dtype, "float32");
  EXPECT_EQ(info.inputs[0].extents.size(), 4u);
  ASSERT_EQ(info.outputs.size(), 1u);
  std::size_t operators = 0;
  for (const auto& [name, count] : info.operators) operators += count;
  EXPECT_EQ(operators, info.nodes);
  EXPECT_GT(info.operators.at("Conv"), 5u);
  EXPECT_GT(info.parameters, 100'000u);
  EXPECT_LE(info.constant_bytes, file->size());
}

}  // namespace
}  // namespace zooport::onnx
