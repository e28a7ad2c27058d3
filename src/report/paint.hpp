#pragma once

#include <string>
#include <string_view>

#include "zooport/base/diagnostics.hpp"
#include "zooport/report/text.hpp"

namespace zooport::report {

// Colours of a terminal, or none.
class Paint {
 public:
  explicit Paint(Colours colours) : colours_(colours) {}
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string note(std::string_view text) const { return wrap("36", text); }
  std::string of(Severity severity, std::string_view text) const {
    switch (severity) {
      case Severity::kInfo: return wrap("36", text);
      case Severity::kWarning: return wrap("33", text);
      case Severity::kAlert: return wrap("1;33", text);
      case Severity::kError: break;
    }
    return wrap("1;31", text);
  }

 private:
  std::string wrap(const char* code, std::string_view text) const {
    if (colours_ == Colours::kNone) return std::string(text);
    return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
  }
  Colours colours_;
};

}  // namespace zooport::report
