#include "zooport/base/lazy_sha256.hpp"

#include <mutex>
#include <utility>

#include "zooport/base/sha256.hpp"

namespace zooport {

struct LazySha256::State {
  std::once_flag once;
  Bytes bytes;
  std::string hex;
};

LazySha256::LazySha256(Bytes bytes) : state_(std::make_shared<State>()) { state_->bytes = std::move(bytes); }

LazySha256::LazySha256(std::string hex) {
  if (hex.empty()) return;
  state_ = std::make_shared<State>();
  state_->hex = std::move(hex);
}

const std::string& LazySha256::hex() const {
  static const std::string none;
  if (!state_) return none;
  std::call_once(state_->once, [this] {
    if (state_->hex.empty()) state_->hex = sha256_hex(state_->bytes.span());
    state_->bytes = {};
  });
  return state_->hex;
}

}  // namespace zooport
