#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace zooport::doc {

// Both from 1; the column counts code points.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// Finds lines of a text by byte offset. Lines end with LF, CRLF or CR. The text must outlive it.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  Position position(std::size_t byte) const;
  std::string_view line(std::size_t number) const;  // from 1, without its end; empty beyond the last
  std::size_t start_of(std::size_t number) const;   // byte offset of a line
  std::size_t lines() const { return starts_.size(); }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

}  // namespace zooport::doc
