#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

constexpr double kEps = 1e-6;  // whatever the description says: the reference ignores its eps

// (x - low) / (high - low + eps), with percentiles of the tensor or of a reference tensor.
class ScaleRange final : public Operation {
 public:
  ScaleRange(double low, double high, Scope scope, std::string reference) : scope_(std::move(scope)) {
    low_ = measure(low / 100, reference);
    high_ = measure(high / 100, reference);
  }
  std::string_view name() const override { return "scale_range"; }
  std::string describe() const override {
    return concat("scale_range(", low_.q * 100, "% to ", high_.q * 100, "%, ", described(scope_),
                  low_.tensor.empty() ? "" : concat(", of ", low_.tensor), ")");
  }
  std::vector<Measure> measures() const override { return {low_, high_}; }

  Result<void> apply(Block& block, const Measured& measured) const override {
    ZOOPORT_TRY_ASSIGN(Table low, lay(measured, low_, block));
    ZOOPORT_TRY_ASSIGN(Table high, lay(measured, high_, block));
    return map_block<double>(block, std::array<Table, 2>{std::move(low), std::move(high)},
                             [](double x, double least, double most) { return (x - least) / (most - least + kEps); });
  }

  Result<void> emit(Emitter& to, const Measured* frozen) const override {
    const std::string x = to.as_float();
    ZOOPORT_TRY_ASSIGN(const std::string low, to.statistic(low_, frozen));
    ZOOPORT_TRY_ASSIGN(const std::string high, to.statistic(high_, frozen));
    onnx::Builder& builder = to.builder();
    const std::string width = builder.add("Add", {builder.add("Sub", {high, low}), to.constant({kEps}, {})});
    to.set(builder.add("Div", {builder.add("Sub", {x, low}), width}), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  Measure measure(double q, const std::string& reference) const {
    return {Measure::Kind::kQuantile, q, Measure::Method::kLinear, scope_.axes, scope_.over_dataset, reference};
  }

  Scope scope_;
  Measure low_;
  Measure high_;
};

}  // namespace

OperationPtr make_scale_range(ParameterReader& reader, const tensor::Axes&) {
  Scope scope = reader.scope();
  const double low = reader.number_or("min_percentile", 0);
  const double high = reader.number_or("max_percentile", 100);
  if (low < 0 || high > 100 || low >= high) {
    reader.fail(concat("expected 0 <= min_percentile < max_percentile <= 100, found ", low, " and ", high));
  }
  reader.number("eps");
  return std::make_shared<ScaleRange>(low, high, std::move(scope), reader.text_or("reference_tensor", ""));
}

}  // namespace zooport::process
