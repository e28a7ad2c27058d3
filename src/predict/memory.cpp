#include "zooport/base/text.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::predict {
namespace {

class ArrayWriter final : public image::Writer {
 public:
  ArrayWriter(const image::Info& info, std::shared_ptr<tensor::Array> into)
      : array_(info.dtype, info.shape), into_(std::move(into)) {}
  image::WriteOrder order() const override { return image::WriteOrder::kAny; }
  Result<void> write(const image::Region& region, const tensor::View& elements) override {
    tensor::View into = array_.view();
    for (std::size_t i = 0; i < region.origin.size(); ++i)
      into = into.cropped(static_cast<int>(i), region.origin[i], region.size[i]);
    tensor::convert(elements, const_cast<std::byte*>(into.data), into.dtype, into.strides);
    return {};
  }
  Result<void> finish() override {
    *into_ = std::move(array_);
    return {};
  }

 private:
  tensor::Array array_;
  std::shared_ptr<tensor::Array> into_;
};

}  // namespace

std::unique_ptr<image::Writer> array_writer(const image::Info& info, std::shared_ptr<tensor::Array> into) {
  return std::make_unique<ArrayWriter>(info, std::move(into));
}

Result<std::vector<tensor::Array>> predict_arrays(Predictor& predictor, std::vector<Picture> images,
                                                  const Context& context) {
  const std::vector<model::TensorSpec>& inputs = predictor.model().inputs;
  std::vector<std::unique_ptr<image::Reader>> readers;
  std::vector<SampleView> views;
  for (std::size_t i = 0; i < images.size() && i < inputs.size(); ++i) {
    const std::string letters = images[i].letters;
    readers.push_back(array_reader(std::move(images[i].elements), letters));
    ZOOPORT_TRY_ASSIGN(SampleView view, SampleView::make(*readers.back(), letters, inputs[i].tensor_axes()));
    views.push_back(std::move(view));
  }
  ZOOPORT_TRY_ASSIGN(const Plan plan, predictor.plan(views));
  std::vector<std::shared_ptr<tensor::Array>> arrays(predictor.model().outputs.size());
  const OpenOutput open = [&](std::size_t i, const image::Info& info) -> Result<std::unique_ptr<image::Writer>> {
    arrays[i] = std::make_shared<tensor::Array>();
    return array_writer(info, arrays[i]);
  };
  ZOOPORT_TRY_ASSIGN([[maybe_unused]] const RunReport report, predictor.run(plan, views, open, context));
  std::vector<tensor::Array> outputs;
  for (const std::shared_ptr<tensor::Array>& array : arrays)
    outputs.push_back(array ? std::move(*array) : tensor::Array());
  return outputs;
}

Result<std::vector<tensor::Array>> predict_array(Predictor& predictor, tensor::Array image, const std::string& letters,
                                                 const Context& context) {
  std::vector<Picture> images;
  images.push_back({std::move(image), letters});
  return predict_arrays(predictor, std::move(images), context);
}

}  // namespace zooport::predict
