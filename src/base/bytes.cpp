#include "zooport/base/bytes.hpp"

#include <algorithm>

namespace zooport {

Bytes::Bytes(std::string text) {
  auto owner = std::make_shared<const std::string>(std::move(text));
  view_ = as_bytes(*owner);
  owner_ = std::move(owner);
}

Bytes::Bytes(std::vector<std::byte> data) {
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(data));
  view_ = *owner;
  owner_ = std::move(owner);
}

Bytes Bytes::slice(std::size_t offset, std::size_t size) const {
  offset = std::min(offset, view_.size());
  return {owner_, view_.subspan(offset, std::min(size, view_.size() - offset))};
}

}  // namespace zooport
