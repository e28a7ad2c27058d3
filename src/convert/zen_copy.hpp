#pragma once

#include <memory>

#include "convert/czann_package.hpp"
#include "zooport/engine/engine.hpp"

// What the conversions to formats of ZEN have in common: how they begin, and a network that is copied, or changed and
// compared.
namespace zooport::convert {

// A report on a conversion that has not begun.
ConversionReport begin_report(const Opened& source, const std::string& dest, std::string to);

// True if the network is one of ZEN's as it is: axes, type, tile, and nothing that has to become part of it.
Result<bool> may_be_copied(const ZenSource& source, const ZenPlan& plan, const GraphCeiling& ceiling);

// The step of copying a network, as it is said, and whether a step is that one.
std::string copy_step(const Bytes& network);
bool is_copy_step(const std::string& step);
// Tells in `report` whether the network came out as it went in.
void compare_copy(const Bytes& written, const Bytes& source, ConversionReport& report);

// Error (kUnsupported, convert.output-size): the result is an image, of another size than the tile.
Result<void> require_size_of_input(czann::ModelType type, const ZenNetwork& network);

// What make_czann_graph() makes of the network.
Result<ZenNetwork> changed_network(const ZenSource& source, const ZenPlan& plan, const GraphCeiling& ceiling,
                                   ConversionReport& report);

// Runs what was made against its source and tells in `report` how that went.
Result<void> compare_for_zen(model::Model made, ZenSource source, const ZenPlan& plan, Delivered delivered,
                             const std::string& weights, std::shared_ptr<engine::Engine> engine, const Context& context,
                             ConversionReport& report);

}  // namespace zooport::convert
