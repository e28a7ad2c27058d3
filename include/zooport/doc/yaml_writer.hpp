#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "zooport/doc/value.hpp"

namespace zooport::doc {

struct YamlStyle {
  std::size_t step = 2;           // columns that a mapping stands right of its key
  std::size_t sequence_step = 2;  // the same for a list; 0 puts its dashes under the key
  std::string_view line_end = "\n";
};

// YAML 1.2 in block style that read_yaml reads back as an equal tree; empty collections are [] and {}. Texts are quoted
// only where they need it, and where readers of YAML 1.1 would take them for something else ("no"). Error
// doc.unwritable: a text that is no UTF-8, or a date or integer that is none.
Result<std::string> write_yaml(const Value& value, const YamlStyle& style = {});
Result<std::string> write_yaml(const Node& node, const YamlStyle& style = {});

// Parts of a document. Block: lines at column `indent`, the first without its indentation, no line end behind the last;
// scalars and empty collections are one line. Flow: one line. Member: "key: value", its lines at column `indent`.
Result<std::string> yaml_block(const Value& value, std::size_t indent, const YamlStyle& style = {});
Result<std::string> yaml_member(std::string_view key, const Value& value, std::size_t indent,
                                const YamlStyle& style = {});
Result<std::string> yaml_flow(const Value& value);
Result<std::string> yaml_flow_member(std::string_view key, const Value& value);
// A key's text in block or flow style.
enum class YamlContext : std::uint8_t { kBlock, kFlow };
Result<std::string> yaml_key(std::string_view key, YamlContext context);

}  // namespace zooport::doc
