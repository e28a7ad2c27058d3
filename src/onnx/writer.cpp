#include <algorithm>

#include "onnx/element.hpp"
#include "onnx/rope.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

using wire::has;
using wire::Rope;

// Templates below find only what is declared before them.
Rope message(const Tensor& in);
Rope message(const SparseTensor& in);
Rope message(const Dimension& in);
Rope message(const ValueInfo& in);
Rope message(const Attribute& in);
Rope message(const Node& in);
Rope message(const Graph& in);
Rope message(const Opset& in);
Rope message(const Function& in);

Rope message(const StringPair& in) {
  Rope out;
  out.some(1, in.key, in.form);
  out.some(2, in.value, in.form);
  out.append(in.unknown);
  return out;
}

template <class T>
void each(Rope& out, std::uint32_t number, const std::vector<T>& items) {
  for (const T& item : items) out.put(number, message(item));
}

void each(Rope& out, std::uint32_t number, const std::vector<std::string>& items) {
  for (const std::string& item : items) out.put(number, std::string_view(item));
}

void domain(Rope& out, std::uint32_t number, const std::string& name, const Form& form) {
  if (name.empty() && form.long_domain) {
    out.put(number, std::string_view("ai.onnx"));
  } else {
    out.some(number, name, form);
  }
}

// Elements in the field they came from, if that holds them all.
void elements(Rope& out, const Tensor& in) {
  const auto field = static_cast<std::uint32_t>(in.source_field);
  const bool packed = !has(in.form.repacked, field);
  const unsigned bits = std::max(bits_of(in.type), 8u);
  if (in.raw.empty()) return;
  if (!packed && (field == kFloatData || field == kDoubleData)) {
    const std::size_t width = field == kFloatData ? 4 : 8;
    for (std::size_t at = 0; at + width <= in.raw.size(); at += width) {
      out.tag(field, width == 4 ? 5 : 1);
      out.append(in.raw.text().substr(at, width));
    }
  } else if (field == kFloatData || field == kDoubleData) {
    out.put(field, in.raw);
  } else {
    std::vector<std::int64_t> values;
    const std::size_t width = bits / 8;
    values.reserve(in.raw.size() / width);
    for (std::size_t at = 0; at + width <= in.raw.size(); at += width) {
      std::uint64_t value = 0;
      std::copy_n(in.raw.data() + at, width, reinterpret_cast<std::byte*>(&value));
      if (is_signed(in.type) && width < 8 && (value >> (bits - 1) & 1)) value |= ~std::uint64_t{0} << bits;
      values.push_back(static_cast<std::int64_t>(value));
    }
    out.list(field, values, packed);
  }
}

Rope message(const Tensor& in) {
  Rope out;
  const bool as_numbers =
      in.source_field != kRawData && in.source_field == data_field_of(in.type) && in.type != ElementType::kString;
  const auto here = [&](std::int32_t field) {
    if (as_numbers && in.source_field == field) elements(out, in);
  };
  out.list(1, in.dims, has(in.form.repacked, 1));
  out.some(2, std::int64_t{static_cast<std::int32_t>(in.type)}, in.form);
  here(kFloatData);
  here(kInt32Data);
  each(out, kStringData, in.strings);
  here(kInt64Data);
  out.some(8, in.name, in.form);
  if (!as_numbers && (!in.raw.empty() || has(in.form.present, kRawData))) out.put(kRawData, in.raw);
  here(kDoubleData);
  here(kUint64Data);
  out.some(12, in.doc, in.form);
  each(out, 13, in.external);
  out.some(14, std::int64_t{in.external.empty() ? 0 : 1}, in.form);
  each(out, 16, in.metadata);
  out.append(in.unknown);
  return out;
}

Rope message(const SparseTensor& in) {
  Rope out;
  out.put(1, message(in.values));
  out.put(2, message(in.indices));
  out.list(3, in.dims, has(in.form.repacked, 3));
  out.append(in.unknown);
  return out;
}

Rope message(const Dimension& in) {
  Rope out;
  if (in.value) {
    out.put(1, *in.value);
  } else {
    out.some(2, in.symbol, in.form);
  }
  out.some(3, in.denotation, in.form);
  out.append(in.unknown);
  return out;
}

Rope message(const ValueType& in) {
  Rope out;
  const bool element = in.element != ElementType::kUndefined || has(in.form.present, 31);
  if (in.other.empty() && (element || in.shape || has(in.form.present, 1))) {
    Rope tensor;
    if (element) tensor.put(1, std::int64_t{static_cast<std::int32_t>(in.element)});
    if (in.shape) {
      Rope shape;
      each(shape, 1, *in.shape);
      shape.append(in.shape_unknown);
      tensor.put(2, std::move(shape));
    }
    tensor.append(in.tensor_unknown);
    out.put(1, std::move(tensor));
  }
  // `other` comes before the denotation only for sequences and maps; protobuf orders by field number.
  const auto first = in.other.empty() ? 0u : static_cast<unsigned>(static_cast<unsigned char>(in.other[0])) >> 3;
  if (first < 6) out.append(in.other);
  out.some(6, in.denotation, in.form);
  if (first >= 6) out.append(in.other);
  out.append(in.unknown);
  return out;
}

Rope message(const ValueInfo& in) {
  Rope out;
  out.some(1, in.name, in.form);
  Rope type = message(in.type);
  if (type.size() > 0 || has(in.form.present, 2)) out.put(2, std::move(type));
  out.some(3, in.doc, in.form);
  each(out, 4, in.metadata);
  out.append(in.unknown);
  return out;
}

Rope message(const Attribute& in) {
  Rope out;
  const auto is = [&](AttributeType type) { return in.type == type; };
  // A value of the type is written even if it is 0, except in a reference to another attribute.
  const bool own = in.reference.empty() && !in.form.without_type;
  out.some(1, in.name, in.form);
  own&& is(AttributeType::kFloat) ? out.put(2, in.f) : out.some(2, in.f, in.form);
  own&& is(AttributeType::kInt) ? out.put(3, in.i) : out.some(3, in.i, in.form);
  own&& is(AttributeType::kString) ? out.put(4, std::string_view(in.s)) : out.some(4, in.s, in.form);
  if (is(AttributeType::kTensor)) each(out, 5, in.tensors);
  if (is(AttributeType::kGraph)) each(out, 6, in.graphs);
  out.list(7, in.floats, has(in.form.repacked, 7));
  out.list(8, in.ints, has(in.form.repacked, 8));
  each(out, 9, in.strings);
  if (!is(AttributeType::kTensor)) each(out, 10, in.tensors);
  if (!is(AttributeType::kGraph)) each(out, 11, in.graphs);
  out.some(13, in.doc, in.form);
  each(out, is(AttributeType::kType) ? 14 : 15, in.types);
  if (!in.form.without_type) out.some(20, std::int64_t{static_cast<std::int32_t>(in.type)}, in.form);
  out.some(21, in.reference, in.form);
  each(out, is(AttributeType::kSparseTensor) ? 22 : 23, in.sparse_tensors);
  out.append(in.unknown);
  return out;
}

Rope message(const Node& in) {
  Rope out;
  each(out, 1, in.inputs);
  each(out, 2, in.outputs);
  out.some(3, in.name, in.form);
  out.some(4, in.op, in.form);
  each(out, 5, in.attributes);
  out.some(6, in.doc, in.form);
  domain(out, 7, in.domain, in.form);
  out.some(8, in.overload, in.form);
  each(out, 9, in.metadata);
  out.append(in.unknown);
  return out;
}

Rope message(const Graph& in) {
  Rope out;
  each(out, 1, in.nodes);
  out.some(2, in.name, in.form);
  each(out, 5, in.initializers);
  out.some(10, in.doc, in.form);
  each(out, 11, in.inputs);
  each(out, 12, in.outputs);
  each(out, 13, in.values);
  out.append(in.quantization);
  each(out, 15, in.sparse_initializers);
  each(out, 16, in.metadata);
  out.append(in.unknown);
  return out;
}

Rope message(const Opset& in) {
  Rope out;
  domain(out, 1, in.domain, in.form);
  out.some(2, in.version, in.form);
  out.append(in.unknown);
  return out;
}

Rope message(const Function& in) {
  Rope out;
  out.some(1, in.name, in.form);
  each(out, 4, in.inputs);
  each(out, 5, in.outputs);
  each(out, 6, in.attributes);
  each(out, 7, in.nodes);
  out.some(8, in.doc, in.form);
  each(out, 9, in.opsets);
  domain(out, 10, in.domain, in.form);
  each(out, 11, in.attribute_defaults);
  each(out, 12, in.values);
  out.some(13, in.overload, in.form);
  each(out, 14, in.metadata);
  out.append(in.unknown);
  return out;
}

Rope message(const Model& in) {
  Rope out;
  out.some(1, in.ir_version, in.form);
  out.some(2, in.producer, in.form);
  out.some(3, in.producer_version, in.form);
  out.some(4, in.domain, in.form);
  out.some(5, in.model_version, in.form);
  out.some(6, in.doc, in.form);
  out.put(7, message(in.graph));
  each(out, 8, in.opsets);
  each(out, 14, in.metadata);
  out.append(in.training);
  each(out, 25, in.functions);
  out.append(in.unknown);
  return out;
}

}  // namespace

Result<void> write_model(const Model& model, const Sink& sink) {
  const Rope rope = message(model);
  for (const Rope::Piece& piece : rope.pieces()) {
    if (!piece.text.empty()) ZOOPORT_TRY(sink(as_bytes(piece.text)));
    if (!piece.raw.empty()) ZOOPORT_TRY(sink(piece.raw.span()));
  }
  return {};
}

std::uint64_t written_size(const Model& model) { return message(model).size(); }

Result<Bytes> to_bytes(const Model& model) {
  const Rope rope = message(model);
  if (rope.size() > kMostMessageBytes) {
    return make_error(ErrorKind::kUnsupported, "onnx.too-large-to-write",
                      concat("the model has ", size_text(rope.size()), ", and one ONNX file holds at most 2 GiB"));
  }
  std::vector<std::byte> bytes;
  bytes.reserve(static_cast<std::size_t>(rope.size()));
  for (const Rope::Piece& piece : rope.pieces()) {
    const auto text = as_bytes(piece.text);
    bytes.insert(bytes.end(), text.begin(), text.end());
    bytes.insert(bytes.end(), piece.raw.span().begin(), piece.raw.span().end());
  }
  return Bytes(std::move(bytes));
}

}  // namespace zooport::onnx
