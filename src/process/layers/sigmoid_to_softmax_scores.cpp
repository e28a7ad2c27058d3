#include "process/kernel.hpp"
#include "process/layers/channels.hpp"
#include "process/layers/layers.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// One channel p becomes two, p and 1 - p: the foreground comes first, as czmodel has it.
class SigmoidToSoftmaxScores final : public Operation {
 public:
  std::string_view name() const override { return "sigmoid_to_softmax_scores"; }
  std::string describe() const override { return "sigmoid_to_softmax_scores"; }
  std::optional<std::int64_t> channels() const override { return 1; }

  Result<void> reform(Form& form) const override {
    const std::int64_t found = channels_of(form);
    if (found >= 0 && found != 1) return wrong_channels(name(), "1 channel", found);
    set_channels(form, 2);
    return {};
  }

  Result<void> apply(Block& block, const Measured&) const override {
    const int axis = channel_axis(block.axes);
    const std::int64_t found = axis < 0 ? 0 : block.data.shape()[static_cast<std::size_t>(axis)];
    if (found != 1) return wrong_channels(name(), "1 channel", found);
    ZOOPORT_TRY(make_floating(block, Precision::kAsGiven));
    ZOOPORT_TRY(gather_channels(block, {0, 0}));
    // 0 + p and 1 - p
    const std::string& id = block.axes[static_cast<std::size_t>(axis)].id;
    ZOOPORT_TRY_ASSIGN(Table offset, lay(Along{{0, 1}, id}, block));
    ZOOPORT_TRY_ASSIGN(Table sign, lay(Along{{1, -1}, id}, block));
    const std::array<Table, 2> tables{std::move(offset), std::move(sign)};
    const auto f = [](double p, double plus, double times) { return plus + times * p; };
    const bool single = block.data.dtype() == tensor::Dtype::kFloat32;
    return single ? map_block<float>(block, tables, f) : map_block<double>(block, tables, f);
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    const std::string p = to.as_float();
    onnx::Builder& build = to.builder();
    const std::string rest = build.add("Sub", {build.scalar(1.0f), p});
    to.set(build.concat({p, rest}, channel_axis(to.now().axes)), tensor::Dtype::kFloat32);
    return {};
  }
};

}  // namespace

OperationPtr make_sigmoid_to_softmax_scores(ParameterReader& reader, const tensor::Axes& axes) {
  expect_channels(reader, axes);
  return std::make_shared<SigmoidToSoftmaxScores>();
}

}  // namespace zooport::process
