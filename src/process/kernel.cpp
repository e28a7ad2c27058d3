#include "process/kernel.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

Error does_not_fit(std::string_view what, std::string_view axis, std::int64_t has, std::int64_t needs) {
  return make_error(
      ErrorKind::kInvalid, "process.values-mismatch",
      concat("the ", what, " along ", printable(axis), " have ", has, " values; the tensor needs ", needs));
}

// Lays values with one named axis each dimension.
Result<Table> lay_named(std::vector<double> values, const tensor::Shape& shape, const std::vector<std::string>& ids,
                        std::string_view what, const Block& block) {
  Table table{std::move(values), std::vector<std::int64_t>(block.axes.size(), 0), 0};
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    const int found = tensor::find_axis(block.axes, ids[i]);
    if (found < 0) return does_not_fit(what, ids[i], shape[i], 1);
    const auto axis = static_cast<std::size_t>(found);
    const std::int64_t needs = block.origin[axis] + block.data.shape()[axis];
    // Blocks are parts along batch, space and time only; elsewhere a list that is too long is as wrong as one too
    // short.
    const tensor::AxisKind kind = block.axes[axis].kind;
    const bool may_be_part =
        kind == tensor::AxisKind::kSpace || kind == tensor::AxisKind::kTime || kind == tensor::AxisKind::kBatch;
    if (needs > shape[i] || (needs < shape[i] && !may_be_part)) return does_not_fit(what, ids[i], shape[i], needs);
    table.strides[axis] = stride;
    table.offset += stride * block.origin[axis];
    stride *= shape[i];
  }
  if (static_cast<std::int64_t>(table.values.size()) != stride) {
    return make_error(ErrorKind::kInternal, "process.values-mismatch",
                      concat("found ", table.values.size(), " measured values for ", shape_text(shape)));
  }
  return table;
}

}  // namespace

Result<Table> lay(const MeasuredValue& value, const Block& block) {
  std::vector<std::string> ids = value.axes;
  if (ids.empty() && !value.shape.empty()) {
    for (const tensor::Axis& axis : block.axes) ids.push_back(axis.id);
  }
  if (ids.size() != value.shape.size()) {
    return make_error(ErrorKind::kInternal, "process.values-mismatch", "measured values do not name their axes");
  }
  return lay_named(value.values, value.shape, ids, "statistics", block);
}

Result<Table> lay(const Along& along, const Block& block) {
  return lay_named(along.values, {static_cast<std::int64_t>(along.values.size())}, {along.axis}, "given values", block);
}

Result<Table> lay(const Measured& measured, const Measure& measure, const Block& block) {
  const auto found = measured.find(measure);
  if (found == measured.end()) {
    return make_error(ErrorKind::kInternal, "process.not-measured", "a value that an operation needs was not measured");
  }
  return lay(found->second, block);
}

Result<void> make_floating(Block& block, Precision precision) {
  const tensor::Dtype has = block.data.dtype();
  if (block.axes.size() != block.data.shape().size() || block.origin.size() != block.axes.size()) {
    return make_error(ErrorKind::kInternal, "process.values-mismatch", "a block's axes do not fit its shape");
  }
  if (has == tensor::Dtype::kFloat64) return {};
  if (has == tensor::Dtype::kFloat32 && precision == Precision::kAsGiven) return {};
  ZOOPORT_TRY_ASSIGN(tensor::Array made,
                     tensor::Array::allocate(tensor::Dtype::kFloat64, block.data.shape(), Limits{}));
  const tensor::View from = block.data.view();
  tensor::convert(from, made.bytes().data(), tensor::Dtype::kFloat64, made.view().strides);
  block.data = std::move(made);
  return {};
}

}  // namespace zooport::process
