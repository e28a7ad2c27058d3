#include "zooport/base/diagnostics.hpp"

#include <iterator>

namespace zooport {

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::kInfo: return "info";
    case Severity::kWarning: return "warning";
    case Severity::kAlert: return "alert";
    case Severity::kError: break;
  }
  return "error";
}

std::string to_text(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    if (step.kind == Step::Kind::kLabel) continue;
    if (step.kind == Step::Kind::kIndex) {
      text += '[';
      text += std::to_string(step.index);
      text += ']';
    } else {
      if (!text.empty()) text += '.';
      text += step.name;
    }
  }
  return text;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++errors_;
  if (items_.size() < capacity_) {
    items_.push_back(std::move(diagnostic));
  } else {
    ++dropped_;
  }
}

void Diagnostics::add(Diagnostics&& others) {
  const std::size_t unseen_errors = others.dropped_ == 0 ? 0 : others.errors_;
  std::size_t seen_errors = 0;
  for (Diagnostic& item : others.items_) {
    if (item.severity == Severity::kError) ++seen_errors;
    add(std::move(item));
  }
  dropped_ += others.dropped_;
  if (unseen_errors > seen_errors) errors_ += unseen_errors - seen_errors;
  others = Diagnostics(others.capacity_);
}

}  // namespace zooport
