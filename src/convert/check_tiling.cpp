#include "convert/check_tiling.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "zooport/base/text.hpp"
#include "zooport/onnx/geometry.hpp"
#include "zooport/onnx/info.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/predict/zen_tiles.hpp"

namespace zooport::convert {
namespace {

// Sides of the frames of usual cameras, and what stitching makes of them.
constexpr std::array<std::int64_t, 10> kImageSizes{512, 1024, 1040, 1200, 1388, 1936, 2048, 2464, 4096, 10000};
// ZEISS asks for graphics cards of 8 GB; what an engine needs beside the values is not known.
constexpr std::uint64_t kMuchMemory = std::uint64_t{4} << 30;

class Check {
 public:
  Check(const Tiling& tiling, Diagnostics& findings) : tiling_(tiling), findings_(findings) {}

  void run(const onnx::Model& network) {
    const std::size_t rank = tiling_.tile.size() - 1;
    std::vector<int> space(rank);
    std::iota(space.begin(), space.end(), 1);
    const onnx::Geometry geometry = onnx::geometry_of(network, space);
    if (!geometry.is_known) {
      const std::string reason = has_loops(network) ? "because of its loops and branches" : geometry.reason;
      add("convert.zen-reach-unknown", tiling_.network_name, {}, reason,
          concat("how far the network sees is not known", reason.empty() ? "" : ", ", reason,
                 ": neighbouring tiles can differ whatever the border is"));
    }
    if (geometry.axes.size() == rank)
      for (std::size_t i = 0; i < rank; ++i) {
        sizes(geometry.axes[i], i);
        if (!geometry.is_known) continue;
        reach(geometry.axes[i], i);
        origins(geometry.axes[i], i);
      }
    memory(network);
  }

 private:
  void add(std::string id, const std::string& file, Path path, std::string found, std::string message,
           std::string help = {}) {
    Diagnostic finding;
    finding.id = std::move(id);
    finding.severity = Severity::kInfo;
    finding.file = file;
    finding.path = std::move(path);
    finding.found = std::move(found);
    finding.message = std::move(message);
    finding.help = std::move(help);
    findings_.add(std::move(finding));
  }

  static bool has_loops(const onnx::Model& network) {
    const auto& nodes = network.graph.nodes;
    return std::any_of(nodes.begin(), nodes.end(), [](const onnx::Node& node) {
      return node.op == "Loop" || node.op == "Scan" || node.op == "If";
    });
  }

  std::string axis_name(std::size_t axis) const {
    constexpr std::array<std::string_view, 3> kNames{"z", "y", "x"};
    const std::size_t first = tiling_.tile.size() > 3 ? 0 : 1;
    return std::string(axis + first < kNames.size() ? kNames[axis + first] : std::string_view("?"));
  }

  Path at(const Path& list, std::size_t axis) const {
    Path path = list;
    path.push_back(Step::at(axis));
    return path;
  }

  void sizes(const onnx::AxisGeometry& axis, std::size_t i) {
    const std::int64_t tile = tiling_.tile[i];
    if (axis.size_step <= 1 || (tile >= axis.size_min && (tile - axis.size_min) % axis.size_step == 0)) return;
    add("convert.zen-tile-step", tiling_.metadata_name, at(tiling_.tile_path, i), concat(tile),
        concat("a tile of ", tile, " along ", axis_name(i),
               " is none of the sizes that the network keeps: ", axis.size_min, " and steps of ", axis.size_step),
        "Then it fails, or its output is smaller than its input.");
  }

  void reach(const onnx::AxisGeometry& axis, std::size_t i) {
    const std::int64_t border = i < tiling_.border.size() ? tiling_.border[i] : 0;
    if (axis.reach() <= border) return;
    add("convert.zen-overlap-below-reach", tiling_.metadata_name, at(tiling_.border_path, i), concat(border),
        concat("the network sees up to ", axis.reach(), " pixels beyond a place along ", axis_name(i),
               ", and tiles keep a border of ", border, ": seams between tiles are possible"),
        concat("A border of ", axis.reach(), " leaves none."));
  }

  // The window of a tile begins where the grid says; off the stride the network computes on another raster.
  void origins(const onnx::AxisGeometry& axis, std::size_t i) {
    if (axis.stride <= 1) return;
    const std::int64_t border = i < tiling_.border.size() ? tiling_.border[i] : 0;
    for (const std::int64_t image : kImageSizes) {
      const auto tiles = predict::zen_tiles(image, tiling_.tile[i], border);
      if (!tiles) return;
      for (const predict::ZenTile& tile : *tiles) {
        const std::int64_t origin = tile.start - tile.left;
        if (origin <= 0 || origin % axis.stride == 0) continue;
        add("convert.zen-off-stride", tiling_.metadata_name, at(tiling_.tile_path, i), concat(origin),
            concat("for an image of ", image, " pixels along ", axis_name(i), " ZEN places a tile at ", origin,
                   ", off the network's stride of ", axis.stride, ": its pixels differ from those of the whole image"),
            "Only images whose sizes fit the tiles avoid it; the network's downsampling makes it so.");
        return;
      }
    }
  }

  void memory(const onnx::Model& network) {
    tensor::Shape shape{1};
    shape.insert(shape.end(), tiling_.tile.begin(), tiling_.tile.end());
    const auto inputs = network.graph.required_inputs();
    if (inputs.size() != 1) return;
    const auto values = onnx::infer_shapes(network, {{inputs.front()->name, shape}});
    if (!values) return;
    const onnx::Costs costs = onnx::costs_of(network, *values);
    const std::uint64_t weights = onnx::info_of(network).constant_bytes;
    if (!costs.unknown.empty() || costs.peak_bytes + weights <= kMuchMemory) return;
    add("convert.zen-memory", tiling_.metadata_name, tiling_.tile_path, size_text(costs.peak_bytes + weights),
        concat("a tile takes at least ", size_text(costs.peak_bytes + weights), " of memory (", size_text(weights),
               " of it weights); ZEISS names graphics cards of 8 GB"),
        "A smaller tile takes less.");
  }

  const Tiling& tiling_;
  Diagnostics& findings_;
};

}  // namespace

void check_tiling(const Tiling& tiling, Diagnostics& findings, const Context& context) {
  if (!tiling.tile.empty() && (tiling.tile.size() < 3 || tiling.tile.size() > 4)) return;
  const auto network = onnx::read_model(tiling.network, {.limits = context.limits, .external = nullptr});
  if (!network) return;
  const auto inputs = network->graph.required_inputs();
  if (inputs.size() != 1 || network->graph.outputs.empty() || !inputs.front()->type.shape) return;
  const auto& shape = *inputs.front()->type.shape;
  Tiling known = tiling;
  for (std::size_t i = 1; tiling.tile.empty() && i < shape.size(); ++i) {
    std::optional<std::int64_t> size = shape[i].value;
    if (!size && i <= tiling.open_sizes.size()) size = tiling.open_sizes[i - 1];
    if (!size) return;
    known.tile.push_back(*size);
  }
  if (known.tile.size() >= 3 && known.tile.size() <= 4 && shape.size() == known.tile.size() + 1)
    Check(known, findings).run(*network);
}

}  // namespace zooport::convert
