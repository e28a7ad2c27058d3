#include "zooport/convert/compare_models.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"
#include "zooport/predict/predictor.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

struct Image {
  tensor::Array elements;
  std::string letters;
};

tensor::Array copy(const tensor::Array& array) { return tensor::Array::copy_of(array.view()); }

Result<Image> read_image(const std::string& path, const std::string& axes, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto reader, image::open_reader(path, context));
  ZOOPORT_TRY_ASSIGN(std::string letters, image::resolve_axes(reader->info(), axes));
  const tensor::Shape& shape = reader->info().shape;
  ZOOPORT_TRY_ASSIGN(tensor::Array elements, reader->read({tensor::Shape(shape.size(), 0), shape}));
  return Image{std::move(elements), std::move(letters)};
}

// A test tensor without its batch axis, as an image.
Result<Image> test_input(const model::Model& model, const Context& context) {
  const model::TensorSpec& input = model.inputs[0];
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, model.open(input.test_file, context));
  Image image;
  ZOOPORT_TRY_ASSIGN(image.elements, tensor::read_npy(bytes, context.limits));
  tensor::Shape shape;
  for (std::size_t i = 0; i < image.elements.shape().size() && i < input.axes.size(); ++i) {
    const char letter = predict::letter_of(input.axes[i].axis);
    if (letter == '\0' && image.elements.shape()[i] == 1) continue;
    if (letter == '\0' || image.elements.shape().size() != input.axes.size())
      return make_error(ErrorKind::kUnsupported, "convert.compare-input",
                        concat("the test tensor of shape ", shape_text(image.elements.shape()),
                               " cannot be seen as one image; give --input"));
    shape.push_back(image.elements.shape()[i]);
    image.letters += letter;
  }
  image.elements.reshape(shape);
  return image;
}

std::int64_t fixed_size(const model::TensorSpec& input, std::string_view axis) {
  const int at = input.find_axis(axis);
  if (at < 0) return 0;
  const auto* size = std::get_if<model::ParametrizedSize>(&input.axes[static_cast<std::size_t>(at)].size);
  return size && size->step == 0 ? size->min : 0;
}

// Noise between 0 and 1 in the axes of the first model, of a size that both take: what one of them fixes, or 128
// pixels.
Image noise(const model::TensorSpec& a, const model::TensorSpec& b) {
  Image image;
  tensor::Shape shape;
  for (const model::AxisSpec& axis : a.axes) {
    const char letter = predict::letter_of(axis.axis);
    if (letter == '\0') continue;
    const std::int64_t fixed = std::max(fixed_size(a, axis.axis.id), fixed_size(b, axis.axis.id));
    constexpr std::int64_t kPixels = 128;
    shape.push_back(fixed > 0 ? fixed : axis.axis.kind == tensor::AxisKind::kSpace ? kPixels : 1);
    image.letters += letter;
  }
  image.elements = tensor::Array::uninitialized(tensor::Dtype::kFloat32, shape);
  std::mt19937 random(1);
  for (float& value : image.elements.as<float>()) value = static_cast<float>(random()) / 4294967296.0f;
  return image;
}

Result<Image> common_input(const Loaded& a, const Loaded& b, const CompareOptions& options, const Context& context) {
  if (!options.input.empty()) return read_image(options.input, options.axes, context);
  for (const Loaded* loaded : {&a, &b})
    if (!loaded->model.inputs[0].test_file.empty()) return test_input(loaded->model, context);
  return noise(a.model.inputs[0], b.model.inputs[0]);
}

// Outputs come with the batch in front or with the axes that were walked in its place: neither moves.
std::string letters_of_output(const model::TensorSpec& output) {
  std::string letters;
  for (const model::AxisSpec& axis : output.axes)
    if (axis.axis.kind != tensor::AxisKind::kBatch) letters += predict::letter_of(axis.axis);
  return letters;
}

// `array` with its last axes in the order of `to`, if both have the same ones.
tensor::Array reordered(tensor::Array array, const std::string& from, const std::string& to) {
  const std::size_t rank = array.shape().size();
  if (from == to || from.size() != to.size() || rank < from.size()) return array;
  const std::size_t before = rank - from.size();
  std::vector<int> permutation;
  for (std::size_t i = 0; i < before; ++i) permutation.push_back(static_cast<int>(i));
  for (const char letter : to) {
    const std::size_t at = from.find(letter);
    if (at == std::string::npos) return array;
    permutation.push_back(static_cast<int>(before + at));
  }
  return tensor::Array::copy_of(array.view().transposed(permutation));
}

}  // namespace

Result<predict::TestResult> compare_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                           std::shared_ptr<engine::Engine> engine, const Context& context) {
  const auto begin = std::chrono::steady_clock::now();
  for (const Loaded* loaded : {&a, &b})
    if (loaded->model.inputs.size() != 1)
      return make_error(ErrorKind::kUnsupported, "convert.compare-input",
                        concat(printable(loaded->opened.source), " has ", loaded->model.inputs.size(),
                               " inputs; only models with one can be compared"));
  predict::TestResult result;
  result.engine = engine->name();
  result.engine_version = engine->version();
  ZOOPORT_TRY_ASSIGN(const Image image, common_input(a, b, options, context));
  const predict::PredictOptions predict{.session = options.session};
  ZOOPORT_TRY_ASSIGN(predict::Predictor first, predict::Predictor::open(a.model, engine, predict, context));
  ZOOPORT_TRY_ASSIGN(const std::vector<tensor::Array> expected,
                     predict::predict_array(first, copy(image.elements), image.letters, context));
  ZOOPORT_TRY_ASSIGN(predict::Predictor second, predict::Predictor::open(b.model, engine, predict, context));
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> found,
                     predict::predict_array(second, copy(image.elements), image.letters, context));
  result.weights = first.weights();
  result.provider = first.provider();
  result.status = predict::TestResult::Status::kPassed;
  if (expected.size() != found.size()) {
    result.status = predict::TestResult::Status::kFailed;
    result.reason = concat("the first has ", expected.size(), " outputs, the second ", found.size());
  }
  for (std::size_t i = 0; i < expected.size() && i < found.size(); ++i) {
    const model::TensorSpec& output = a.model.outputs[i];
    found[i] = reordered(std::move(found[i]), letters_of_output(b.model.outputs[i]), letters_of_output(output));
    result.outputs.push_back({predict::compare(output.id, expected[i].view(), found[i].view(), output.tolerance), {}});
    const predict::Comparison& compared = result.outputs.back().comparison;
    if (compared.passed) continue;
    result.status = predict::TestResult::Status::kFailed;
    if (result.reason.empty()) result.reason = concat(printable(output.id), ": ", compared.reason);
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.peak_bytes = os::peak_memory_bytes();
  return result;
}

}  // namespace zooport::convert
