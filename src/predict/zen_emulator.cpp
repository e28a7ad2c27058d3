#include "zooport/predict/zen_emulator.hpp"

#include "zooport/base/text.hpp"
#include "zooport/predict/sample.hpp"

namespace zooport::predict {

Result<tensor::Array> zen_emulate(const tensor::View& image, const tensor::Shape& tile, const tensor::Shape& border,
                                  const ZenTileRunner& run) {
  const std::size_t space = tile.size();
  if (image.shape.size() != space + 1 || border.size() != space)
    return make_error(
        ErrorKind::kUsage, "predict.zen-tile",
        concat("an image of shape ", shape_text(image.shape), " cannot be cut into tiles of ", shape_text(tile)));
  std::vector<std::vector<ZenTile>> grids;
  for (std::size_t i = 0; i < space; ++i) {
    ZOOPORT_TRY_ASSIGN(std::vector<ZenTile> grid, zen_tiles(image.shape[i], tile[i], border[i]));
    if (image.shape[i] == 0) return make_error(ErrorKind::kUsage, "predict.zen-tile", "the image is empty");
    grids.push_back(std::move(grid));
  }
  const std::string letters = space == 3 ? "zyxc" : "yxc";
  const std::unique_ptr<image::Reader> reader = array_reader(tensor::Array::copy_of(image), letters);
  ZOOPORT_TRY_ASSIGN(const SampleView view, SampleView::make(*reader, letters, tensor::axes_from_letters(letters)));

  tensor::Array result;
  std::vector<std::size_t> at(space, 0);
  while (true) {
    tensor::Shape origin(space + 1, 0);
    tensor::Shape size = tile;
    size.push_back(image.shape.back());
    for (std::size_t i = 0; i < space; ++i) origin[i] = grids[i][at[i]].start - grids[i][at[i]].left;
    ZOOPORT_TRY_ASSIGN(tensor::Array window, view.read(0, origin, size));
    ZOOPORT_TRY_ASSIGN(const tensor::Array output, run(std::move(window)));
    if (output.shape().size() != space + 1)
      return make_error(ErrorKind::kInvalid, "predict.rank",
                        concat("a tile gave an output of shape ", shape_text(output.shape())));
    if (result.shape().empty()) {
      tensor::Shape shape = image.shape;
      shape.back() = output.shape().back();
      result = tensor::Array(output.dtype(), shape);
    }
    tensor::View from = output.view();
    tensor::View into = result.view();
    for (std::size_t i = 0; i < space; ++i) {
      const ZenTile& kept = grids[i][at[i]];
      if (output.shape()[i] != tile[i])
        return make_error(
            ErrorKind::kInvalid, "predict.rank",
            concat("a tile of ", tile[i], " pixels gave ", output.shape()[i], "; ZEN cannot put that together"));
      from = from.cropped(static_cast<int>(i), kept.left, kept.length);
      into = into.cropped(static_cast<int>(i), kept.start, kept.length);
    }
    tensor::convert(from, const_cast<std::byte*>(into.data), into.dtype, into.strides);
    std::size_t i = space;
    while (i-- > 0) {
      if (++at[i] < grids[i].size()) break;
      at[i] = 0;
    }
    if (i == static_cast<std::size_t>(-1)) return result;
  }
}

}  // namespace zooport::predict
