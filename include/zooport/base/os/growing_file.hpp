#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "zooport/base/result.hpp"

namespace zooport::os {

// A file that is written at its end and stays when the process ends in the middle: what is there is worth going on
// with.
class GrowingFile {
 public:
  // Made empty if it is not there. A link of that name is refused.
  static Result<GrowingFile> open(const std::string& path);
  GrowingFile(GrowingFile&&) noexcept;
  GrowingFile& operator=(GrowingFile&&) noexcept;
  ~GrowingFile();

  std::uint64_t size() const;
  Result<void> clear();
  Result<void> append(std::span<const std::byte> bytes);
  // On the disk, under its final name, which it replaces.
  Result<void> move_to(const std::string& path);

 private:
  struct State;
  explicit GrowingFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zooport::os
