#pragma once

#include "zooport/bioimageio/processing.hpp"

// Inputs and outputs of model 0.4. Axes are letters of "bitczyx".
namespace zooport::bioimageio {

// Different letters of "bitczyx"; may be empty. Nothing says that there are as many as sizes in the shape.
struct TensorAxes {
  std::string value;
};
// A multiple of one half.
struct HalfStep {
  double value = 0;
};
// Lowest and highest value; infinite and NaN ends are allowed.
struct DataRange : schema::Pair {};
using Sizes = schema::Sequence<schema::Integer>;

// Every shape min + n * step.
struct ParameterizedInputShape {
  schema::NonEmpty<schema::Integer> min;
  schema::NonEmpty<schema::Integer> step;
  schema::Given given;
};

// Per axis: size = size in the reference tensor * scale + 2 * offset. A null scale adds an axis of size 2 * offset.
struct ImplicitOutputShape {
  TensorName reference_tensor;
  schema::NonEmpty<std::optional<double>> scale;
  schema::NonEmpty<std::variant<schema::Integer, HalfStep>> offset;
  schema::Given given;
  double offset_at(std::size_t axis) const;
};

enum class DataType : std::uint8_t {
  kFloat32,  // these three are allowed for inputs
  kUint8,
  kUint16,
  kFloat64,
  kInt8,
  kInt16,
  kUint32,
  kInt32,
  kUint64,
  kInt64,
  kBool
};
std::string_view to_text(DataType type);

// What inputs and outputs share.
struct TensorDescription {
  TensorName name;
  std::string description;
  TensorAxes axes;
  std::optional<DataRange> data_range;
  schema::Given given;
};

struct InputTensor : TensorDescription {
  DataType data_type = DataType::kFloat32;
  std::variant<Sizes, ParameterizedInputShape> shape;
  std::vector<Preprocessing> preprocessing;
};

struct OutputTensor : TensorDescription {
  DataType data_type = DataType::kFloat32;
  std::variant<Sizes, ImplicitOutputShape> shape;
  std::optional<Sizes> halo;
  std::vector<Postprocessing> postprocessing;
};

const schema::Type& describe(schema::type<DataRange>);
const schema::Type& describe(schema::type<TensorAxes>);
const schema::Type& describe(schema::type<HalfStep>);
const schema::Type& describe(schema::type<ParameterizedInputShape>);
const schema::Type& describe(schema::type<ImplicitOutputShape>);
const schema::Type& describe(schema::type<DataType>);
const schema::Type& describe(schema::type<TensorDescription>);
const schema::Type& describe(schema::type<InputTensor>);
const schema::Type& describe(schema::type<OutputTensor>);

}  // namespace zooport::bioimageio
