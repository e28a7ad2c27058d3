#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "zooport/base/result.hpp"

namespace zooport::os {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() { close(); }

  explicit operator bool() const { return value_ >= 0; }
  int get() const { return value_; }
  bool close() {
    const int value = std::exchange(value_, -1);
    return value < 0 || ::close(value) == 0;
  }

 private:
  int value_ = -1;
};

// Opens for reading. A pipe or device is refused at once, as it would be waited for, or never end.
Result<Descriptor> open_to_read(const std::string& path);

// "cannot VERB PATH: REASON", the reason from errno.
Error io_error(std::string_view verb, const std::string& path);

}  // namespace zooport::os
