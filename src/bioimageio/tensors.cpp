#include "zooport/bioimageio/tensors.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::Findings;
using schema::Integer;
using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;

namespace {

constexpr std::string_view kDataTypes[] = {"float32", "uint8", "uint16", "float64", "int8", "int16",
                                           "uint32",  "int32", "uint64", "int64",   "bool"};

bool are_tensor_axes(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::string_view("bitczyx").find(c) != text.npos && std::count(text.begin(), text.end(), c) == 1;
  });
}

bool is_input_type(const DataType& t) { return t <= DataType::kUint16; }

void min_matches_step(const ParameterizedInputShape& shape, Findings& at) {
  if (shape.min.size() != shape.step.size())
    at.fail({"step"}, concat(shape.min.size(), " steps, one per min"), concat(shape.step.size()),
            {{at.related({"min"}, "the smallest sizes")}, {}, ""});
}

void scale_matches_offset(const ImplicitOutputShape& shape, Findings& at) {
  if (shape.scale.size() != shape.offset.size())
    return at.fail({"offset"}, concat(shape.scale.size(), " offsets, one per scale"), concat(shape.offset.size()),
                   {{at.related({"scale"}, "the scales")}, {}, ""});
  for (std::size_t i = 0; i < shape.scale.size(); ++i)
    if (!shape.scale[i] && shape.offset_at(i) == 0)
      return at.fail({"offset", i}, "an offset other than 0 where scale is null", concat("0"),
                     {{at.related({"scale", i}, "adds an axis")},
                      Fix{"write 0.5 for a new axis of size 1", {}},
                      "The size of a new axis is 2 * offset."});
}

void batch_size_is_one(const InputTensor& input, Findings& at) {
  const std::size_t batch = input.axes.value.find('b');
  if (batch == std::string::npos) return;
  const auto* parameterized = std::get_if<ParameterizedInputShape>(&input.shape);
  const std::vector<Integer>& shape =
      parameterized ? static_cast<const std::vector<Integer>&>(parameterized->min) : std::get<Sizes>(input.shape);
  if (batch >= shape.size()) return at.abort({"shape"}, "IndexError", "a shape without the batch axis");
  const auto is = [](const Integer& size, std::int64_t value) { return size.text.empty() && size.value == value; };
  if (parameterized && !is(parameterized->step[batch], 0))
    return at.fail({"shape", "step", batch}, "step 0 for the batch axis", concat(parameterized->step[batch].real()),
                   {{}, at.replace({"shape", "step", batch}, "0", "write 0"), ""});
  if (is(shape[batch], 1)) return;
  if (parameterized)
    at.fail({"shape", "min", batch}, "size 1 of the batch axis", concat(shape[batch].real()));
  else
    at.fail({"shape", batch}, "size 1 of the batch axis", concat(shape[batch].real()));
}

// Axes of a step: empty where it has none of its own, nothing where they are left out.
struct AxesOf {
  std::optional<std::string> operator()(const ScaleLinear& op) const { return optional_of(op.kwargs.axes); }
  std::optional<std::string> operator()(const ScaleMeanVariance& op) const { return optional_of(op.kwargs.axes); }
  std::optional<std::string> operator()(const ZeroMeanUnitVariance& op) const { return op.kwargs.axes.value; }
  std::optional<std::string> operator()(const ScaleRange& op) const { return op.kwargs.axes.value; }
  template <class Op>
  std::optional<std::string> operator()(const Op&) const {
    return "";
  }

 private:
  static std::optional<std::string> optional_of(const std::optional<ProcessingAxes>& axes) {
    return axes ? std::optional(axes->value) : std::nullopt;
  }
};

// The reference wants axes of steps that may have them where they follow the network, and only there.
enum class LeftOut : std::uint8_t { kAllowed, kForbidden };

template <class Steps>
void check_steps(const TensorDescription& tensor, const Steps& steps, std::string_view field, LeftOut left_out,
                 Findings& at) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::optional<std::string> axes = std::visit(AxesOf{}, steps[i]);
    if (!axes && left_out == LeftOut::kForbidden)
      return at.fail({field, i, "kwargs"}, "'axes' of a step after the network", "none");
    if (!axes || axes->find_first_not_of(tensor.axes.value) == std::string::npos) continue;
    return at.fail({field, i, "kwargs", "axes"}, concat("axes of the tensor ('", tensor.axes.value, "')"),
                   concat("'", *axes, "'"), {{at.related({"axes"}, "the axes of the tensor")}, {}, ""});
  }
}

void preprocessing_fits_axes(const InputTensor& input, Findings& at) {
  check_steps(input, input.preprocessing, "preprocessing", LeftOut::kAllowed, at);
}
void postprocessing_fits_axes(const OutputTensor& output, Findings& at) {
  check_steps(output, output.postprocessing, "postprocessing", LeftOut::kForbidden, at);
}

void halo_matches_shape(const OutputTensor& output, Findings& at) {
  const auto* implicit = std::get_if<ImplicitOutputShape>(&output.shape);
  const std::size_t rank = implicit ? implicit->scale.size() : std::get<Sizes>(output.shape).size();
  if (!output.halo || output.halo->empty() || output.halo->size() == rank) return;
  at.fail({"halo"}, concat(rank, " sizes, one per axis"), concat(output.halo->size()),
          {{at.related({"shape"}, "the shape")}, {}, ""});
}

}  // namespace

double ImplicitOutputShape::offset_at(std::size_t axis) const {
  if (const auto* whole = std::get_if<Integer>(&offset[axis])) return whole->real();
  return std::get<HalfStep>(offset[axis]).value;
}

std::string_view to_text(DataType type) { return kDataTypes[static_cast<std::size_t>(type)]; }

// clang-format off
const Type& describe(type<TensorAxes>) {
  static constexpr auto kType = schema::text<TensorAxes>("axes of a tensor, one letter each")
      .that(&are_tensor_axes, "different letters of 'bitczyx'").pattern("^(?!.*(.).*\\1)[bitczyx]*$");
  return kType;
}
const Type& describe(type<HalfStep>) {
  static constexpr auto kType = schema::real<HalfStep>("a multiple of one half").multiple_of(0.5);
  return kType;
}
const Type& describe(type<DataType>) {
  static constexpr auto kType = schema::enumeration<DataType>(kDataTypes);
  return kType;
}
const Type& describe(type<DataRange>) {
  static constexpr auto kEnd = schema::RealType("end of a range").or_infinite();
  static constexpr schema::PairType kType(+[]() -> const Type& { return kEnd; });
  return kType;
}

const Type& describe(type<ParameterizedInputShape>) {
  static constexpr auto kTable = object<ParameterizedInputShape>("ParameterizedInputShape",
      "every shape min + n * step, n a whole number from 0, one n for each axis",
      required<&ParameterizedInputShape::min>("min", "smallest shape")
          .about("One size an axis, in the order of 'axes': the least that the network takes. The batch axis has 1.")
          .example("[1, 1, 64, 64]"),
      required<&ParameterizedInputShape::step>("step", "by which it may grow")
          .about("One step an axis, in the order of 'axes': sizes may grow by multiples of it, and 0 means that the "
                 "size is fixed. A network that halves its input three times needs steps of 8.")
          .example("[0, 0, 16, 16]"))
    .rule<&min_matches_step>("bioimageio.shape-lengths", "matching_lengths",
        "'min' and 'step' have equally many items");
  return kTable;
}
const Type& describe(type<ImplicitOutputShape>) {
  static constexpr auto kTable = object<ImplicitOutputShape>("ImplicitOutputShape",
      "a shape that follows from another tensor's: size * scale + 2 * offset, axis by axis",
      required<&ImplicitOutputShape::reference_tensor>("reference_tensor", "the other tensor")
          .about("Name of the input (or of another output) whose shape this one follows.")
          .example("raw"),
      required<&ImplicitOutputShape::scale>("scale", "factor per axis, null for a new axis")
          .about("By what the size of each axis of the other tensor is multiplied: 1 keeps it, 2 doubles it. null "
                 "inserts an axis that the other tensor does not have; its size is 2 * offset.")
          .example("[1, 1, 0.5, 0.5]"),
      required<&ImplicitOutputShape::offset>("offset", "half of what is added, per axis")
          .about("Half of what is added to the scaled size, at both ends: -8 for a network that crops 8 pixels on "
                 "each side. Multiples of 0.5; for an axis that null in 'scale' inserts, half of its size.")
          .example("[0, 0, -8, -8]"))
    .rule<&scale_matches_offset>("bioimageio.shape-lengths", "matching_lengths",
                                 "'scale' and 'offset' have equally many items; the offset of an inserted axis is not 0");
  return kTable;
}

const Type& describe(type<TensorDescription>) {
  static constexpr auto kTable = object<TensorDescription>("TensorDescr", "what inputs and outputs share",
      required<&TensorDescription::name>("name", "unique in the model")
          .about("By which other fields speak of the tensor (reference_tensor), and tools name its files. No other "
                 "input or output has it. A Python identifier: letters, digits and _, no digit first, no keyword.")
          .example("raw"),
      optional<&TensorDescription::description>("description", "what it holds")
          .about("For people: what is to be seen, how it was stained or scaled, what the channels are.")
          .example("Nuclei in one channel, pixels of about 0.5 micrometres"),
      required<&TensorDescription::axes>("axes", "one letter per axis")
          .about("The order of the axes, as a text: b batch, i index of a list (of objects, say), t time, c channel, "
                 "z y x space. As many letters as the shape has sizes.")
          .example("bcyx"),
      optional<&TensorDescription::data_range>("data_range", "lowest and highest value")
          .about("Two numbers: between them all values lie that the network is made for, or gives. -.inf and .inf "
                 "leave an end open; where the field is left out, the range is that of the data type.")
          .example("[0.0, 1.0]"));
  return kTable;
}
const Type& describe(type<InputTensor>) {
  static constexpr auto kTable = object<InputTensor>("InputTensorDescr",
      "an input of the model: what is handed over, before preprocessing",
      required<&InputTensor::data_type>("data_type", "type of its values")
          .about("Of the values that are handed over, before preprocessing. The network itself gets float32.")
          .example("uint16")
          .check<&is_input_type>("float32, uint8 or uint16", {"schema.choice", "literal_error"})
          .schema_instead(R"("enum": ["float32", "uint8", "uint16"])"),
      required<&InputTensor::shape>("shape", "accepted shapes")
          .about("Either a list of sizes, one an axis in the order of 'axes', where the network takes nothing else; "
                 "or 'min' and 'step', where sizes may grow. The batch axis has size 1 and step 0.")
          .example("{min: [1, 1, 64, 64], step: [0, 0, 16, 16]}"),
      optional<&InputTensor::preprocessing>("preprocessing", "steps before the network")
          .about("What happens to the values on their way to the network, one step after the other. Each step is a "
                 "mapping with its 'name' and, but for sigmoid, its parameters in 'kwargs'.")
          .example("[{name: scale_range, kwargs: {mode: per_sample, axes: yx, max_percentile: 99.8}}]"))
    .inherits<TensorDescription>()
    .rule<&batch_size_is_one>("bioimageio.batch-size", "",
        "the batch axis has size 1, and step 0 where there are steps")
    .rule<&preprocessing_fits_axes>("bioimageio.processing-axes", "", "steps name only axes that the tensor has");
  return kTable;
}
const Type& describe(type<OutputTensor>) {
  static constexpr auto kTable = object<OutputTensor>("OutputTensorDescr",
      "an output of the model: what comes out, after postprocessing",
      required<&OutputTensor::data_type>("data_type", "type of its values")
          .about("Of the values that come out, after postprocessing.")
          .example("float32"),
      required<&OutputTensor::shape>("shape", "its shape")
          .about("Either a list of sizes, one an axis in the order of 'axes'; or a mapping that says how it follows "
                 "from the shape of another tensor.")
          .example("{reference_tensor: raw, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}"),
      optional<&OutputTensor::halo>("halo", "border to crop, per axis")
          .about("How many elements at each end of each axis are not to be used, because the network sees too little "
                 "there: one number an axis, in the order of 'axes'. Who cuts an image into tiles lets them overlap "
                 "by twice as much.")
          .example("[0, 0, 16, 16]"),
      optional<&OutputTensor::postprocessing>("postprocessing", "steps after the network")
          .about("What happens to the values that the network gives, one step after the other. The same steps as in "
                 "preprocessing, and scale_mean_variance; those that may name axes have to.")
          .example("[{name: binarize, kwargs: {threshold: 0.5}}]"))
    .inherits<TensorDescription>()
    .rule<&halo_matches_shape>("bioimageio.halo-length", "", "'halo' has as many items as 'shape'")
    .rule<&postprocessing_fits_axes>("bioimageio.processing-axes", "",
        "steps name only axes that the tensor has, and scale_linear and scale_mean_variance name some");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
