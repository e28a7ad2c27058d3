#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/support/every_pass.hpp"
#include "tests/support/mutate_model.hpp"
#include "zooport/onnx/io.hpp"

// Graphs that can be read, sent through every pass. Most changes are made to the graph and not to the bytes of its
// file, so that they come past the reader.
namespace {

using namespace zooport;

onnx::ReadOptions read_options() {
  onnx::ReadOptions options;
  options.limits.nodes = 20'000;
  options.limits.graph_nodes = 2'000;
  options.external = [](const std::string&) -> Result<Bytes> { return Bytes(std::string(64, 'w')); };
  return options;
}

Result<onnx::Model> read(const std::uint8_t* data, std::size_t size) {
  return onnx::read_model(Bytes(std::string(reinterpret_cast<const char*>(data), size)), read_options());
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  if (seed % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  auto model = read(data, size);
  if (!model) return LLVMFuzzerMutate(data, size, max_size);
  testing::ModelMutator mutator(seed);
  for (unsigned int i = 0; i < 1 + seed / 16 % 3; ++i) mutator.mutate(*model);
  const auto changed = onnx::to_bytes(*model);
  if (!changed || changed->size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, changed->data(), changed->size());
  return changed->size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = read(data, size);
  if (!model) return 0;
  const testing::EveryPass every_pass{read_options().limits, [](const std::string& what) {
                                        std::fprintf(stderr, "broken promise: %s\n", what.c_str());
                                        std::abort();
                                      }};
  every_pass(*model, {7, 12, 18, 28});
  return 0;
}
