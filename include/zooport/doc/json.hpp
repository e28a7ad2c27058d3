#pragma once

#include <cstdint>
#include <string>

#include "zooport/base/limits.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::doc {

// kPython: what Python's json module takes beyond that, for files which only programs in Python have read so far. Of a
// duplicate key every value stays in the tree, in order (in Python the last one counts). NaN, Infinity and -Infinity
// are reals. A lone surrogate, e.g. "\ud800", becomes the three bytes that UTF-8 would have for it, so that the text is
// not valid UTF-8 and a writer can tell.
enum class JsonDialect : std::uint8_t { kStrict, kPython };

// Reads one JSON text (RFC 8259, a byte-order mark tolerated) into the same tree as YAML. Duplicate keys, NaN and
// Infinity are errors.
Result<Document> read_json(std::string text, const Limits& limits = {}, JsonDialect dialect = JsonDialect::kStrict);

}  // namespace zooport::doc
