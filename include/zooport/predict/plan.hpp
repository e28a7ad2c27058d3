#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/grid.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::predict {

// How an image is cut.
struct TileChoice {
  enum class Kind : std::uint8_t {
    kAutomatic,  // whole up to 4 million pixels, tiles of 1024 (3-D: 128) beyond; depends on nothing but the shapes
    kWhole,
    kSizes
  };
  Kind kind = Kind::kAutomatic;
  std::vector<std::int64_t> sizes;  // of the network's input, halo included: one for all axes of space, or one each
};

// What is thrown away at the edges of a tile; never less than what the model declares.
struct HaloChoice {
  enum class Kind : std::uint8_t { kDeclared, kPixels, kExact };  // kExact: the receptive field
  Kind kind = Kind::kDeclared;
  std::int64_t pixels = 0;
};

struct PredictOptions {
  std::string weights;  // weights format; empty: the first that can be used
  TileChoice tile;
  HaloChoice halo;
  engine::SessionOptions session;
  // Values that take the place of measured statistics: of the tensor that the measure names, or of every input.
  std::optional<process::Measured> statistics;
  // What statistics over a dataset run over: the samples of one call, or those of all calls so far, each with the
  // values that hold when it has been taken in (as in the reference).
  enum class Dataset : std::uint8_t { kOneCall, kAllCalls };
  Dataset dataset = Dataset::kOneCall;

  Result<void> validate() const;
};

// What a prediction will do. A pure function of model, shapes and options: not of threads, memory or engine.
struct Plan {
  std::string weights;
  tensor::Shape network_input;  // of the first input, as the network gets it
  std::vector<AxisGrid> grids;  // one each axis of space of the first input
  // Of each input and axis: the grid that cuts it, or -1. Inputs that share an axis of space are cut alike.
  std::vector<std::vector<int>> grid_of;
  std::int64_t samples = 1;           // positions along axes that the model lacks
  std::int64_t tiles = 1;             // of one sample
  std::uint64_t peak_bytes = 0;       // of the network's values that are alive together; 0: unknown
  std::vector<std::string> blockers;  // what keeps the prediction from reading the image once and forgetting it
  Diagnostics findings;               // padding, halo below the receptive field, …
};

}  // namespace zooport::predict
