#include <algorithm>
#include <map>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Einsum as Transpose, Reshape, MatMul and sums.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

// A value and the letters of its axes.
struct Term {
  std::string value;
  std::string letters;
};

class Einsum {
 public:
  explicit Einsum(Rewrite& at) : at_(at) {}

  // "" where it is done, else why not.
  std::string run(std::string equation);

 private:
  std::string parse(std::string equation);
  Term summed(const Term& term, const std::string& keep);
  Term ordered(const Term& term, const std::string& letters);
  Term product(const Term& a, const Term& b, const std::string& needed);
  std::int64_t extent(const std::string& letters) const;

  Rewrite& at_;
  std::vector<Term> terms_;
  std::string result_;
  std::map<char, std::int64_t> extents_;
};

std::string Einsum::parse(std::string equation) {
  equation.erase(std::remove(equation.begin(), equation.end(), ' '), equation.end());
  const std::size_t arrow = equation.find("->");
  std::string inputs = equation.substr(0, arrow);
  // An ellipsis stands for axes that get letters of their own.
  const std::string spare = "0123456789";
  std::string rest;
  std::size_t begin = 0;
  for (std::size_t i = 0; begin <= inputs.size(); ++i) {
    const std::size_t end = std::min(inputs.find(',', begin), inputs.size());
    std::string letters = inputs.substr(begin, end - begin);
    begin = end + 1;
    const std::string value = at_.node.input(i);
    const auto rank = value.empty() ? std::nullopt : at_.facts.rank(value);
    if (!rank) return "the number of axes of an input is not known";
    if (const std::size_t dots = letters.find("..."); dots != std::string::npos) {
      const std::int64_t more = *rank - static_cast<std::int64_t>(letters.size() - 3);
      if (more < 0 || more > 8) return "the equation does not fit the inputs";
      const std::string names = spare.substr(spare.size() - static_cast<std::size_t>(more));
      letters.replace(dots, 3, names);
      if (names.size() > rest.size()) rest = names;
    }
    if (static_cast<std::int64_t>(letters.size()) != *rank) return "the equation does not fit the inputs";
    for (std::size_t axis = 0; axis < letters.size(); ++axis) {
      if (std::count(letters.begin(), letters.end(), letters[axis]) > 1) return "a letter twice in one input";
      const auto size = at_.facts.extent(value, static_cast<std::int64_t>(axis));
      if (!size) return "the extents of the inputs are not known";
      const auto [known, is_new] = extents_.emplace(letters[axis], *size);
      if (!is_new && known->second != *size) return "extents that are broadcast";
    }
    terms_.push_back({value, std::move(letters)});
  }
  if (terms_.size() != at_.node.inputs.size() || terms_.empty()) return "the equation does not fit the inputs";
  if (arrow != std::string::npos) {
    result_ = equation.substr(arrow + 2);
    if (const std::size_t dots = result_.find("..."); dots != std::string::npos) result_.replace(dots, 3, rest);
  } else {
    // The letters that stand once, in their order.
    for (const auto& [letter, size] : extents_) {
      std::int64_t count = 0;
      for (const Term& term : terms_) count += std::count(term.letters.begin(), term.letters.end(), letter);
      if (count == 1 || rest.find(letter) != std::string::npos) result_ += letter;
    }
  }
  for (const char letter : result_) {
    if (!extents_.count(letter) || std::count(result_.begin(), result_.end(), letter) > 1)
      return "an output that cannot be";
  }
  return "";
}

std::int64_t Einsum::extent(const std::string& letters) const {
  std::int64_t product = 1;
  for (const char letter : letters) product *= extents_.at(letter);
  return product;
}

// Without the axes whose letters are not in `keep`.
Term Einsum::summed(const Term& term, const std::string& keep) {
  Integers axes;
  std::string left;
  for (std::size_t i = 0; i < term.letters.size(); ++i) {
    if (keep.find(term.letters[i]) == std::string::npos) {
      axes.push_back(static_cast<std::int64_t>(i));
    } else {
      left += term.letters[i];
    }
  }
  if (axes.empty()) return term;
  return {at_.squeeze(at_.reduce("ReduceSum", term.value, axes), axes), left};
}

Term Einsum::ordered(const Term& term, const std::string& letters) {
  if (term.letters == letters) return term;
  Integers permutation;
  for (const char letter : letters) permutation.push_back(static_cast<std::int64_t>(term.letters.find(letter)));
  return {at_.transpose(term.value, permutation), letters};
}

// Two terms as one product of matrices: batches, rows, what is summed, columns.
Term Einsum::product(const Term& a, const Term& b, const std::string& needed) {
  std::string batch;
  std::string rows;
  std::string inner;
  std::string columns;
  for (const char letter : a.letters) {
    const bool in_both = b.letters.find(letter) != std::string::npos;
    const bool stays = needed.find(letter) != std::string::npos;
    (in_both ? stays ? batch : inner : rows) += letter;
  }
  for (const char letter : b.letters) {
    if (a.letters.find(letter) == std::string::npos) columns += letter;
  }
  const std::string left =
      at_.reshape(ordered(a, batch + rows + inner).value, {extent(batch), extent(rows), extent(inner)});
  const std::string right =
      at_.reshape(ordered(b, batch + inner + columns).value, {extent(batch), extent(inner), extent(columns)});
  const std::string letters = batch + rows + columns;
  Integers shape;
  for (const char letter : letters) shape.push_back(extents_.at(letter));
  return {at_.reshape(at_.emit("MatMul", {left, right}), shape), letters};
}

std::string Einsum::run(std::string equation) {
  constexpr std::size_t kMostTerms = 64;  // every product looks at the letters of all that follow
  if (at_.node.inputs.size() > kMostTerms) return "too many inputs";
  if (std::string why = parse(std::move(equation)); !why.empty()) return why;
  // No product of some of them may overflow.
  tensor::Shape sizes;
  for (const auto& [letter, size] : extents_) {
    constexpr std::int64_t kMost = 1 << 20;
    if (size <= 0 || size > kMost) return "extents of 0, or too large ones";
    sizes.push_back(size);
  }
  if (tensor::element_count(sizes) < 0) return "extents of 0, or too large ones";
  Term sum = terms_[0];
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    std::string needed = result_;
    for (std::size_t k = i + 1; k < terms_.size(); ++k) needed += terms_[k].letters;
    if (i > 0) {
      sum = product(summed(sum, needed + terms_[i].letters), summed(terms_[i], needed + sum.letters), needed);
    }
  }
  sum = ordered(summed(sum, result_), result_);
  at_.finish("Identity", {sum.value});
  return "";
}

}  // namespace

void einsum(Rewrite& at) {
  const ElementType type = at.facts.type(at.node.input(0));
  if (type != ElementType::kFloat && type != ElementType::kDouble) return at.refuse("elements that are no floats");
  if (const std::string why = Einsum(at).run(at.node.string_or("equation", "")); !why.empty()) at.refuse(why);
}

}  // namespace zooport::onnx::rules
