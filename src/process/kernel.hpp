#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "process/parameters.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::process {

// Values laid beside the axes of a block: a stride of 0 repeats them along an axis.
struct Table {
  std::vector<double> values;
  std::vector<std::int64_t> strides;  // in values, one an axis of the block
  std::int64_t offset = 0;            // of the block's first element
};
Result<Table> lay(const MeasuredValue& value, const Block& block);
Result<Table> lay(const Along& along, const Block& block);
// The measured value of `measure`, laid beside the block.
Result<Table> lay(const Measured& measured, const Measure& measure, const Block& block);

// Makes the elements float64, or leaves them float32 if they are.
enum class Precision : std::uint8_t { kDouble, kAsGiven };
Result<void> make_floating(Block& block, Precision precision);

// out[i] = f(in[i], one value of each table …), in float64. No allocation per element; where a table does not vary
// along the inner axes its value is loaded once for all of them.
template <class In, class Out, std::size_t N, class F>
void map_elements(const In* in, Out* out, const tensor::Shape& shape, const std::array<Table, N>& tables, const F& f);

// map_elements over the whole block, float32 or float64, with a result of type Out.
template <class Out, std::size_t N, class F>
Result<void> map_block(Block& block, const std::array<Table, N>& tables, const F& f);

template <class In, class Out, class F, std::size_t N, std::size_t... I>
void map_run(const In* in, Out* out, std::int64_t count, const std::array<const double*, N>& at,
             const std::array<std::int64_t, N>& steps, const F& f, std::index_sequence<I...>) {
  bool constant = true;
  for (const std::int64_t step : steps) constant = constant && step == 0;
  if (constant) {
    const std::array<double, N> values{*at[I]...};
    for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<Out>(f(static_cast<double>(in[i]), values[I]...));
  } else {
    for (std::int64_t i = 0; i < count; ++i) {
      out[i] = static_cast<Out>(f(static_cast<double>(in[i]), at[I][i * steps[I]]...));
    }
  }
}

template <class In, class Out, std::size_t N, class F>
void map_elements(const In* in, Out* out, const tensor::Shape& shape, const std::array<Table, N>& tables, const F& f) {
  const std::size_t rank = shape.size();
  const auto varies = [&](std::size_t axis) {
    for (const Table& table : tables) {
      if (shape[axis] > 1 && table.strides[axis] != 0) return true;
    }
    return false;
  };
  std::int64_t count = 1;
  std::size_t outer = rank;  // axes [outer, rank) make one run
  while (outer > 0 && !varies(outer - 1)) count *= shape[--outer];
  std::array<std::int64_t, N> steps{};
  if (outer == rank && rank > 0) {
    count = shape[--outer];
    for (std::size_t i = 0; i < N; ++i) steps[i] = tables[i].strides[outer];
  }
  std::int64_t runs = 1;
  for (std::size_t i = 0; i < outer; ++i) runs *= shape[i];
  if (count == 0) return;

  std::array<const double*, N> at;
  for (std::size_t i = 0; i < N; ++i) at[i] = tables[i].values.data() + tables[i].offset;
  std::vector<std::int64_t> index(outer, 0);
  for (std::int64_t run = 0; run < runs; ++run) {
    map_run(in + run * count, out + run * count, count, at, steps, f, std::make_index_sequence<N>());
    for (std::size_t axis = outer; axis-- > 0;) {
      for (std::size_t i = 0; i < N; ++i) at[i] += tables[i].strides[axis];
      if (++index[axis] < shape[axis]) break;
      for (std::size_t i = 0; i < N; ++i) at[i] -= tables[i].strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

template <class Out, std::size_t N, class F>
Result<void> map_block(Block& block, const std::array<Table, N>& tables, const F& f) {
  ZOOPORT_TRY(make_floating(block, Precision::kAsGiven));
  tensor::Array& data = block.data;
  if (data.dtype() == tensor::DtypeOf<Out>::value) {
    map_elements(data.as<Out>().data(), data.as<Out>().data(), data.shape(), tables, f);
    return {};
  }
  ZOOPORT_TRY_ASSIGN(tensor::Array made, tensor::Array::allocate(tensor::DtypeOf<Out>::value, data.shape(), Limits{}));
  if (data.dtype() == tensor::Dtype::kFloat32) {
    map_elements(std::as_const(data).as<float>().data(), made.as<Out>().data(), data.shape(), tables, f);
  } else {
    map_elements(std::as_const(data).as<double>().data(), made.as<Out>().data(), data.shape(), tables, f);
  }
  data = std::move(made);
  return {};
}

}  // namespace zooport::process
