#include "zooport/process/emitter.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

using Integers = std::vector<std::int64_t>;

Error not_in_graph(std::string_view why) {
  return make_error(ErrorKind::kUnsupported, "process.not-in-graph", std::string(why));
}

std::string key_of(const std::string& value, const Integers& axes) { return concat(value, " ", shape_text(axes)); }

bool is_tiled(const tensor::Axis& axis) {
  return axis.kind == tensor::AxisKind::kSpace || axis.kind == tensor::AxisKind::kTime;
}

}  // namespace

void Emitter::set(std::string value, tensor::Dtype dtype) {
  now_.value = std::move(value);
  now_.dtype = dtype;
}

std::string Emitter::as_float() {
  if (now_.dtype != tensor::Dtype::kFloat32) {
    set(builder_.cast(now_.value, onnx::ElementType::kFloat), tensor::Dtype::kFloat32);
  }
  return now_.value;
}

std::string Emitter::constant(const std::vector<double>& values, std::string_view axis) {
  std::vector<float> floats;
  for (const double value : values) floats.push_back(static_cast<float>(value));
  const int at = tensor::find_axis(now_.axes, axis);
  if (floats.size() == 1 || at < 0) return builder_.scalar(floats.at(0));
  tensor::Shape dims(now_.axes.size(), 1);
  dims[static_cast<std::size_t>(at)] = static_cast<std::int64_t>(floats.size());
  return builder_.floats(dims, floats);
}

Result<std::string> Emitter::statistic(const Measure& measure, const Measured* frozen) {
  if (!frozen) return computed_statistic(measure);
  const auto found = frozen->find(measure);
  if (found == frozen->end()) return not_in_graph("a statistic that a graph needs was not measured");
  return frozen_statistic(found->second);
}

Result<std::string> Emitter::frozen_statistic(const MeasuredValue& value) {
  std::vector<float> floats;
  for (const double number : value.values) floats.push_back(static_cast<float>(number));
  if (floats.size() == 1) return builder_.scalar(floats[0]);
  // Axes of the measured tensor in the order of this one; those that this one lacks have one value each.
  tensor::Shape dims(now_.axes.size(), 1);
  int before = -1;
  for (std::size_t i = 0; i < value.shape.size(); ++i) {
    if (value.shape[i] == 1) continue;
    const int at = value.axes.empty() ? static_cast<int>(i) : tensor::find_axis(now_.axes, value.axes[i]);
    if (at <= before) return not_in_graph("a measured value has axes that the tensor has not, or in another order");
    const tensor::Axis& axis = now_.axes[static_cast<std::size_t>(at)];
    if (is_tiled(axis)) {
      return not_in_graph(concat("a measured value that differs along ", printable(axis.id),
                                 " cannot be part of a graph that sees one tile at a time"));
    }
    dims[static_cast<std::size_t>(at)] = value.shape[i];
    before = at;
  }
  return builder_.floats(dims, floats);
}

Result<GraphTensor> Emitter::measured_tensor(const Measure& measure) const {
  if (measure.tensor.empty()) return given_;
  const auto found = references_.find(measure.tensor);
  if (found == references_.end()) {
    return not_in_graph(concat("the graph has no tensor ", printable(measure.tensor), " to take statistics of"));
  }
  if (found->second.axes != now_.axes) {
    return not_in_graph(concat("the reference tensor ", printable(measure.tensor), " has other axes"));
  }
  return found->second;
}

Result<std::string> Emitter::computed_statistic(const Measure& measure) {
  ZOOPORT_TRY_ASSIGN(const GraphTensor tensor, measured_tensor(measure));
  std::string value = tensor.value;
  if (tensor.dtype != tensor::Dtype::kFloat32) {
    std::string& cast = floats_[tensor.value];
    if (cast.empty()) cast = builder_.cast(tensor.value, onnx::ElementType::kFloat);
    value = cast;
  }
  Integers axes;
  for (std::size_t i = 0; i < tensor.axes.size(); ++i) {
    const bool named = std::find(measure.axes.begin(), measure.axes.end(), tensor.axes[i].id) != measure.axes.end();
    if (named || measure.axes.empty()) axes.push_back(static_cast<std::int64_t>(i));
  }
  switch (measure.kind) {
    case Measure::Kind::kMean: return mean(value, axes);
    case Measure::Kind::kStd: {
      const std::string apart = builder_.add("Sub", {value, mean(value, axes)});
      return builder_.add("Sqrt", {builder_.reduce("ReduceMean", builder_.add("Mul", {apart, apart}), axes)});
    }
    case Measure::Kind::kQuantile: break;
  }
  return quantile(measure, value, axes, static_cast<std::int64_t>(tensor.axes.size()));
}

std::string Emitter::mean(const std::string& value, const Integers& axes) {
  std::string& known = means_[key_of(value, axes)];
  if (known.empty()) {
    // The sum of many float32 is off by more than a small spread; the mean of what lies beside it is not.
    const std::string about = builder_.reduce("ReduceMean", value, axes);
    const std::string beside = builder_.reduce("ReduceMean", builder_.add("Sub", {value, about}), axes);
    known = builder_.add("Add", {about, beside});
  }
  return known;
}

Emitter::Columns Emitter::columns(const std::string& value, const Integers& axes, std::int64_t rank) {
  Columns& known = columns_[key_of(value, axes)];
  if (!known.value.empty()) return known;
  Integers order;
  Integers shape;
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    if (std::find(axes.begin(), axes.end(), axis) != axes.end()) continue;
    order.push_back(axis);
    shape.push_back(0);  // as it is
  }
  order.insert(order.end(), axes.begin(), axes.end());
  shape.push_back(-1);
  known.value = builder_.reshape(builder_.transpose(value, order), shape);
  const std::int64_t last = static_cast<std::int64_t>(shape.size()) - 1;
  const std::string count = builder_.gather(builder_.add("Shape", {known.value}), {last}, 0);
  known.count = builder_.cast(count, onnx::ElementType::kDouble);
  return known;
}

Result<std::string> Emitter::quantile(const Measure& measure, const std::string& value, const Integers& axes,
                                      std::int64_t rank) {
  if (measure.q <= 0) return builder_.reduce("ReduceMin", value, axes);
  if (measure.q >= 1) return builder_.reduce("ReduceMax", value, axes);
  if (builder_.model().opset() < 11) {
    return not_in_graph(concat("percentiles inside a graph need opset 11, found ", builder_.model().opset()));
  }
  const bool is_element = measure.method == Measure::Method::kInvertedCdf && !measure.over_dataset;
  std::string& known = places_[concat(key_of(value, axes), " ", measure.q, is_element ? " element" : "")];
  if (!known.empty()) return known;
  const auto [elements, count] = columns(value, axes, rank);
  const std::int64_t last = rank - static_cast<std::int64_t>(axes.size());
  const auto number = [&](double x) { return builder_.scalar(x, onnx::ElementType::kDouble); };
  const auto integer = [&](const std::string& x) { return builder_.cast(x, onnx::ElementType::kInt64); };
  // Only what lies on the shorter side of the place is put into order: sorting is what percentiles cost.
  const bool from_below = measure.q < 0.5;
  const std::string top = builder_.add("Sub", {count, number(1)});
  const std::string at = is_element ? builder_.add("Sub", {builder_.add("Mul", {count, number(measure.q)}), number(1)})
                                    : builder_.add("Mul", {top, number(measure.q)});
  const std::string ceiling = builder_.add("Ceil", {at});
  const std::string above = is_element ? builder_.add("Max", {ceiling, number(0)}) : ceiling;
  const std::string below = is_element ? above : builder_.add("Floor", {at});
  const std::string many = from_below ? builder_.add("Add", {above, number(1)}) : builder_.add("Sub", {count, below});
  const std::string ordered =
      builder_.add_many("TopK", {elements, integer(many)}, 2,
                        {onnx::make_attribute("axis", last),
                         onnx::make_attribute("largest", static_cast<std::int64_t>(from_below ? 0 : 1)),
                         onnx::make_attribute("sorted", std::int64_t{1})})[0];
  const auto element = [&](const std::string& place) {
    const std::string index = integer(from_below ? place : builder_.add("Sub", {top, place}));
    return builder_.add("Gather", {ordered, index}, {onnx::make_attribute("axis", last)});
  };
  std::string found = element(below);
  if (!is_element) {
    const std::string part = builder_.cast(builder_.add("Sub", {at, below}), onnx::ElementType::kFloat);
    const std::string step = builder_.add("Sub", {element(above), found});
    found = builder_.add("Add", {found, builder_.add("Mul", {step, part})});
  }
  known = builder_.unsqueeze(builder_.squeeze(found, {last}), axes);
  return known;
}

}  // namespace zooport::process
