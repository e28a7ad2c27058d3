#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/convert/load.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/compare.hpp"

namespace zooport::convert {

struct CzannOptions {
  std::string weights;
  std::string name;                      // empty: that of the source
  std::string id;                        // UUID; empty: derived from the content
  std::optional<czann::ModelType> type;  // none: Regression, reported as an assumption
  std::vector<std::string> classes;
  std::vector<std::int64_t>
      min_overlap;  // one each axis of space, or one for all; empty: from halo and receptive field
  std::vector<std::int64_t> spatial_dims;  // size of a tile: H, W (D, H, W); empty: the described size, or 512
  std::vector<double> scaling;
  std::string license_text;  // empty: a note that names the licence of the source
  // What ZEN's pixels were before it divided them by their type's maximum; none: the described type if that is an
  // integer, else uint8, reported as an assumption.
  std::optional<tensor::Dtype> source_dtype;

  // What takes the place of statistics of the whole image, which a graph that is run tile by tile cannot know.
  enum class Statistics : std::uint8_t { kRefuse, kOfImage, kPerTile };
  Statistics statistics = Statistics::kRefuse;
  std::string statistics_image;  // path, for kOfImage
  std::string statistics_axes;   // its axes, if the guess is wrong

  enum class Embed : std::uint8_t { kNothing, kDescription };
  Embed embed = Embed::kNothing;
  enum class OnFailure : std::uint8_t { kWriteNothing, kWriteAnyway };
  OnFailure on_failure = OnFailure::kWriteNothing;
  enum class IfPresent : std::uint8_t { kRefuse, kReplace };
  IfPresent if_present = IfPresent::kRefuse;

  Result<void> validate() const;
};

struct Loss {
  std::string what;
  std::string why;
  std::string kept;  // where it still is; empty: nowhere
};
struct Assumption {
  std::string what;
  std::string value;
  std::string option;  // says otherwise; may be empty
};
struct Verification {
  enum class Status : std::uint8_t { kPassed, kFailed, kNotRun };
  Status status = Status::kNotRun;
  std::string reason;
  std::vector<predict::Comparison> outputs;
};

struct ConversionReport {
  std::string source;
  std::string dest;
  std::string from;
  std::string to;
  std::vector<std::string> steps;
  std::vector<Loss> losses;
  std::vector<Assumption> assumptions;
  Verification verification;
  std::string sha256;  // of what was written; empty: nothing was
  Diagnostics findings;
};

// Writes the model as a CZANN of specification 1.0.0 and compares the result, run through ZEN's tiling over three by
// three tiles of a sparse integer image, with the source's whole-image result. Beyond tolerance nothing is written; the
// report says what was found. Errors: what the format cannot hold (kUnsupported), or what the source lacks. `engine`
// may be null only with OnFailure::kWriteAnyway.
Result<ConversionReport> to_czann(const Loaded& source, const std::string& dest, const CzannOptions& options,
                                  std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
