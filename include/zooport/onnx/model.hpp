#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/tensor/array.hpp"

// The content of an ONNX file as plain values. Everything that zooport does not interpret (unknown fields) is kept
// byte for byte in `unknown` and written back. Weights are views into the file that was read: copying a Model copies
// no weights.
namespace zooport::onnx {

// TensorProto.DataType; values are those of the format.
enum class ElementType : std::int32_t {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16  // larger values are kept as they are
};
std::optional<tensor::Dtype> dtype_of(ElementType type);
ElementType element_type_of(tensor::Dtype dtype);
std::string name_of(ElementType type);  // "float32", "bfloat16", "type 17"

// How a message was written where the format leaves a choice; kept so that an unchanged message is written as it was
// read. Bit n speaks of the field with number n. New values leave it alone.
struct Form {
  std::uint32_t present = 0;   // the field was written although it has its default value
  std::uint32_t repacked = 0;  // repeated numbers were packed where onnx.proto does not, or the other way round
  bool long_domain = false;    // the default domain was written as "ai.onnx"
  bool without_type = false;   // an attribute of IR 1 that does not say its type
};

// Fixed, symbolic, or (neither) unknown.
struct Dimension {
  std::optional<std::int64_t> value;
  std::string symbol;
  std::string denotation;
  std::string unknown;
  Form form;
  friend bool operator==(const Dimension& a, const Dimension& b) {
    return a.value == b.value && a.symbol == b.symbol && a.denotation == b.denotation;
  }
};

// The type of a value: a tensor with element type and, if known, shape. Types that are no dense tensors (sequence, map,
// optional, sparse) are kept as bytes in `other`.
struct ValueType {
  ElementType element = ElementType::kUndefined;
  std::optional<std::vector<Dimension>> shape;
  std::string other;
  std::string denotation;
  std::string unknown;         // of the type itself
  std::string tensor_unknown;  // of its tensor type
  std::string shape_unknown;   // of that one's shape
  Form form;
};

struct StringPair {
  std::string key;
  std::string value;
  std::string unknown;
  Form form;
};

struct ValueInfo {
  std::string name;
  ValueType type;
  std::string doc;
  std::vector<StringPair> metadata;
  std::string unknown;
  Form form;
};

// A constant tensor. `raw` holds little-endian elements whatever field of the file they came from; strings are apart.
struct Tensor {
  std::string name;
  ElementType type = ElementType::kUndefined;
  tensor::Shape dims;
  Bytes raw;                         // empty for external data that was not loaded
  std::vector<std::string> strings;  // for kString
  std::vector<StringPair> external;  // location, offset, length: of data that was not loaded
  std::int32_t source_field = 9;     // field of TensorProto that `raw` is written to: 9 is raw_data
  std::string doc;
  std::vector<StringPair> metadata;
  std::string unknown;
  Form form;
};
// Elements that are 64-bit integers or 32-bit integers, as 64-bit ones; empty when it is neither.
std::optional<std::vector<std::int64_t>> integers_of(const Tensor& tensor);
Tensor make_tensor(std::string name, const tensor::View& values);
Tensor make_integers(std::string name, const std::vector<std::int64_t>& values);  // one axis
Tensor make_floats(std::string name, const tensor::Shape& dims, const std::vector<float>& values);

struct SparseTensor {
  Tensor values;
  Tensor indices;
  tensor::Shape dims;
  std::string unknown;
  Form form;
};

struct Graph;

// AttributeProto.AttributeType; values are those of the format.
enum class AttributeType : std::int32_t {
  kUndefined = 0,
  kFloat = 1,
  kInt = 2,
  kString = 3,
  kTensor = 4,
  kGraph = 5,
  kFloats = 6,
  kInts = 7,
  kStrings = 8,
  kTensors = 9,
  kGraphs = 10,
  kSparseTensor = 11,
  kSparseTensors = 12,
  kType = 13,
  kTypes = 14
};

struct Attribute {
  std::string name;
  AttributeType type = AttributeType::kUndefined;
  float f = 0;
  std::int64_t i = 0;
  std::string s;
  std::vector<Tensor> tensors;  // one for kTensor
  std::vector<Graph> graphs;    // one for kGraph
  std::vector<float> floats;
  std::vector<std::int64_t> ints;
  std::vector<std::string> strings;
  std::vector<SparseTensor> sparse_tensors;
  std::vector<std::string> types;  // TypeProto, as bytes
  std::string reference;           // ref_attr_name: inside functions
  std::string doc;
  std::string unknown;
  Form form;
};
Attribute make_attribute(std::string name, std::int64_t value);
Attribute make_attribute(std::string name, float value);
Attribute make_attribute(std::string name, std::string value);
Attribute make_attribute(std::string name, std::vector<std::int64_t> values);
Attribute make_attribute(std::string name, std::vector<float> values);
Attribute make_attribute(std::string name, Tensor value);

// One operator of a graph. An empty input or output name stands for one that is left out.
struct Node {
  std::string op;
  std::string domain;  // "" and "ai.onnx" are the same: the reader makes it ""
  std::string name;
  std::string overload;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes;
  std::string doc;
  std::vector<StringPair> metadata;
  std::string unknown;
  Form form;

  const Attribute* find(std::string_view attribute) const;
  Attribute* find(std::string_view attribute);
  void set(Attribute attribute);  // replaces one of that name
  void remove(std::string_view attribute);
  std::int64_t int_or(std::string_view attribute, std::int64_t otherwise) const;
  float float_or(std::string_view attribute, float otherwise) const;
  std::string string_or(std::string_view attribute, std::string_view otherwise) const;
  std::vector<std::int64_t> ints_or(std::string_view attribute, std::vector<std::int64_t> otherwise) const;
  const std::string& input(std::size_t index) const;  // "" beyond the end
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;  // every node after those whose outputs it reads
  std::vector<Tensor> initializers;
  std::vector<SparseTensor> sparse_initializers;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::vector<ValueInfo> values;  // value_info: what is known of values in between
  std::string doc;
  std::string quantization;  // quantization_annotation entries, as bytes
  std::vector<StringPair> metadata;
  std::string unknown;
  Form form;

  const Tensor* find_initializer(std::string_view name) const;
  // Inputs that the caller has to give: those that no initializer has.
  std::vector<const ValueInfo*> required_inputs() const;
};

struct Opset {
  std::string domain;
  std::int64_t version = 0;
  std::string unknown;
  Form form;
};

struct Function {
  std::string name;
  std::string domain;
  std::string overload;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> attributes;  // names without a default
  std::vector<Attribute> attribute_defaults;
  std::vector<Node> nodes;
  std::vector<ValueInfo> values;
  std::vector<Opset> opsets;
  std::string doc;
  std::vector<StringPair> metadata;
  std::string unknown;
  Form form;
};

struct Model {
  std::int64_t ir_version = 0;
  std::vector<Opset> opsets;
  std::string producer;
  std::string producer_version;
  std::string domain;
  std::int64_t model_version = 0;
  std::string doc;
  Graph graph;
  std::vector<StringPair> metadata;
  std::vector<Function> functions;
  std::string training;  // training_info entries, as bytes
  std::string unknown;
  Form form;

  std::int64_t opset(std::string_view of_domain = "") const;  // 0 if it is not imported
  void set_opset(std::int64_t version);                       // of the default domain
};

}  // namespace zooport::onnx
