#include "report/excerpt.hpp"

#include <algorithm>
#include <limits>

#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr std::string_view kCut = "…";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Offset of the code point that lies `count` before, or behind, `at`.
std::size_t back(std::string_view text, std::size_t at, std::size_t count) {
  for (; count > 0 && at > 0; --count) {
    --at;
    while (at > 0 && continues(text[at])) --at;
  }
  return at;
}
std::size_t forth(std::string_view text, std::size_t at, std::size_t count) {
  for (; count > 0 && at < text.size(); --count) {
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
  }
  return at;
}

}  // namespace

std::string excerpt(const doc::LineIndex& lines, std::string_view text, const Span& span, Severity severity,
                    std::size_t columns, const Paint& paint) {
  const std::size_t begin = std::min(span.begin, text.size());
  const std::size_t number = lines.position(begin).line;
  const std::string_view line = lines.line(number);
  const std::size_t start = lines.start_of(number);
  const std::size_t from = std::min(begin - start, line.size());
  std::size_t to = std::clamp(span.end > start ? span.end - start : 0, from, line.size());

  const std::size_t width = std::max<std::size_t>(columns, 20);
  std::size_t first = 0;
  std::size_t last = line.size();
  if (code_points(line) > width) {
    const std::size_t marked = std::min(code_points(line.substr(from, to - from)), width / 2);
    to = forth(line, from, marked);
    const std::size_t around = width - marked;
    first = back(line, from, around / 2);
    last = forth(line, to, around - code_points(line.substr(first, from - first)));
  }
  std::string before = first > 0 ? std::string(kCut) : std::string();
  before += printable(line.substr(first, from - first), kAll);
  const std::string marked = printable(line.substr(from, to - from), kAll);
  std::string behind = printable(line.substr(to, last - to), kAll);
  if (last < line.size()) behind += kCut;

  std::string shown_number = std::to_string(number);
  if (shown_number.size() < 5) shown_number.insert(0, 5 - shown_number.size(), ' ');
  const std::size_t length = std::max<std::size_t>(1, code_points(marked));
  std::string mark(1, '^');
  mark.append(length - 1, '~');
  return concat(paint.dim(shown_number + " | "), before, marked, behind, "\n",
                paint.dim(std::string(shown_number.size(), ' ') + " | "), std::string(code_points(before), ' '),
                paint.of(severity, mark), "\n");
}

}  // namespace zooport::report
