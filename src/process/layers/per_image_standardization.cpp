#include <algorithm>
#include <limits>

#include "process/kernel.hpp"
#include "process/layers/layers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/emitter.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::process {

namespace {

// What TensorFlow divides integers by on their way to float.
double maximum_of(tensor::Dtype dtype) {
  double maximum = 1;
  tensor::visit(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      maximum = static_cast<double>(std::numeric_limits<T>::max());
    }
  });
  return maximum;
}

// (x - mean) / max(std, 1 / sqrt(n)) over the n elements of a plane with its channels, of the tensor as it arrives
// here.
class PerImageStandardization final : public Operation {
 public:
  explicit PerImageStandardization(std::vector<std::string> axes) : axes_(std::move(axes)) {}
  std::string_view name() const override { return "per_image_standardization"; }
  std::string describe() const override { return "per_image_standardization"; }
  bool is_blockwise() const override { return false; }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY(to_unit(block));
    const Measure mean{Measure::Kind::kMean, 0, Measure::Method::kLinear, axes_, false, {}};
    Measure deviation = mean;
    deviation.kind = Measure::Kind::kStd;
    const Subject subject{block.data.dtype(), block.axes, block.data.shape(), source_of(block.data.view())};
    ZOOPORT_TRY_ASSIGN(const Measured measured, measure(subject, {mean, deviation}, {}, Context{}));
    double count = 1;
    for (std::size_t i = 0; i < block.axes.size(); ++i) {
      if (is_reduced(block.axes[i])) count *= static_cast<double>(block.data.shape()[i]);
    }
    ZOOPORT_TRY_ASSIGN(Table means, lay(measured, mean, block));
    ZOOPORT_TRY_ASSIGN(Table deviations, lay(measured, deviation, block));
    const double least = 1 / std::sqrt(count);
    return map_block<float>(block, std::array<Table, 2>{std::move(means), std::move(deviations)},
                            [least](double x, double m, double s) { return (x - m) / std::max(s, least); });
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    onnx::Builder& build = to.builder();
    if (build.model().opset() < 8) {
      return make_error(ErrorKind::kUnsupported, "process.not-in-graph",
                        concat("per_image_standardization needs opset 8, found ", build.model().opset()));
    }
    const double maximum = maximum_of(to.now().dtype);
    std::string x = to.as_float();
    if (maximum != 1) x = build.add("Div", {x, build.scalar(static_cast<float>(maximum))});
    std::vector<std::int64_t> axes;
    for (std::size_t i = 0; i < to.now().axes.size(); ++i) {
      if (is_reduced(to.now().axes[i])) axes.push_back(static_cast<std::int64_t>(i));
    }
    // Twice: the first mean is off by what the sum of many float32 loses.
    const std::string about = build.add("Sub", {x, build.reduce("ReduceMean", x, axes)});
    const std::string apart = build.add("Sub", {about, build.reduce("ReduceMean", about, axes)});
    const std::string deviation =
        build.add("Sqrt", {build.reduce("ReduceMean", build.add("Mul", {apart, apart}), axes)});
    const std::string sizes = build.cast(build.gather(build.add("Shape", {x}), axes, 0), onnx::ElementType::kFloat);
    const std::string count = build.reduce("ReduceProd", sizes, {0}, onnx::Builder::Keep::kAxes);
    const std::string least = build.add("Reciprocal", {build.add("Sqrt", {count})});
    to.set(build.add("Div", {apart, build.add("Max", {deviation, least})}), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  bool is_reduced(const tensor::Axis& axis) const {
    return std::find(axes_.begin(), axes_.end(), axis.id) != axes_.end();
  }

  // Integers divided by their maximum.
  static Result<void> to_unit(Block& block) {
    const double maximum = maximum_of(block.data.dtype());
    ZOOPORT_TRY(make_floating(block, Precision::kAsGiven));
    if (maximum == 1) return {};
    ZOOPORT_TRY_ASSIGN(Table by, lay(Along{{maximum}, {}}, block));
    return map_block<double>(block, std::array<Table, 1>{std::move(by)}, [](double x, double m) { return x / m; });
  }

  std::vector<std::string> axes_;
};

}  // namespace

OperationPtr make_per_image_standardization(ParameterReader& reader, const tensor::Axes& axes) {
  std::vector<std::string> reduced;
  bool has_plane = false;
  for (const tensor::Axis& axis : axes) {
    const bool in_plane = axis.kind == tensor::AxisKind::kSpace && axis.id != "z";
    has_plane = has_plane || in_plane;
    if (in_plane || axis.kind == tensor::AxisKind::kChannel) reduced.push_back(axis.id);
  }
  if (!has_plane) reader.fail("the tensor has no axis x or y");
  return std::make_shared<PerImageStandardization>(std::move(reduced));
}

}  // namespace zooport::process
