#include <algorithm>
#include <functional>

#include "onnx/passes/shape_rules.hpp"

// Small tensors of sizes on their way through operators that cut, join and turn them.
namespace zooport::onnx {
namespace {

using Content = std::optional<std::vector<double>>;
using Index = std::vector<std::int64_t>;

std::size_t flat(const Index& index, const tensor::Shape& shape) {
  std::int64_t at = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) at = at * shape[i] + index[i];
  return static_cast<std::size_t>(at);
}

bool lies_in(const Index& index, const tensor::Shape& shape) {
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (index[i] < 0 || index[i] >= shape[i]) return false;
  return true;
}

// Each element of the output, from the place of the input that `source` gives for its own.
Content picked(const tensor::Shape& result, const std::vector<double>& x, const tensor::Shape& from,
               const std::function<Index(const Index&)>& source) {
  const std::int64_t count = tensor::element_count(result);
  if (count < 0 || count > 4096) return std::nullopt;
  std::vector<double> values;
  Index index(result.size(), 0);
  for (std::int64_t i = 0; i < count; ++i) {
    const Index place = source(index);
    if (place.size() != from.size() || !lies_in(place, from) || flat(place, from) >= x.size()) return std::nullopt;
    values.push_back(x[flat(place, from)]);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < result[axis]) break;
      index[axis] = 0;
    }
  }
  return values;
}

Content gathered(const ShapeStep& step, const std::vector<double>& x, const tensor::Shape& from,
                 const tensor::Shape& result) {
  const auto* indices = step.content(1);
  const tensor::Shape* shape = step.shape(1);
  const std::int64_t axis = axis_in(step.node.int_or("axis", 0), from.size());
  if (!indices || !shape || axis < 0) return std::nullopt;
  const auto at = static_cast<std::size_t>(axis);
  return picked(result, x, from, [&](const Index& index) {
    const Index in(index.begin() + axis, index.begin() + axis + static_cast<std::ptrdiff_t>(shape->size()));
    const double given = (*indices)[flat(in, *shape)];
    const auto size = static_cast<double>(from[at]);
    Index place(index.begin(), index.begin() + axis);
    // One that is out of range, or no number, lies nowhere.
    place.push_back(given >= -size && given < size ? static_cast<std::int64_t>(given < 0 ? given + size : given) : -1);
    place.insert(place.end(), index.begin() + axis + static_cast<std::ptrdiff_t>(shape->size()), index.end());
    return place;
  });
}

Content sliced(const ShapeStep& step, const std::vector<double>& x, const tensor::Shape& from,
               const tensor::Shape& result) {
  const auto starts = step.list("starts", 1);
  const auto axes = step.list("axes", 3);
  const auto steps = step.list("steps", 4);
  if (!starts) return std::nullopt;
  Index begin(from.size(), 0);
  Index by(from.size(), 1);
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const std::int64_t axis =
        axis_in(axes && i < axes->size() ? (*axes)[i] : static_cast<std::int64_t>(i), from.size());
    if (axis < 0) return std::nullopt;
    const auto at = static_cast<std::size_t>(axis);
    by[at] = steps && i < steps->size() ? (*steps)[i] : 1;
    const std::int64_t start = (*starts)[i] < 0 ? (*starts)[i] + from[at] : (*starts)[i];
    begin[at] = std::clamp<std::int64_t>(start, 0, by[at] < 0 ? std::max<std::int64_t>(0, from[at] - 1) : from[at]);
  }
  return picked(result, x, from, [&](const Index& index) {
    Index place = index;
    for (std::size_t i = 0; i < place.size(); ++i) place[i] = begin[i] + index[i] * by[i];
    return place;
  });
}

Content joined(const ShapeStep& step, const tensor::Shape& result) {
  const std::int64_t axis = axis_in(step.node.int_or("axis", 0), result.size());
  if (axis < 0 || tensor::element_count(result) == 0) return std::nullopt;
  // Row by row of what stands before the axis.
  std::int64_t rows = 1;
  for (std::int64_t i = 0; i < axis; ++i) rows *= result[static_cast<std::size_t>(i)];
  std::vector<double> values;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < step.input_count(); ++i) {
      const auto* part = step.content(i);
      if (!part) return std::nullopt;
      const std::size_t length = part->size() / static_cast<std::size_t>(rows);
      const auto begin = part->begin() + static_cast<std::ptrdiff_t>(length) * row;
      values.insert(values.end(), begin, begin + static_cast<std::ptrdiff_t>(length));
    }
  }
  return values;
}

// Axes of the input at the end, and extents of 1 are repeated: Expand and Tile.
Content repeated(const std::vector<double>& x, const tensor::Shape& from, const tensor::Shape& result) {
  if (result.size() < from.size()) return std::nullopt;
  const std::size_t skipped = result.size() - from.size();
  return picked(result, x, from, [&](const Index& index) {
    Index place(index.begin() + static_cast<std::ptrdiff_t>(skipped), index.end());
    for (std::size_t i = 0; i < place.size(); ++i) place[i] = from[i] > 0 ? place[i] % from[i] : 0;
    return place;
  });
}

}  // namespace

std::optional<std::vector<double>> moved_content(const ShapeStep& step) {
  const std::string& op = step.node.op;
  if (!step.node.domain.empty() || step.outputs.empty() || !step.outputs[0].shape) return std::nullopt;
  const tensor::Shape& result = *step.outputs[0].shape;
  if (op == "Concat") return joined(step, result);
  const std::vector<double>* x = step.content(0);
  const tensor::Shape* from = step.shape(0);
  if (!x || !from) return std::nullopt;
  if (op == "Gather") return gathered(step, *x, *from, result);
  if (op == "Slice") return sliced(step, *x, *from, result);
  if (op == "Expand" || op == "Tile") return repeated(*x, *from, result);
  if (op == "Transpose") {
    Index backwards;
    for (std::size_t i = from->size(); i-- > 0;) backwards.push_back(static_cast<std::int64_t>(i));
    const Index permutation = step.node.ints_or("perm", backwards);
    return picked(result, *x, *from, [&](const Index& index) {
      Index place(index.size(), 0);
      for (std::size_t i = 0; i < index.size() && i < permutation.size(); ++i) {
        const std::int64_t axis = axis_in(permutation[i], index.size());
        if (axis >= 0) place[static_cast<std::size_t>(axis)] = index[i];
      }
      return place;
    });
  }
  return std::nullopt;
}

}  // namespace zooport::onnx
