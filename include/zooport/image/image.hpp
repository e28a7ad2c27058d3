#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::image {

// What an image file says about itself. Files hardly ever name all their axes: `axes` is a guess where axes_are_certain
// is false, one letter of "tczyx" (or "s" for samples = colour) for each entry of shape.
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

// Reads parts of one image. Not thread-safe; open it twice instead.
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

// Writes one image; appears under its name when finish() succeeds, and leaves nothing behind otherwise.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual WriteOrder order() const = 0;
  virtual Result<void> write(const Region& region, const tensor::View& elements) = 0;
  virtual Result<void> finish() = 0;
};

// The format is told by the content, not by the file's name.
Result<std::unique_ptr<Reader>> open_reader(const std::string& path, const Context& context);
// By the name's ending: .npy, .png, .tif, .tiff. `info` says dtype, shape and axes; the format need not be set.
Result<std::unique_ptr<Writer>> open_writer(const std::string& path, const Info& info, const WriteOptions& options,
                                            const Context& context);

}  // namespace zooport::image
