#pragma once

#include <string>
#include <vector>

#include "engine/isolated/messages.hpp"
#include "zooport/base/os/channel.hpp"

namespace zooport::engine::isolated {

using Outcome = os::Channel::Outcome;
using Until = os::Channel::Until;

// How the process ends if memory runs out where the engine cannot say so.
constexpr int kExitOutOfMemory = 71;

struct Message {
  Kind kind = Kind{0};  // 0: what came is no message
  std::string head;
};

Outcome send(os::Channel& channel, Kind kind, const std::string& head, const Until& until);
Outcome receive(os::Channel& channel, Message& message, const Until& until);

// The head of a message, then the elements of each tensor in C order.
Outcome send_tensors(os::Channel& channel, Kind kind, const std::vector<tensor::View>& tensors, const Until& until);

}  // namespace zooport::engine::isolated
