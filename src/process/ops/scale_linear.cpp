#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/extents.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// x * gain + offset
class ScaleLinear final : public Operation {
 public:
  ScaleLinear(Along gain, Along offset) : gain_(std::move(gain)), offset_(std::move(offset)) {}
  std::string_view name() const override { return "scale_linear"; }
  std::string describe() const override {
    return concat("scale_linear(", described("gain", gain_), ", ", described("offset", offset_), ")");
  }

  Result<void> reform(Form& form) const override { return take_extents(name(), {&gain_, &offset_}, form); }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY_ASSIGN(Table gain, lay(gain_, block));
    ZOOPORT_TRY_ASSIGN(Table offset, lay(offset_, block));
    const std::array<Table, 2> tables{std::move(gain), std::move(offset)};
    if (gain_.axis.empty() && offset_.axis.empty() && block.data.dtype() == tensor::Dtype::kFloat32) {
      // Rounds twice, as float32 arithmetic with numbers does.
      return map_block<float>(block, tables, [](double x, double by, double plus) {
        return static_cast<float>(x) * static_cast<float>(by) + static_cast<float>(plus);
      });
    }
    return map_block<double>(block, tables, [](double x, double by, double plus) { return x * by + plus; });
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    std::string x = to.as_float();
    const auto is_all = [](const Along& along, double value) { return along.axis.empty() && along.values[0] == value; };
    if (!is_all(gain_, 1)) x = to.builder().add("Mul", {x, to.constant(gain_.values, gain_.axis)});
    if (!is_all(offset_, 0)) x = to.builder().add("Add", {x, to.constant(offset_.values, offset_.axis)});
    to.set(x, tensor::Dtype::kFloat32);
    return {};
  }

 private:
  Along gain_;
  Along offset_;
};

}  // namespace

OperationPtr make_scale_linear(ParameterReader& reader, const tensor::Axes&) {
  Along gain;
  Along offset;
  reader.pair_along("gain", 1, "offset", 0, gain, offset);
  return std::make_shared<ScaleLinear>(std::move(gain), std::move(offset));
}

}  // namespace zooport::process
