#include "zooport/process/text.hpp"

#include <algorithm>

#include "process/text/grammar.hpp"
#include "process/text/table.hpp"
#include "zooport/base/text.hpp"
#include "zooport/process/registry.hpp"

namespace zooport::process {

namespace {

using text::Argument;
using text::Call;
using text::wrong;

constexpr std::string_view kName = "process.text-name";
constexpr std::string_view kArgument = "process.text-argument";

// "PerImageStandardization" to "per_image_standardization"; small letters stay.
std::string snake_case(std::string_view name) {
  std::string snake;
  for (const char c : name) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital && !snake.empty() && snake.back() != '_') snake += '_';
    snake += is_capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return snake;
}

std::string question(std::string_view meant) {
  return meant.empty() ? std::string() : concat("; is ", meant, " meant?");
}

// Operations of the format that only make sense outside of a graph.
constexpr std::pair<std::string_view, std::string_view> kOutside[] = {
    {"stardist_postprocessing", "makes objects of the polygons of a whole image"},
    {"cellpose_flow_dynamics", "makes objects of the flows of a whole image"},
    {"custom", "runs a program of its own"},
};

// Letters alone: RGBToBGR and rgb_to_bgr are written alike.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c != '_') letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return letters;
}

// What a name that is none may be meant for: the nearest, one that is written otherwise, or the one that begins so.
std::string_view meant_by(const std::string& name, const std::vector<std::string_view>& names) {
  if (const std::string_view near = nearest(name, names); !near.empty()) return near;
  const std::string letters = letters_of(name);
  for (const std::string_view known : names) {
    if (letters_of(known) == letters) return known;
  }
  constexpr std::size_t kLeast = 4;
  std::string_view found;
  for (const std::string_view known : names) {
    if (letters.size() < kLeast || !letters_of(known).starts_with(letters)) continue;
    if (!found.empty()) return {};
    found = known;
  }
  return found;
}

Error no_such_operation(const Call& call, const std::string& name) {
  for (const auto& [outside, why] : kOutside) {
    if (name != outside) continue;
    Error error =
        wrong(kName, call.name_span, concat(name, " ", why, " and has no ONNX form; run it on what the network gives"));
    error.kind = ErrorKind::kUnsupported;
    return error;
  }
  std::vector<std::string_view> names;
  for (const OperationInfo& info : operation_infos()) names.push_back(info.name);
  Error error = wrong(kName, call.name_span,
                      concat("there is no operation ", printable(call.name), question(meant_by(name, names))));
  std::vector<std::string> known(names.begin(), names.end());
  error.what.help = concat("operations are ", join(known, ", "));
  return error;
}

std::string_view expected_text(ParameterKind kind) {
  switch (kind) {
    case ParameterKind::kNumber: return "a number";
    case ParameterKind::kNumbers: return "a number or a list of them";
    case ParameterKind::kAxes: return "axes, such as yx or [y, x]";
    case ParameterKind::kWord: break;
  }
  return "a word";
}

bool fits(ParameterKind kind, const Value& value) {
  switch (kind) {
    case ParameterKind::kNumber: return std::holds_alternative<double>(value);
    case ParameterKind::kNumbers:
      return std::holds_alternative<double>(value) || std::holds_alternative<std::vector<double>>(value);
    case ParameterKind::kAxes:
      return std::holds_alternative<std::string>(value) || std::holds_alternative<std::vector<std::string>>(value);
    case ParameterKind::kWord: break;
  }
  return std::holds_alternative<std::string>(value);
}

// Binds the arguments of one call to the parameters of its operation.
class Binding {
 public:
  Binding(const Call& call, const OperationInfo& info) : call_(call), info_(info) {
    made_.name = info.name;
    made_.span = call.span;
  }

  Result<TextOperation> bind() {
    const std::size_t loose = count_loose();
    // shift(1, 2, 3): the values of a list without its brackets
    const bool is_list = loose > 1 && takes_loose_list(loose);
    for (std::size_t i = 0; i < call_.arguments.size(); ++i) {
      const Argument& argument = call_.arguments[i];
      if (!argument.name.empty()) {
        ZOOPORT_TRY(bind_named(argument));
      } else if (i >= loose) {
        return wrong(kArgument, argument.span, "a value without a name cannot follow one with a name");
      } else if (is_list) {
        ZOOPORT_TRY(add_to_list(argument));
      } else if (i < info_.parameters.size()) {
        ZOOPORT_TRY(set(info_.parameters[i], argument));
      } else {
        return wrong(kArgument, argument.span, concat(info_.name, " takes ", takes(), with_example()));
      }
    }
    for (const ParameterInfo& parameter : info_.parameters) {
      const bool is_required = parameter.need == ParameterInfo::Need::kRequired;
      if (is_required && made_.parameters.values.find(parameter.name) == made_.parameters.values.end()) {
        return wrong(kArgument, call_.span, concat(info_.name, " needs ", parameter.name, with_example()));
      }
    }
    return std::move(made_);
  }

 private:
  std::string with_example() const { return concat(", as in ", info_.example); }
  std::string takes() const {
    const std::size_t count = info_.parameters.size();
    return count == 0 ? "no arguments" : concat(count, count == 1 ? " argument" : " arguments at most");
  }

  std::size_t count_loose() const {
    std::size_t count = 0;
    while (count < call_.arguments.size() && call_.arguments[count].name.empty()) ++count;
    return count;
  }
  bool takes_loose_list(std::size_t loose) const {
    return info_.parameters.size() == 1 && info_.parameters[0].kind == ParameterKind::kNumbers &&
           std::all_of(call_.arguments.begin(), call_.arguments.begin() + static_cast<std::ptrdiff_t>(loose),
                       [](const Argument& argument) { return std::holds_alternative<double>(argument.value); });
  }

  Result<void> add_to_list(const Argument& argument) {
    const std::string_view name = info_.parameters[0].name;
    Value& value = made_.parameters.values.try_emplace(std::string(name), std::vector<double>()).first->second;
    std::get<std::vector<double>>(value).push_back(std::get<double>(argument.value));
    Span& span = made_.arguments.try_emplace(std::string(name), argument.span).first->second;
    span.end = argument.span.end;
    return {};
  }

  Result<void> bind_named(const Argument& argument) {
    std::vector<std::string_view> names;
    for (const ParameterInfo& parameter : info_.parameters) {
      if (parameter.name == argument.name) return set(parameter, argument);
      names.push_back(parameter.name);
    }
    const std::vector<std::string> known(names.begin(), names.end());
    const std::string has = known.empty() ? "; it takes none" : concat("; it has ", join(known, ", "));
    const std::string_view meant = nearest(argument.name, names);
    return wrong(
        kArgument, argument.name_span,
        concat(info_.name, " has no argument ", printable(argument.name), meant.empty() ? has : question(meant)));
  }

  Result<void> set(const ParameterInfo& parameter, const Argument& argument) {
    if (!fits(parameter.kind, argument.value)) {
      return wrong(kArgument, argument.span,
                   concat("expected ", expected_text(parameter.kind), " for ", parameter.name, with_example()));
    }
    if (!made_.parameters.values.emplace(parameter.name, argument.value).second) {
      return wrong(kArgument, argument.name.empty() ? argument.span : argument.name_span,
                   concat(parameter.name, " is given twice"));
    }
    made_.arguments.emplace(parameter.name, argument.span);
    return {};
  }

  const Call& call_;
  const OperationInfo& info_;
  TextOperation made_;
};

std::string quoted(const std::string& word) {
  if (text::is_word(word)) return word;
  const char quote = word.find('"') == std::string::npos ? '"' : '\'';
  return concat(quote, word, quote);
}

struct ToText {
  std::string operator()(std::monostate) const { return "none"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const std::vector<double>& values) const { return list(values); }
  std::string operator()(const std::vector<std::string>& values) const { return list(values); }
  template <class T>
  std::string list(const std::vector<T>& values) const {
    std::vector<std::string> texts;
    for (const T& value : values) texts.push_back((*this)(value));
    return concat("[", join(texts, ", "), "]");
  }
};

}  // namespace

Result<std::vector<TextOperation>> parse_operations(std::string_view text, const Limits& limits) {
  ZOOPORT_TRY_ASSIGN(const std::vector<Call> calls, text::read_calls(text, limits));
  std::vector<TextOperation> operations;
  for (const Call& call : calls) {
    const std::string name = snake_case(call.name);
    const OperationInfo* info = find_operation(name);
    if (!info) return no_such_operation(call, name);
    ZOOPORT_TRY_ASSIGN(TextOperation made, Binding(call, *info).bind());
    operations.push_back(std::move(made));
  }
  return operations;
}

Result<OperationPtr> make_operation(const TextOperation& operation, const tensor::Axes& axes) {
  Result<OperationPtr> made = [&]() -> Result<OperationPtr> {
    const MakeLayer layer = find_layer(operation.name);
    if (!layer) return make_operation(operation.name, operation.parameters, axes);
    ParameterReader reader(operation.name, operation.parameters, axes);
    OperationPtr pointer = layer(reader, axes);
    ZOOPORT_TRY(reader.finish());
    return pointer;
  }();
  if (made) return made;
  Error error = std::move(made).error();
  error.kind = ErrorKind::kUsage;
  error.what.span = operation.span;
  if (!error.what.path.empty()) {
    const auto found = operation.arguments.find(error.what.path.front().name);
    if (found != operation.arguments.end()) error.what.span = found->second;
    error.what.path.clear();
  }
  return error;
}

std::string to_text(const TextOperation& operation) {
  std::vector<std::string> arguments;
  for (const auto& [name, value] : operation.parameters.values) {
    arguments.push_back(concat(name, "=", std::visit(ToText{}, value)));
  }
  return arguments.empty() ? operation.name : concat(operation.name, "(", join(arguments, ", "), ")");
}

}  // namespace zooport::process
