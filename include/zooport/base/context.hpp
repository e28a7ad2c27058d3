#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"

namespace zooport {

// What a long operation tells about itself. `total` is 0 where it is unknown.
struct Progress {
  std::string_view what;  // "predict", "hash", …
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

// Which files may be got from the network, and how long that may take.
struct Network {
  // Addresses of this machine and of the networks behind it. A description must not make zooport ask those.
  enum class PrivateAddresses : std::uint8_t { kRefuse, kAllow };
  PrivateAddresses private_addresses = PrivateAddresses::kRefuse;
  double connect_seconds = 10;
  double idle_seconds = 30;         // without a single byte
  double total_seconds = 4 * 3600;  // of one file
  unsigned redirects = 10;
  unsigned attempts = 4;         // the first one included; a download is taken up where it broke off
  double backoff_seconds = 0.5;  // before the second attempt; twice as long before each further one
  std::string user_agent;        // empty: "zooport"

  // Where ids of models lead; empty: the places that the reference library asks. See resource/collection.hpp.
  std::string collection;          // path or URL of a JSON index
  std::string collection_pattern;  // URL of a description, with {id}
};

// Resources and cancellation of one call. It never changes results. Copies are cheap and share the sinks; sinks may be
// called from any thread, one call at a time.
struct Context {
  unsigned threads = 0;             // 0: one per processor
  std::uint64_t memory_budget = 0;  // bytes; 0: half of what the machine has
  std::string cache_folder;         // UTF-8; empty: no cache
  bool offline = false;
  Network network;
  Limits limits;
  std::function<void(Severity, std::string_view)> log;
  std::function<void(const Progress&)> progress;
  std::stop_token stop;

  bool stopped() const { return stop.stop_requested(); }
  void tell(const Progress& at) const {
    if (progress) progress(at);
  }
  // The error of an operation that ended because the stop token was set.
  static Error cancelled() { return make_error(ErrorKind::kCancelled, "base.cancelled", "stopped before the end"); }
};

}  // namespace zooport
