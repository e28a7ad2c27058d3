#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "tests/support/every_pass.hpp"
#include "tests/support/mutate_model.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"

namespace zooport::onnx {
namespace {

struct Seed {
  std::string name;
  Model model;
};

ReadOptions read_options() {
  ReadOptions options;
  options.limits.graph_nodes = 5000;
  return options;
}

// The example's network and, where they are, the small ones of the recorded corpus that are whole in one file.
std::vector<Seed> seeds() {
  namespace fs = std::filesystem;
  std::vector<std::string> paths = {ZOOPORT_SOURCE_DIR "/examples/nuclei/weights.onnx"};
  const std::string corpus = testing::shared_folder() + "/data/frameworks/onnx";
  if (fs::is_directory(corpus)) {
    for (const auto& file : fs::recursive_directory_iterator(corpus)) {
      if (file.path().extension() == ".onnx" && file.file_size() < 20'000) paths.push_back(file.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Seed> found;
  for (const std::string& path : paths) {
    const auto bytes = os::read_file(path, 1u << 20);
    if (!bytes) continue;
    if (auto model = read_model(*bytes, read_options())) found.push_back({path, std::move(*model)});
  }
  return found;
}

// The fuzz target of the same name looks further; this is what every run of the tests can afford.
TEST(Mutated, AValidGraphNeverCrashesAPass) {
  constexpr std::uint64_t kRounds = 1000;
  const std::vector<Seed> all = seeds();
  ASSERT_FALSE(all.empty());
  std::size_t readable = 0;
  std::size_t sound = 0;
  for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
    const Seed& from = all[seed % all.size()];
    Model changed = from.model;
    testing::ModelMutator mutator(seed);
    for (std::uint64_t i = 0; i < 1 + seed % 3; ++i) mutator.mutate(changed);
    // Only what the reader lets through reaches a pass.
    const auto bytes = to_bytes(changed);
    ASSERT_TRUE(bytes.ok());
    const auto model = read_model(*bytes, read_options());
    if (!model) continue;
    const testing::EveryPass every_pass{read_options().limits, [&](const std::string& what) {
                                          ADD_FAILURE() << "seed " << seed << ", " << from.name << ": " << what;
                                        }};
    ++readable;
    sound += every_pass.is_sound(*model) ? 1 : 0;
    every_pass(*model, {seed % 2 == 0 ? 12 : 18});
  }
  std::cout << kRounds << " mutations of " << all.size() << " graphs: " << readable << " readable, " << sound
            << " of them sound\n";
  EXPECT_GT(sound, kRounds / 4);
}

}  // namespace
}  // namespace zooport::onnx
