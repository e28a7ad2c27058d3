#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// (x - mean) / (std + eps) * (reference std + eps) + reference mean
class ScaleMeanVariance final : public Operation {
 public:
  ScaleMeanVariance(Scope scope, std::string reference, double eps) : scope_(std::move(scope)), eps_(eps) {
    mean_ = measure(Measure::Kind::kMean, "");
    std_ = measure(Measure::Kind::kStd, "");
    reference_mean_ = measure(Measure::Kind::kMean, reference);
    reference_std_ = measure(Measure::Kind::kStd, reference);
  }
  std::string_view name() const override { return "scale_mean_variance"; }
  std::string describe() const override {
    return concat("scale_mean_variance(of ", reference_mean_.tensor, ", ", described(scope_), ")");
  }
  std::vector<Measure> measures() const override { return {mean_, std_, reference_mean_, reference_std_}; }

  Result<void> apply(Block& block, const Measured& measured) const override {
    ZOOPORT_TRY_ASSIGN(Table mean, lay(measured, mean_, block));
    ZOOPORT_TRY_ASSIGN(Table deviation, lay(measured, std_, block));
    ZOOPORT_TRY_ASSIGN(Table to_mean, lay(measured, reference_mean_, block));
    ZOOPORT_TRY_ASSIGN(Table to_deviation, lay(measured, reference_std_, block));
    const std::array<Table, 4> tables{std::move(mean), std::move(deviation), std::move(to_mean),
                                      std::move(to_deviation)};
    return map_block<double>(block, tables, [eps = eps_](double x, double m, double s, double rm, double rs) {
      return (x - m) / (s + eps) * (rs + eps) + rm;
    });
  }

  Result<void> emit(Emitter& to, const Measured* frozen) const override {
    const std::string x = to.as_float();
    ZOOPORT_TRY_ASSIGN(const std::string mean, to.statistic(mean_, frozen));
    ZOOPORT_TRY_ASSIGN(const std::string deviation, to.statistic(std_, frozen));
    ZOOPORT_TRY_ASSIGN(const std::string to_mean, to.statistic(reference_mean_, frozen));
    ZOOPORT_TRY_ASSIGN(const std::string to_deviation, to.statistic(reference_std_, frozen));
    onnx::Builder& builder = to.builder();
    const std::string eps = to.constant({eps_}, {});
    const std::string unit = builder.add("Div", {builder.add("Sub", {x, mean}), builder.add("Add", {deviation, eps})});
    const std::string scaled = builder.add("Mul", {unit, builder.add("Add", {to_deviation, eps})});
    to.set(builder.add("Add", {scaled, to_mean}), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  Measure measure(Measure::Kind kind, const std::string& tensor) const {
    return {kind, 0, Measure::Method::kLinear, scope_.axes, scope_.over_dataset, tensor};
  }

  Scope scope_;
  double eps_;
  Measure mean_;
  Measure std_;
  Measure reference_mean_;
  Measure reference_std_;
};

}  // namespace

OperationPtr make_scale_mean_variance(ParameterReader& reader, const tensor::Axes&) {
  Scope scope = reader.scope(ParameterReader::WithoutAxes::kSample);
  std::string reference = reader.text_or("reference_tensor", "");
  if (reference.empty()) reader.fail("the reference_tensor is missing");
  const double eps = reader.number_or("eps", 1e-6);
  return std::make_shared<ScaleMeanVariance>(std::move(scope), std::move(reference), eps);
}

}  // namespace zooport::process
