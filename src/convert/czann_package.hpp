#pragma once

#include "convert/czann_version.hpp"
#include "convert/zen_plan.hpp"

namespace zooport::convert {

// A network as it goes into an archive, and the shapes behind its batch axis.
struct ZenNetwork {
  Bytes bytes;
  std::vector<std::int64_t> input_shape;
  std::vector<std::int64_t> output_shape;
};
// Shapes that a network declares whose sizes are fixed. Error (kUnsupported, convert.axes): they are not known.
Result<ZenNetwork> zen_network_of(const onnx::Model& fixed, Bytes bytes);

// Names for all classes of that many channels, where the type has classes. Error (kUsage): more names than channels.
Result<std::vector<std::string>> names_of_classes(const ZenPlan& plan, std::int64_t channels);

// The licence and what else goes beside the network: members of the source, the licence that is given or named, and
// the description with Embed::kDescription.
std::vector<czann::Member> zen_members(const Loaded& loaded, const ZenSource& source, const CzannOptions& options);

// Everything but the network, which nobody has looked into: that of a CZANN whose metadata change.
Result<czann::Package> make_czann_package(const Loaded& loaded, const ZenSource& source, const CzannOptions& options,
                                          const CzannVersion& version);
Result<czann::Package> make_czann_package(const Loaded& loaded, const ZenSource& source, const CzannOptions& options,
                                          const CzannVersion& version, const ZenPlan& plan, ZenNetwork network);

// What a description has and the formats of ZEN do not.
void list_losses(const Loaded& loaded, const CzannOptions& options, ConversionReport& report);

}  // namespace zooport::convert
