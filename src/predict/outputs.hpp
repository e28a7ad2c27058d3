#pragma once

#include <memory>
#include <vector>

#include "predict/measurer.hpp"
#include "predict/state.hpp"

namespace zooport::predict {

// Where one result of the network lies: its window in each axis of space, and the sample.
struct TilePlace {
  std::int64_t sample = 0;
  std::vector<std::size_t> windows;  // one each grid
};

// Takes raw outputs of the network tile by tile, postprocesses them and writes what is kept.
class OutputStage {
 public:
  OutputStage(Predictor::State& state, const Plan& plan, const std::vector<SampleView>& inputs,
              const OpenOutput& open_output, const Context& context);
  ~OutputStage();

  // `measured_inputs` are the values of the sample that the tile belongs to.
  Result<void> take(const TilePlace& place, std::vector<tensor::Array> raw, const process::Measured& of_inputs);
  Result<void> finish();
  Diagnostics take_findings() { return measurer_.take_findings(); }

 private:
  struct Output;
  // Begin and size of what is kept of a tile, in the tile and in the whole output.
  struct Kept {
    tensor::Shape in_tile;
    tensor::Shape in_output;
    tensor::Shape size;
  };
  Kept kept(const Output& output, const TilePlace& place, const tensor::Shape& tile) const;
  Result<void> prepare(Output& output, std::size_t index, const tensor::Array& raw);
  std::int64_t whole_size(const model::AxisSpec& axis, const AxisGrid& grid, std::int64_t tile) const;
  Result<void> write(Output& output, std::size_t index, std::int64_t sample, const tensor::Shape& origin,
                     const tensor::View& elements);
  Result<void> finish_sample(std::int64_t sample);
  process::Measured measured_for(const model::TensorSpec& output) const;

  const Plan& plan_;
  const SampleView& first_;
  StatisticsBook book_;
  Measurer measurer_;
  process::Measured of_inputs_;  // of the sample that is taken
  const OpenOutput& open_output_;
  std::vector<Output> outputs_;
  std::int64_t sample_ = 0;
};

}  // namespace zooport::predict
