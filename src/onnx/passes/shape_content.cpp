#include <algorithm>
#include <cmath>
#include <functional>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Operators that make sizes, and what small tensors of sizes and scales hold after an operator.
namespace zooport::onnx {
namespace {

// Larger tensors are no sizes.
constexpr std::size_t kMostContent = 256;

void shape_of(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  const auto rank = static_cast<std::int64_t>(x->size());
  const auto bound = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const std::int64_t begin = bound(step.node.int_or("start", 0));
  const std::int64_t end = std::max(begin, bound(step.node.int_or("end", rank)));
  step.set(0, ElementType::kInt64, {end - begin});
  step.outputs[0].content.emplace(x->begin() + begin, x->begin() + end);
}

void size_of(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  step.set(0, ElementType::kInt64, {});
  step.outputs[0].content = {static_cast<double>(tensor::element_count(*x))};
}

void constant_of_shape(ShapeStep& step) {
  const auto shape = step.integers(0);
  if (!shape) return;
  const Attribute* value = step.node.find("value");
  const ElementType element = value && !value->tensors.empty() ? value->tensors[0].type : ElementType::kFloat;
  step.set(0, element, *shape);
  const std::int64_t count = tensor::element_count(*shape);
  if (count < 0 || count > static_cast<std::int64_t>(kMostContent)) return;
  double fill = 0;
  if (value && !value->tensors.empty()) {
    const auto integers = integers_of(value->tensors[0]);
    if (!integers || integers->empty()) return;
    fill = static_cast<double>(integers->front());
  }
  step.outputs[0].content.emplace(static_cast<std::size_t>(count), fill);
}

void range(ShapeStep& step) {
  const auto* start = step.content(0);
  const auto* limit = step.content(1);
  const auto* delta = step.content(2);
  if (!start || !limit || !delta || start->empty() || limit->empty() || delta->empty() || delta->front() == 0) return;
  const double count = std::max(0.0, std::ceil((limit->front() - start->front()) / delta->front()));
  if (!(count < 1e9)) return;
  step.set(0, step.element(0), {static_cast<std::int64_t>(count)});
  if (count > static_cast<double>(kMostContent)) return;
  auto& content = step.outputs[0].content.emplace();
  for (double i = 0; i < count; ++i) content.push_back(start->front() + i * delta->front());
}

using Binary = double (*)(double, double);
Binary binary(std::string_view op) {
  if (op == "Add") return [](double a, double b) { return a + b; };
  if (op == "Sub") return [](double a, double b) { return a - b; };
  if (op == "Mul") return [](double a, double b) { return a * b; };
  if (op == "Min") return [](double a, double b) { return std::min(a, b); };
  if (op == "Max") return [](double a, double b) { return std::max(a, b); };
  if (op == "Equal") return [](double a, double b) { return a == b ? 1.0 : 0.0; };
  if (op == "LessOrEqual") return [](double a, double b) { return a <= b ? 1.0 : 0.0; };
  if (op == "GreaterOrEqual") return [](double a, double b) { return a >= b ? 1.0 : 0.0; };
  if (op == "And") return [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; };
  if (op == "Or") return [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; };
  if (op == "Less") return [](double a, double b) { return a < b ? 1.0 : 0.0; };
  if (op == "Greater") return [](double a, double b) { return a > b ? 1.0 : 0.0; };
  return nullptr;
}
bool is_integral(ElementType element) { return element == ElementType::kInt64 || element == ElementType::kInt32; }

std::optional<std::vector<double>> divided(const std::vector<double>& a, const std::vector<double>& b, bool truncates,
                                           bool wants_rest) {
  std::vector<double> result;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const double x = a[a.size() == 1 ? 0 : i];
    const double y = b[b.size() == 1 ? 0 : i];
    if (y == 0) return std::nullopt;
    const double quotient = wants_rest ? std::floor(x / y) : truncates ? std::trunc(x / y) : x / y;
    result.push_back(wants_rest ? x - y * quotient : quotient);
  }
  return result;
}

// Of a list, to one number.
std::optional<std::vector<double>> reduced(const ShapeStep& step, const std::vector<double>& x) {
  if (x.empty() || tensor::element_count(*step.outputs[0].shape) != 1) return std::nullopt;
  const std::string& op = step.node.op;
  double result = op == "ReduceProd" ? 1 : op == "ReduceSum" ? 0 : x.front();
  for (const double value : x) {
    if (op == "ReduceProd") result *= value;
    if (op == "ReduceSum") result += value;
    if (op == "ReduceMax") result = std::max(result, value);
    if (op == "ReduceMin") result = std::min(result, value);
  }
  if (op != "ReduceProd" && op != "ReduceSum" && op != "ReduceMax" && op != "ReduceMin") return std::nullopt;
  return std::vector<double>{result};
}

std::optional<std::vector<double>> content_after(const ShapeStep& step) {
  const std::string& op = step.node.op;
  if (auto moved = moved_content(step)) return moved;
  const auto* x = step.content(0);
  if (!x) return std::nullopt;
  if (op == "Unsqueeze" || op == "Squeeze" || op == "Reshape" || op == "Identity" || op == "Flatten") return *x;
  const auto each = [&](double (*f)(double)) {
    std::vector<double> result = *x;
    std::transform(result.begin(), result.end(), result.begin(), f);
    return result;
  };
  if ((op == "Cast" || op == "CastLike") && step.outputs[0].element == ElementType::kBool)
    return each([](double v) { return v != 0 ? 1.0 : 0.0; });
  if (op == "Cast" || op == "CastLike")
    return is_integral(step.outputs[0].element) ? each([](double v) { return std::trunc(v); }) : *x;
  if (op == "Floor") return each([](double v) { return std::floor(v); });
  if (op == "Ceil") return each([](double v) { return std::ceil(v); });
  if (op == "Neg") return each([](double v) { return -v; });
  if (op == "Sqrt") return each([](double v) { return std::sqrt(v); });
  if (op == "Round") return each([](double v) { return std::nearbyint(v); });
  if (op == "Abs") return each([](double v) { return std::abs(v); });
  if (op == "Not") return each([](double v) { return v == 0 ? 1.0 : 0.0; });
  if (op.starts_with("Reduce")) return reduced(step, *x);
  if (op == "Where") {
    const auto* a = step.content(1);
    const auto* b = step.content(2);
    if (!a || !b || a->empty() || b->empty()) return std::nullopt;
    std::vector<double> result;
    const std::size_t count = std::max({x->size(), a->size(), b->size()});
    const auto item = [](const std::vector<double>& values, std::size_t i) {
      return values[values.size() == 1 ? 0 : i];
    };
    if ((x->size() != 1 && x->size() != count) || (a->size() != 1 && a->size() != count) ||
        (b->size() != 1 && b->size() != count))
      return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) result.push_back(item(*x, i) != 0 ? item(*a, i) : item(*b, i));
    return result;
  }
  const auto* y = step.content(1);
  if (!y || x->empty() || y->empty()) return std::nullopt;
  if (x->size() != y->size() && x->size() != 1 && y->size() != 1) return std::nullopt;
  if (op == "Div" || op == "Mod") return divided(*x, *y, is_integral(step.element(0)), op == "Mod");
  const Binary f = binary(op);
  if (!f) return std::nullopt;
  std::vector<double> result = *x;
  for (std::size_t k = 1; k < step.node.inputs.size(); ++k) {
    const auto* next = step.content(k);
    if (!next || next->empty()) return std::nullopt;
    if (result.size() != next->size() && result.size() != 1 && next->size() != 1) return std::nullopt;
    if (result.size() == 1) result.resize(next->size(), result.front());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = f(result[i], (*next)[next->size() == 1 ? 0 : i]);
  }
  return result;
}

// A list in parts, one after the other.
void split_content(ShapeStep& step) {
  const auto* x = step.content(0);
  if (!x || !step.shape(0) || step.shape(0)->size() != 1) return;
  auto at = x->begin();
  for (Inferred& output : step.outputs) {
    if (!output.shape || output.shape->size() != 1 || output.shape->front() > x->end() - at) return;
    output.content.emplace(at, at + output.shape->front());
    at += output.shape->front();
  }
}

}  // namespace

void infer_content(ShapeStep& step) {
  if (step.outputs.empty() || step.outputs[0].content || !step.outputs[0].shape) return;
  if (step.node.op == "Split") return split_content(step);
  auto content = content_after(step);
  if (content && content->size() <= kMostContent &&
      static_cast<std::int64_t>(content->size()) == tensor::element_count(*step.outputs[0].shape))
    step.outputs[0].content = std::move(content);
}

std::optional<std::vector<double>> content_of(const Tensor& constant) {
  const std::int64_t count = tensor::element_count(constant.dims);
  if (count < 0 || count > static_cast<std::int64_t>(kMostContent) || constant.raw.empty()) {
    if (count == 0) return std::vector<double>{};
    return std::nullopt;
  }
  if (const auto integers = integers_of(constant)) return std::vector<double>(integers->begin(), integers->end());
  const auto dtype = dtype_of(constant.type);
  if (!dtype || constant.raw.size() != static_cast<std::size_t>(count) * tensor::size_of(*dtype)) return std::nullopt;
  tensor::Array values = tensor::Array::uninitialized(*dtype, {count});
  std::copy(constant.raw.span().begin(), constant.raw.span().end(), values.bytes().begin());
  const tensor::Array reals = tensor::Array::converted(values.view(), tensor::Dtype::kFloat64);
  return std::vector<double>(reals.as<double>().begin(), reals.as<double>().end());
}

const std::vector<NamedShapeRule>& integer_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{
      {"Shape", shape_of}, {"Size", size_of}, {"ConstantOfShape", constant_of_shape}, {"Range", range}};
  return kRules;
}

}  // namespace zooport::onnx
