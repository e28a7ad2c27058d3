#include <numeric>

#include "process/layers/channels.hpp"
#include "process/layers/layers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

using Indices = std::vector<std::int64_t>;

// out[channel i] = in[channel order[i]]. As in czmodel, channels beyond the order are dropped, unless the order is one
// of colours.
class TransposeChannels final : public Operation {
 public:
  enum class Surplus : std::uint8_t { kDropped, kRefused };
  TransposeChannels(std::string_view name, Indices order, Surplus surplus)
      : name_(name), order_(std::move(order)), surplus_(surplus) {}
  std::string_view name() const override { return name_; }
  std::string describe() const override {
    if (surplus_ == Surplus::kRefused) return std::string(name_);
    std::vector<std::string> numbers;
    for (const std::int64_t channel : order_) numbers.push_back(concat(channel));
    return concat(name_, "(", join(numbers, ", "), ")");
  }
  std::optional<std::int64_t> channels() const override { return static_cast<std::int64_t>(order_.size()); }

  Result<void> reform(Form& form) const override {
    const std::int64_t found = channels_of(form);
    if (found >= 0) ZOOPORT_TRY(expect(found));
    set_channels(form, static_cast<std::int64_t>(order_.size()));
    return {};
  }

  Result<void> apply(Block& block, const Measured&) const override {
    const int axis = channel_axis(block.axes);
    if (axis < 0) return wrong_channels(name_, "an axis of channels", 0);
    ZOOPORT_TRY(expect(block.data.shape()[static_cast<std::size_t>(axis)]));
    return gather_channels(block, order_);
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    const tensor::Dtype dtype = to.now().dtype;
    to.set(to.builder().gather(to.now().value, order_, channel_axis(to.now().axes)), dtype);
    return {};
  }

 private:
  Result<void> expect(std::int64_t found) const {
    const auto count = static_cast<std::int64_t>(order_.size());
    if (found == count || (found > count && surplus_ == Surplus::kDropped)) return {};
    return wrong_channels(name_, concat(surplus_ == Surplus::kDropped ? "at least " : "", count, " channels"), found);
  }

  std::string_view name_;  // of the registry
  Indices order_;
  Surplus surplus_;
};

}  // namespace

OperationPtr make_transpose_channels(ParameterReader& reader, const tensor::Axes& axes) {
  expect_channels(reader, axes);
  if (!reader.has("order")) reader.fail("the order is missing");
  const std::vector<double> given = reader.numbers_or("order", 0);
  Indices order;
  std::vector<bool> seen(given.size(), false);
  for (const double number : given) {
    const bool is_index = number >= 0 && number < static_cast<double>(given.size()) &&
                          number == static_cast<double>(static_cast<std::int64_t>(number));
    if (!is_index || seen[static_cast<std::size_t>(number)]) {
      reader.fail(concat("expected each of 0 to ", given.size() - 1, " once in the order"), "order");
      break;
    }
    seen[static_cast<std::size_t>(number)] = true;
    order.push_back(static_cast<std::int64_t>(number));
  }
  return std::make_shared<TransposeChannels>("transpose_channels", std::move(order),
                                             TransposeChannels::Surplus::kDropped);
}

OperationPtr make_rgb_to_bgr(ParameterReader& reader, const tensor::Axes& axes) {
  expect_channels(reader, axes);
  return std::make_shared<TransposeChannels>("rgb_to_bgr", Indices{2, 1, 0}, TransposeChannels::Surplus::kRefused);
}

OperationPtr make_rgba_to_bgra(ParameterReader& reader, const tensor::Axes& axes) {
  expect_channels(reader, axes);
  return std::make_shared<TransposeChannels>("rgba_to_bgra", Indices{2, 1, 0, 3}, TransposeChannels::Surplus::kRefused);
}

}  // namespace zooport::process
