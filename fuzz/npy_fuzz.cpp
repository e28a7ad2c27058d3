#include <cstdint>
#include <cstdlib>

#include "zooport/tensor/npy.hpp"

// Whatever is accepted must be written and read back as the same array.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zooport;
  Limits limits;
  limits.array_bytes = 1u << 20;
  limits.document_bytes = 1u << 16;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto array = tensor::read_npy(Bytes(std::string(text)), limits);
  if (!array.ok()) return 0;
  const std::string written = tensor::npy_bytes(array->view());
  const auto again = tensor::read_npy(Bytes(written), limits);
  if (!again.ok() || again->shape() != array->shape() || tensor::npy_bytes(again->view()) != written) std::abort();
  return 0;
}
