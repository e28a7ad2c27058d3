#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "zooport/process/statistics.hpp"

namespace zooport::process {

namespace {

using Ids = std::vector<std::string>;

Measure moment(Measure::Kind kind, Ids axes, bool over_dataset = false) {
  return {kind, 0, Measure::Method::kLinear, std::move(axes), over_dataset, {}};
}
Measure quantile(double q, Ids axes, Measure::Method method = Measure::Method::kLinear, bool over_dataset = false) {
  return {Measure::Kind::kQuantile, q, method, std::move(axes), over_dataset, {}};
}

// In pieces of a given size, from the last to the first.
BlockSource pieces_of(const tensor::Array& array, std::int64_t height, std::int64_t width) {
  return [&array, height, width](const BlockSink& sink) -> Result<void> {
    const tensor::Shape& shape = array.shape();
    const int y_axis = static_cast<int>(shape.size()) - 2;
    for (std::int64_t y = (shape[y_axis] - 1) / height * height; y >= 0; y -= height) {
      for (std::int64_t x = (shape[y_axis + 1] - 1) / width * width; x >= 0; x -= width) {
        tensor::Shape origin(shape.size(), 0);
        origin[y_axis] = y;
        origin[y_axis + 1] = x;
        const tensor::View block = array.view()
                                       .cropped(y_axis, y, std::min(height, shape[y_axis] - y))
                                       .cropped(y_axis + 1, x, std::min(width, shape[y_axis + 1] - x));
        ZOOPORT_TRY(sink(block, origin));
      }
    }
    return {};
  };
}

Subject subject_of(const tensor::Array& array, std::string_view axes) {
  return {array.dtype(), tensor::axes_from_letters(axes), array.shape(), source_of(array.view())};
}

Measured taken(const Subject& subject, const std::vector<Measure>& measures, const StatisticsOptions& options = {}) {
  auto measured = measure(subject, measures, options, Context{});
  EXPECT_TRUE(measured.ok()) << measured.error().what.message;
  return measured ? *measured : Measured{};
}

tensor::Array random_array(tensor::Dtype dtype, tensor::Shape shape, double mean, double spread) {
  tensor::Array array(tensor::Dtype::kFloat64, std::move(shape));
  std::mt19937 random(7);
  std::normal_distribution<double> normal(mean, spread);
  for (double& value : array.as<double>()) value = normal(random);
  return tensor::Array::converted(array.view(), dtype);
}

double only(const Measured& measured, const Measure& measure) { return measured.at(measure).values.at(0); }

}  // namespace

TEST(Statistics, DoNotDependOnBlocksMemoryOrOrder) {
  const std::vector<Ids> axes = {{}, {"y", "x"}, {"channel", "y"}, {"x"}, {"channel"}};
  for (const tensor::Dtype dtype :
       {tensor::Dtype::kBool, tensor::Dtype::kUint8, tensor::Dtype::kInt16, tensor::Dtype::kFloat16,
        tensor::Dtype::kInt32, tensor::Dtype::kFloat32, tensor::Dtype::kUint64, tensor::Dtype::kFloat64}) {
    const tensor::Array array = random_array(dtype, {2, 5, 7}, 90, 20);
    std::vector<Measure> measures;
    for (const Ids& over : axes) {
      measures.push_back(moment(Measure::Kind::kMean, over));
      measures.push_back(moment(Measure::Kind::kStd, over));
      for (const double q : {0.0, 0.01, 0.5, 0.998, 1.0}) {
        measures.push_back(quantile(q, over));
        measures.push_back(quantile(q, over, Measure::Method::kInvertedCdf));
      }
    }
    const Measured whole = taken(subject_of(array, "cyx"), measures);
    for (const std::int64_t size : {1, 4, 100}) {
      Subject subject = subject_of(array, "cyx");
      subject.source = pieces_of(array, size, size + 3);
      for (const std::uint64_t memory : {std::uint64_t{1}, std::uint64_t{1} << 28}) {
        if (size != 4 && memory == 1) continue;  // slow: one group at a time
        const Measured again = taken(subject, measures, {memory});
        for (const auto& [key, value] : whole) {
          ASSERT_EQ(value.shape, again.at(key).shape);
          for (std::size_t i = 0; i < value.values.size(); ++i) {
            const double expected = value.values[i];
            const double tolerance = key.kind == Measure::Kind::kQuantile ? 0 : 1e-14 * std::abs(expected);
            ASSERT_NEAR(again.at(key).values[i], expected, tolerance) << tensor::name_of(dtype);
          }
        }
      }
    }
  }
}

TEST(Statistics, EqualThePlainDefinitions) {
  const tensor::Array array = random_array(tensor::Dtype::kFloat64, {2, 50, 60}, 5, 3);
  const Measured measured = taken(
      subject_of(array, "cyx"),
      {moment(Measure::Kind::kMean, {"y", "x"}), moment(Measure::Kind::kStd, {"y", "x"}), quantile(0.25, {"y", "x"})});
  for (std::size_t channel = 0; channel < 2; ++channel) {
    std::vector<double> values(array.as<double>().begin() + static_cast<std::ptrdiff_t>(channel * 3000),
                               array.as<double>().begin() + static_cast<std::ptrdiff_t>((channel + 1) * 3000));
    double sum = 0;
    for (const double value : values) sum += value;
    double squares = 0;
    for (const double value : values) squares += (value - sum / 3000) * (value - sum / 3000);
    std::sort(values.begin(), values.end());
    EXPECT_NEAR(measured.at(moment(Measure::Kind::kMean, {"y", "x"})).values[channel], sum / 3000, 1e-12);
    EXPECT_NEAR(measured.at(moment(Measure::Kind::kStd, {"y", "x"})).values[channel], std::sqrt(squares / 3000), 1e-12);
    const double linear = values[749] + (values[750] - values[749]) * 0.75;
    EXPECT_NEAR(measured.at(quantile(0.25, {"y", "x"})).values[channel], linear, 1e-12);
  }
}

TEST(Statistics, SmallSpreadOnALargeMeanKeepsItsDigits) {
  tensor::Array array(tensor::Dtype::kFloat32, {100, 100});
  for (std::size_t i = 0; i < 10'000; ++i) array.as<float>()[i] = i % 2 == 0 ? 1.0e7f : 1.0e7f + 1;
  array.as<float>()[0] = 1.0e7f + 1;
  array.as<float>()[1] = 1.0e7f;
  const Measured measured =
      taken(subject_of(array, "yx"), {moment(Measure::Kind::kMean, {}), moment(Measure::Kind::kStd, {})});
  EXPECT_EQ(only(measured, moment(Measure::Kind::kMean, {})), 1.0e7 + 0.5);
  EXPECT_EQ(only(measured, moment(Measure::Kind::kStd, {})), 0.5);
}

TEST(Statistics, NanIsLeftOutAndPoisonsOnlyTheDeviation) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const tensor::Array array = tensor::Array::of<double>({1, 4}, {1, nan, 3, 2});
  const Measured measured =
      taken(subject_of(array, "yx"),
            {moment(Measure::Kind::kMean, {}), moment(Measure::Kind::kStd, {}), quantile(0.5, {}), quantile(1, {})});
  EXPECT_EQ(only(measured, moment(Measure::Kind::kMean, {})), 2);
  EXPECT_TRUE(std::isnan(only(measured, moment(Measure::Kind::kStd, {}))));
  EXPECT_EQ(only(measured, quantile(0.5, {})), 2);
  EXPECT_EQ(only(measured, quantile(1, {})), 3);
}

TEST(Statistics, SourcesThatDoNotMakeUpTheTensorAreNoticed) {
  const tensor::Array array(tensor::Dtype::kFloat32, {4, 4});
  Subject subject = subject_of(array, "yx");
  subject.source = [&](const BlockSink& sink) { return sink(array.view().cropped(0, 0, 2), {0, 0}); };
  EXPECT_EQ(measure(subject, {quantile(0.5, {})}, {}, Context{}).error().what.id, "process.blocks");
  subject.source = [&](const BlockSink& sink) { return sink(array.view(), {1, 0}); };
  EXPECT_EQ(measure(subject, {quantile(0.5, {})}, {}, Context{}).error().what.id, "process.blocks");
}

TEST(Statistics, WrongRequestsAreErrors) {
  const tensor::Array array(tensor::Dtype::kFloat32, {4, 4});
  const Subject subject = subject_of(array, "yx");
  EXPECT_EQ(measure(subject, {quantile(0.5, {"z"})}, {}, Context{}).error().what.id, "process.parameter");
  EXPECT_EQ(measure(subject, {quantile(1.5, {})}, {}, Context{}).error().what.id, "process.parameter");
  EXPECT_EQ(measure(subject, {quantile(0.5, {})}, {0}, Context{}).error().what.id, "process.memory");
  std::stop_source source;
  source.request_stop();
  Context context;
  context.stop = source.get_token();
  EXPECT_EQ(measure(subject, {quantile(0.5, {})}, {}, context).error().what.id, "base.cancelled");
}

TEST(Statistics, RunningOnesCoverEverySampleSoFar) {
  const tensor::Array first = tensor::Array::of<float>({1, 2}, {1, 3});
  const tensor::Array second = tensor::Array::of<float>({1, 4}, {5, 7, 9, 11});
  const std::vector<Measure> measures = {moment(Measure::Kind::kMean, {}, true), moment(Measure::Kind::kStd, {}, true),
                                         quantile(0.5, {}, Measure::Method::kLinear, true)};
  DatasetStatistics statistics;
  auto values = statistics.update(subject_of(first, "yx"), measures, {}, Context{});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(only(*values, measures[0]), 2);
  EXPECT_EQ(only(*values, measures[1]), 1);
  values = statistics.update(subject_of(second, "yx"), measures, {}, Context{});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(only(*values, measures[0]), 6);
  EXPECT_NEAR(only(*values, measures[1]), std::sqrt((25 + 9 + 1 + 1 + 9 + 25) / 6.0), 1e-14);
  EXPECT_NEAR(only(*values, measures[2]), (2 * 2 + 4 * 8) / 6.0, 1e-14);
}

TEST(Statistics, KeptAxesOfADatasetMustNotChange) {
  const tensor::Array first(tensor::Dtype::kFloat32, {2, 4});
  const tensor::Array second(tensor::Dtype::kFloat32, {3, 4});
  DatasetStatistics statistics;
  const std::vector<Measure> measures = {moment(Measure::Kind::kMean, {"x"}, true)};
  ASSERT_TRUE(statistics.update(subject_of(first, "yx"), measures, {}, Context{}).ok());
  const auto again = statistics.update(subject_of(second, "yx"), measures, {}, Context{});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().what.id, "process.dataset-shape");
}

}  // namespace zooport::process
