#include "process/layers/channels.hpp"
#include "process/layers/layers.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

tensor::Axis new_axis() { return {"channel", tensor::AxisKind::kChannel}; }

// An axis of one channel behind the others.
class AddChannelAxis final : public Operation {
 public:
  std::string_view name() const override { return "add_channel_axis"; }
  std::string describe() const override { return "add_channel_axis"; }

  Result<void> reform(Form& form) const override {
    form.axes.push_back(new_axis());
    form.extents.push_back(1);
    return {};
  }

  Result<void> apply(Block& block, const Measured&) const override {
    tensor::Shape shape = block.data.shape();
    shape.push_back(1);
    block.data.reshape(std::move(shape));
    block.axes.push_back(new_axis());
    block.origin.push_back(0);
    return {};
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    tensor::Axes axes = to.now().axes;
    const tensor::Dtype dtype = to.now().dtype;
    to.set(to.builder().unsqueeze(to.now().value, {static_cast<std::int64_t>(axes.size())}), dtype);
    axes.push_back(new_axis());
    to.set_axes(std::move(axes));
    return {};
  }
};

}  // namespace

OperationPtr make_add_channel_axis(ParameterReader& reader, const tensor::Axes& axes) {
  if (axes.empty()) reader.fail("the axes of the tensor are not known");
  if (channel_axis(axes) >= 0) reader.fail("the tensor has an axis of channels already");
  return std::make_shared<AddChannelAxis>();
}

}  // namespace zooport::process
