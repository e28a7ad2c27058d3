#include "base/os/unfinished.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>

namespace zooport::os {
namespace {

// A signal handler may neither lock nor allocate, so the table is fixed, and a slot is published by its flag. This is
// the one mutable global besides the signal's stop source: signals are global, too.
struct Slot {
  std::atomic<bool> taken{false};
  std::atomic<bool> ready{false};
  std::array<char, 4096> path{};
};
std::array<Slot, 16>& slots() {
  static std::array<Slot, 16> table;
  return table;
}

}  // namespace

void remember_unfinished(const std::string& path) {
  for (Slot& slot : slots()) {
    if (path.size() + 1 > slot.path.size() || slot.taken.exchange(true)) continue;
    std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
    slot.ready = true;
    return;
  }
}

void forget_unfinished(const std::string& path) {
  for (Slot& slot : slots()) {
    if (!slot.ready || path != slot.path.data()) continue;
    slot.ready = false;
    slot.taken = false;
    return;
  }
}

void remove_unfinished_in_signal_handler() {
  for (Slot& slot : slots()) {
    if (!slot.ready) continue;
    if (::unlink(slot.path.data()) != 0) ::rmdir(slot.path.data());
  }
}

}  // namespace zooport::os
