#include "engine/isolated/exchange.hpp"

#include <array>

namespace zooport::engine::isolated {

Outcome send(os::Channel& channel, Kind kind, const std::string& head, const Until& until) {
  std::string message(1, static_cast<char>(kind));
  for (int i = 0; i < 4; ++i) message += static_cast<char>(head.size() >> (8 * i) & 0xff);
  message += head;
  return channel.write(as_bytes(message), until);
}

Outcome receive(os::Channel& channel, Message& message, const Until& until) {
  std::array<std::byte, 5> begin{};
  if (const Outcome outcome = channel.read(begin, until); outcome != Outcome::kDone) return outcome;
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size |= std::to_integer<std::uint32_t>(begin[i + 1]) << (8 * i);
  if (size > kMostHeadBytes) {
    message = {};
    return Outcome::kDone;
  }
  message.kind = static_cast<Kind>(begin[0]);
  message.head.resize(size);
  return channel.read(std::as_writable_bytes(std::span(message.head)), until);
}

Outcome send_tensors(os::Channel& channel, Kind kind, const std::vector<tensor::View>& tensors, const Until& until) {
  Tensors heads;
  for (const tensor::View& tensor : tensors) heads.heads.push_back({tensor.dtype, tensor.shape});
  Outcome outcome = send(channel, kind, encode(heads), until);
  for (std::size_t i = 0; i < tensors.size() && outcome == Outcome::kDone; ++i) {
    if (tensors[i].is_contiguous()) {
      const auto elements = static_cast<std::size_t>(tensor::element_count(tensors[i].shape));
      outcome = channel.write({tensors[i].data, elements * tensor::size_of(tensors[i].dtype)}, until);
    } else {
      outcome = channel.write(tensor::Array::copy_of(tensors[i]).bytes(), until);
    }
  }
  return outcome;
}

}  // namespace zooport::engine::isolated
