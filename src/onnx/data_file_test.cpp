#include <gtest/gtest.h>

#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

Model with_constants(std::vector<Tensor> constants) {
  Model model;
  model.ir_version = 8;
  model.set_opset(17);
  model.graph.initializers = std::move(constants);
  return model;
}

TEST(DataFile, LargeConstantsMoveAndComeBack) {
  std::vector<float> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) + 0.5f;
  Tensor listed = make_floats("listed", {10, 100}, values);
  listed.source_field = 4;  // float_data
  Tensor text;
  text.name = "text";
  text.type = ElementType::kString;
  text.dims = {2};
  text.strings = {std::string(2000, 'a'), "b"};
  const Model model =
      with_constants({make_floats("first", {1000}, values), make_integers("shape", {1, 2, 3}), listed, text});

  const auto apart = with_data_file(model, "m.data");
  ASSERT_TRUE(apart.ok());
  ASSERT_EQ(apart->blocks.size(), 2u);
  EXPECT_EQ(apart->blocks[1].offset, 4096u);
  EXPECT_EQ(apart->data_size, 8096u);
  EXPECT_EQ(apart->blocks[0].bytes.data(), model.graph.initializers[0].raw.data()) << "was copied";
  EXPECT_FALSE(apart->model.graph.initializers[1].raw.empty()) << "small ones stay";

  std::string data(static_cast<std::size_t>(apart->data_size), '\0');
  for (const auto& block : apart->blocks)
    data.replace(static_cast<std::size_t>(block.offset), block.bytes.size(), block.bytes.text());
  const auto file = to_bytes(apart->model);
  ASSERT_TRUE(file.ok());
  ReadOptions options;
  options.external = [&](const std::string& location) -> Result<Bytes> {
    EXPECT_EQ(location, "m.data");
    return Bytes(data);
  };
  const auto again = read_model(*file, options);
  ASSERT_TRUE(again.ok()) << again.error().what.message;
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(again->graph.initializers[i].raw.text(), model.graph.initializers[i].raw.text()) << i;
    EXPECT_EQ(again->graph.initializers[i].dims, model.graph.initializers[i].dims) << i;
    EXPECT_EQ(again->graph.initializers[i].strings, model.graph.initializers[i].strings) << i;
  }
}

TEST(DataFile, RefusesWhatNoFileCanHold) {
  // A constant inside of an operator, far larger than the memory behind it, which nobody looks at.
  static const std::byte kByte{};
  Model model = with_constants({});
  Tensor huge;
  huge.type = ElementType::kUint8;
  huge.dims = {std::int64_t{3} << 30};
  huge.raw = Bytes(nullptr, {&kByte, std::size_t{3} << 30});
  Node node;
  node.op = "Constant";
  node.outputs = {"c"};
  node.set(make_attribute("value", std::move(huge)));
  model.graph.nodes.push_back(std::move(node));
  const auto apart = with_data_file(model, "m.data");
  ASSERT_FALSE(apart.ok());
  EXPECT_EQ(apart.error().what.id, "onnx.too-large-to-write");
  EXPECT_EQ(to_bytes(model).error().what.id, "onnx.too-large-to-write") << "before anything is copied";
}

}  // namespace
}  // namespace zooport::onnx
