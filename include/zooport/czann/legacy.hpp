#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/base/result.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/doc/node.hpp"

// What was before CZANN: .czseg and .czmodel, archives of a network and its XML.
namespace zooport::czann {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Color&, const Color&) = default;
};

struct SegmentationClass {
  std::string name;
  Color color;
  std::int64_t label = 0;  // LabelValue; counts from 1
};

// {id}.xml. Texts are as they stand there; findings say what is unusual about them.
struct LegacyMetadata {
  std::string version;  // attribute Version of the root: "3.1.0"
  std::string id;       // UUID in text form
  std::string name;
  std::string status;                      // "Trained"
  std::string feature_extractor;           // "DeepNeuralNetwork"; others are models that are no networks
  std::string post_processing;             // empty: none
  std::string color_handling;              // "ConvertToMonochrome" or "SplitRgb"
  std::vector<std::string> pixel_types;    // one each image channel: "Gray8", "Bgr24"
  std::vector<SegmentationClass> classes;  // by their labels; one each output channel
  std::vector<std::int64_t> border_size;   // pixels on each side: one number for all, or one each of y, x; empty: none
  std::optional<std::int64_t> tile_height;
  std::optional<std::int64_t> tile_width;
  // Whether pixels are divided by their type's maximum; else the network sees them as they are.
  std::optional<bool> scale_inputs_by_bit_depth;
};

// Reads the XML. What is wrong with it goes to `diagnostics`, each with its place; the result is an error only if no
// metadata can be made of it.
Result<LegacyMetadata> read_legacy_metadata(std::string xml, const Limits& limits, Diagnostics& diagnostics);

// The flat JSON of the real package's conversion specifications: ColorHandling, PixelType (a text or a list), Classes,
// BorderSize, and ModelPath, whose last component becomes the name ("DNN model" without it). There is no id in it: the
// caller gives one. Other keys are passed over. Errors: no JSON; what lacks or cannot be used is a finding, an error
// where the real package refuses.
Result<LegacyMetadata> read_legacy_json(std::string json, const Limits& limits, Diagnostics& diagnostics);
LegacyMetadata read_legacy_json(const doc::Node& root, Diagnostics& diagnostics);

// As the real package writes version 3.1.0: a declaration, then one line. Empty texts become what it puts there
// ("3.1.0", "Trained", "DeepNeuralNetwork"), labels that are all 0 the place among the classes. What XML cannot hold
// becomes U+FFFD. Elements that only ZEN writes (tile size, scaling) stand behind the others, if they are given.
std::string write_legacy_metadata(const LegacyMetadata& metadata);

// The colours that the real package gives to the first `count` classes, in order; it always begins with red.
std::vector<Color> class_colors(std::size_t count, Color first = {255, 0, 0});

// Channels that the network gets for one image channel of that pixel type; none if the type is unknown.
std::optional<std::int64_t> channels_of(std::string_view pixel_type);
// The largest value of the pixel type: what integers are divided by; 1 for floats; none if the type is unknown.
std::optional<double> maximum_of(std::string_view pixel_type);

// The content of a .czseg or .czmodel file.
struct LegacyPackage {
  LegacyMetadata metadata;
  std::string xml_name;      // member that the metadata came from
  std::string network_name;  // member that the network came from; empty: there is none (an archive of training only)
  Bytes network;             // ONNX, or a zipped SavedModel
  std::string marker;        // Id that the name of the empty member modelid=… says; empty: there is none
  std::vector<Member> others;
};

// True if an archive with those members is a CZSEG or CZMODEL, whatever it is called.
bool is_legacy(const std::vector<std::string>& members);

struct LegacyReadResult {
  std::optional<LegacyPackage> package;  // none if the findings leave nothing to work with
  std::string xml_name;                  // member that the metadata are in, also if they cannot be read
  Diagnostics findings;
};
// Reads an archive; check() says what is wrong between its parts.
Result<LegacyReadResult> read_legacy(const Bytes& archive, const Context& context);

// {id}.xml, {id}.model (if there is a network), the others, and the empty member modelid={id}, stored; the same content
// gives the same bytes. Error czann.id-no-name (kInvalid): members cannot be named after the id.
Result<void> write(const LegacyPackage& package, const archive::Sink& sink, const Context& context);

// What the real package asks of a network (validate_legacy_metadata): that its tensors have fixed heights and widths.
// Shapes are those behind the batch axis; an entry that is none or 0 is open.
Diagnostics validate_legacy(const std::vector<std::optional<std::int64_t>>& input,
                            const std::vector<std::optional<std::int64_t>>& output);

// The name of the file that is written when `output` is asked for: with the ending .czseg, unless it has that or
// .czmodel already, in any case.
std::string czseg_file_name(std::string_view output);

// Axes b, y, x, c. Integer pixels are divided by their type's maximum only if the file says so; the halo is the border.
Result<model::Model> to_model(LegacyPackage package);

}  // namespace zooport::czann
