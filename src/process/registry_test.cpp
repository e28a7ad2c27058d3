#include <gtest/gtest.h>

#include <algorithm>

#include "zooport/process/registry.hpp"

namespace zooport::process {

namespace {

using List = std::vector<double>;
using Ids = std::vector<std::string>;

Result<OperationPtr> make(std::string_view name, std::map<std::string, Value, std::less<>> values,
                          std::string_view axes = "bcyx") {
  return make_operation(name, Parameters{std::move(values)}, tensor::axes_from_letters(axes));
}

Measure first_measure(const Result<OperationPtr>& operation) {
  EXPECT_TRUE(operation.ok());
  return operation.ok() ? (*operation)->measures().at(0) : Measure{};
}

}  // namespace

TEST(ProcessRegistry, NamesAreSortedAndUnknownOnesListThem) {
  const auto names = operation_names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  const auto made = make("stardist_postprocessing", {});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(made.error().what.id, "process.unknown-operation");
  EXPECT_NE(made.error().what.message.find("zero_mean_unit_variance"), std::string::npos);
}

TEST(ProcessRegistry, WrongParametersAreNamed) {
  const std::vector<std::pair<Result<OperationPtr>, std::string>> wrong = [] {
    std::vector<std::pair<Result<OperationPtr>, std::string>> cases;
    cases.emplace_back(make("binarize", {}), "threshold");
    cases.emplace_back(make("binarize", {{"threshold", List{1, 2}}}), "axis");
    cases.emplace_back(make("binarize", {{"threshold", std::string("high")}}), "threshold");
    cases.emplace_back(make("binarize", {{"threshold", 1.0}, {"axis", std::string("z")}}), "z");
    cases.emplace_back(make("clip", {}), "neither");
    cases.emplace_back(make("clip", {{"min", 5.0}, {"max", 5.0}}), "min < max");
    cases.emplace_back(make("clip", {{"min", 1.0}, {"min_percentile", 5.0}}), "both");
    cases.emplace_back(make("clip", {{"min_percentile", 50.0}, {"max_percentile", 40.0}}), "min_percentile");
    cases.emplace_back(make("ensure_dtype", {{"dtype", std::string("float8")}}), "float8");
    cases.emplace_back(make("scale_linear", {{"gain", List{1, 2}}}), "gain");
    cases.emplace_back(
        make("scale_linear", {{"gain", List{1, 2}}, {"offset", List{1, 2, 3}}, {"axis", std::string("c")}}),
        "2 values");
    cases.emplace_back(make("scale_range", {{"min_percentile", 99.0}, {"max_percentile", 1.0}}), "min_percentile");
    cases.emplace_back(make("scale_range", {{"mode", std::string("fixed")}, {"axes", std::string("yx")}}), "fixed");
    cases.emplace_back(make("scale_mean_variance", {}), "reference_tensor");
    cases.emplace_back(make("sigmoid", {{"slope", 1.0}}), "slope");
    cases.emplace_back(make("softmax", {}, "yx"), "channel");
    cases.emplace_back(make("zero_mean_unit_variance", {{"axes", std::string("zyx")}}), "z");
    cases.emplace_back(make("zero_mean_unit_variance", {{"mode", std::string("fixed")}, {"mean", 1.0}}), "std");
    return cases;
  }();
  for (const auto& [made, word] : wrong) {
    ASSERT_FALSE(made.ok()) << word;
    EXPECT_EQ(made.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(made.error().what.id, "process.parameter");
    EXPECT_NE(made.error().what.message.find(word), std::string::npos) << made.error().what.message;
  }
}

TEST(ProcessRegistry, ScopeFollowsTheFormats) {
  EXPECT_TRUE(first_measure(make("zero_mean_unit_variance", {})).over_dataset);
  EXPECT_TRUE(first_measure(make("zero_mean_unit_variance", {})).axes.empty());
  const Measure sample = first_measure(make("zero_mean_unit_variance", {{"axes", Ids{"x", "y"}}}));
  EXPECT_FALSE(sample.over_dataset);
  EXPECT_EQ(sample.axes, (Ids{"y", "x"}));
  EXPECT_TRUE(first_measure(make("scale_range", {{"axes", Ids{"batch", "y", "x"}}})).over_dataset);
  const Measure dataset =
      first_measure(make("scale_range", {{"mode", std::string("per_dataset")}, {"axes", std::string("yx")}}));
  EXPECT_TRUE(dataset.over_dataset);
  EXPECT_EQ(dataset.axes, (Ids{"batch", "y", "x"}));
  EXPECT_FALSE(first_measure(make("scale_mean_variance", {{"reference_tensor", std::string("r")}})).over_dataset);
  EXPECT_EQ(first_measure(make("clip", {{"min_percentile", 5.0}, {"axes", Ids{"x"}}})).method,
            Measure::Method::kInvertedCdf);
  EXPECT_EQ(first_measure(make("clip", {{"min_percentile", 5.0}})).method, Measure::Method::kLinear);
}

TEST(ProcessRegistry, DescribesItselfForPeople) {
  EXPECT_EQ((*make("zero_mean_unit_variance", {{"axes", std::string("yx")}}))->describe(),
            "zero_mean_unit_variance(axes=y x)");
  EXPECT_EQ((*make("clip", {{"min", 0.0}, {"max", 1.0}}))->describe(), "clip(min=0, max=1)");
  EXPECT_EQ((*make("scale_linear", {{"gain", List{2, 3}}, {"axis", std::string("channel")}}))->describe(),
            "scale_linear(gain=[2, 3] along channel, offset=0)");
}

TEST(ProcessRegistry, OnlyASoftmaxOverSpaceNeedsTheWholeTensor) {
  EXPECT_TRUE((*make("softmax", {}))->is_blockwise());
  EXPECT_FALSE((*make("softmax", {{"axis", std::string("x")}}))->is_blockwise());
}

}  // namespace zooport::process
