#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/process/operation.hpp"

// Operations as people write them: "scale(1/255); zero_mean_unit_variance(axes=yx)".
//
//   text      = operation { ";" operation } [ ";" ]
//   operation = name [ "(" [ argument { "," argument } [ "," ] ] ")" ]
//   argument  = [ name "=" ] value
//   value     = number | number "/" number | word | 'text' | "text" | list
//   list      = "[" value { "," value } [ "," ] "]"      of numbers or of words; "(" and ")" do as well
//
// Names are those of docs/processing.md, in snake_case or CamelCase. Arguments without a name come first and are taken
// in the order of the documentation; where the first one is a list, its values may stand alone: scale(1, 2, 3).
namespace zooport::process {

enum class ParameterKind : std::uint8_t {
  kNumber,
  kNumbers,  // a number or a list of them
  kAxes,     // letters ("yx") or a list of ids
  kWord
};

struct ParameterInfo {
  enum class Need : std::uint8_t { kOptional, kRequired };
  std::string_view name;
  ParameterKind kind = ParameterKind::kNumber;
  Need need = Need::kOptional;
};

// What there is, for documentation and completion.
struct OperationInfo {
  // What a result depends on: a whole image that is cut into tiles gives other numbers than its tiles if it is kTile.
  enum class Sees : std::uint8_t { kPixel, kTile };
  std::string_view name;
  std::string_view formula;
  std::string_view example;  // is taken for a tensor with the axes bcyx
  Sees sees = Sees::kPixel;
  std::span<const ParameterInfo> parameters;  // in the order of arguments without a name
};
// In alphabetical order: the operations of bioimage.io and the layers of czmodel.
std::span<const OperationInfo> operation_infos();
// "clip(min=number, max=number, …)"
std::string signature_of(const OperationInfo& info);

// One operation of a text: names are known, arguments complete and of the right type.
struct TextOperation {
  std::string name;  // in snake_case
  Parameters parameters;
  Span span;                                           // in the text
  std::map<std::string, Span, std::less<>> arguments;  // by name
};

// Linear in the text. Errors (kUsage) have the span of what is wrong: process.text (grammar), process.text-name (no
// such operation; the nearest is named), process.text-argument (unknown, missing, given twice, of another type),
// limits.document_bytes, limits.nodes (values). An operation that is known and has no ONNX form is kUnsupported.
Result<std::vector<TextOperation>> parse_operations(std::string_view text, const Limits& limits = {});

// The operation for a tensor with these axes. Errors are those of make_operation(), as kUsage with a span in the text.
Result<OperationPtr> make_operation(const TextOperation& operation, const tensor::Axes& axes);

// The operation as text: parse_operations() gives an equal one. For people and for logs.
std::string to_text(const TextOperation& operation);

}  // namespace zooport::process
