#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/isolated/messages.hpp"

// Heads of messages between the two processes: what is read, written and read again is the same, and nothing takes more
// memory than a small multiple of its bytes.
namespace {

using namespace zooport::engine;
using namespace zooport::engine::isolated;

template <class Head>
void read(std::string_view bytes, std::optional<Head> (*decode)(std::string_view)) {
  const auto head = decode(bytes);
  if (!head) return;
  const std::string written = encode(*head);
  if (written.size() != bytes.size()) std::abort();
  const auto again = decode(written);
  if (!again || encode(*again) != written) std::abort();
}

void hold_sizes(std::string_view bytes) {
  const auto tensors = decode_tensors(bytes);
  if (!tensors) return;
  for (const Tensors::Head& head : tensors->heads) {
    const std::int64_t elements = zooport::tensor::element_count(head.shape);
    if (elements < 0 || elements > INT64_MAX / 16) std::abort();
    if (zooport::tensor::size_of(head.dtype) == 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (static_cast<Kind>(data[0] % 7)) {
    case Kind::kHello: read(bytes, &decode_hello); break;
    case Kind::kLoad: read(bytes, &decode_load); break;
    case Kind::kLoaded: read(bytes, &decode_loaded); break;
    case Kind::kRun:
    case Kind::kRan:
      read(bytes, &decode_tensors);
      hold_sizes(bytes);
      break;
    case Kind::kError: read(bytes, &decode_error); break;
    case Kind::kStarted: break;
  }
  return 0;
}
