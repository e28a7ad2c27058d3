#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "zooport/predict/compare.hpp"

namespace zooport::convert {

// One input that two sides are compared on, and what came of it.
struct Trial {
  enum class Kind : std::uint8_t {
    kTest,       // a model's own test tensors
    kImage,      // files that were named
    kRandom,     // noise
    kNatural,    // a synthetic image: background, nuclei, the noise of photons
    kExtreme,    // constants, large and negative values, single pixels
    kNotFinite,  // NaN or an infinity among ordinary values
  };
  enum class Status : std::uint8_t {
    kAgrees,
    kDiffers,
    kUnstable,  // they differ, and the first differs as much from itself when the input changes by a millionth
    kNotRun,    // neither or only the second took the input, or there was no time; says why
  };
  Kind kind = Kind::kRandom;
  std::string pattern;     // "uniform", "hot pixel"; of images and test tensors: where they are from
  std::uint64_t seed = 0;  // gives this input again
  std::vector<std::pair<std::string, tensor::Shape>> inputs;
  Status status = Status::kNotRun;
  std::string reason;                        // why it differs or has not run, in a sentence
  bool counts = true;                        // false: reported, and decides nothing
  std::vector<predict::Comparison> outputs;  // empty if it has not run
  double seconds = 0;                        // of both sides

  std::string what() const;   // "natural", "random uniform"
  std::string sizes() const;  // "[1, 1, 64, 64]", "[1, 64], [1, 8]"
  std::string name() const;   // both
  double max_abs() const;     // over all outputs
};

std::string_view name_of(Trial::Kind kind);      // "test", "image", "random", "natural", "extreme", "not-finite"
std::string_view name_of(Trial::Status status);  // "agrees", "differs", "unstable", "not-run"

}  // namespace zooport::convert
