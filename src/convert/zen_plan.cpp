#include "convert/zen_plan.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

Error unsupported(std::string id, std::string message) {
  return make_error(ErrorKind::kUnsupported, std::move(id), std::move(message));
}

class ZenPlanner {
 public:
  ZenPlanner(const ZenSource& source, const CzannOptions& options, ConversionReport& report)
      : source_(source), model_(source.model), options_(options), report_(report) {}

  Result<ZenPlan> run(Delivered delivered, const Context& context) {
    ZOOPORT_TRY(look_at_tensors());
    ZOOPORT_TRY(open_network(context));
    ZOOPORT_TRY(choose_tile());
    for (std::size_t i = 0; i < plan_.space.size(); ++i) plan_.stride.push_back(stride(i));
    ZOOPORT_TRY(choose_border());
    choose_pixels(delivered);
    ZOOPORT_TRY_ASSIGN(plan_.measured, choose_statistics(source_, options_, context, report_));
    choose_type(source_, options_, plan_, report_);
    return std::move(plan_);
  }

 private:
  void assume(std::string what, std::string value, std::string option) {
    report_.assumptions.push_back({std::move(what), std::move(value), std::move(option)});
  }

  Result<void> look_at_tensors() {
    if (model_.inputs.size() != 1 || model_.outputs.size() != 1)
      return unsupported("convert.tensor-count", concat("ZEN's models have one input and one output; this one has ",
                                                        model_.inputs.size(), " and ", model_.outputs.size()));
    for (const model::AxisSpec& axis : model_.outputs[0].axes) {
      const auto* size = std::get_if<model::ReferenceSize>(&axis.size);
      if (axis.axis.kind == tensor::AxisKind::kSpace && size && (size->scale != 1 || size->offset != 0))
        return unsupported(
            "convert.output-size",
            concat("ZEN puts tiles together only where the output has the size of the input; along ", axis.axis.id,
                   " it has ", size->scale, " times that, ", size->offset, " more on either side"));
    }
    return {};
  }

  Result<void> open_network(const Context& context) {
    ZOOPORT_TRY_ASSIGN(const model::Network* chosen, model_.choose(options_.weights));
    ZOOPORT_TRY_ASSIGN(plan_.network, chosen->load(context));
    for (std::size_t i = 0; i < model_.inputs[0].axes.size(); ++i)
      if (model_.inputs[0].axes[i].axis.kind == tensor::AxisKind::kSpace) plan_.space.push_back(static_cast<int>(i));
    plan_.geometry = onnx::geometry_of(plan_.network, plan_.space);
    return {};
  }

  const model::AxisSpec& space_axis(std::size_t i) const {
    return model_.inputs[0].axes[static_cast<std::size_t>(plan_.space[i])];
  }
  std::int64_t stride(std::size_t i) const {
    if (plan_.geometry.is_known) return plan_.geometry.axes[i].stride;
    const auto* size = std::get_if<model::ParametrizedSize>(&space_axis(i).size);
    return size && size->step > 0 ? size->step : 1;
  }

  Result<void> choose_tile() {
    if (!options_.spatial_dims.empty()) {
      if (options_.spatial_dims.size() != plan_.space.size())
        return make_error(ErrorKind::kUsage, "convert.options",
                          concat("--spatial-dims names ", options_.spatial_dims.size(), " sizes, and the model has ",
                                 plan_.space.size(), " axes of space"));
      plan_.tile = options_.spatial_dims;
      return {};
    }
    constexpr std::int64_t kUsual = 512;
    for (std::size_t i = 0; i < plan_.space.size(); ++i) {
      const auto* described = std::get_if<model::ParametrizedSize>(&space_axis(i).size);
      model::ParametrizedSize size{1, 1};
      if (described) {
        size = *described;
      } else if (plan_.geometry.is_known && plan_.geometry.axes[i].size_step > 0) {
        size = {plan_.geometry.axes[i].size_min, plan_.geometry.axes[i].size_step};
      } else if (!std::holds_alternative<std::monostate>(space_axis(i).size)) {
        return unsupported("convert.axes", concat("the size along ", space_axis(i).axis.id, " is not described"));
      }
      if (size.step == 0) {
        plan_.tile.push_back(size.min);
        continue;
      }
      const std::int64_t n = std::max<std::int64_t>(0, (kUsual - size.min + size.step - 1) / size.step);
      plan_.tile.push_back(size.min + n * size.step);
      assume("tile size along " + space_axis(i).axis.id, concat(plan_.tile.back()), "--spatial-dims");
    }
    return {};
  }

  bool is_image() const {
    using Type = czann::ModelType;
    const Type type = options_.type.value_or(Type::kRegression);
    return type == Type::kRegression || type == Type::kSingleClassSemanticSegmentation ||
           type == Type::kMultiClassSemanticSegmentation;
  }

  Result<void> choose_border() {
    const model::TensorSpec& output = model_.outputs[0];
    const std::vector<std::int64_t>& given = options_.min_overlap;
    if (given.size() > 1 && given.size() != plan_.space.size())
      return make_error(ErrorKind::kUsage, "convert.options",
                        concat("--min-overlap names ", given.size(), " numbers, and the model has ", plan_.space.size(),
                               " axes of space"));
    for (std::size_t i = 0; i < plan_.space.size(); ++i) {
      const std::string& axis = space_axis(i).axis.id;
      const int at = output.find_axis(axis);
      const std::int64_t declared = at < 0 ? 0 : output.axes[static_cast<std::size_t>(at)].halo;
      const std::int64_t reach = plan_.geometry.is_known ? plan_.geometry.axes[i].reach() : 0;
      const std::int64_t unit = plan_.stride[i];
      std::int64_t border = (std::max(declared, reach) + unit - 1) / unit * unit;
      if (!given.empty()) {
        border = given[given.size() == 1 ? 0 : i] / 2;
      } else if (source_.metadata || !is_image()) {
        border = declared;  // whoever made the CZANN chose it; results that are no images are not put together
      } else if (declared < reach) {
        assume("border along " + axis,
               concat(border, " pixels, from the receptive field of ", reach, "; the declared halo is ", declared),
               "--min-overlap");
      }
      if (2 * border >= plan_.tile[i])
        return unsupported(
            "convert.border",
            concat("a border of ", border, " pixels on either side leaves nothing of a tile of ", plan_.tile[i],
                   " along ", axis, "; give a larger tile with --spatial-dims, or --min-overlap"));
      plan_.border.push_back(border);
    }
    return {};
  }

  void choose_pixels(Delivered delivered) {
    using Pixels = ZenSource::Pixels;
    using Change = GraphRequest::Pixels;
    plan_.pixels = options_.source_dtype.value_or(source_.pixel_dtype.value_or(tensor::Dtype::kUint8));
    const bool divides = delivered == Delivered::kDividedByTypeMaximum;
    if (source_.pixels == Pixels::kAsDelivered) {
      assume("range of the input",
             divides ? "pixels divided by their type's maximum, as ZEN delivers them" : "pixels as they are",
             "--source-dtype");
    } else if (divides != (source_.pixels == Pixels::kDividedByTypeMaximum)) {
      plan_.change_of_pixels = divides ? Change::kMultiply : Change::kDivide;
      if (!options_.source_dtype && !source_.pixel_dtype) {
        const tensor::Dtype described = model_.inputs[0].dtype;
        if (described == tensor::Dtype::kUint8 || described == tensor::Dtype::kUint16) plan_.pixels = described;
        assume("type of the pixels that ZEN divides by its maximum", std::string(tensor::name_of(plan_.pixels)),
               "--source-dtype");
      }
      if (maximum_of_pixels(plan_.pixels) == 1) plan_.change_of_pixels = Change::kNone;
    }
    const int channel = model_.inputs[0].find_axis("channel");
    const auto* size =
        channel < 0
            ? nullptr
            : std::get_if<model::ParametrizedSize>(&model_.inputs[0].axes[static_cast<std::size_t>(channel)].size);
    plan_.channels = size ? size->min : 1;
    if (plan_.channels != 3) return;
    if (source_.colours == ZenSource::Colours::kRedFirst) {
      plan_.colours = GraphRequest::Colours::kReversed;
      assume("colour order", "the model expects red, green, blue; ZEN delivers blue, green, red", "");
    } else if (!source_.metadata) {
      assume("colour order", "blue, green, red, as ZEN delivers them", "");
    }
  }

  const ZenSource& source_;
  const model::Model& model_;
  const CzannOptions& options_;
  ConversionReport& report_;
  ZenPlan plan_;
};

}  // namespace

double maximum_of_pixels(tensor::Dtype pixels) {
  return pixels == tensor::Dtype::kUint8 ? 255 : pixels == tensor::Dtype::kUint16 ? 65535 : 1;
}

GraphRequest ZenPlan::graph_request(const ZenSource& source) const {
  GraphRequest request{.input = source.model.inputs[0], .output = source.model.outputs[0]};
  request.tile = tile;
  request.pixels = change_of_pixels;
  request.pixel_maximum = maximum_of_pixels(pixels);
  request.statistics = measured ? &*measured : nullptr;
  request.classes = classes;
  request.colours = colours;
  return request;
}

Result<ZenPlan> plan_for_zen(const ZenSource& source, const CzannOptions& options, Delivered delivered,
                             const Context& context, ConversionReport& report) {
  return ZenPlanner(source, options, report).run(delivered, context);
}

}  // namespace zooport::convert
