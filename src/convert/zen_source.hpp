#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zooport/convert/to_czann.hpp"
#include "zooport/czann/legacy.hpp"

namespace zooport::convert {

// A source as ZEN's formats see it: a model whose axes have ZEN's names, and what it has in their words already.
struct ZenSource {
  model::Model model;

  // What the network expects where ZEN has integer pixels.
  enum class Pixels : std::uint8_t {
    kAsTheyAre,
    kDividedByTypeMaximum,
    kAsDelivered  // a bare graph: whatever the format of the destination delivers
  };
  Pixels pixels = Pixels::kAsTheyAre;
  enum class Colours : std::uint8_t { kRedFirst, kBlueFirst };
  Colours colours = Colours::kRedFirst;

  std::optional<czann::Metadata> metadata;      // of a CZANN; or of a CZSEG, in a CZANN's words
  std::optional<czann::LegacyMetadata> legacy;  // of a CZSEG
  std::optional<tensor::Dtype> pixel_dtype;     // of the pixels, where the file says
  std::vector<czann::Member> members;           // beside the network: the licence and others; of a CZANN or CZSEG
  Bytes network;                                // a whole ONNX file that may be copied; empty: there is none
};

// Errors: axes of a bare graph that are no image's (kUnsupported, convert.axes), wrong letters (kUsage).
Result<ZenSource> zen_source_of(const Loaded& source, const CzannOptions& options, const Context& context,
                                ConversionReport& report);

// A CZSEG as such a source. Error (kUnsupported, convert.legacy): pixel types with different maxima.
Result<void> put_legacy(const czann::LegacyPackage& package, ZenSource& result);

// What a CZSEG has and a CZANN does not; `kept`: where it still is.
void list_legacy_losses(const czann::LegacyMetadata& legacy, const std::string& kept, ConversionReport& report);

}  // namespace zooport::convert
