#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/extents.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

constexpr double kEps = 1e-6;  // whatever the description says: the reference ignores its eps

double normalised(double x, double mean, double deviation) { return (x - mean) / (deviation + kEps); }

// (x - mean) / (std + eps), of the tensor as it was given.
class ZeroMeanUnitVariance final : public Operation {
 public:
  explicit ZeroMeanUnitVariance(Scope scope) : scope_(std::move(scope)) {
    mean_ = {Measure::Kind::kMean, 0, Measure::Method::kLinear, scope_.axes, scope_.over_dataset, {}};
    std_ = mean_;
    std_.kind = Measure::Kind::kStd;
  }
  std::string_view name() const override { return "zero_mean_unit_variance"; }
  std::string describe() const override { return concat("zero_mean_unit_variance(", described(scope_), ")"); }
  std::vector<Measure> measures() const override { return {mean_, std_}; }

  Result<void> apply(Block& block, const Measured& measured) const override {
    ZOOPORT_TRY_ASSIGN(Table mean, lay(measured, mean_, block));
    ZOOPORT_TRY_ASSIGN(Table deviation, lay(measured, std_, block));
    return map_block<double>(block, std::array<Table, 2>{std::move(mean), std::move(deviation)}, normalised);
  }

  Result<void> emit(Emitter& to, const Measured* frozen) const override {
    const std::string x = to.as_float();
    ZOOPORT_TRY_ASSIGN(const std::string mean, to.statistic(mean_, frozen));
    ZOOPORT_TRY_ASSIGN(const std::string deviation, to.statistic(std_, frozen));
    onnx::Builder& builder = to.builder();
    const std::string width = builder.add("Add", {deviation, to.constant({kEps}, {})});
    to.set(builder.add("Div", {builder.add("Sub", {x, mean}), width}), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  Scope scope_;
  Measure mean_;
  Measure std_;
};

// The same with given numbers.
class FixedZeroMeanUnitVariance final : public Operation {
 public:
  FixedZeroMeanUnitVariance(Along mean, Along deviation) : mean_(std::move(mean)), std_(std::move(deviation)) {}
  std::string_view name() const override { return "fixed_zero_mean_unit_variance"; }
  std::string describe() const override {
    return concat("fixed_zero_mean_unit_variance(", described("mean", mean_), ", ", described("std", std_), ")");
  }

  Result<void> reform(Form& form) const override { return take_extents(name(), {&mean_, &std_}, form); }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY_ASSIGN(Table mean, lay(mean_, block));
    ZOOPORT_TRY_ASSIGN(Table deviation, lay(std_, block));
    return map_block<double>(block, std::array<Table, 2>{std::move(mean), std::move(deviation)}, normalised);
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    const std::string x = to.as_float();
    std::vector<double> widths = std_.values;
    for (double& width : widths) width += kEps;
    onnx::Builder& builder = to.builder();
    const std::string centred = builder.add("Sub", {x, to.constant(mean_.values, mean_.axis)});
    to.set(builder.add("Div", {centred, to.constant(widths, std_.axis)}), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  Along mean_;
  Along std_;
};

}  // namespace

OperationPtr make_fixed_zero_mean_unit_variance(ParameterReader& reader, const tensor::Axes&) {
  reader.text_or("mode", "");
  reader.number("eps");
  if (!reader.has("mean") || !reader.has("std")) reader.fail("mean and std have to be given");
  Along mean;
  Along deviation;
  reader.pair_along("mean", 0, "std", 1, mean, deviation);
  for (const double value : deviation.values) {
    if (value < 0) reader.fail(concat("expected a std that is not negative, found ", value), "std");
  }
  return std::make_shared<FixedZeroMeanUnitVariance>(std::move(mean), std::move(deviation));
}

OperationPtr make_zero_mean_unit_variance(ParameterReader& reader, const tensor::Axes& axes) {
  if (reader.text_or("mode", "") == "fixed") return make_fixed_zero_mean_unit_variance(reader, axes);
  reader.number("eps");
  for (const char* given : {"mean", "std"}) {
    if (reader.has(given)) reader.fail(concat(given, " is taken with mode=fixed only"), given);
  }
  Scope scope = reader.scope();
  return std::make_shared<ZeroMeanUnitVariance>(std::move(scope));
}

}  // namespace zooport::process
