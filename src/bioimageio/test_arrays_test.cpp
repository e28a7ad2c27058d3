#include "zooport/bioimageio/test_arrays.hpp"

#include <gtest/gtest.h>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

TEST(TestArrays, AreThoseOfTheModel) {
  const auto root = resource::open_folder(ZOOPORT_SOURCE_DIR "/examples/nuclei", {}).value();
  std::string text(root->read("rdf.yaml", {}).value().text());
  const Description model = read(text, "rdf.yaml", {}, {}).value();
  const auto inputs = get_input_test_arrays(model, *root, {}).value();
  const auto outputs = get_output_test_arrays(model, *root, {}).value();
  ASSERT_EQ(inputs.size(), 1u);
  ASSERT_EQ(outputs.size(), 1u);
  EXPECT_EQ(inputs[0].id, "raw");
  EXPECT_EQ(tensor::letters_of(inputs[0].axes), "bcyx");
  EXPECT_EQ(inputs[0].array.shape().size(), 4u);
  EXPECT_EQ(outputs[0].id, "probability");
  EXPECT_EQ(outputs[0].array.shape(), inputs[0].array.shape());

  text.replace(text.find("test_input.npy"), 14, "other_file.npy");
  const Description missing = read(text, "rdf.yaml", {}, {}).value();
  EXPECT_EQ(get_input_test_arrays(missing, *root, {}).error().what.id, "resource.no-such-file");
  const Description none = read("type: model", "rdf.yaml", {}, {}).value();
  EXPECT_EQ(get_input_test_arrays(none, *root, {}).error().what.id, "zooport.invalid-description");
  Context small;
  small.limits.array_bytes = 10;
  const auto large = get_output_test_arrays(model, *root, small);
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().what.file, "test_output.npy");
}

}  // namespace
}  // namespace zooport::bioimageio
