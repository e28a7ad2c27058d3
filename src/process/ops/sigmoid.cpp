#include <limits>
#include <type_traits>

#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// NumPy's 1/(1+exp(-x)) of integers: -x wraps in the integers' own type, and exp of 8 and 16 bits computes in float16
// and float32. Means little, but descriptions with an integer data type ask for it.
template <class T>
double of_integer(T x) {
  using Unsigned = std::make_unsigned_t<T>;
  const auto negative = static_cast<T>(static_cast<Unsigned>(0 - static_cast<Unsigned>(x)));
  const double power = std::exp(static_cast<double>(negative));
  if constexpr (sizeof(T) == 1) {
    const auto rounded = [](double value) { return static_cast<double>(tensor::Half::from_double(value).to_float()); };
    return rounded(1 / rounded(1 + rounded(power)));
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<double>(1 / (1 + static_cast<float>(power)));
  } else {
    return 1 / (1 + power);
  }
}

class Sigmoid final : public Operation {
 public:
  std::string_view name() const override { return "sigmoid"; }
  std::string describe() const override { return "sigmoid"; }

  Result<void> apply(Block& block, const Measured&) const override {
    if (!tensor::is_floating(block.data.dtype()) && block.data.dtype() != tensor::Dtype::kBool) {
      return apply_to_integers(block);
    }
    ZOOPORT_TRY(make_floating(block, Precision::kAsGiven));
    const auto f = [](double x) { return 1 / (1 + std::exp(-x)); };
    const std::array<Table, 0> none{};
    const bool single = block.data.dtype() == tensor::Dtype::kFloat32;
    return single ? map_block<float>(block, none, f) : map_block<double>(block, none, f);
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    if (!tensor::is_floating(to.now().dtype)) {
      return make_error(ErrorKind::kUnsupported, "process.not-in-graph",
                        concat("sigmoid of ", tensor::name_of(to.now().dtype), " has no ONNX form: integers wrap"));
    }
    const std::string x = to.as_float();
    to.set(to.builder().add("Sigmoid", {x}), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  static Result<void> apply_to_integers(Block& block) {
    ZOOPORT_TRY_ASSIGN(tensor::Array made,
                       tensor::Array::allocate(tensor::Dtype::kFloat64, block.data.shape(), Limits{}));
    double* out = made.as<double>().data();
    tensor::visit(block.data.dtype(), [&](auto type) {
      using T = typename decltype(type)::type;
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        for (const T x : std::as_const(block.data).as<T>()) *out++ = of_integer(x);
      }
    });
    block.data = std::move(made);
    return {};
  }
};

}  // namespace

OperationPtr make_sigmoid(ParameterReader&, const tensor::Axes&) { return std::make_shared<Sigmoid>(); }

}  // namespace zooport::process
