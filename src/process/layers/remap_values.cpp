#include <algorithm>

#include "process/kernel.hpp"
#include "process/layers/layers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

constexpr std::size_t kMostValues = 256;  // each becomes operators of a graph

std::string list_text(const std::vector<double>& values) {
  std::vector<std::string> numbers;
  for (const double value : values) numbers.push_back(number_text(value));
  return concat("[", join(numbers, ", "), "]");
}

// A table: what equals from[i] becomes to[i], anything else stays. Or linear: between from[i] and from[i + 1] a
// straight line from to[i] to to[i + 1], beyond the ends their values, as numpy.interp.
class RemapValues final : public Operation {
 public:
  enum class Mode : std::uint8_t { kTable, kLinear };
  RemapValues(std::vector<double> from, std::vector<double> to, Mode mode)
      : from_(std::move(from)), to_(std::move(to)), mode_(mode) {}
  std::string_view name() const override { return "remap_values"; }
  std::string describe() const override {
    return concat("remap_values(from=", list_text(from_), ", to=", list_text(to_),
                  mode_ == Mode::kLinear ? ", mode=linear)" : ")");
  }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY(make_floating(block, Precision::kAsGiven));
    const std::array<Table, 0> none{};
    const bool single = block.data.dtype() == tensor::Dtype::kFloat32;
    if (mode_ == Mode::kTable) {
      // A float32 equals what is nearest to the number in float32, as in a graph.
      const auto f = [&](double x) {
        for (std::size_t i = 0; i < from_.size(); ++i) {
          if (x == (single ? static_cast<double>(static_cast<float>(from_[i])) : from_[i])) return to_[i];
        }
        return x;
      };
      return single ? map_block<float>(block, none, f) : map_block<double>(block, none, f);
    }
    const auto f = [&](double x) { return interpolated(x); };
    return single ? map_block<float>(block, none, f) : map_block<double>(block, none, f);
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    if (mode_ == Mode::kTable && to.builder().model().opset() < 9) {
      return make_error(ErrorKind::kUnsupported, "process.not-in-graph",
                        concat("remap_values needs opset 9, found ", to.builder().model().opset()));
    }
    const std::string x = to.as_float();
    to.set(mode_ == Mode::kTable ? look_up(to, x) : lines(to, x), tensor::Dtype::kFloat32);
    return {};
  }

 private:
  double interpolated(double x) const {
    if (std::isnan(x) || x <= from_.front()) return std::isnan(x) ? x : to_.front();
    if (x >= from_.back()) return to_.back();
    const auto next = static_cast<std::size_t>(std::upper_bound(from_.begin(), from_.end(), x) - from_.begin());
    const double part = (x - from_[next - 1]) / (from_[next] - from_[next - 1]);
    return to_[next - 1] + part * (to_[next] - to_[next - 1]);
  }

  // Equal takes no floats before opset 11: neither less nor greater says the same.
  std::string look_up(Emitter& to, const std::string& x) const {
    onnx::Builder& build = to.builder();
    std::string y = x;
    for (std::size_t i = 0; i < from_.size(); ++i) {
      const std::string value = build.scalar(static_cast<float>(from_[i]));
      std::string same;
      if (build.model().opset() >= 11) {
        same = build.add("Equal", {x, value});
      } else {
        const std::string other = build.add("Or", {build.add("Less", {x, value}), build.add("Greater", {x, value})});
        same = build.add("Not", {other});
      }
      y = build.add("Where", {same, build.scalar(static_cast<float>(to_[i])), y});
    }
    return y;
  }

  // The sum of what each piece rises.
  std::string lines(Emitter& to, const std::string& x) const {
    onnx::Builder& build = to.builder();
    std::string y;
    for (std::size_t i = 0; i + 1 < from_.size(); ++i) {
      const double slope = (to_[i + 1] - to_[i]) / (from_[i + 1] - from_[i]);
      const std::string inside = build.clip(x, from_[i], from_[i + 1]);
      const std::string above = build.add("Sub", {inside, build.scalar(static_cast<float>(from_[i]))});
      const std::string rise = build.add("Mul", {above, build.scalar(static_cast<float>(slope))});
      y = build.add("Add", {rise, y.empty() ? build.scalar(static_cast<float>(to_[0])) : y});
    }
    return y;
  }

  std::vector<double> from_;
  std::vector<double> to_;
  Mode mode_;
};

}  // namespace

OperationPtr make_remap_values(ParameterReader& reader, const tensor::Axes&) {
  for (const char* key : {"from", "to"}) {
    if (!reader.has(key)) reader.fail(concat(key, " is missing"));
  }
  std::vector<double> from = reader.numbers_or("from", 0);
  std::vector<double> to = reader.numbers_or("to", 0);
  if (from.size() != to.size()) reader.fail(concat("from has ", from.size(), " values and to has ", to.size()), "to");
  if (from.size() > kMostValues) reader.fail(concat("expected at most ", kMostValues, " values"), "from");
  const std::string mode = reader.text_or("mode", "table");
  if (mode != "table" && mode != "linear") {
    reader.fail(concat("expected the mode table or linear, found ", printable(mode)), "mode");
  }
  if (mode == "linear") {
    if (from.size() < 2) reader.fail("a line needs two values at least", "from");
    for (std::size_t i = 0; i + 1 < from.size(); ++i) {
      if (!(from[i] < from[i + 1])) reader.fail("expected ascending values", "from");
    }
  } else {
    std::vector<double> sorted = from;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) reader.fail("a value stands twice", "from");
  }
  return std::make_shared<RemapValues>(std::move(from), std::move(to),
                                       mode == "linear" ? RemapValues::Mode::kLinear : RemapValues::Mode::kTable);
}

}  // namespace zooport::process
