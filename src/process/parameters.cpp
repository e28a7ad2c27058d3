#include "process/parameters.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

// "c" and "channel" are the same axis.
std::string full_id(const std::string& id) {
  if (id.size() != 1) return id;
  const tensor::Axes axes = tensor::axes_from_letters(id);
  return axes.empty() ? id : axes.front().id;
}

bool contains(const std::vector<std::string>& ids, std::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

const Value* ParameterReader::find(std::string_view key) {
  known_.emplace(key);
  const auto found = parameters_.values.find(key);
  if (found == parameters_.values.end() || std::holds_alternative<std::monostate>(found->second)) return nullptr;
  return &found->second;
}

bool ParameterReader::has(std::string_view key) { return find(key) != nullptr; }

void ParameterReader::fail(std::string_view why, std::string_view key) {
  if (error_) return;
  error_ = concat(operation_, ": ", why);
  blamed_ = key;
}

void ParameterReader::fail_type(std::string_view key, std::string_view expected) {
  fail(concat("expected ", expected, " for ", key), key);
}

std::optional<double> ParameterReader::number(std::string_view key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* number = std::get_if<double>(value); number && std::isfinite(*number)) return *number;
  fail_type(key, "a finite number");
  return std::nullopt;
}

std::string ParameterReader::text_or(std::string_view key, std::string_view otherwise) {
  const Value* value = find(key);
  if (!value) return std::string(otherwise);
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  fail_type(key, "a text");
  return std::string(otherwise);
}

std::vector<double> ParameterReader::numbers_or(std::string_view key, double otherwise) {
  const Value* value = find(key);
  if (!value) return {otherwise};
  std::vector<double> numbers;
  if (const auto* number = std::get_if<double>(value)) numbers = {*number};
  if (const auto* list = std::get_if<std::vector<double>>(value)) numbers = *list;
  const bool finite = std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
  if (numbers.empty() || !finite) fail_type(key, "a finite number or a list of them");
  return numbers;
}

std::vector<std::string> ParameterReader::axis_ids(std::string_view key) {
  const Value* value = find(key);
  if (!value) return {};
  std::vector<std::string> given;
  if (const auto* letters = std::get_if<std::string>(value)) {
    for (const char letter : *letters) given.push_back(full_id(std::string(1, letter)));
  } else if (const auto* ids = std::get_if<std::vector<std::string>>(value)) {
    for (const std::string& id : *ids) given.push_back(full_id(id));
  } else {
    fail_type(key, "a list of axes");
  }
  for (const std::string& id : given) {
    if (tensor::find_axis(axes_, id) < 0) fail(concat("the tensor has no axis ", printable(id)), key);
  }
  std::vector<std::string> ordered;
  for (const tensor::Axis& axis : axes_) {
    if (contains(given, axis.id)) ordered.push_back(axis.id);
  }
  return ordered;
}

Scope ParameterReader::scope(WithoutAxes without) {
  const std::string mode = text_or("mode", "");
  Scope scope{axis_ids("axes"), false};
  if (mode != "" && mode != "per_sample" && mode != "per_dataset") {
    fail(concat("expected the mode per_sample or per_dataset, found ", printable(mode)), "mode");
  }
  if (scope.axes.empty()) {
    scope.over_dataset = mode == "per_dataset" || (mode.empty() && without == WithoutAxes::kDataset);
    return scope;
  }
  if (mode == "per_dataset" && !contains(scope.axes, "batch")) {
    scope.over_dataset = true;
    if (tensor::find_axis(axes_, "batch") >= 0) {
      scope.axes.push_back("batch");
      std::sort(scope.axes.begin(), scope.axes.end(), [&](const std::string& left, const std::string& right) {
        return tensor::find_axis(axes_, left) < tensor::find_axis(axes_, right);
      });
    }
  }
  scope.over_dataset = scope.over_dataset || contains(scope.axes, "batch");
  return scope;
}

std::string ParameterReader::list_axis() {
  if (has("axis")) {
    const std::string id = full_id(text_or("axis", ""));
    if (tensor::find_axis(axes_, id) < 0) fail(concat("the tensor has no axis ", printable(id)), "axis");
    return id;
  }
  if (!has("axes")) return {};
  const std::vector<std::string> covered = axis_ids("axes");
  std::vector<std::string> left;
  for (const tensor::Axis& axis : axes_) {
    if (axis.kind != tensor::AxisKind::kBatch && !contains(covered, axis.id)) left.push_back(axis.id);
  }
  return left.size() == 1 ? left.front() : std::string();
}

void ParameterReader::pair_along(std::string_view first, double otherwise_first, std::string_view second,
                                 double otherwise_second, Along& first_out, Along& second_out) {
  first_out.values = numbers_or(first, otherwise_first);
  second_out.values = numbers_or(second, otherwise_second);
  const std::string axis = list_axis();
  for (Along* side : {&first_out, &second_out}) {
    if (side->values.size() > 1) side->axis = axis;
    if (side->values.size() > 1 && axis.empty()) {
      const std::string_view key = side == &first_out ? first : second;
      fail(concat("a list for ", key, " needs the one axis that it runs along"), key);
    }
  }
  const std::size_t a = first_out.values.size();
  const std::size_t b = second_out.values.size();
  if (a > 1 && b > 1 && a != b) fail(concat(first, " has ", a, " values and ", second, " has ", b));
}

Result<void> ParameterReader::finish() {
  for (const auto& [key, value] : parameters_.values) {
    if (!error_ && known_.find(key) == known_.end()) fail(concat("there is no parameter ", printable(key)));
  }
  if (!error_) return {};
  Error error = make_error(ErrorKind::kInvalid, "process.parameter", *error_);
  if (!blamed_.empty()) error.what.path = {Step::key(blamed_)};
  return error;
}

}  // namespace zooport::process
