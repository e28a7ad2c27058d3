#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zooport/convert/zen_kit.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::convert::zen_kit {

inline constexpr std::int64_t kTile = 128;
inline constexpr std::int64_t kBorder = 16;

// What the network gives in one channel for one pixel, whose values are between 0 and 1, at a place in its tile.
using Formula = float (*)(const float* pixel, std::int64_t row, std::int64_t column, std::int64_t channel);

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

struct Network {
  onnx::Model model;
  std::int64_t input_channels = 1;
  std::int64_t output_channels = 1;
  Formula formula = nullptr;
};

struct NetworkForm {
  std::int64_t opset = 12;
  std::int64_t ir_version = 7;
  enum class Batch : std::uint8_t { kOpen, kOne };
  Batch batch = Batch::kOpen;
  enum class Space : std::uint8_t { kFixed, kOpen };
  Space space = Space::kFixed;
  std::int64_t planes = 0;  // of a volume; 0: a plane
};

Network identity(const NetworkForm& form);
Network inverted(const NetworkForm& form);
Network threshold(const NetworkForm& form, float level = 0.5f);  // background, bright; by formula at one half
Network probabilities(const NetworkForm& form);                  // 1 - x, x
Network channels(const NetworkForm& form);                       // none, and which of three channels is the brightest
Network framed(const NetworkForm& form);         // white along the edge of each tile, less wide than the border
Network place_in_tile(const NetworkForm& form);  // row + column, of 255

struct Image {
  std::string name;
  tensor::Array pixels;  // rows, columns, channels
};
enum ImageIndex : std::size_t { kGrey8, kGrey16, kColour8, kSmall8, kImageCount };
std::vector<Image> images();

struct Trial {
  std::string file;  // of the model
  czann::Package package;
  std::optional<czann::LegacyPackage> legacy;  // in its place
  Formula formula = nullptr;
  std::vector<Colour> colours;  // of classes; empty: the output is an image
  std::int64_t border = kBorder;
  struct Use {
    std::size_t image = kImageCount;  // kImageCount: none
    std::string shows;
    std::string otherwise;
    ZenKit::Row::Basis basis = ZenKit::Row::Basis::kDocumented;
  };
  std::vector<Use> uses;
};
Result<std::vector<Trial>> trials();

// README.html and README.txt.
std::string html_page(const std::vector<Trial>& trials, const std::vector<ZenKit::Row>& rows);
std::string text_page(const std::vector<Trial>& trials, const std::vector<ZenKit::Row>& rows);

}  // namespace zooport::convert::zen_kit
