#include "predict/outputs.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/base/text.hpp"

namespace zooport::predict {

// One output of the model on its way to its writer.
struct OutputStage::Output {
  const model::TensorSpec* spec = nullptr;
  bool is_held = false;      // postprocessing needs the whole output
  std::vector<int> grid_of;  // of each axis: which grid cuts it, or -1
  tensor::Shape tile;        // what the network gives for one; known with the first
  tensor::Shape shape;       // of one sample; likewise
  tensor::Array whole;       // of the sample, where it is held
  std::unique_ptr<image::Writer> writer;
  bool drops_batch = false;
  bool gathers = false;  // the writer wants whole rows: samples are put together first
  tensor::Array gathered;
};

OutputStage::OutputStage(Predictor::State& state, const Plan& plan, const std::vector<SampleView>& inputs,
                         const OpenOutput& open_output, const Context& context)
    : plan_(plan),
      first_(inputs[0]),
      book_(state.model, state.options.statistics),
      measurer_(state.model, book_, state.running_outputs, context),
      open_output_(open_output) {
  for (const model::TensorSpec& spec : state.model.outputs) {
    Output& output = outputs_.emplace_back();
    output.spec = &spec;
    output.is_held = book_.needs_itself(spec);
    for (const process::OperationPtr& operation : spec.processing)
      output.is_held = output.is_held || !operation->is_blockwise();
    for (const model::AxisSpec& axis : spec.axes) {
      int grid = -1;
      for (std::size_t i = 0; i < plan.grids.size(); ++i)
        if (axis.axis.kind == tensor::AxisKind::kSpace && axis.axis.id == plan.grids[i].axis)
          grid = static_cast<int>(i);
      output.grid_of.push_back(grid);
    }
  }
}

OutputStage::~OutputStage() = default;

// Size of the whole output along an axis that is cut, from what one window gives.
std::int64_t OutputStage::whole_size(const model::AxisSpec& axis, const AxisGrid& grid, std::int64_t tile) const {
  const auto* rule = std::get_if<model::ReferenceSize>(&axis.size);
  // An image that was continued loses as much at its edges as it would have without.
  if (rule && rule->offset != 0 && grid.windows.size() == 1) {
    const auto expected = [&](std::int64_t size) {
      return static_cast<std::int64_t>(std::floor(static_cast<double>(size) * rule->scale + 2 * rule->offset));
    };
    if (expected(grid.tile) == tile && expected(grid.image) > 0) return expected(grid.image);
  }
  return grid.image * tile / grid.tile;
}

Result<void> OutputStage::prepare(Output& output, std::size_t index, const tensor::Array& raw) {
  const tensor::Shape& tile = raw.shape();
  if (output.writer || !output.shape.empty()) {
    if (tile == output.tile) return {};
    return make_error(ErrorKind::kUnsupported, "predict.output-size",
                      concat("output ", index, " has shape ", shape_text(output.tile), " for one tile and ",
                             shape_text(tile), " for another, which cannot be put together; give --tile whole"));
  }
  output.tile = tile;
  output.shape = tile;
  for (std::size_t i = 0; i < tile.size(); ++i) {
    if (output.grid_of[i] < 0) continue;
    const AxisGrid& grid = plan_.grids[static_cast<std::size_t>(output.grid_of[i])];
    // The scale that this tile shows: tile of the output for tile of the input.
    if (grid.windows.size() > 1 && tile[i] * grid.stride % grid.tile != 0)
      return make_error(ErrorKind::kUnsupported, "predict.output-size",
                        concat("output ", index, " has ", tile[i], " pixels for a tile of ", grid.tile, " along ",
                               grid.axis, ", which cannot be put together; give --tile whole"));
    output.shape[i] = whole_size(output.spec->axes[i], grid, tile[i]);
  }
  if (output.is_held) output.whole = tensor::Array(raw.dtype(), output.shape);
  return {};
}

process::Measured OutputStage::measured_for(const model::TensorSpec& output) const {
  process::Measured measured = of_inputs_;
  for (const auto& [measure, value] : book_.of(output.id)) measured.insert_or_assign(measure, value);
  return measured;
}

OutputStage::Kept OutputStage::kept(const Output& output, const TilePlace& place, const tensor::Shape& tile) const {
  Kept kept{tensor::Shape(tile.size(), 0), tensor::Shape(tile.size(), 0), tile};
  for (std::size_t i = 0; i < tile.size(); ++i) {
    if (output.grid_of[i] < 0) continue;
    const auto g = static_cast<std::size_t>(output.grid_of[i]);
    const AxisGrid& grid = plan_.grids[g];
    const Window& window = grid.windows[place.windows[g]];
    const auto scaled = [&](std::int64_t pixels) { return pixels * tile[i] / grid.tile; };
    kept.in_output[i] = scaled(window.begin);
    kept.in_tile[i] = scaled(window.begin) - scaled(window.origin);
    kept.size[i] = (window.end == grid.image ? output.shape[i] : scaled(window.end)) - kept.in_output[i];
  }
  return kept;
}

Result<void> OutputStage::take(const TilePlace& place, std::vector<tensor::Array> raw,
                               const process::Measured& of_inputs) {
  if (place.sample != sample_) {
    ZOOPORT_TRY(finish_sample(sample_));
    sample_ = place.sample;
  }
  of_inputs_ = of_inputs;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    const tensor::Shape tile = raw[i].shape();
    ZOOPORT_TRY(prepare(output, i, raw[i]));
    const Kept kept = this->kept(output, place, tile);
    process::Block block{output.spec->tensor_axes(), std::move(raw[i]), {}};
    block.origin = kept.in_output;
    for (std::size_t axis = 0; axis < tile.size(); ++axis) block.origin[axis] -= kept.in_tile[axis];
    if (!output.is_held) ZOOPORT_TRY(apply_all(output.spec->processing, block, measured_for(*output.spec)));
    tensor::View view = block.data.view();
    for (std::size_t axis = 0; axis < tile.size(); ++axis)
      view = view.cropped(static_cast<int>(axis), kept.in_tile[axis], kept.size[axis]);
    if (output.is_held) {
      tensor::View into = output.whole.view();
      for (std::size_t axis = 0; axis < tile.size(); ++axis)
        into = into.cropped(static_cast<int>(axis), kept.in_output[axis], kept.size[axis]);
      tensor::convert(view, const_cast<std::byte*>(into.data), into.dtype, into.strides);
    } else {
      ZOOPORT_TRY(write(output, i, place.sample, kept.in_output, view));
    }
  }
  return {};
}

Result<void> OutputStage::finish_sample(std::int64_t sample) {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Output& output = outputs_[i];
    if (!output.is_held || output.shape.empty()) continue;
    process::Block block{output.spec->tensor_axes(), std::move(output.whole), tensor::Shape(output.shape.size(), 0)};
    const tensor::Dtype raw = block.data.dtype();
    const tensor::View view = block.data.view();
    ZOOPORT_TRY(measurer_.measure(output.spec->id, {raw, block.axes, output.shape, process::source_of(view)}));
    ZOOPORT_TRY(apply_all(output.spec->processing, block, measured_for(*output.spec)));
    ZOOPORT_TRY(write(output, i, sample, tensor::Shape(output.shape.size(), 0), block.data.view()));
    output.whole = tensor::Array(raw, output.shape);
  }
  return {};
}

Result<void> OutputStage::write(Output& output, std::size_t index, std::int64_t sample, const tensor::Shape& origin,
                                const tensor::View& elements) {
  // Files hold the axes that were walked, then those of the model; the batch only where nothing was walked and the
  // format of arrays keeps it (the writer's info tells which axis is which).
  const bool has_batch = !output.spec->axes.empty() && output.spec->axes[0].axis.kind == tensor::AxisKind::kBatch;
  const tensor::Shape walked = first_.walked_shape();
  if (!output.writer) {
    output.drops_batch = has_batch && !walked.empty();
    image::Info info;
    info.dtype = elements.dtype;
    info.shape = walked;
    info.axes = first_.walked_axes();
    for (std::size_t i = output.drops_batch ? 1 : 0; i < output.shape.size(); ++i) {
      info.shape.push_back(output.shape[i]);
      const tensor::Axis& axis = output.spec->axes[i].axis;
      info.axes += axis.kind == tensor::AxisKind::kBatch   ? 'b'
                   : axis.kind == tensor::AxisKind::kIndex ? 'i'
                                                           : letter_of(axis);
    }
    info.axes_are_certain = true;
    ZOOPORT_TRY_ASSIGN(output.writer, open_output_(index, info));
    output.gathers = output.writer->order() == image::WriteOrder::kRows && (plan_.tiles > 1 || plan_.samples > 1);
    if (output.gathers) output.gathered = tensor::Array(info.dtype, info.shape);
  }
  image::Region region{first_.walked_index(sample), tensor::Shape(walked.size(), 1)};
  tensor::View view = elements;
  if (output.drops_batch) view = view.without_axis(0);
  for (std::size_t i = output.drops_batch ? 1 : 0; i < origin.size(); ++i) {
    region.origin.push_back(origin[i]);
    region.size.push_back(elements.shape[i]);
  }
  for (std::size_t i = 0; i < walked.size(); ++i) view = view.with_axis(0);
  if (!output.gathers) return output.writer->write(region, view);
  tensor::View into = output.gathered.view();
  for (std::size_t i = 0; i < region.origin.size(); ++i)
    into = into.cropped(static_cast<int>(i), region.origin[i], region.size[i]);
  tensor::convert(view, const_cast<std::byte*>(into.data), into.dtype, into.strides);
  return {};
}

Result<void> OutputStage::finish() {
  ZOOPORT_TRY(finish_sample(sample_));
  for (Output& output : outputs_) {
    if (!output.writer) continue;
    if (output.gathers) {
      const tensor::Shape& shape = output.gathered.shape();
      ZOOPORT_TRY(output.writer->write({tensor::Shape(shape.size(), 0), shape}, output.gathered.view()));
    }
    ZOOPORT_TRY(output.writer->finish());
  }
  return {};
}

}  // namespace zooport::predict
