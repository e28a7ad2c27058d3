#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/lazy_sha256.hpp"
#include "zooport/convert/engine_on_demand.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/czann/zen.hpp"
#include "zooport/predict/compare.hpp"

namespace zooport::convert {

struct CzannOptions {
  // Of the file that is written, one of the CZANN ones; none: that of a source that is a CZANN, else the oldest that
  // holds the content (Scaling needs 1.1.0, three numbers of it 2.0.0).
  std::optional<czann::Specification> specification;
  // The file has to be one that this ZEN loads.
  std::optional<czann::ZenVersion> target;

  std::string weights;
  std::string name;                      // empty: that of the source
  std::string id;                        // UUID; empty: that of a CZANN or CZSEG, else derived from the content
  std::optional<czann::ModelType> type;  // none: that of a CZANN, else Regression, reported as an assumption
  std::vector<std::string> classes;
  // One each axis of space, or one for all; empty: that of a CZANN, else from halo and receptive field.
  std::vector<std::int64_t> min_overlap;
  std::vector<std::int64_t> spatial_dims;  // size of a tile: H, W (D, H, W); empty: the described size, or 512
  std::vector<double> scaling;             // metres a pixel: x, y(, z); empty: that of the source, if it says
  std::string license_text;  // empty: members of a CZANN or CZSEG, else a note that names the licence of the source
  std::string license_name;  // of its member, without folders; empty, or the name of another member: license.txt
  // Axes of a bare ONNX file, "byxc" (ZEN's own order) or "bcyx"; empty: guessed from the graph, reported as an
  // assumption.
  std::string graph_axes;
  // What ZEN's pixels were before it divided them by their type's maximum; none: the described type if that is an
  // integer, else uint8, reported as an assumption. A bare ONNX file gets pixels as ZEN delivers them, between 0 and 1,
  // unless this says which values it expects.
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
  LazySha256 sha256;  // of what was written; empty: nothing was
  Diagnostics findings;
};

// Writes the model as a CZANN. A network that is one of ZEN's already (a bare ONNX file with axes b, (z,) y, x, c and
// float32, or that of a CZANN) is copied unchanged, and verified by its bytes; no engine is needed. Every other is
// changed, and the result, run through ZEN's tiling over three by three tiles of a sparse integer image, compared with
// the source's whole-image result. Beyond tolerance nothing is written; the report says what was found. Errors: what
// the format cannot hold (kUnsupported), or what the source lacks; no engine where one is needed, unless
// OnFailure::kWriteAnyway.
Result<ConversionReport> to_czann(const Loaded& source, const std::string& dest, const CzannOptions& options,
                                  EngineOnDemand engine, const Context& context);

}  // namespace zooport::convert
