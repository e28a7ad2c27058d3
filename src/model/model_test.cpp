#include <gtest/gtest.h>

#include "zooport/model/model.hpp"

namespace zooport::model {
namespace {

TEST(Model, ChoosesTheFirstUsableWeightsAndSaysWhyNot) {
  Model model;
  EXPECT_EQ(model.choose("").error().what.id, "model.no-weights");
  model.networks.push_back({"pytorch_state_dict", "w.pt", "it holds no graph", nullptr});
  EXPECT_EQ(model.choose("").error().what.id, "model.no-usable-weights");
  EXPECT_NE(model.choose("").error().what.message.find("it holds no graph"), std::string::npos);
  model.networks.push_back({"onnx", "w.onnx", "", nullptr});
  EXPECT_EQ((*model.choose(""))->weights, "onnx");
  EXPECT_EQ(model.choose("pytorch_state_dict").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(model.choose("keras").error().what.id, "model.unknown-weights");
}

}  // namespace
}  // namespace zooport::model
