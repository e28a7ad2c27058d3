#include <algorithm>
#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Resize of known extents as what it is: along each axis a sum of elements, with weights that are known beforehand. It
// says what no older form of Resize can: antialias, sizes that keep proportions and are rounded, the middle that stays.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kMostExtent = 1 << 20;
constexpr std::int64_t kMostWeights = 1 << 24;

struct Along {
  std::int64_t axis = 0;
  std::int64_t extent = 0;
  std::int64_t size = 0;
  float scale = 1;
};

// Proportions that are kept: one scale for all axes, sizes rounded.
void keep_proportions(std::vector<Along>& axes, bool is_not_larger) {
  float scale = axes[0].scale;
  for (const Along& along : axes) scale = is_not_larger ? std::min(scale, along.scale) : std::max(scale, along.scale);
  for (Along& along : axes) {
    along.scale = scale;
    along.size = static_cast<std::int64_t>(std::round(scale * static_cast<float>(along.extent)));
  }
}

// The axes that are resized; false if something is not known, which is then refused.
bool read_axes(Rewrite& at, std::vector<Along>& all) {
  const std::string& x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  const auto sizes = at.node.input(3).empty() ? std::nullopt : at.facts.integers(at.node.input(3));
  const auto scales = sizes ? std::nullopt : at.facts.floats(at.node.input(2));
  const auto refuse = [&](const char* why) {
    at.refuse(why);
    return false;
  };
  if (!rank || (!sizes && !scales)) return refuse("sizes and scales are not constant, or the number of axes not known");
  Integers axes = at.node.ints_or("axes", {});
  if (axes.empty()) {
    for (std::int64_t axis = 0; axis < *rank; ++axis) axes.push_back(axis);
  }
  if (axes.size() != (sizes ? sizes->size() : scales->size())) return refuse("sizes or scales do not fit the axes");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = at.axis_of(x, axes[i]);
    const auto extent = axis ? at.facts.extent(x, *axis) : std::nullopt;
    const bool stays = scales && (*scales)[i] == 1;
    if (stays) continue;
    if (!extent || *extent <= 0 || *extent > kMostExtent) {
      return refuse("it has no older form for extents that are not known");
    }
    Along along{*axis, *extent, 0, 1};
    if (sizes) {
      along.size = (*sizes)[i];
      along.scale = static_cast<float>(along.size) / static_cast<float>(*extent);
    } else {
      along.scale = (*scales)[i];
      const float size = along.scale * static_cast<float>(*extent);
      along.size = size >= 1 && size < static_cast<float>(kMostExtent) ? static_cast<std::int64_t>(size) : 0;
    }
    all.push_back(along);
  }
  const std::string policy = at.node.string_or("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && sizes && !all.empty()) keep_proportions(all, policy == "not_larger");
  std::erase_if(all, [](const Along& along) { return along.size == along.extent && along.scale == 1; });
  for (const Along& along : all) {
    if (along.size <= 0 || along.size > kMostExtent || along.size > kMostWeights / along.extent) {
      return refuse("a size that cannot be");
    }
  }
  return true;
}

// Where an output element lies in the input; computed with float32, as engines do.
std::optional<double> place(const std::string& mode, const Along& along, std::int64_t index) {
  const auto i = static_cast<float>(index);
  const auto extent = static_cast<float>(along.extent);
  const auto size = static_cast<float>(along.size);
  if (mode == "asymmetric") return static_cast<double>(i / along.scale);
  if (mode == "align_corners") return static_cast<double>(along.size == 1 ? 0 : i * (extent - 1) / (size - 1));
  if (mode == "pytorch_half_pixel" && along.size == 1) return 0;
  if (mode == "half_pixel" || mode == "pytorch_half_pixel") {
    return static_cast<double>((i + 0.5f) / along.scale - 0.5f);
  }
  if (mode == "half_pixel_symmetric") {
    // The sum of both parts may be a whole number, which parts that are rounded to float32 would miss.
    const auto scale = static_cast<double>(along.scale);
    const double middle = (static_cast<double>(index) + 0.5) / scale - 0.5;
    const double sum = (static_cast<double>(extent) - static_cast<double>(size) / scale) / 2 + middle;
    return static_cast<double>(static_cast<float>(sum));
  }
  return std::nullopt;
}

std::int64_t nearest(const std::string& mode, double place, std::int64_t extent) {
  double rounded = std::floor(place);
  if (mode == "ceil") rounded = std::ceil(place);
  if (mode == "round_prefer_ceil") rounded = std::floor(place + 0.5);
  if (mode == "round_prefer_floor") rounded = std::ceil(place - 0.5);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(rounded), 0, extent - 1);
}

double triangle(double apart) { return std::max(0.0, 1 - std::abs(apart)); }

double cubic(double apart, double a) {
  const double d = std::abs(apart);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return 0;
}

class Weights {
 public:
  explicit Weights(const Node& node)
      : is_cubic_(node.string_or("mode", "nearest") == "cubic"),
        antialias_(node.int_or("antialias", 0) != 0),
        exclude_outside_(node.int_or("exclude_outside", 0) != 0),
        a_(static_cast<double>(node.float_or("cubic_coeff_a", -0.75f))) {}

  // Adds those of an output element at `place` to a row.
  void add(double place, const Along& along, double* row) const {
    const double shrink = antialias_ ? std::min(1.0, static_cast<double>(along.scale)) : 1.0;
    const double reach = (is_cubic_ ? 2 : 1) / shrink;
    double sum = 0;
    for (auto i = static_cast<std::int64_t>(std::floor(place - reach)); static_cast<double>(i) <= place + reach; ++i) {
      const bool is_outside = i < 0 || i >= along.extent;
      if (is_outside && exclude_outside_) continue;
      const double apart = (static_cast<double>(i) - place) * shrink;
      const double weight = is_cubic_ ? cubic(apart, a_) : triangle(apart);
      row[std::clamp<std::int64_t>(i, 0, along.extent - 1)] += weight;
      sum += weight;
    }
    if (sum == 0) return;
    for (std::int64_t i = 0; i < along.extent; ++i) row[i] /= sum;
  }

 private:
  bool is_cubic_;
  bool antialias_;
  bool exclude_outside_;
  double a_;
};

// Sums along one axis.
std::string summed(Rewrite& at, const std::string& x, const Along& along, std::int64_t rank,
                   const std::vector<double>& rows, tensor::Dtype dtype) {
  // As the right factor: extent x size.
  std::vector<double> turned(rows.size());
  for (std::int64_t i = 0; i < along.size; ++i) {
    for (std::int64_t j = 0; j < along.extent; ++j) {
      turned[static_cast<std::size_t>(j * along.size + i)] = rows[static_cast<std::size_t>(i * along.extent + j)];
    }
  }
  const auto constant = [&](const tensor::Shape& shape, const std::vector<double>& values) {
    const tensor::Array made = tensor::Array::of<double>(shape, values);
    return at.constant(make_tensor("", tensor::Array::converted(made.view(), dtype).view()));
  };
  if (along.axis == rank - 2) return at.emit("MatMul", {constant({along.size, along.extent}, rows), x});
  const std::string factor = constant({along.extent, along.size}, turned);
  if (along.axis == rank - 1) return at.emit("MatMul", {x, factor});
  const Integers swap = swapped_with_last(along.axis, rank);
  return at.transpose(at.emit("MatMul", {at.transpose(x, swap), factor}), swap);
}

}  // namespace

void resize_by_weights(Rewrite& at) {
  const std::string x = at.node.input(0);
  const std::string mode = at.node.string_or("mode", "nearest");
  const std::string nearest_mode = at.node.string_or("nearest_mode", "round_prefer_floor");
  const std::string coordinates = at.node.string_or("coordinate_transformation_mode", "half_pixel");
  const ElementType type = at.facts.type(x);
  const bool is_nearest = mode == "nearest";
  if (!is_nearest && type != ElementType::kFloat && type != ElementType::kDouble && type != ElementType::kFloat16) {
    return at.refuse("the elements are no floats, or of an unknown type");
  }
  if (is_nearest && at.node.int_or("antialias", 0) != 0) return at.refuse("antialias of nearest elements");
  std::vector<Along> all;
  if (!read_axes(at, all)) return;
  const auto rank = at.facts.rank(x).value_or(0);
  const Weights weights(at.node);
  std::string value = is_nearest || type != ElementType::kFloat16 ? x : at.cast(x, ElementType::kFloat);
  for (const Along& along : all) {
    Integers picked;
    std::vector<double> rows(is_nearest ? 0 : static_cast<std::size_t>(along.size * along.extent), 0);
    for (std::int64_t i = 0; i < along.size; ++i) {
      const auto from = place(coordinates, along, i);
      if (!from) return at.refuse(concat("coordinate_transformation_mode = ", printable(coordinates)));
      if (is_nearest) {
        picked.push_back(nearest(nearest_mode, *from, along.extent));
      } else {
        weights.add(*from, along, rows.data() + i * along.extent);
      }
    }
    if (is_nearest) {
      value = at.emit("Gather", {value, at.integers(picked)}, {make_attribute("axis", along.axis)});
    } else {
      value = summed(at, value, along, rank, rows,
                     type == ElementType::kDouble ? tensor::Dtype::kFloat64 : tensor::Dtype::kFloat32);
    }
  }
  if (!is_nearest && type == ElementType::kFloat16) {
    return at.finish("Cast", {value}, {to_type(type)});
  }
  at.finish("Identity", {value});
}

}  // namespace zooport::onnx::rules
