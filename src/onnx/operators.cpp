#include "onnx/operators.hpp"

#include <algorithm>
#include <charconv>

namespace zooport::onnx {
namespace {

std::string_view next_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

template <class T>
T number(std::string_view word, int base = 10) {
  T value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value, base);
  return value;
}

std::size_t count(std::string_view word) { return word == "*" ? OperatorForm::kAny : number<std::size_t>(word); }

AttributeType type_of(char code) {
  // In the order of AttributeType.
  return static_cast<AttributeType>(std::string_view("?fistgFISTGpPyY").find(code));
}

OperatorForm parse(std::string_view row) {
  OperatorForm form;
  form.deprecated = next_word(row) == "-";
  form.name = next_word(row);
  form.since = number<std::int64_t>(next_word(row));
  form.min_inputs = count(next_word(row));
  form.max_inputs = count(next_word(row));
  form.min_outputs = count(next_word(row));
  form.max_outputs = count(next_word(row));
  form.input_types = number<std::uint64_t>(next_word(row), 16);
  const std::string_view out = next_word(row);
  if (out[0] == '=') form.output_as = number<int>(out.substr(1));
  if (out[0] == '#') form.output_type = static_cast<ElementType>(number<std::int32_t>(out.substr(1)));
  while (!row.empty()) {
    const std::string_view word = next_word(row);
    const std::size_t colon = word.find(':');
    form.attributes.push_back({word.substr(0, colon), type_of(word[colon + 1]), word.back() == '!'});
  }
  return form;
}

const std::vector<OperatorForm>& forms() {
  static const std::vector<OperatorForm> kForms = [] {
    std::vector<OperatorForm> all;
    for (const char* const* row = kOperatorRows; *row; ++row) all.push_back(parse(*row));
    return all;
  }();
  return kForms;
}

}  // namespace

const OperatorForm::AttributeForm* OperatorForm::find(std::string_view attribute) const {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const auto& item) { return item.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

const OperatorForm* find_operator(std::string_view name, std::int64_t opset) {
  // Rows are sorted by name, then version.
  const auto& all = forms();
  const auto after = std::partition_point(all.begin(), all.end(), [&](const OperatorForm& form) {
    return form.name < name || (form.name == name && form.since <= opset);
  });
  return after != all.begin() && std::prev(after)->name == name ? &*std::prev(after) : nullptr;
}

bool is_same_operator(std::string_view name, std::int64_t opset, std::int64_t other) {
  const OperatorForm* a = find_operator(name, opset);
  const OperatorForm* b = find_operator(name, other);
  return a && b ? a->since == b->since : a == b;
}

bool is_operator(std::string_view name) {
  const auto& all = forms();
  const auto found =
      std::partition_point(all.begin(), all.end(), [&](const OperatorForm& form) { return form.name < name; });
  return found != all.end() && found->name == name;
}

}  // namespace zooport::onnx
