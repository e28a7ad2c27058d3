#pragma once

#include <memory>

#include "convert/czann_package.hpp"
#include "zooport/engine/engine.hpp"

// What the conversions to formats of ZEN have in common where they end: a network that is copied, or compared.
namespace zooport::convert {

// True if the network is one of ZEN's as it is: axes, type, tile, and nothing that has to become part of it.
Result<bool> may_be_copied(const ZenSource& source, const ZenPlan& plan, const GraphCeiling& ceiling);

// Error (kUnsupported, convert.output-size): the result is an image, of another size than the tile.
Result<void> require_size_of_input(czann::ModelType type, const ZenNetwork& network);

// Runs what was made against its source and tells in `report` how that went.
Result<void> compare_for_zen(model::Model made, ZenSource source, const ZenPlan& plan, Delivered delivered,
                             const std::string& weights, std::shared_ptr<engine::Engine> engine, const Context& context,
                             ConversionReport& report);

}  // namespace zooport::convert
