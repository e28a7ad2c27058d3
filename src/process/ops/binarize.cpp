#include "process/kernel.hpp"
#include "process/ops/describe.hpp"
#include "process/ops/extents.hpp"
#include "process/ops/ops.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::process {

namespace {

// x > threshold, as bool. The reference lays a list along the last axis whatever `axis` says; here it is `axis`.
class Binarize final : public Operation {
 public:
  explicit Binarize(Along threshold) : threshold_(std::move(threshold)) {}
  std::string_view name() const override { return "binarize"; }
  std::string describe() const override { return concat("binarize(", described("threshold", threshold_), ")"); }

  Result<void> reform(Form& form) const override { return take_extents(name(), {&threshold_}, form); }

  Result<void> apply(Block& block, const Measured&) const override {
    ZOOPORT_TRY_ASSIGN(Table threshold, lay(threshold_, block));
    return map_block<bool>(block, std::array<Table, 1>{std::move(threshold)},
                           [](double x, double least) { return x > least; });
  }

  Result<void> emit(Emitter& to, const Measured*) const override {
    const std::string x = to.as_float();
    const std::string threshold = to.constant(threshold_.values, threshold_.axis);
    to.set(to.builder().add("Greater", {x, threshold}), tensor::Dtype::kBool);
    return {};
  }

 private:
  Along threshold_;
};

}  // namespace

OperationPtr make_binarize(ParameterReader& reader, const tensor::Axes&) {
  if (!reader.has("threshold")) reader.fail("the threshold is missing");
  Along threshold{reader.numbers_or("threshold", 0), {}};
  const std::string axis = reader.list_axis();
  if (threshold.values.size() > 1) {
    threshold.axis = axis;
    if (axis.empty()) reader.fail("a list of thresholds needs the axis that it runs along", "threshold");
  }
  return std::make_shared<Binarize>(std::move(threshold));
}

}  // namespace zooport::process
