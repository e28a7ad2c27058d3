#include "convert/common_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "convert/image_axes.hpp"
#include "convert/samples.hpp"
#include "zooport/base/text.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

using model::TensorSpec;
using predict::Picture;

Picture copy(const Picture& from) { return {tensor::Array::copy_of(from.elements.view()), from.letters}; }

Result<Picture> read_image(const std::string& path, const TensorSpec& input, const std::string& axes,
                           const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto reader, image::open_reader(path, context));
  ZOOPORT_TRY_ASSIGN(std::string letters, axes_of_image(reader->info(), input, axes));
  const tensor::Shape& shape = reader->info().shape;
  ZOOPORT_TRY_ASSIGN(tensor::Array elements, reader->read({tensor::Shape(shape.size(), 0), shape}));
  return Picture{std::move(elements), std::move(letters)};
}

// A test tensor without its batch axis, as an image.
Result<Picture> test_input(const model::Model& model, const TensorSpec& input, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, model.open(input.test_file, context));
  Picture image;
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

std::int64_t fixed_size(const TensorSpec& input, std::string_view axis) {
  const int at = input.find_axis(axis);
  if (at < 0) return 0;
  const auto* size = std::get_if<model::ParametrizedSize>(&input.axes[static_cast<std::size_t>(at)].size);
  return size && size->step == 0 ? size->min : 0;
}

// Noise between 0 and 1 in the axes of the first model, of a size that both take: what one of them fixes, or 128
// pixels.
Picture noise(const TensorSpec& a, const TensorSpec& b, unsigned seed) {
  Picture image;
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
  std::mt19937 random(seed);
  for (float& value : image.elements.as<float>()) value = static_cast<float>(random()) / 4294967296.0f;
  return image;
}

bool divides(const TensorSpec& spec) { return spec.integer_pixels == TensorSpec::IntegerPixels::kDividedByTypeMaximum; }

Diagnostic note(const char* id, Severity severity, std::string message) {
  Diagnostic made;
  made.id = id;
  made.severity = severity;
  made.message = std::move(message);
  return made;
}

// A network that wants pixels between 0 and 1 and was made of one that wants them as they are begins by multiplying:
// the factor says which type they were divided by the maximum of.
std::optional<tensor::Dtype> multiplied_type(const model::Model& model, const Context& context) {
  const auto network = model.choose("");
  if (!network) return std::nullopt;
  const auto loaded = (*network)->load(context);
  if (!loaded) return std::nullopt;
  for (const onnx::Node& node : loaded->graph.nodes) {
    if (node.op != "Mul") continue;
    for (const std::string& name : node.inputs) {
      const onnx::Tensor* constant = loaded->graph.find_initializer(name);
      float factor = 0;
      if (!constant || constant->type != onnx::ElementType::kFloat || constant->raw.size() != sizeof(factor)) continue;
      std::memcpy(&factor, constant->raw.data(), sizeof(factor));
      if (factor == 255) return tensor::Dtype::kUint8;
      if (factor == 65535) return tensor::Dtype::kUint16;
    }
    break;  // only the first one is such
  }
  return std::nullopt;
}

// The image with integer pixels: as they are if they are such, else spread over what the type holds.
void make_integer(Picture& image, std::optional<tensor::Dtype> type, const std::string& why, Diagnostics& findings) {
  if (!tensor::is_floating(image.elements.dtype())) return;
  tensor::Array values = tensor::Array::converted(image.elements.view(), tensor::Dtype::kFloat64);
  double low = 0;
  double high = 0;
  bool is_whole = true;
  for (double& value : values.as<double>()) {
    if (!std::isfinite(value)) value = 0;
    is_whole = is_whole && value == std::floor(value);
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (!type) type = high > 255 ? tensor::Dtype::kUint16 : tensor::Dtype::kUint8;
  const double most = *type == tensor::Dtype::kUint8 ? 255 : 65535;
  const bool fits = is_whole && low >= 0 && high <= most && high > 1;
  if (!fits && high > low)
    for (double& value : values.as<double>()) value = std::floor((value - low) / (high - low) * most + 0.5);
  image.elements = tensor::Array::converted(values.view(), *type);
  findings.add(note("convert.compare-integers", Severity::kInfo,
                    concat(why, " wants pixels divided by their type's maximum, as ZEN's are: both models get ",
                           fits ? "the test tensor" : "the input, spread over the type's range,", " as ",
                           tensor::name_of(*type), "; --input compares on another image")));
}

void reverse_colours(Picture& image) {
  const std::size_t at = image.letters.find('c');
  if (at == std::string::npos || image.elements.shape()[at] != 3) return;
  tensor::View reversed = image.elements.view();
  reversed.data += 2 * reversed.strides[at];
  reversed.strides[at] = -reversed.strides[at];
  image.elements = tensor::Array::copy_of(reversed);
}

// Of each input of the second model: which of the first it is.
std::vector<std::size_t> partners(const model::Model& a, const model::Model& b) {
  std::vector<std::size_t> by_id;
  std::vector<std::size_t> by_order;
  for (std::size_t i = 0; i < b.inputs.size(); ++i) {
    by_order.push_back(i);
    for (std::size_t k = 0; k < a.inputs.size(); ++k)
      if (a.inputs[k].id == b.inputs[i].id) by_id.push_back(k);
  }
  return by_id.size() == b.inputs.size() ? by_id : by_order;
}

// Inputs of the first model, in its order.
Result<std::vector<Picture>> chosen(const Loaded& a, const Loaded& b, const std::vector<std::size_t>& partner,
                                    const CompareOptions& options, const Context& context) {
  std::vector<Picture> images(a.model.inputs.size());
  if (!options.inputs.empty()) {
    ZOOPORT_TRY_ASSIGN(const std::vector<Sample> samples, samples_of_inputs(a.model, options.inputs));
    if (samples.size() != 1)
      return make_error(ErrorKind::kUsage, "convert.compare-input",
                        concat("models are compared on one image, found ", samples.size()));
    for (std::size_t i = 0; i < images.size(); ++i) {
      ZOOPORT_TRY_ASSIGN(images[i], read_image(samples[0].inputs[i], a.model.inputs[i], options.axes, context));
    }
    return images;
  }
  const auto has_tests = [](const model::Model& model) {
    return std::all_of(model.inputs.begin(), model.inputs.end(), [](const auto& in) { return !in.test_file.empty(); });
  };
  for (std::size_t i = 0; i < partner.size(); ++i) {
    Picture& image = images[partner[i]];
    const TensorSpec& first = a.model.inputs[partner[i]];
    const TensorSpec& second = b.model.inputs[i];
    if (has_tests(a.model)) {
      ZOOPORT_TRY_ASSIGN(image, test_input(a.model, first, context));
    } else if (has_tests(b.model)) {
      ZOOPORT_TRY_ASSIGN(image, test_input(b.model, second, context));
    } else {
      image = noise(first, second, static_cast<unsigned>(partner[i] + 1));
    }
  }
  return images;
}

}  // namespace

Result<CommonInputs> common_inputs(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                   const Context& context) {
  if (a.model.inputs.size() != b.model.inputs.size() || a.model.inputs.empty())
    return make_error(
        ErrorKind::kUnsupported, "convert.compare-input",
        concat(printable(a.opened.source), " has ", a.model.inputs.size(), " inputs and ", printable(b.opened.source),
               " has ", b.model.inputs.size(), "; only models with as many inputs can be compared"));
  CommonInputs inputs;
  const std::vector<std::size_t> partner = partners(a.model, b.model);
  ZOOPORT_TRY_ASSIGN(inputs.of_first, chosen(a, b, partner, options, context));
  inputs.of_second.resize(inputs.of_first.size());
  for (std::size_t i = 0; i < partner.size(); ++i) {
    Picture& image = inputs.of_first[partner[i]];
    const bool first_divides = divides(a.model.inputs[partner[i]]);
    const bool second_divides = divides(b.model.inputs[i]);
    const bool differ = first_divides != second_divides;
    const std::string dividing = printable((first_divides ? a : b).opened.source);
    if (differ && options.inputs.empty())
      make_integer(image, multiplied_type((first_divides ? a : b).model, context), dividing, inputs.findings);
    else if (differ && tensor::is_floating(image.elements.dtype()))
      inputs.findings.add(
          note("convert.compare-floats", Severity::kWarning,
               concat(dividing, " wants pixels divided by their type's maximum, as ZEN's are, and ",
                      "floating-point pixels are given to it as they are: compare on an image of ", "integer pixels")));
    inputs.of_second[i] = copy(image);
    if (!differ) continue;
    reverse_colours(first_divides ? image : inputs.of_second[i]);
  }
  return inputs;
}

}  // namespace zooport::convert
