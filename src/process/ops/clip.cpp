#include <optional>

#include "process/kernel.hpp"
#include "process/layers/layers.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// One side of the interval: a number, or a percentile of the tensor as it was given.
struct Bound {
  std::optional<double> number;
  std::optional<Measure> percentile;
};

std::string described(std::string_view side, const Bound& bound) {
  if (bound.number) return concat(side, "=", *bound.number);
  if (bound.percentile) return concat(side, "_percentile=", bound.percentile->q * 100);
  return {};
}

class Clip final : public Operation {
 public:
  Clip(Bound least, Bound most, Scope scope)
      : least_(std::move(least)), most_(std::move(most)), scope_(std::move(scope)) {}
  std::string_view name() const override { return "clip"; }
  std::string describe() const override {
    const std::string low = described("min", least_);
    const std::string high = described("max", most_);
    const bool measured = least_.percentile || most_.percentile;
    return concat("clip(", low, !low.empty() && !high.empty() ? ", " : "", high,
                  measured ? concat(", ", process::described(scope_)) : "", ")");
  }
  std::vector<Measure> measures() const override {
    std::vector<Measure> measures;
    if (least_.percentile) measures.push_back(*least_.percentile);
    if (most_.percentile) measures.push_back(*most_.percentile);
    return measures;
  }

  Result<void> apply(Block& block, const Measured& measured) const override {
    // Quantiles of a sample are elements of it; running ones are not, and need float64.
    const bool running = scope_.over_dataset && !measures().empty();
    ZOOPORT_TRY(make_floating(block, running ? Precision::kDouble : Precision::kAsGiven));
    ZOOPORT_TRY(limit(block, least_, measured, [](double x, double least) { return x >= least ? x : least; }));
    return limit(block, most_, measured, [](double x, double most) { return x <= most ? x : most; });
  }

  Result<void> emit(Emitter& to, const Measured* frozen) const override {
    if ((least_.percentile || most_.percentile) && to.builder().model().opset() < 8) {
      return make_error(ErrorKind::kUnsupported, "process.not-in-graph",
                        concat("clip by percentiles needs opset 8, found ", to.builder().model().opset()));
    }
    std::string x = to.as_float();
    if (least_.number || most_.number) x = to.builder().clip(x, least_.number, most_.number);
    for (const auto& [bound, op] : {std::pair{&least_, "Max"}, std::pair{&most_, "Min"}}) {
      if (!bound->percentile) continue;
      ZOOPORT_TRY_ASSIGN(const std::string limit, to.statistic(*bound->percentile, frozen));
      x = to.builder().add(op, {x, limit});
    }
    to.set(x, tensor::Dtype::kFloat32);
    return {};
  }

 private:
  template <class F>
  Result<void> limit(Block& block, const Bound& bound, const Measured& measured, const F& f) const {
    const bool is_double = block.data.dtype() == tensor::Dtype::kFloat64;
    if (bound.percentile) {
      ZOOPORT_TRY_ASSIGN(Table table, lay(measured, *bound.percentile, block));
      const std::array<Table, 1> tables{std::move(table)};
      return is_double ? map_block<double>(block, tables, f) : map_block<float>(block, tables, f);
    }
    if (!bound.number) return {};
    ZOOPORT_TRY_ASSIGN(Table table, lay(Along{{*bound.number}, {}}, block));
    const std::array<Table, 1> tables{std::move(table)};
    // NaN stays: a number limits what is beyond it, and nothing else.
    const auto keep_nan = [&](double x, double value) { return std::isnan(x) ? x : f(x, value); };
    return is_double ? map_block<double>(block, tables, keep_nan) : map_block<float>(block, tables, keep_nan);
  }

  Bound least_;
  Bound most_;
  Scope scope_;
};

Bound bound(ParameterReader& reader, std::string_view number, std::string_view percentile, const Scope& scope) {
  Bound bound{reader.number(number), {}};
  const std::optional<double> percent = reader.number(percentile);
  if (!percent) return bound;
  if (bound.number) reader.fail(concat("both ", number, " and ", percentile, " are given"));
  if (*percent < 0 || *percent > 100) reader.fail(concat("expected ", percentile, " between 0 and 100"), percentile);
  bound.percentile = Measure{Measure::Kind::kQuantile,
                             *percent / 100,
                             scope.over_dataset ? Measure::Method::kLinear : Measure::Method::kInvertedCdf,
                             scope.axes,
                             scope.over_dataset,
                             {}};
  return bound;
}

}  // namespace

OperationPtr make_clip_to_range(ParameterReader& reader, const tensor::Axes&) {
  const Bound least{reader.number_or("min", 0), {}};
  const Bound most{reader.number_or("max", 1), {}};
  if (*least.number >= *most.number) {
    reader.fail(concat("expected min < max, found ", *least.number, " and ", *most.number));
  }
  return std::make_shared<Clip>(least, most, Scope{});
}

OperationPtr make_clip(ParameterReader& reader, const tensor::Axes&) {
  const Scope scope = reader.scope();
  Bound least = bound(reader, "min", "min_percentile", scope);
  Bound most = bound(reader, "max", "max_percentile", scope);
  if (!least.number && !least.percentile && !most.number && !most.percentile) {
    reader.fail("neither a least nor a largest value is given");
  }
  if (least.number && most.number && *least.number >= *most.number) {
    reader.fail(concat("expected min < max, found ", *least.number, " and ", *most.number));
  }
  if (least.percentile && most.percentile && least.percentile->q >= most.percentile->q) {
    reader.fail("expected min_percentile < max_percentile");
  }
  return std::make_shared<Clip>(std::move(least), std::move(most), scope);
}

}  // namespace zooport::process
