#include "convert/zen_kit/content.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert::zen_kit {
namespace {

using Basis = ZenKit::Row::Basis;
using Use = Trial::Use;
using Batch = NetworkForm::Batch;
using Space = NetworkForm::Space;

constexpr Colour kGround{60, 60, 60};
constexpr Colour kBright{255, 220, 0};
constexpr std::string_view kNew = "2.1.0";

class Maker {
 public:
  // `file` without its ending; `name` for people.
  Trial& add(std::string_view file, std::string_view name, const Network& network) {
    Trial& trial = all_.emplace_back();
    trial.file = concat(file, ".czann");
    trial.formula = network.formula;
    czann::Metadata& metadata = trial.package.metadata;
    metadata.id = czann::uuid_of(concat("zooport kit for ZEN, ", file));
    metadata.name = concat("zooport kit ", file.substr(0, 2), ": ", name);
    metadata.input_shape = {kTile, kTile, network.input_channels};
    metadata.output_shape = {kTile, kTile, network.output_channels};
    metadata.min_overlap = {2 * kBorder, 2 * kBorder};
    Result<Bytes> bytes = onnx::to_bytes(network.model);
    if (bytes)
      trial.package.network = std::move(*bytes);
    else if (!error_)
      error_ = std::move(bytes).error();
    return trial;
  }
  Trial& add_segmentation(std::string_view file, std::string_view name, const Network& network) {
    Trial& trial = add(file, name, network);
    trial.package.metadata.type = czann::ModelType::kSingleClassSemanticSegmentation;
    trial.package.metadata.classes = {"Background", "Bright"};
    trial.colours = {kGround, kBright};
    return trial;
  }
  Result<std::vector<Trial>> take() && {
    if (error_) return std::move(*error_);
    return std::move(all_);
  }

 private:
  std::vector<Trial> all_;
  std::optional<Error> error_;
};

void add_numbers(Maker& make) {
  make.add("01-identity", "nothing changes", identity({})).uses = {
      {kGrey8, "The picture is the image, pixel by pixel.",
       "It is darker or lighter: the output is not taken as 0 to 1."},
      {kGrey16, "The same with 16 bits.", "Steps of 256 show: only 8 bits were kept."},
      {kSmall8, "An image that is smaller than a tile.", "An error, or a picture of another size: say which.",
       Basis::kGuess}};
  make.add("02-inverted", "dark and bright change places", inverted({})).uses = {
      {kGrey8, "The image in negative.", "All is black: pixels were not divided by 255."},
      {kGrey16, "The same with 16 bits.", "All is white or black: pixels were divided by something else than 65535."}};
  make.add_segmentation("03-threshold", "brighter than half", threshold({})).uses = {
      {kGrey8, "Class Bright where pixels are 128 or more: four disks of six.",
       "All is Bright: pixels were not divided. The classes have changed places: their order is another."},
      {kGrey16, "The same with 16 bits.", "None or all is Bright: pixels were divided by something else than 65535."}};
  make.add_segmentation("04-probabilities", "how bright", probabilities({})).uses = {
      {kGrey8,
       "As 03. Then with a least confidence of 60 %: the disks of 115 and 140 belong to no class any more. As a map, "
       "Bright is the image and Background its negative.",
       "Confidence does something else: say what."}};
}

void add_colours(Maker& make) {
  Trial& trial = make.add_segmentation("05-colour-order", "which channel is brightest", channels({}));
  trial.package.metadata.classes = {"Nothing", "Blue", "Green", "Red"};
  trial.package.metadata.type = czann::ModelType::kMultiClassSemanticSegmentation;
  trial.colours = {kGround, {0, 0, 255}, {0, 255, 0}, {255, 0, 0}};
  trial.uses = {{kColour8, "The large disk, red in the image, is of class Red; the small one, blue, of class Blue.",
                 "Red and Blue have changed places: the network got red first."}};
}

void add_tiles(Maker& make) {
  make.add("06-seams", "white along the edge of tiles", framed({})).uses = {
      {kGrey8, "White along the edge of the image, 8 pixels wide, and nowhere else.",
       "White lines inside: borders of tiles were kept. No white at all: tiles reach beyond the image."}};
  make.add("07-grid", "where a pixel lies in its tile", place_in_tile({})).uses = {
      {kGrey8,
       "Slopes from dark to bright that begin anew in each tile. Compare pixel by pixel: any other number is "
       "another grid.",
       "The grid of ZEN is another than that of cztile: a picture of it helps most of all."}};
  Trial& trial = make.add("08-no-overlap", "the same without MinOverlap", place_in_tile({}));
  trial.package.metadata.min_overlap.clear();
  trial.border = 0;
  trial.uses = {{kGrey8, "As 07, of a file that gives no MinOverlap: the picture is that of no border.",
                 "ZEN takes a border of its own; its width can be read from the picture.", Basis::kGuess}};
}

constexpr std::string_view kInverts = "The image in negative, as 02.";
constexpr std::string_view kRefused = "ZEN refuses the file: say with which message, and where.";

void add_forms(Maker& make) {
  const auto inverting = [&](std::string_view file, std::string_view name, const NetworkForm& form,
                             std::string_view what, std::string_view version, Basis basis) -> Trial& {
    Trial& trial = make.add(file, name, inverted(form));
    trial.package.metadata.format_version = version;
    trial.uses = {{kGrey8, concat(what, " ", kInverts), std::string(kRefused), basis}};
    return trial;
  };
  inverting("09-as-zen-trains", "opset 11, open size, batch 1",
            {.opset = 11, .ir_version = 6, .batch = Batch::kOne, .space = Space::kOpen},
            "The form of networks that ZEN trains.", "", Basis::kDocumented);
  inverting("10-opset-13", "opset 13", {.opset = 13}, "A network of opset 13.", kNew, Basis::kGuess);
  inverting("11-opset-17", "opset 17", {.opset = 17, .ir_version = 8}, "A network of opset 17.", kNew, Basis::kGuess);
  inverting("12-opset-18", "opset 18", {.opset = 18, .ir_version = 8}, "A network of opset 18, for ZEN 3.13.", kNew,
            Basis::kDocumented);
  inverting("13-open-size", "open batch, height and width", {.space = Space::kOpen},
            "A network that leaves its size open, where model.json does not.", "", Basis::kDocumented);
  inverting("14-spec-1.1", "specification 1.1.0", {}, "A file of specification 1.1.0.", "", Basis::kDocumented)
      .package.metadata.scaling = {1e-7, 1e-7};
  Trial& volume = inverting("15-spec-2.0-volume", "specification 2.0.0, a volume", {.planes = 8},
                            "A stack of eight planes or more of your own, for ZEN 3.13: each plane in negative. A file "
                            "of specification 2.0.0.",
                            "", Basis::kGuess);
  volume.package.metadata.input_shape = volume.package.metadata.output_shape = {8, kTile, kTile, 1};
  volume.package.metadata.min_overlap = {2, 2 * kBorder, 2 * kBorder};
  volume.package.metadata.scaling = {1e-7, 1e-7, 5e-7};
  volume.uses[0].image = kImageCount;
  volume.uses[0].shows.resize(volume.uses[0].shows.size() - kInverts.size() - 1);
  inverting("16-spec-2.1", "specification 2.1.0 with opset 12", {},
            "A file of specification 2.1.0 whose network is of opset 12.", kNew, Basis::kDocumented);
  Trial& more =
      inverting("17-other-members", "a licence, a further key and a further file", {},
                "A file with a licence, a key and a member that the specification does not name.", "", Basis::kGuess);
  more.package.metadata.extra = {{"ModelDescription", "\"made by zooport doctor --zen-kit\""}};
  more.package.others = {{"license.txt", Bytes(std::string("CC0-1.0: https://spdx.org/licenses/CC0-1.0.html\n"))},
                         {"bioimageio.yaml", Bytes(std::string("name: a description that came along\n"))}};
}

// The format before CZANN, whose networks see pixels as they are unless the file says otherwise.
void add_legacy(Maker& make) {
  const auto add = [&](std::string_view file, std::string_view name, float level,
                       std::optional<bool> is_scaled) -> Trial& {
    Trial& trial = make.add_segmentation(file, name, threshold({}, level));
    trial.file = concat(file, ".czseg");
    czann::LegacyPackage& legacy = trial.legacy.emplace();
    legacy.network = trial.package.network;
    legacy.metadata.id = trial.package.metadata.id;
    legacy.metadata.name = trial.package.metadata.name;
    legacy.metadata.color_handling = "SplitRgb";
    legacy.metadata.pixel_types = {"Gray8"};
    const std::vector<czann::Color> colours = czann::class_colors(2);
    for (std::size_t i = 0; i < colours.size(); ++i)
      legacy.metadata.classes.push_back(
          {trial.package.metadata.classes[i], colours[i], static_cast<std::int64_t>(i) + 1});
    legacy.metadata.border_size = {kBorder};
    legacy.metadata.scale_inputs_by_bit_depth = is_scaled;
    return trial;
  };
  add("18-czseg", "brighter than 127.5, of pixels as they are", 127.5f, std::nullopt).uses = {
      {kGrey8, "Class Bright as in 03. A CZSEG, which says nothing of scaling.",
       "None is Bright: pixels were divided by 255."}};
  add("19-czseg-scaled", "brighter than half", 0.5f, true).uses = {
      {kGrey8, "The same of a CZSEG with ScaleInputsByBitdepth.", "All is Bright: pixels were not divided."}};
}

}  // namespace

Result<std::vector<Trial>> trials() {
  Maker make;
  add_numbers(make);
  add_colours(make);
  add_tiles(make);
  add_forms(make);
  add_legacy(make);
  return std::move(make).take();
}

}  // namespace zooport::convert::zen_kit
