#include <algorithm>
#include <cmath>
#include <numeric>

#include "predict/state.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::predict {
namespace {

// Below this many pixels an image is predicted as a whole: a network of usual size needs a few GiB for it.
constexpr std::int64_t kWholeUpTo = 1 << 22;
constexpr std::int64_t kTile2d = 1024;
constexpr std::int64_t kTile3d = 128;

Diagnostic finding(std::string id, Severity severity, std::string message) {
  Diagnostic made;
  made.id = std::move(id);
  made.severity = severity;
  made.message = std::move(message);
  return made;
}

std::int64_t rounded_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }

std::int64_t declared_halo(const model::Model& model, const std::string& axis) {
  std::int64_t halo = 0;
  for (const model::TensorSpec& output : model.outputs)
    if (const int at = output.find_axis(axis); at >= 0)
      halo = std::max(halo, output.axes[static_cast<std::size_t>(at)].halo);
  return halo;
}

// Which grid cuts which axis of which input.
Result<void> cut_inputs(const Predictor::State& state, const std::vector<SampleView>& inputs, Plan& plan) {
  const auto required = state.network.graph.required_inputs();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const model::TensorSpec& spec = state.model.inputs[i];
    const auto& declared = required[i]->type.shape;
    std::vector<int>& grid_of = plan.grid_of.emplace_back();
    for (std::size_t axis = 0; axis < spec.axes.size(); ++axis) {
      const std::string& id = spec.axes[axis].axis.id;
      const std::int64_t size = inputs[i].shape()[axis];
      grid_of.push_back(-1);
      if (spec.axes[axis].axis.kind != tensor::AxisKind::kSpace) {
        if (!declared || declared->size() != spec.axes.size()) continue;
        const std::optional<std::int64_t>& fixed = (*declared)[axis].value;
        if (fixed && *fixed != size)
          return make_error(ErrorKind::kUsage, "predict.size",
                            concat("input ", printable(spec.id), " has to have the size ", *fixed, " along ", id,
                                   ", and the image has ", size));
        continue;
      }
      for (std::size_t g = 0; g < plan.grids.size(); ++g) {
        const AxisGrid& grid = plan.grids[g];
        if (grid.axis != id) continue;
        if (grid.image == size) {
          grid_of.back() = static_cast<int>(g);
        } else if (grid.windows.size() > 1 || grid.padded != grid.image) {
          return make_error(ErrorKind::kUnsupported, "predict.several-inputs",
                            concat("inputs ", printable(state.model.inputs[0].id), " and ", printable(spec.id),
                                   " have ", grid.image, " and ", size, " pixels along ", id,
                                   ", so they cannot be cut or continued alike; give images of sizes that the network "
                                   "takes, and --tile whole"));
        }
      }
    }
  }
  return {};
}

// Sizes that a file demands of an image may be any numbers.
Result<void> can_be_held(const tensor::Shape& tile) {
  const std::int64_t count = tensor::element_count(tile);
  const std::uint64_t most = Limits{}.array_bytes;
  if (count >= 0 && static_cast<std::uint64_t>(count) <= most / sizeof(float)) return {};
  return make_error(ErrorKind::kUnsupported, "predict.tile-too-large",
                    concat("the network takes ", shape_text(tile), " elements at once, which is more than ",
                           size_text(most), "; give a smaller --tile if the network takes one"));
}

// What tiles give has to lie beside each other along every axis that is cut.
Result<void> can_be_put_together(const model::Model& model, const Plan& plan) {
  for (const model::TensorSpec& output : model.outputs)
    for (const AxisGrid& grid : plan.grids)
      if (grid.windows.size() > 1 && output.find_axis(grid.axis) < 0)
        return make_error(ErrorKind::kUnsupported, "predict.output-size",
                          concat("output ", printable(output.id), " has no axis ", grid.axis, ", and the image is cut ",
                                 "along it; give --tile whole"));
  return {};
}

}  // namespace

std::vector<AxisRule> Predictor::State::rules(const HaloChoice& halo, std::vector<std::int64_t>& wanted_halo) const {
  std::vector<AxisRule> result;
  for (std::size_t i = 0; i < space.size(); ++i) {
    const model::AxisSpec& spec = model.inputs[0].axes[static_cast<std::size_t>(space[i])];
    AxisRule rule;
    if (i < geometry.axes.size() && geometry.axes[i].size_step > 0) {
      rule.min = geometry.axes[i].size_min;
      rule.step = geometry.axes[i].size_step;
      rule.stride = geometry.is_known ? geometry.axes[i].stride : rule.step;
    } else if (const auto* sizes = std::get_if<model::ParametrizedSize>(&spec.size)) {
      rule.min = sizes->min;
      rule.step = sizes->step;
      rule.stride = std::max<std::int64_t>(1, sizes->step);
      if (geometry.is_known && i < geometry.axes.size()) rule.stride = std::lcm(rule.stride, geometry.axes[i].stride);
    }
    std::int64_t wanted = declared_halo(model, spec.axis.id);
    if (halo.kind == HaloChoice::Kind::kPixels) wanted = std::max(wanted, halo.pixels);
    if (halo.kind == HaloChoice::Kind::kExact && geometry.is_known) wanted = std::max(wanted, geometry.axes[i].reach());
    wanted_halo.push_back(wanted);
    // Kept parts then begin at multiples of the stride, where outputs of any scale have a whole pixel.
    rule.halo = rounded_up(wanted, rule.stride);
    result.push_back(rule);
  }
  return result;
}

Result<Plan> Predictor::plan(const std::vector<SampleView>& inputs) const {
  const State& state = *state_;
  if (inputs.size() != state.model.inputs.size())
    return make_error(
        ErrorKind::kUsage, "predict.input-count",
        concat("the model takes ", state.model.inputs.size(), " inputs, and ", inputs.size(), " were given"));
  const PredictOptions& options = state.options;
  Plan plan;
  plan.weights = state.weights;
  plan.samples = inputs[0].samples();
  plan.network_input = inputs[0].shape();

  std::vector<std::int64_t> wanted_halo;
  const std::vector<AxisRule> rules = state.rules(options.halo, wanted_halo);
  if (options.halo.kind == HaloChoice::Kind::kExact && !state.geometry.is_known)
    return make_error(ErrorKind::kUnsupported, "predict.halo-unknown",
                      concat("the receptive field is unknown, ", state.geometry.reason, "; give --halo a number"));
  std::int64_t pixels = 1;
  for (const int axis : state.space)
    pixels *= std::max<std::int64_t>(1, plan.network_input[static_cast<std::size_t>(axis)]);
  const std::vector<std::int64_t>& asked = options.tile.sizes;
  if (!asked.empty() && asked.size() != 1 && asked.size() != rules.size())
    return make_error(ErrorKind::kUsage, "predict.tile-count",
                      concat("the model has ", rules.size(), " axes of space; --tile names ", asked.size()));

  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto axis = static_cast<std::size_t>(state.space[i]);
    const std::string& name = state.model.inputs[0].axes[axis].axis.id;
    const std::int64_t size = plan.network_input[axis];
    std::int64_t tile = 0;
    if (options.tile.kind == TileChoice::Kind::kSizes) tile = asked[asked.size() == 1 ? 0 : i];
    if (options.tile.kind == TileChoice::Kind::kAutomatic) {
      if (rules[i].next(size) < 0) tile = rules[i].min;
      if (pixels > kWholeUpTo) tile = rules[i].next(std::max(rules.size() > 2 ? kTile3d : kTile2d, 4 * rules[i].halo));
    }
    ZOOPORT_TRY_ASSIGN(AxisGrid grid, make_grid(name, size, tile, rules[i]));
    if (grid.padded > size)
      plan.findings.add(
          finding("predict.padded", Severity::kInfo,
                  concat(name, ": the image has ", size, " pixels, and the network takes ", rules[i].min,
                         rules[i].step > 0 ? concat(" + n * ", rules[i].step) : std::string(), "; it is continued to ",
                         grid.padded, " by mirroring, and the result is cropped")));
    if (grid.windows.size() > 1) {
      if (!state.geometry.is_known) {
        plan.findings.add(finding("predict.receptive-field-unknown", Severity::kWarning,
                                  concat(name, ": how far the network sees is unknown, ", state.geometry.reason,
                                         "; tiles may differ from the whole image: compare with --tile whole")));
      } else if (rules[i].halo < state.geometry.axes[i].reach()) {
        plan.findings.add(
            finding("predict.halo-below-receptive-field", Severity::kWarning,
                    concat(name, ": the halo of ", rules[i].halo, " pixels is less than the receptive field of ",
                           state.geometry.axes[i].reach(),
                           ", so tiles differ from the whole image near their seams; --halo exact avoids that")));
      }
    }
    plan.network_input[axis] = grid.tile;
    plan.tiles *= static_cast<std::int64_t>(grid.windows.size());
    plan.grids.push_back(std::move(grid));
  }
  ZOOPORT_TRY(can_be_held(plan.network_input));
  for (std::size_t i = 1; i < inputs.size(); ++i)
    if (inputs[i].samples() != plan.samples)
      return make_error(ErrorKind::kUsage, "predict.input-count", "the inputs have different numbers of samples");
  ZOOPORT_TRY(cut_inputs(state, inputs, plan));
  ZOOPORT_TRY(can_be_put_together(state.model, plan));

  const auto required = state.network.graph.required_inputs();
  onnx::InputShapes shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) shapes[required[i]->name] = inputs[i].shape();
  shapes[required[0]->name] = plan.network_input;
  plan.peak_bytes = onnx::peak_bytes(state.network, shapes);
  const StatisticsBook book(state.model, options.statistics);
  for (const model::TensorSpec& input : state.model.inputs)
    for (const process::OperationPtr& operation : input.processing)
      if (!operation->measures().empty() && book.needs_itself(input))
        plan.blockers.push_back(concat(operation->describe(), " of ", input.id,
                                       " needs statistics of the whole image: it is read once more for them"));
  for (const model::TensorSpec& output : state.model.outputs)
    for (const process::OperationPtr& operation : output.processing)
      if (!operation->is_blockwise() || (!operation->measures().empty() && book.needs_itself(output)))
        plan.blockers.push_back(
            concat(operation->describe(), " of ", output.id, " needs the whole output: it is held in memory"));
  return plan;
}

}  // namespace zooport::predict
