#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"

// Which ZEN loads which format: the compatibility table of the real package.
namespace zooport::czann {

enum class ZenProduct : std::uint8_t { kBlue, kCore };

struct ZenVersion {
  ZenProduct product = ZenProduct::kBlue;
  int major = 0;
  int minor = 0;
};
std::string name_of(const ZenVersion& version);  // "zen-blue-3.5"
// Error czann.zen-target (kUsage): the text is none; the message lists what there is.
Result<ZenVersion> zen_version_named(std::string_view text);

// What a file is written as.
enum class Specification : std::uint8_t { kLegacy300, kLegacy310, kCzann100, kCzann110, kCzann200, kCzann210 };
std::string_view name_of(Specification specification);  // "legacy 3.1.0", "1.0.0"
const std::vector<Specification>& specifications();     // oldest first

// The first version of that product that loads files of that specification.
ZenVersion first_zen(Specification specification, ZenProduct product);
// The newest opset of the default domain and the newest IR version that it may hold.
std::int64_t newest_opset(Specification specification);
std::int64_t newest_ir_version(Specification specification);

}  // namespace zooport::czann
