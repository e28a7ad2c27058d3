#include "bioimageio/test_tensors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bioimageio/named_files.hpp"
#include "zooport/base/text.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::bioimageio {
namespace {

using tensor::Shape;

class Checker {
 public:
  Checker(Description& description, Surroundings& files)
      : description_(description), files_(files), model_(*description.model()) {}

  void run() {
    for (std::size_t i = 0; i < std::min(model_.inputs.size(), model_.test_inputs.size()); ++i) {
      const InputTensor& input = model_.inputs[i];
      const auto shape = check_header("test_inputs", i, model_.test_inputs[i].value, "inputs", input, input.data_type);
      shapes_.push_back({input.name.value, shape});
      if (!shape) continue;
      if (const auto* sizes = std::get_if<Sizes>(&input.shape))
        check_fixed("test_inputs", i, "inputs", *shape, *sizes);
      else
        check_parameterized(i, *shape, std::get<ParameterizedInputShape>(input.shape));
    }
    const std::size_t outputs = std::min(model_.outputs.size(), model_.test_outputs.size());
    for (std::size_t i = 0; i < outputs; ++i)
      shapes_.push_back(
          {model_.outputs[i].name.value, check_header("test_outputs", i, model_.test_outputs[i].value, "outputs",
                                                      model_.outputs[i], model_.outputs[i].data_type)});
    for (std::size_t i = 0; i < outputs; ++i) {
      const std::optional<Shape>& shape = shapes_[shapes_.size() - outputs + i].shape;
      if (!shape) continue;
      if (const auto* sizes = std::get_if<Sizes>(&model_.outputs[i].shape))
        check_fixed("test_outputs", i, "outputs", *shape, *sizes);
      else
        check_implicit(i, *shape, std::get<ImplicitOutputShape>(model_.outputs[i].shape));
    }
  }

 private:
  void warn(std::string id, Path path, std::string expected, std::string found, Path related, std::string what) {
    Diagnostic item;
    item.id = std::move(id);
    item.severity = Severity::kWarning;
    item.span = node_at(*description_.root, path).span;
    item.path = std::move(path);
    item.message = concat("expected ", expected, ", found ", found);
    item.expected = std::move(expected);
    item.found = std::move(found);
    item.file = description_.file_name;
    item.related.push_back({std::move(what), node_at(*description_.root, related).span, related});
    description_.diagnostics.add(std::move(item));
  }

  // The shape of the file; none if there is nothing to compare.
  std::optional<Shape> check_header(std::string_view field, std::size_t i, const std::string& file,
                                    std::string_view side, const TensorDescription& tensor, DataType data_type) {
    const Path path{Step::key(field), Step::at(i)}, described{Step::key(side), Step::at(i)};
    const auto bytes = files_.bytes(file);
    if (!bytes) return std::nullopt;  // told already
    auto header = tensor::read_npy_header(bytes->span(), files_.context().limits);
    if (header && header->data_offset + header->data_size() > bytes->size())
      header = make_error(ErrorKind::kInvalid, "npy.truncated", "the file ends before its elements do");
    if (!header) {
      warn("zooport.test-tensor-unreadable", path, "a NumPy array", header.error().what.message, described,
           "the tensor");
      return std::nullopt;
    }
    if (tensor::name_of(header->dtype) != to_text(data_type)) {
      Path type = described;
      type.push_back(Step::key("data_type"));
      warn("zooport.test-tensor-type", path, concat("elements of type ", to_text(data_type)),
           std::string(tensor::name_of(header->dtype)), type, "the described type");
    }
    check_values(path, described, tensor, *bytes);
    if (header->shape.size() == tensor.axes.value.size()) return header->shape;
    Path axes = described;
    axes.push_back(Step::key("axes"));
    warn("zooport.test-tensor-axes", path, concat(tensor.axes.value.size(), " axes ('", tensor.axes.value, "')"),
         concat("shape ", shape_text(header->shape)), axes, "the described axes");
    return std::nullopt;
  }

  void check_values(const Path& path, const Path& described, const TensorDescription& tensor, const Bytes& file) {
    const auto array = tensor::read_npy(file, files_.context().limits);
    if (!array || array->size() == 0) return;
    const tensor::Array values = tensor::Array::converted(array->view(), tensor::Dtype::kFloat64);
    double low = std::numeric_limits<double>::infinity(), high = -low;
    bool is_finite = true;
    for (const double value : values.as<double>()) {
      is_finite &= std::isfinite(value);
      low = std::min(low, value), high = std::max(high, value);
    }
    if (!is_finite)
      warn("zooport.test-tensor-finite", path, "finite values", "NaN or an infinity", described, "the tensor");
    if (!tensor.data_range || (low >= tensor.data_range->first && high <= tensor.data_range->second)) return;
    Path range = described;
    range.push_back(Step::key("data_range"));
    warn("zooport.test-tensor-range", path,
         concat("values in [", tensor.data_range->first, ", ", tensor.data_range->second, "]"),
         concat("values from ", low, " to ", high), range, "the described range");
  }

  void check_fixed(std::string_view field, std::size_t i, std::string_view side, const Shape& shape,
                   const Sizes& sizes) {
    Shape expected;
    for (const schema::Integer& size : sizes) expected.push_back(size.value);
    if (shape != expected) wrong_shape(field, i, side, concat("shape ", shape_text(expected)), shape);
  }

  void check_parameterized(std::size_t i, const Shape& shape, const ParameterizedInputShape& rule) {
    bool fits = shape.size() == rule.min.size();
    Shape min, step;
    for (std::size_t a = 0; a < rule.min.size(); ++a) {
      min.push_back(rule.min[a].value);
      step.push_back(a < rule.step.size() ? rule.step[a].value : 0);
      if (!fits) continue;
      // Modulo, not a difference first: sizes may be anything that 64 bits hold.
      const double more = static_cast<double>(shape[a]) - static_cast<double>(min[a]);
      fits = more == 0 || (more > 0 && step[a] > 0 && std::fmod(more, static_cast<double>(step[a])) == 0);
    }
    if (!fits)
      wrong_shape("test_inputs", i, "inputs", concat("shape ", shape_text(min), " + n * ", shape_text(step)), shape);
  }

  void check_implicit(std::size_t i, const Shape& shape, const ImplicitOutputShape& rule) {
    const std::optional<Shape>* reference = nullptr;
    for (const Known& known : shapes_)
      if (known.name == rule.reference_tensor.value) reference = &known.shape;
    if (!reference || !*reference) return;
    Shape expected;
    std::size_t from = 0;
    for (std::size_t a = 0; a < rule.scale.size(); ++a) {
      double size = 2 * rule.offset_at(a);
      if (rule.scale[a])
        size += from < (*reference)->size() ? static_cast<double>((**reference)[from++]) * *rule.scale[a] : 0;
      expected.push_back(std::abs(size) < 9e15 ? static_cast<std::int64_t>(std::round(size)) : -1);
    }
    if (shape != expected) wrong_shape("test_outputs", i, "outputs", concat("shape ", shape_text(expected)), shape);
  }

  void wrong_shape(std::string_view field, std::size_t i, std::string_view side, std::string expected,
                   const Shape& shape) {
    warn("zooport.test-tensor-shape", {Step::key(field), Step::at(i)}, std::move(expected),
         concat("shape ", shape_text(shape)), {Step::key(side), Step::at(i), Step::key("shape")},
         "the described shape");
  }

  struct Known {
    std::string name;
    std::optional<Shape> shape;
  };
  Description& description_;
  Surroundings& files_;
  const ModelDescription& model_;
  std::vector<Known> shapes_;
};

}  // namespace

void check_test_tensors(Description& description, Surroundings& files) { Checker(description, files).run(); }

}  // namespace zooport::bioimageio
