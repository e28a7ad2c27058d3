#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// x.astype(dtype): towards zero, with what the processor does beyond the range.
class EnsureDtype final : public Operation {
 public:
  explicit EnsureDtype(tensor::Dtype dtype) : dtype_(dtype) {}
  std::string_view name() const override { return "ensure_dtype"; }
  std::string describe() const override { return concat("ensure_dtype(", tensor::name_of(dtype_), ")"); }

  Result<void> apply(Block& block, const Measured&) const override {
    if (block.data.dtype() == dtype_) return {};
    ZOOPORT_TRY_ASSIGN(tensor::Array made, tensor::Array::allocate(dtype_, block.data.shape(), Limits{}));
    tensor::convert(block.data.view(), made.bytes().data(), dtype_, made.view().strides);
    block.data = std::move(made);
    return {};
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    if (to.now().dtype != dtype_) {
      to.set(to.builder().cast(to.now().value, onnx::element_type_of(dtype_)), dtype_);
    }
    return {};
  }

 private:
  tensor::Dtype dtype_;
};

}  // namespace

OperationPtr make_ensure_dtype(ParameterReader& reader, const tensor::Axes&) {
  const std::string name = reader.text_or("dtype", "");
  const auto dtype = tensor::dtype_named(name);
  if (!dtype)
    reader.fail(concat("expected the name of an element type for dtype, found \"", printable(name), "\""), "dtype");
  return std::make_shared<EnsureDtype>(dtype.value_or(tensor::Dtype::kFloat32));
}

}  // namespace zooport::process
