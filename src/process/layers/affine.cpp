#include "process/kernel.hpp"
#include "process/layers/channels.hpp"
#include "process/layers/layers.hpp"
#include "process/ops/describe.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// A value for each channel; several of them turn one channel into as many, as broadcasting does in czmodel.
Result<void> meet_channels(std::string_view name, Block& block, std::size_t values) {
  if (values <= 1) return {};
  const int axis = channel_axis(block.axes);
  const std::int64_t has = axis < 0 ? 0 : block.data.shape()[static_cast<std::size_t>(axis)];
  if (has == static_cast<std::int64_t>(values)) return {};
  if (has != 1) return wrong_channels(name, concat(values, " channels or 1"), has);
  return gather_channels(block, std::vector<std::int64_t>(values, 0));
}

Result<void> meet_channels(std::string_view name, Form& form, std::size_t values) {
  if (values <= 1) return {};
  const std::int64_t has = channels_of(form);
  if (has > 1 && has != static_cast<std::int64_t>(values)) {
    return wrong_channels(name, concat(values, " channels or 1"), has);
  }
  set_channels(form, static_cast<std::int64_t>(values));
  return {};
}

// (x - minus) / by, x + plus or x * by, with one value for all channels or one for each.
class Affine final : public Operation {
 public:
  enum class Kind : std::uint8_t { kShift, kScale, kNormalization };
  Affine(Kind kind, Along first, Along second) : kind_(kind), first_(std::move(first)), second_(std::move(second)) {}

  std::string_view name() const override {
    return kind_ == Kind::kShift ? "shift" : kind_ == Kind::kScale ? "scale" : "normalization";
  }
  std::string describe() const override {
    if (kind_ != Kind::kNormalization) return concat(name(), "(", described(name(), first_), ")");
    return concat(name(), "(", described("mean", first_), ", ", described("std", second_), ")");
  }
  Result<void> reform(Form& form) const override { return meet_channels(name(), form, count()); }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY(meet_channels(name(), block, count()));
    ZOOPORT_TRY_ASSIGN(Table first, lay(first_, block));
    ZOOPORT_TRY_ASSIGN(Table second, lay(second_, block));
    const std::array<Table, 2> tables{std::move(first), std::move(second)};
    switch (kind_) {
      case Kind::kShift: return map(block, tables, [](auto x, auto a, auto) { return x + a; });
      case Kind::kScale: return map(block, tables, [](auto x, auto a, auto) { return x * a; });
      case Kind::kNormalization: break;
    }
    return map(block, tables, [](auto x, auto a, auto b) { return (x - a) / b; });
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    const std::string x = to.as_float();
    const std::string first = to.constant(first_.values, first_.axis);
    std::string y;
    switch (kind_) {
      case Kind::kShift: y = to.builder().add("Add", {x, first}); break;
      case Kind::kScale: y = to.builder().add("Mul", {x, first}); break;
      case Kind::kNormalization:
        y = to.builder().add("Div", {to.builder().add("Sub", {x, first}), to.constant(second_.values, second_.axis)});
        break;
    }
    to.set(y, tensor::Dtype::kFloat32);
    return {};
  }

 private:
  std::size_t count() const { return std::max(first_.values.size(), second_.values.size()); }

  // float32 stays float32, rounded at every step.
  template <class F>
  static Result<void> map(Block& block, const std::array<Table, 2>& tables, const F& f) {
    if (block.data.dtype() != tensor::Dtype::kFloat32) return map_block<double>(block, tables, f);
    return map_block<float>(block, tables, [&f](double x, double a, double b) {
      return f(static_cast<float>(x), static_cast<float>(a), static_cast<float>(b));
    });
  }

  Kind kind_;
  Along first_;
  Along second_;
};

Along along_channels(ParameterReader& reader, std::string_view key, const tensor::Axes& axes) {
  if (!reader.has(key)) reader.fail(concat(key, " is missing"));
  Along along{reader.numbers_or(key, 0), {}};
  if (along.values.size() > 1) {
    const int axis = expect_channels(reader, axes);
    if (axis >= 0) along.axis = axes[static_cast<std::size_t>(axis)].id;
  }
  return along;
}

}  // namespace

OperationPtr make_shift(ParameterReader& reader, const tensor::Axes& axes) {
  return std::make_shared<Affine>(Affine::Kind::kShift, along_channels(reader, "shift", axes), Along{{0}, {}});
}

OperationPtr make_scale(ParameterReader& reader, const tensor::Axes& axes) {
  return std::make_shared<Affine>(Affine::Kind::kScale, along_channels(reader, "scale", axes), Along{{1}, {}});
}

OperationPtr make_normalization(ParameterReader& reader, const tensor::Axes& axes) {
  Along mean = along_channels(reader, "mean", axes);
  Along deviation = along_channels(reader, "std", axes);
  const std::size_t a = mean.values.size();
  const std::size_t b = deviation.values.size();
  if (a > 1 && b > 1 && a != b) reader.fail(concat("mean has ", a, " values and std has ", b), "std");
  for (const double value : deviation.values) {
    if (!(value > 0)) reader.fail(concat("expected a std above 0, found ", value), "std");
  }
  return std::make_shared<Affine>(Affine::Kind::kNormalization, std::move(mean), std::move(deviation));
}

}  // namespace zooport::process
