#include <algorithm>

#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

constexpr std::int64_t kColumns = 256;

// Elements of [outer][size][inner], normalised along the middle; a strip of columns at a time keeps them in the cache.
template <class T>
void normalise(T* data, std::int64_t outer, std::int64_t size, std::int64_t inner) {
  std::array<double, kColumns> most;
  std::array<double, kColumns> sum;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t begin = 0; begin < inner; begin += kColumns) {
      const auto width = static_cast<std::size_t>(std::min(kColumns, inner - begin));
      T* const first = data + o * size * inner + begin;
      for (std::size_t i = 0; i < width; ++i) most[i] = static_cast<double>(first[i]);
      for (std::int64_t row = 1; row < size; ++row) {
        const T* x = first + row * inner;
        for (std::size_t i = 0; i < width; ++i) {
          const auto value = static_cast<double>(x[i]);
          most[i] = value > most[i] || std::isnan(value) ? value : most[i];
        }
      }
      std::fill_n(sum.begin(), width, 0.0);
      for (std::int64_t row = 0; row < size; ++row) {
        T* x = first + row * inner;
        for (std::size_t i = 0; i < width; ++i) {
          x[i] = static_cast<T>(std::exp(static_cast<double>(x[i]) - most[i]));
          sum[i] += static_cast<double>(x[i]);
        }
      }
      for (std::int64_t row = 0; row < size; ++row) {
        T* x = first + row * inner;
        for (std::size_t i = 0; i < width; ++i) x[i] = static_cast<T>(static_cast<double>(x[i]) / sum[i]);
      }
    }
  }
}

// exp(x - max) / sum(exp(x - max)) along one axis, which a block has to hold as a whole.
class Softmax final : public Operation {
 public:
  explicit Softmax(tensor::Axis axis) : axis_(std::move(axis)) {}
  std::string_view name() const override { return "softmax"; }
  std::string describe() const override { return concat("softmax(axis=", axis_.id, ")"); }
  bool is_blockwise() const override {
    return axis_.kind == tensor::AxisKind::kChannel || axis_.kind == tensor::AxisKind::kIndex;
  }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY(make_floating(block, Precision::kAsGiven));
    const tensor::Shape& shape = block.data.shape();
    const int axis = tensor::find_axis(block.axes, axis_.id);
    if (axis < 0) {
      return make_error(ErrorKind::kInternal, "process.values-mismatch", "a block lacks the axis of a softmax");
    }
    const auto at = shape.begin() + axis;
    const std::int64_t outer = tensor::element_count(tensor::Shape(shape.begin(), at));
    const std::int64_t inner = tensor::element_count(tensor::Shape(at + 1, shape.end()));
    if (block.data.dtype() == tensor::Dtype::kFloat32) {
      normalise(block.data.as<float>().data(), outer, *at, inner);
    } else {
      normalise(block.data.as<double>().data(), outer, *at, inner);
    }
    return {};
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    const std::string x = to.as_float();
    const tensor::Axes& axes = to.now().axes;
    to.set(to.builder().softmax(x, tensor::find_axis(axes, axis_.id), static_cast<std::int64_t>(axes.size())),
           tensor::Dtype::kFloat32);
    return {};
  }

 private:
  tensor::Axis axis_;
};

}  // namespace

OperationPtr make_softmax(ParameterReader& reader, const tensor::Axes& axes) {
  const std::string id = reader.has("axis") ? reader.list_axis() : "channel";
  const int at = tensor::find_axis(axes, id);
  if (at < 0) reader.fail(concat("the tensor has no axis ", printable(id)));
  return std::make_shared<Softmax>(at < 0 ? tensor::Axis{} : axes[static_cast<std::size_t>(at)]);
}

}  // namespace zooport::process
