#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "zooport/czann/czmodel.hpp"
#include "zooport/doc/value.hpp"

// The values in the recorded Python expressions: literals, ModelType.X (its name in model.json) and a text in a call
// such as uuid.UUID('...').
namespace zooport::czann {

class PythonLiteral {
 public:
  explicit PythonLiteral(std::string_view text) : text_(text) {}

  struct Arguments {
    doc::Value positional = doc::Value::sequence();
    doc::Value keywords = doc::Value::mapping();
  };
  // The arguments of the call that `text` begins with; `rest` is what follows it.
  static Arguments arguments(std::string_view text, std::string_view* rest = nullptr) {
    PythonLiteral reader(text.substr(text.find('(') + 1));
    Arguments result;
    while (!reader.take(")")) {
      const std::string_view name = reader.name();
      if (!name.empty() && reader.take("=")) {
        result.keywords.set(name, reader.value());
      } else {
        reader.text_ = name.empty() ? reader.text_ : std::string_view(name.data(), reader.end() - name.data());
        result.positional.children.push_back(reader.value());
      }
      reader.take(",");
      reader.space();
      if (reader.text_.empty()) break;
    }
    if (rest) *rest = reader.text_;
    return result;
  }

  doc::Value value() {
    space();
    if (text_.starts_with('\'')) return string();
    for (const auto& [open, close] : {std::pair{"[", "]"}, {"(", ")"}})
      if (take(open)) {
        doc::Value list = doc::Value::sequence();
        while (!take(close)) list.children.push_back(value()), take(",");
        return list;
      }
    if (take("{")) {
      doc::Value mapping = doc::Value::mapping();
      while (!take("}")) {
        const std::string key = string();
        EXPECT_TRUE(take(":"));
        mapping.set(key, value());
        take(",");
      }
      return mapping;
    }
    if (take("ModelType.")) return std::string(name_of(*model_type_of_constant(name())));
    for (const char* call : {"uuid.UUID(", "pathlib.Path("})
      if (take(call)) {
        doc::Value argument = value();
        EXPECT_TRUE(take(")"));
        return argument;
      }
    const std::string_view word = name();
    if (word == "None") return {};
    if (word == "True" || word == "False") return word == "True";
    if (word.find_first_of(".e") == std::string_view::npos) return std::atoi(std::string(word).c_str());
    return std::strtod(std::string(word).c_str(), nullptr);
  }

 private:
  const char* end() const { return text_.data() + text_.size(); }
  void space() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    space();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  std::string_view name() {
    space();
    const std::size_t size =
        text_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
    const std::string_view name = text_.substr(0, size);
    text_.remove_prefix(name.size());
    return name;
  }
  std::string string() {
    space();
    const std::size_t close = text_.find('\'', 1);
    std::string text(text_.substr(1, close - 1));
    text_.remove_prefix(close + 1);
    return text;
  }

  std::string_view text_;
};

}  // namespace zooport::czann
