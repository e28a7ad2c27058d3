#include "convert/common_inputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

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

bool divides(const model::Model& model, std::size_t input) { return divides(model.inputs[input]); }

bool measures(const model::Model& model) {
  return std::any_of(model.inputs.begin(), model.inputs.end(), [](const TensorSpec& input) {
    return std::any_of(input.processing.begin(), input.processing.end(),
                       [](const process::OperationPtr& operation) { return !operation->measures().empty(); });
  });
}

bool has_tests(const model::Model& model) {
  return std::all_of(model.inputs.begin(), model.inputs.end(), [](const auto& in) { return !in.test_file.empty(); });
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

void note_shapes(const model::Model& a, CommonInputs::Given& given) {
  for (std::size_t i = 0; i < given.images.size(); ++i)
    given.trial.inputs.emplace_back(a.inputs[i].id, given.images[i].elements.shape());
}

}  // namespace

Result<CommonInputs> CommonInputs::of(const Loaded& a, const Loaded& b, const Context& context) {
  if (a.model.inputs.size() != b.model.inputs.size() || a.model.inputs.empty())
    return make_error(
        ErrorKind::kUnsupported, "convert.compare-input",
        concat(printable(a.opened.source), " has ", a.model.inputs.size(), " inputs and ", printable(b.opened.source),
               " has ", b.model.inputs.size(), "; only models with as many inputs can be compared"));
  CommonInputs inputs(a, b);
  const std::vector<std::size_t> partner = partners(a.model, b.model);
  for (std::size_t i = 0; i < partner.size(); ++i) {
    Meeting& meeting = inputs.meetings_.emplace_back();
    meeting.first = partner[i];
    meeting.first_divides = divides(a.model, partner[i]);
    meeting.differs = meeting.first_divides != divides(b.model, i);
    if (meeting.differs) meeting.type = multiplied_type((meeting.first_divides ? a : b).model, context);
  }
  return inputs;
}

std::string CommonInputs::dividing(const Meeting& meeting) const {
  return printable((meeting.first_divides ? a_ : b_).opened.source);
}

Result<std::vector<CommonInputs::Given>> CommonInputs::named(const CompareOptions& options, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const std::vector<Sample> samples, samples_of_inputs(a_.model, options.inputs));
  std::vector<Given> all;
  for (const Sample& sample : samples) {
    Given& given = all.emplace_back();
    given.trial.kind = Trial::Kind::kImage;
    given.trial.pattern = sample.inputs[0];
    for (std::size_t i = 0; i < a_.model.inputs.size(); ++i) {
      ZOOPORT_TRY_ASSIGN(Picture image, read_image(sample.inputs[i], a_.model.inputs[i], options.axes, context));
      given.images.push_back(std::move(image));
    }
    note_shapes(a_.model, given);
    for (const Meeting& meeting : meetings_) {
      if (!meeting.differs || !tensor::is_floating(given.images[meeting.first].elements.dtype())) continue;
      findings.add(
          note("convert.compare-floats", Severity::kWarning,
               concat(dividing(meeting), " wants pixels divided by their type's maximum, as ZEN's are, and ",
                      "floating-point pixels are given to it as they are: compare on an image of ", "integer pixels")));
    }
  }
  return all;
}

Result<std::vector<CommonInputs::Given>> CommonInputs::tests(const Context& context) {
  const bool is_first = has_tests(a_.model);
  if (!is_first && !has_tests(b_.model)) return std::vector<Given>();
  std::vector<Given> all(1);
  Given& given = all[0];
  given.trial.kind = Trial::Kind::kTest;
  given.trial.pattern = is_first ? "of the first" : "of the second";
  given.images.resize(a_.model.inputs.size());
  for (std::size_t i = 0; i < meetings_.size(); ++i) {
    const model::Model& model = is_first ? a_.model : b_.model;
    Result<Picture> image = test_input(model, model.inputs[is_first ? meetings_[i].first : i], context);
    if (!image) {
      if (image.error().what.id != "convert.compare-input") return image.error();
      findings.add(note("convert.compare-test-tensor", Severity::kWarning, image.error().what.message));
      return std::vector<Given>();
    }
    if (meetings_[i].differs) make_integer(*image, meetings_[i].type, dividing(meetings_[i]), findings);
    given.images[meetings_[i].first] = std::move(*image);
  }
  note_shapes(a_.model, given);
  return all;
}

Pictures CommonInputs::for_first(const Pictures& images) const {
  Pictures own;
  for (const Picture& image : images) own.push_back(copy(image));
  for (const Meeting& meeting : meetings_)
    if (meeting.differs && meeting.first_divides) reverse_colours(own[meeting.first]);
  return own;
}

Pictures CommonInputs::for_second(const Pictures& images) const {
  Pictures own;
  for (const Meeting& meeting : meetings_) {
    own.push_back(copy(images[meeting.first]));
    if (meeting.differs && !meeting.first_divides) reverse_colours(own.back());
  }
  return own;
}

bool CommonInputs::statistics_differ() const { return measures(a_.model) != measures(b_.model); }

}  // namespace zooport::convert
