#pragma once

#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/image/image.hpp"
#include "zooport/tensor/axes.hpp"

namespace zooport::predict {

// An image seen in the axes of a model's tensor. Axes of the model that the image lacks have size 1; axes of the image
// that the model lacks are walked: each of their positions is one sample.
class SampleView {
 public:
  // `letters`: the image's axes, one of "tczyx" each; kUsage if they cannot be brought together with `axes`.
  static Result<SampleView> make(image::Reader& reader, const std::string& letters, const tensor::Axes& axes);

  const tensor::Shape& shape() const { return shape_; }  // in the model's axes
  std::int64_t samples() const { return samples_; }
  const std::string& walked_axes() const { return walked_; }  // letters, outermost first
  const tensor::Shape& walked_shape() const { return walked_shape_; }
  tensor::Shape walked_index(std::int64_t sample) const;
  tensor::Dtype dtype() const { return reader_->info().dtype; }

  // Elements of one sample in the model's axes. The box may reach beyond the end of the sample: what lies there is the
  // image mirrored at its edge, the edge pixel included (NumPy's "symmetric").
  Result<tensor::Array> read(std::int64_t sample, const tensor::Shape& origin, const tensor::Shape& size) const;

 private:
  image::Reader* reader_ = nullptr;
  tensor::Shape shape_;
  std::vector<int> image_axis_;   // of each axis of the model; -1: the image lacks it
  std::vector<int> walked_axis_;  // image axes that the model lacks
  std::string walked_;
  tensor::Shape walked_shape_;
  std::int64_t samples_ = 1;
};

// Position inside [0, size) of `index` when the axis is continued by mirroring, edge pixel included.
std::int64_t mirrored(std::int64_t index, std::int64_t size);

// The letter of an image file for an axis of a model: "channel" -> 'c'; 0 if files have none.
char letter_of(const tensor::Axis& axis);

// Reads an array that lies in memory as if it were a file.
std::unique_ptr<image::Reader> array_reader(tensor::Array array, const std::string& letters);

}  // namespace zooport::predict
