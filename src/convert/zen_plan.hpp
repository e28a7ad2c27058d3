#pragma once

#include <optional>
#include <string>
#include <vector>

#include "convert/czann_graph.hpp"
#include "convert/zen_source.hpp"
#include "zooport/onnx/geometry.hpp"

namespace zooport::convert {

// What a format of ZEN does to integer pixels before the network gets them.
enum class Delivered : std::uint8_t { kDividedByTypeMaximum, kAsTheyAre };

// What a conversion to one of ZEN's formats decides before anything is changed.
struct ZenPlan {
  onnx::Model network;     // as the source has it
  std::vector<int> space;  // which axes of the input are space
  onnx::Geometry geometry;
  tensor::Shape tile;    // in axes of space
  tensor::Shape border;  // on either side
  tensor::Shape stride;  // of the network
  tensor::Dtype pixels = tensor::Dtype::kUint8;
  std::int64_t channels = 1;
  GraphRequest::Pixels change_of_pixels = GraphRequest::Pixels::kNone;
  GraphRequest::Classes classes = GraphRequest::Classes::kAsTheyAre;
  GraphRequest::Colours colours = GraphRequest::Colours::kAsTheyAre;
  std::optional<process::Measured> measured;
  czann::ModelType type = czann::ModelType::kRegression;
  std::vector<std::string> class_names;

  GraphRequest graph_request(const ZenSource& source) const;
};

// The largest value of pixels of that type; 1 for floats.
double maximum_of_pixels(tensor::Dtype pixels);

// Reports every decision that the source does not make as an assumption. Errors: what ZEN cannot tile (kUnsupported),
// options that do not fit the model (kUsage), an image for statistics that cannot be read.
Result<ZenPlan> plan_for_zen(const ZenSource& source, const CzannOptions& options, Delivered delivered,
                             const Context& context, ConversionReport& report);

// Parts of it. Statistics of the whole image, measured once; none where none are needed or each tile's are taken.
Result<std::optional<process::Measured>> choose_statistics(const ZenSource& source, const CzannOptions& options,
                                                           const Context& context, ConversionReport& report);
void choose_type(const ZenSource& source, const CzannOptions& options, ZenPlan& plan, ConversionReport& report);

}  // namespace zooport::convert
