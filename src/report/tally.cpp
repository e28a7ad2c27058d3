#include "zooport/report/tally.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

std::string kind_of(const convert::CheckReport& report) {
  if (report.kind.empty()) return "not opened";
  if (report.kind != "bioimageio") return printable(report.kind, 40);
  if (report.type.empty()) return "description";
  const std::string& version = report.format_version.empty() ? report.declared_version : report.format_version;
  return concat(printable(report.type, 30), version.empty() ? "" : " ", printable(version, 20));
}

std::string padded(std::string text, std::size_t width, bool to_the_right) {
  const std::size_t length = code_points(text);
  const std::string blanks(width > length ? width - length : 0, ' ');
  return to_the_right ? blanks + text : text + blanks;
}

}  // namespace

void Tally::add(const convert::CheckReport& report) {
  ++kinds_[kind_of(report)][static_cast<std::size_t>(report.status)];
  fixed_ += report.fixed.size();
}

std::string Tally::table() const {
  Counts sums{};
  std::size_t width = std::string_view("all").size();
  for (const auto& [kind, counts] : kinds_) {
    width = std::max(width, code_points(kind));
    for (std::size_t i = 0; i < counts.size(); ++i) sums[i] += counts[i];
  }
  std::string text;
  const auto line = [&](const std::string& name, const auto& cell) {
    text += padded(name, width, false);
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (sums[i] > 0) text += concat("  ", padded(cell(i), to_text(static_cast<bioimageio::Status>(i)).size(), true));
    text += '\n';
  };
  line("", [](std::size_t i) { return std::string(to_text(static_cast<bioimageio::Status>(i))); });
  for (const auto& [kind, counts] : kinds_) line(kind, [&](std::size_t i) { return std::to_string(counts[i]); });
  if (kinds_.size() > 1) line("all", [&](std::size_t i) { return std::to_string(sums[i]); });
  if (fixed_ > 0) text += concat(fixed_, fixed_ == 1 ? " finding" : " findings", " fixed\n");
  return text;
}

}  // namespace zooport::report
