#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/process/operation.hpp"

// What a text of operations says, before anything is known of names.
namespace zooport::process::text {

struct Argument {
  std::string name;  // empty: by its place
  Span name_span;
  Value value;
  Span span;  // of the value
};

struct Call {
  std::string name;
  Span name_span;
  std::vector<Argument> arguments;
  Span span;
};

// One usage error with a place.
Error wrong(std::string_view id, Span span, std::string message);

Result<std::vector<Call>> read_calls(std::string_view text, const Limits& limits);

// A word of the grammar: it needs no quotes.
bool is_word(std::string_view text);

}  // namespace zooport::process::text
