#pragma once

#include <string>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/base/result.hpp"
#include "zooport/convert/trial.hpp"
#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/position.hpp"
#include "zooport/predict/compare.hpp"
#include "zooport/report/text.hpp"

// Parts that records have in common.
namespace zooport::report {

// Members whose value is empty are left out.
void member_unless_empty(doc::JsonWriter& json, std::string_view name, std::string_view value);
void member_strings(doc::JsonWriter& json, std::string_view name, const std::vector<std::string>& values);
void member_numbers(doc::JsonWriter& json, std::string_view name, const std::vector<std::int64_t>& values);

// "findings": those of at least that severity.
void member_findings(doc::JsonWriter& json, const std::vector<Diagnostic>& findings, const TextOf& text_of,
                     Severity least);

// One entry of "outputs"; `saved` may be empty.
void output_object(doc::JsonWriter& json, const predict::Comparison& output, const std::string& saved);

// "trials": what each input showed.
void member_trials(doc::JsonWriter& json, const std::vector<convert::Trial>& trials);

// "invalid", "usage", "unreadable", "unsupported", "internal", "cancelled"
std::string_view status_of(ErrorKind kind);

}  // namespace zooport::report
