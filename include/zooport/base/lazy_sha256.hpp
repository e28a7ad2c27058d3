#pragma once

#include <memory>
#include <string>

#include "zooport/base/bytes.hpp"

namespace zooport {

// The SHA-256 of bytes, computed when it is asked for the first time: a network of 100 MB costs 50 ms, and often nobody
// asks. Copies share the result. Safe to ask from several threads.
class LazySha256 {
 public:
  LazySha256() = default;  // of nothing that could be read
  explicit LazySha256(Bytes bytes);
  LazySha256(std::string hex);  // known already; empty: as by default

  bool empty() const { return !state_; }
  const std::string& hex() const;  // 64 lower-case digits, or empty

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace zooport
