#include <algorithm>
#include <map>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Products of matrices, and what is built on them.
namespace zooport::onnx {
namespace {

// NumPy's rule: a vector is a row on the left and a column on the right, and that axis is dropped.
void product(ShapeStep& step, std::size_t left, std::size_t right, ElementType element) {
  const tensor::Shape* x = step.shape(left);
  const tensor::Shape* y = step.shape(right);
  if (!x || !y || x->empty() || y->empty()) return;
  tensor::Shape a = *x;
  tensor::Shape b = *y;
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  const auto batch = broadcast(tensor::Shape(a.begin(), a.end() - 2), tensor::Shape(b.begin(), b.end() - 2));
  if (!batch || a.back() != b[b.size() - 2])
    return step.conflict(concat("it multiplies ", shape_text(*x), " by ", shape_text(*y)));
  tensor::Shape result = *batch;
  if (x->size() > 1) result.push_back(a[a.size() - 2]);
  if (y->size() > 1) result.push_back(b.back());
  step.set(0, element, std::move(result));
}

void matmul(ShapeStep& step) { product(step, 0, 1, step.element(0)); }
void integer_matmul(ShapeStep& step) { product(step, 0, 1, ElementType::kInt32); }
void quantised_matmul(ShapeStep& step) { product(step, 0, 3, step.element(7)); }

void gemm(ShapeStep& step) {
  const tensor::Shape* a = step.shape(0);
  const tensor::Shape* b = step.shape(1);
  if (!a || !b || a->size() != 2 || b->size() != 2) return;
  const bool flips_a = step.node.int_or("transA", 0) != 0;
  const bool flips_b = step.node.int_or("transB", 0) != 0;
  if ((*a)[flips_a ? 0 : 1] != (*b)[flips_b ? 1 : 0])
    return step.conflict(concat("it multiplies ", shape_text(*a), " by ", shape_text(*b)));
  step.set(0, step.element(0), {(*a)[flips_a ? 1 : 0], (*b)[flips_b ? 0 : 1]});
}

// Sizes of the letters of an equation; "..." holds those of the axes that have none.
struct Letters {
  std::map<char, std::int64_t> sizes;
  tensor::Shape rest;
};

bool read_term(std::string_view term, const tensor::Shape& shape, Letters& letters) {
  const std::size_t dots = term.find("...");
  const std::size_t named = dots == std::string_view::npos ? term.size() : term.size() - 3;
  if (dots == std::string_view::npos ? named != shape.size() : named > shape.size()) return false;
  const auto put = [&](char letter, std::int64_t size) {
    std::int64_t& known = letters.sizes.try_emplace(letter, size).first->second;
    if (known == 1) known = size;
    return size == known || size == 1;
  };
  const std::size_t before = std::min(dots, term.size());
  for (std::size_t i = 0; i < before; ++i)
    if (!put(term[i], shape[i])) return false;
  if (dots == std::string_view::npos) return true;
  const std::size_t behind = named - before;
  for (std::size_t i = 0; i < behind; ++i)
    if (!put(term[dots + 3 + i], shape[shape.size() - behind + i])) return false;
  const auto both = broadcast(letters.rest, tensor::Shape(shape.begin() + static_cast<std::ptrdiff_t>(before),
                                                          shape.end() - static_cast<std::ptrdiff_t>(behind)));
  if (both) letters.rest = *both;
  return both.has_value();
}

void einsum(ShapeStep& step) {
  std::string equation;
  for (const char c : step.node.string_or("equation", ""))
    if (c != ' ') equation += c;
  const std::size_t arrow = equation.find("->");
  std::string_view left = std::string_view(equation).substr(0, arrow);
  Letters letters;
  std::map<char, int> occurrences;
  for (const char c : left)
    if (c != ',' && c != '.') ++occurrences[c];
  for (std::size_t i = 0; i < step.input_count(); ++i) {
    const tensor::Shape* shape = step.shape(i);
    if (!shape) return;
    const std::size_t comma = left.find(',');
    if (!read_term(left.substr(0, comma), *shape, letters))
      return step.conflict(concat("its input ", shape_text(*shape), " does not fit its equation"));
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
  }
  std::string result;
  if (arrow != std::string::npos) {
    result = equation.substr(arrow + 2);
  } else {
    result = "...";
    for (const auto& [letter, count] : occurrences)
      if (count == 1) result += letter;
  }
  tensor::Shape shape;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result.compare(i, 3, "...") == 0) {
      shape.insert(shape.end(), letters.rest.begin(), letters.rest.end());
      i += 2;
      continue;
    }
    const auto size = letters.sizes.find(result[i]);
    if (size == letters.sizes.end()) return;
    shape.push_back(size->second);
  }
  step.set(0, step.element(0), std::move(shape));
}

// Queries, keys and values as [batch, heads, length, size], or as [batch, length, heads * size].
void attention(ShapeStep& step) {
  const tensor::Shape* q = step.shape(0);
  const tensor::Shape* k = step.shape(1);
  const tensor::Shape* v = step.shape(2);
  if (!q || !k || !v || q->size() != k->size() || k->size() != v->size()) return;
  const bool is_flat = q->size() == 3;
  if (!is_flat && q->size() != 4) return;
  const std::int64_t q_heads = is_flat ? step.node.int_or("q_num_heads", 0) : (*q)[1];
  const std::int64_t kv_heads = is_flat ? step.node.int_or("kv_num_heads", 0) : (*k)[1];
  if (q_heads < 1 || kv_heads < 1) return;
  const std::int64_t length = (*q)[is_flat ? 1 : 2];
  const std::int64_t k_size = is_flat ? k->back() / kv_heads : k->back();
  const std::int64_t v_size = is_flat ? v->back() / kv_heads : v->back();
  const std::int64_t q_size = is_flat ? q->back() / q_heads : q->back();
  if (q_size != k_size) return step.conflict(concat("its queries have ", q_size, " elements and its keys ", k_size));
  const tensor::Shape* past = step.shape(4);
  if (!past && !step.node.input(4).empty()) return;
  const std::int64_t total = (*k)[is_flat ? 1 : 2] + (past && past->size() == 4 ? (*past)[2] : 0);
  const std::int64_t batch = (*q)[0];
  step.set(0, step.element(0),
           is_flat ? tensor::Shape{batch, length, product_of(q_heads, v_size)}
                   : tensor::Shape{batch, q_heads, length, v_size});
  step.set(1, step.element(1), {batch, kv_heads, total, k_size});
  step.set(2, step.element(2), {batch, kv_heads, total, v_size});
  step.set(3, step.element(0), {batch, q_heads, length, total});
}

void determinant(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (x && x->size() >= 2) step.set(0, step.element(0), tensor::Shape(x->begin(), x->end() - 2));
}

// Of com.microsoft: the operands are inputs 0 and 3, each followed by its scale and zero point.
void quantised_arithmetic(ShapeStep& step) {
  const tensor::Shape* a = step.shape(0);
  const tensor::Shape* b = step.shape(3);
  if (!a || !b) return;
  const auto both = broadcast(*a, *b);
  if (!both) return step.conflict(concat("its inputs ", shape_text(*a), " and ", shape_text(*b), " do not fit"));
  step.set(0, step.element(0), *both);
}

}  // namespace

const std::vector<NamedShapeRule>& product_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{
      {"MatMul", matmul},
      {"MatMulInteger", integer_matmul},
      {"QLinearMatMul", quantised_matmul},
      {"Gemm", gemm},
      {"Einsum", einsum},
      {"Attention", attention},
      {"Det", determinant},
      {"com.microsoft::QLinearAdd", quantised_arithmetic},
      {"com.microsoft::QLinearMul", quantised_arithmetic},
  };
  return kRules;
}

}  // namespace zooport::onnx
