#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "src/convert/image_axes.hpp"
#include "tests/golden/npz.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/image/axes.hpp"
#include "zooport/predict/sample.hpp"

// Arrays without names of axes as inputs of models 0.4 (kind "array_0.4" of data/golden/tensors).
namespace zooport::testing::golden {

TEST(GoldenFormat04, ArraysOnAxes) {
  ZOOPORT_NEEDS_SHARED();
  // The reference takes axes in order whatever their sizes: colours become rows, and a second axis of one that is too
  // many takes the wrong one away (docs/differences.md).
  const std::set<std::string> kBetterHere = {"t0067", "t0071", "t0072", "t0074"};
  const std::string folder = shared_folder() + "/data/golden/tensors";
  const Npz outputs(folder + "/outputs.npz");
  std::ifstream lines(folder + "/index.jsonl");
  std::map<std::string, int> counts;
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(line);
    const doc::Node& root = record->root();
    if (root.find("kind")->text != "array_0.4") continue;
    ++counts["records"];
    const std::string id(root.find("id")->text);
    model::TensorSpec spec;
    for (const doc::Node& axis : root.find("axes")->children)
      spec.axes.push_back({.axis = tensor::axes_from_letters(axis.text.substr(0, 1)).front()});
    tensor::Shape shape;
    for (const doc::Node& size : root.find("shape")->children) shape.push_back(*doc::integer_of(size));
    tensor::Array array(tensor::Dtype::kUint16, shape);
    std::uint16_t value = 0;
    for (std::uint16_t& element : array.as<std::uint16_t>()) element = value++;
    image::Info info;
    info.dtype = array.dtype();
    info.shape = shape;
    info.axes = image::guess_axes(shape);
    const auto letters = convert::axes_of_image(info, spec, "");
    ASSERT_TRUE(letters.ok()) << id;
    const auto reader = predict::array_reader(std::move(array), *letters);
    const auto view = predict::SampleView::make(*reader, *letters, spec.tensor_axes());
    const doc::Node* result = root.find("result");
    if (!result) {
      EXPECT_FALSE(view.ok()) << id;
      ++counts["refused by both"];
      continue;
    }
    if (id == "t0078") {  // a plane for a model of volumes: the reference makes it a volume of one plane
      EXPECT_EQ(view.error().what.id, "predict.axis-missing");
      ++counts["refused here"];
      continue;
    }
    ASSERT_TRUE(view.ok()) << id << ": " << view.error().what.message;
    const auto found = view->read(0, tensor::Shape(view->shape().size(), 0), view->shape());
    ASSERT_TRUE(found.ok());
    const tensor::Array expected = outputs.get(std::string(result->find("key")->text));
    const bool same = found->shape() == expected.shape() &&
                      std::equal(found->as<std::uint16_t>().begin(), found->as<std::uint16_t>().end(),
                                 expected.as<std::uint16_t>().begin());
    EXPECT_EQ(same, kBetterHere.count(id) == 0) << id << " " << *letters << " " << shape_text(found->shape());
    ++counts[same ? "equal" : "different on purpose"];
  }
  for (const auto& [what, count] : counts) std::cout << count << " " << what << "\n";
  EXPECT_EQ(counts["records"], 14);
  EXPECT_EQ(counts["equal"], 8);
  EXPECT_EQ(counts["different on purpose"], 4);
}

TEST(ImageAxes, FollowTheNumberOfChannels) {
  const auto axes = [](const std::string& letters, std::int64_t channels, tensor::Shape shape,
                       const std::string& asked = "") {
    model::TensorSpec spec;
    for (const tensor::Axis& axis : tensor::axes_from_letters(letters)) {
      model::AxisSpec one{.axis = axis};
      if (axis.kind == tensor::AxisKind::kChannel) one.size = model::ParametrizedSize{channels, 0};
      spec.axes.push_back(one);
    }
    image::Info info;
    info.shape = std::move(shape);
    info.axes = image::guess_axes(info.shape);
    return convert::axes_of_image(info, spec, asked).value();
  };
  EXPECT_EQ(axes("byxc", 1, {1, 64, 64, 1}), "byxc");
  EXPECT_EQ(axes("byxc", 1, {64, 64}), "yx");
  EXPECT_EQ(axes("bcyx", 5, {64, 64, 5}), "yxc");
  EXPECT_EQ(axes("byxc", 5, {5, 64, 64}), "cyx");
  EXPECT_EQ(axes("bcyx", 5, {3, 64, 64, 5}), "byxc");
  EXPECT_EQ(axes("bcyx", 1, {20, 64, 64}), "zyx");  // planes, one after the other
  EXPECT_EQ(axes("bczyx", 1, {4, 64, 64}), "zyx");
  EXPECT_EQ(axes("bczyx", 2, {2, 4, 64, 64}), "czyx");
  EXPECT_EQ(axes("bcyx", 5, {64, 64, 5}, "cyx"), "cyx");
}

}  // namespace zooport::testing::golden
