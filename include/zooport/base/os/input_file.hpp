#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "zooport/base/bytes.hpp"
#include "zooport/base/result.hpp"

namespace zooport::os {

// A regular file that is read in parts, without a mapping: memory stays small however large the file is, and a file
// that shrinks meanwhile is an error and not a crash. May be read from several threads at once.
class InputFile {
 public:
  static Result<InputFile> open(const std::string& path);
  // Bytes that are in memory already, where something reads files; `name` is for messages.
  static InputFile over(Bytes bytes, std::string name);
  InputFile(InputFile&&) noexcept;
  InputFile& operator=(InputFile&&) noexcept;
  ~InputFile();

  std::uint64_t size() const;  // when it was opened
  const std::string& path() const;
  // Exactly into.size() bytes from that offset.
  Result<void> read_at(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  struct State;
  explicit InputFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zooport::os
