#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "zooport/bioimageio/description.hpp"

namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The most memory since the program was started; what started it does not count, as it does for getrusage().
std::size_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  return 0;
}

// Up to eight bytes replaced, removed or repeated.
void mutate(std::string& text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (std::size_t changes = 1 + below(8); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = below(text.size());
    switch (below(3)) {
      case 0: text[at] = static_cast<char>(below(256)); break;
      case 1: text.erase(at, 1 + below(16)); break;
      default: text.insert(at, text.substr(below(text.size()), 1 + below(64)));
    }
  }
}

}  // namespace

// check_bench ROUNDS FOLDER [SEED]: checks every description of the folder ROUNDS times without looking at files, on
// one thread, and prints one JSON object. With SEED each text is mutated first.
int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: check_bench ROUNDS FOLDER [SEED]\n");
    return 2;
  }
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::sort(texts.begin(), texts.end());
  const int rounds = std::atoi(argv[1]);
  std::mt19937 random(argc == 4 ? static_cast<unsigned>(std::atoi(argv[3])) : 0);
  const zooport::Context context;
  std::size_t valid = 0;
  double seconds = 0, longest = 0;
  for (int round = 0; round < rounds; ++round) {
    for (std::string text : texts) {
      if (argc == 4) mutate(text, random);
      const double begin = cpu_seconds();
      const auto description = zooport::bioimageio::read(std::move(text), "rdf.yaml", {}, context);
      if (!description) return 1;
      valid += description->status == zooport::bioimageio::Status::kValid;
      const double taken = cpu_seconds() - begin;
      seconds += taken;
      longest = std::max(longest, taken);
    }
  }
  std::printf(
      "{\"descriptions\":%zu,\"checks\":%zu,\"valid\":%zu,\"cpu_seconds\":%.6f,\"longest_seconds\":%.6f,"
      "\"peak_bytes\":%zu}\n",
      texts.size(), texts.size() * static_cast<std::size_t>(rounds), valid, seconds, longest, peak_bytes());
}
