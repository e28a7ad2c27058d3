#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "zooport/onnx/model.hpp"

// What the default domain's operators look like, at every version.
namespace zooport::onnx {

extern const std::int64_t kNewestOpset;
extern const std::int64_t kNewestIr;
extern const char* const kOperatorRows[];  // see make_operators.py; ends with nullptr

struct OperatorForm {
  struct AttributeForm {
    std::string_view name;
    AttributeType type = AttributeType::kUndefined;
    bool required = false;
  };
  static constexpr std::size_t kAny = static_cast<std::size_t>(-1);

  std::string_view name;
  std::int64_t since = 0;  // the first opset that has it so
  bool deprecated = false;
  std::size_t min_inputs = 0;
  std::size_t max_inputs = 0;  // kAny: without end
  std::size_t min_outputs = 0;
  std::size_t max_outputs = 0;
  std::uint64_t input_types = 0;  // bit n: ElementType n may be the first input's; 0: nothing is known
  // The first output's element type: that of input `output_as`, or `output_type`, or (-1 and undefined) not known here.
  int output_as = -1;
  ElementType output_type = ElementType::kUndefined;
  std::vector<AttributeForm> attributes;

  const AttributeForm* find(std::string_view attribute) const;
};

// The form that an operator has in an opset; null if it is not there (yet).
const OperatorForm* find_operator(std::string_view name, std::int64_t opset);
// Whether two opsets have it in the same form, or neither has it.
bool is_same_operator(std::string_view name, std::int64_t opset, std::int64_t other);
// Whether any opset has it.
bool is_operator(std::string_view name);

}  // namespace zooport::onnx
