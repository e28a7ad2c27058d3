#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "resource/web/library.hpp"
#include "resource/web/url.hpp"
#include "zooport/base/context.hpp"

namespace zooport::resource::web {

// What a server says before the body.
struct Head {
  long status = 0;
  std::optional<std::uint64_t> length;  // of the body
  std::string etag;
  std::string last_modified;
  std::string content_range;
  std::string content_encoding;
  std::string location;     // of a redirect, as it was said
  double retry_after = -1;  // seconds; negative: not said
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  // Before the first byte, and once where there is none. False: the body is not wanted.
  virtual Result<bool> begin(const Head& head) = 0;
  virtual Result<void> take(std::span<const std::byte> bytes) = 0;
};

// How one request ended, if it was not us who ended it.
struct Exchange {
  Head head;
  std::string problem;  // empty: the answer came whole, or was not wanted
  bool may_succeed_later = false;
};

// One connection to wherever requests lead; follows no redirect.
class Client {
 public:
  static Result<Client> create(const Context& context);
  // Errors: those of the receiver, resource.private-address, cancellation.
  Result<Exchange> get(const Url& url, const std::vector<std::string>& headers, double seconds, Receiver& receiver);

 private:
  struct Close {
    const Library* library;
    void operator()(CURL* handle) const { library->easy_cleanup(handle); }
  };
  Client(const Library& library, const Context& context, std::unique_ptr<CURL, Close> handle);

  const Library* library_;
  const Context* context_;
  std::unique_ptr<CURL, Close> handle_;
};

}  // namespace zooport::resource::web
