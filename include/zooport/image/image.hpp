#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::image {

// What an image file says about itself. Files hardly ever name all their axes: `axes` is a guess where axes_are_certain
// is false (see axes.hpp). One letter of "bticzyx" for each entry of shape; the samples of a colour are "c".
struct Info {
  std::string format;  // "npy", "png", "tiff"
  tensor::Dtype dtype = tensor::Dtype::kUint8;
  tensor::Shape shape;
  std::string axes;
  bool axes_are_certain = false;
};

// A box inside an image: origin and size, one entry for each axis.
struct Region {
  tensor::Shape origin;
  tensor::Shape size;
};

// Reads parts of one image, and holds little more than the part that was asked for: NPY and uncompressed TIFF nothing,
// other TIFF the blocks that were decoded last, PNG the rows that were decoded last (it is decoded from the top again
// when rows above those are asked for; an interlaced one is held whole). Not thread-safe; open it twice instead.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual const Info& info() const = 0;
  // Contiguous elements of info().dtype; the region must lie inside the image.
  virtual Result<tensor::Array> read(const Region& region) = 0;
};

// In which order a writer takes its regions.
enum class WriteOrder : std::uint8_t { kAny, kRows };  // kRows: whole rows from the top, each once

struct WriteOptions {
  bool may_replace = false;
};

// Writes one image; appears under its name when finish() succeeds, and leaves nothing behind otherwise. Regions must
// have the type that was announced and may be given once each; what is never written is 0. Not thread-safe.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual WriteOrder order() const = 0;
  virtual Result<void> write(const Region& region, const tensor::View& elements) = 0;
  virtual Result<void> finish() = 0;
};

// The format is told by the content, not by the file's name. Errors: image.*, npy.*, png.*, tiff.*, base.io; limits
// that are used: image_extent, image_elements, array_bytes.
Result<std::unique_ptr<Reader>> open_reader(const std::string& path, const Context& context);
// The same of a file that is in memory; `name` is for messages.
Result<std::unique_ptr<Reader>> open_reader(const Bytes& file, const std::string& name, const Context& context);
// By the name's ending: .npy, .png, .tif, .tiff. `info` says dtype, shape and axes ("" if unknown); the format need not
// be set. TIFF is written uncompressed, one page for each index of the leading axes, as BigTIFF where it needs to be.
// PNG takes bool, uint8 and uint16, one plane of 1 to 4 channels, other axes of size 1.
Result<std::unique_ptr<Writer>> open_writer(const std::string& path, const Info& info, const WriteOptions& options,
                                            const Context& context);

}  // namespace zooport::image
