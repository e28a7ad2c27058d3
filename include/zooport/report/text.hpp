#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/base/result.hpp"

// Findings as text for people. Nothing here prints; everything from outside has its control characters escaped.
namespace zooport::report {

enum class Colours : std::uint8_t { kNone, kAnsi };

struct TextOptions {
  Colours colours = Colours::kNone;
  std::size_t columns = 100;         // of a line of source; longer ones are cut around the span
  Severity least = Severity::kInfo;  // less severe findings are left out
  std::size_t most_of_a_kind = 3;    // more findings of one cause become one with a count
};

// Gives the text that the spans of findings in `file` speak of; empty if there is none. Must outlive the call.
using TextOf = std::function<std::string_view(const std::string& file)>;
// Those of a report, which has to outlive it.
TextOf text_in(const std::map<std::string, Bytes, std::less<>>& texts);

// Each finding as
//
//   rdf.yaml:12:3: error: inputs[0].axes: expected …, found … [bioimageio.axes]
//      12 |   axes: bcyq
//         |         ^~~~
//     rdf.yaml:4:1: note: …
//     = help: …
//     = fix: …
//
// Columns count code points from 1. Findings about less likely readings of a value are left out. Linear in findings and
// texts.
std::string findings_text(const std::vector<Diagnostic>& findings, const TextOf& text_of, const TextOptions& options);

// The same for the one reason why an operation could not be done. `source` is named where the error names no file.
std::string error_text(const Error& error, const std::string& source, const TextOptions& options,
                       const TextOf& text_of = nullptr);

}  // namespace zooport::report
