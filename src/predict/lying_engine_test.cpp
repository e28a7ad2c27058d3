#include <gtest/gtest.h>

#include "predict/models_for_test.hpp"

namespace zooport::predict {
namespace {

using namespace for_test;

// Says of the network what it is told to say, and gives outputs as it likes.
class Liar final : public engine::Engine, public engine::Session {
 public:
  Liar(std::size_t inputs, std::size_t outputs) : inputs_(inputs), outputs_(outputs) {}
  const std::string& name() const override { return name_; }
  const std::string& version() const override { return name_; }
  const std::string& path() const override { return name_; }
  const std::vector<std::string>& providers() const override { return providers_; }
  Result<std::unique_ptr<engine::Session>> load(const Bytes&, const engine::SessionOptions&, const Context&) override {
    auto session = std::make_unique<Liar>(inputs_.size(), outputs_.size());
    session->first = first;
    session->later = later;
    return std::unique_ptr<engine::Session>(std::move(session));
  }
  const std::vector<engine::Port>& inputs() const override { return inputs_; }
  const std::vector<engine::Port>& outputs() const override { return outputs_; }
  const std::string& provider() const override { return name_; }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>&, const Context&) override {
    std::vector<tensor::Array> made;
    for (std::size_t i = 0; i < outputs_.size(); ++i) made.emplace_back(tensor::Dtype::kFloat32, first);
    first = later;
    return made;
  }

  tensor::Shape first, later;  // of the outputs of the first run, and of those that follow

 private:
  std::string name_ = "liar";
  std::vector<std::string> providers_;
  std::vector<engine::Port> inputs_, outputs_;
};

std::string outcome(std::size_t inputs, std::size_t outputs, const tensor::Shape& first = {1, 1, 16, 16},
                    const PredictOptions& options = {}, const std::optional<tensor::Shape>& later = std::nullopt) {
  auto engine = std::make_shared<Liar>(inputs, outputs);
  engine->first = first;
  engine->later = later.value_or(first);
  auto predictor = Predictor::open(model_of({node("Abs", {"a"}, "y")}, {"a"}), engine, options, {});
  if (!predictor) return "closed";
  const auto output = predict_array(*predictor, ramp(16), "yx", {});
  return output ? "" : output.error().what.id;
}

TEST(LyingEngine, IsNotBelieved) {
  EXPECT_EQ(outcome(1, 1), "");
  EXPECT_EQ(outcome(0, 1), "predict.port-count");
  EXPECT_EQ(outcome(2, 1), "predict.port-count");
  EXPECT_EQ(outcome(1, 0), "predict.port-count");
  EXPECT_EQ(outcome(1, 1, {1, 1, 16}), "predict.rank");
}

TEST(LyingEngine, TilesOfDifferentSizesAreNotPutTogether) {
  const PredictOptions tiles{.tile = {TileChoice::Kind::kSizes, {8}}};
  EXPECT_EQ(outcome(1, 1, {1, 1, 8, 8}, tiles), "");
  EXPECT_EQ(outcome(1, 1, {1, 1, 3, 8}, tiles), "predict.output-size");
  for (const tensor::Shape& shape :
       {tensor::Shape{1, 1, 4, 8}, {1, 1, 0, 0}, {1, 1, 8, 400}, {0, 1, 8, 8}, {1, 0, 8, 8}, {1, 5, 8, 8}}) {
    outcome(1, 1, shape);         // as a whole, an output may have any size,
    outcome(1, 1, shape, tiles);  // and tiles may be scaled,
    EXPECT_EQ(outcome(1, 1, {1, 1, 8, 8}, tiles, shape), "predict.output-size") << "but all alike";
    EXPECT_EQ(outcome(1, 1, shape, tiles, tensor::Shape{1, 1, 8, 8}), "predict.output-size");
  }
}

}  // namespace
}  // namespace zooport::predict
