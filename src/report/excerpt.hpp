#pragma once

#include <cstddef>
#include <string>

#include "report/paint.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/doc/position.hpp"

namespace zooport::report {

// The line in which a span begins and, below it, a caret and an underline as far as the span reaches in that line.
std::string excerpt(const doc::LineIndex& lines, std::string_view text, const Span& span, Severity severity,
                    std::size_t columns, const Paint& paint);

}  // namespace zooport::report
