#pragma once

#include <memory>

#include "zooport/convert/to_czann.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {

struct VerifyRequest {
  const model::Model& source;
  std::string weights;
  const process::Measured* statistics = nullptr;  // frozen; null: per tile
  tensor::Shape tile;                             // in axes of space
  tensor::Shape border;
  tensor::Shape stride;  // of the network
  tensor::Dtype pixels = tensor::Dtype::kUint8;
  std::int64_t channels = 1;
  enum class Outputs : std::uint8_t { kAsTheyAre, kBackgroundAndForeground };
  Outputs outputs = Outputs::kAsTheyAre;
  enum class Colours : std::uint8_t { kAsTheyAre, kReversed };
  Colours colours = Colours::kAsTheyAre;
  // What the result of all tiles is compared with: the source's of the whole image, or that of the source's own tiles.
  enum class Against : std::uint8_t { kWholeImage, kTiles };
  Against against = Against::kWholeImage;
  // The only sizes that the source takes, 0 along axes where it takes more than one; empty: along all. The image is no
  // smaller then, and the whole of it is put together from tiles that overlap by what the source sees.
  tensor::Shape source_tile;
};

// Runs what was made through ZEN's tiling over three by three tiles of a sparse image of integer pixels, and compares
// with the source: its whole-image result, or (statistics per tile, or as asked) its result for each of the same tiles.
// `off_stride` gets the largest difference on an image whose size makes ZEN place tiles off the network's stride; -1 if
// that cannot be.
Result<predict::Comparison> verify_for_zen(model::Model made, const VerifyRequest& request,
                                           std::shared_ptr<engine::Engine> engine, const Context& context,
                                           double& off_stride);

// A CZANN that was made, read. Error (kInternal, convert.wrote-invalid): it cannot be.
Result<czann::Package> read_made_czann(const Bytes& archive, const Context& context);

// Both.
Result<predict::Comparison> verify_czann(const Bytes& archive, const VerifyRequest& request,
                                         std::shared_ptr<engine::Engine> engine, const Context& context,
                                         double& off_stride);

}  // namespace zooport::convert
