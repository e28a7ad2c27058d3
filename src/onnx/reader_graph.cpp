#include "onnx/reader.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

// The field of AttributeProto that holds the value of a type; 0 for an unknown type.
std::uint32_t field_of(AttributeType type) {
  static constexpr std::uint32_t kFields[] = {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 22, 23, 14, 15};
  const auto index = static_cast<std::int64_t>(type);
  return index > 0 && index < static_cast<std::int64_t>(std::size(kFields)) ? kFields[index] : 0;
}

AttributeType type_of(std::uint32_t field) {
  for (std::int32_t type = 1; type <= static_cast<std::int32_t>(AttributeType::kTypes); ++type) {
    if (field_of(AttributeType{type}) == field) return AttributeType{type};
  }
  return AttributeType::kUndefined;
}

}  // namespace

void Reader::read(Message in, const Field& whole, Attribute& out) {
  std::int32_t type = 0;
  std::uint32_t value_field = 0;
  for (Field field; in.next(field);) {
    if (type_of(field.number) != AttributeType::kUndefined) {
      if (value_field != 0 && value_field != field.number) {
        in.fail("onnx.attribute-mixed", concat("attribute '", printable(out.name), "' has values of two types"), field);
      }
      value_field = field.number;
    }
    switch (field.number) {
      case 1: in.text(field, out.name, out.form); break;
      case 2: in.real(field, out.f, out.form); break;
      case 3: in.integer(field, out.i, out.form); break;
      case 4: in.text(field, out.s, out.form); break;
      case 5: read(in.single(field), field, out.tensors.emplace_back()); break;
      case 6: read(in.single(field), out.graphs.emplace_back()); break;
      case 7:
        in.reals(field, out.floats);
        Message::note_packing(field, Message::Packed::kNo, out.form);
        break;
      case 8:
        in.integers(field, out.ints);
        Message::note_packing(field, Message::Packed::kNo, out.form);
        break;
      case 9: in.text(field, out.strings); break;
      case 10: read(in.each(field), field, out.tensors.emplace_back()); break;
      case 11: read(in.each(field), out.graphs.emplace_back()); break;
      case 13: in.text(field, out.doc, out.form); break;
      case 14:
        if (in.once(field, wire::Type::kBytes)) out.types.emplace_back(in.payload_text(field));
        break;
      case 15: in.text(field, out.types); break;
      case 20: in.integer32(field, type, out.form); break;
      case 21: in.text(field, out.reference, out.form); break;
      case 22: read(in.single(field), field, out.sparse_tensors.emplace_back()); break;
      case 23: read(in.each(field), field, out.sparse_tensors.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
  if (!in.ok()) return;
  out.type = static_cast<AttributeType>(type);
  if (type == 0 && value_field != 0) {
    out.type = type_of(value_field);
    out.form.without_type = true;
  }
  if (value_field != 0 && field_of(out.type) != value_field) {
    in.fail("onnx.attribute-mixed",
            concat("attribute '", printable(out.name), "' says type ", type, " and has a value in field ", value_field),
            whole);
  }
}

void Reader::read(Message in, Node& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: in.text(field, out.inputs); break;
      case 2: in.text(field, out.outputs); break;
      case 3: in.text(field, out.name, out.form); break;
      case 4: in.text(field, out.op, out.form); break;
      case 5: read(in.each(field), field, out.attributes.emplace_back()); break;
      case 6: in.text(field, out.doc, out.form); break;
      case 7: domain(in, field, out.domain, out.form); break;
      case 8: in.text(field, out.overload, out.form); break;
      case 9: read(in.each(field), out.metadata.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
  if (++source_.operators > source_.limits.graph_nodes) {
    source_.fail(
        "onnx.too-many-operators",
        concat("the graph has more than ", source_.limits.graph_nodes, " operators; limits.graph_nodes raises this"), 0,
        source_.file.size());
  }
}

void Reader::read(Message in, Graph& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: read(in.each(field), out.nodes.emplace_back()); break;
      case 2: in.text(field, out.name, out.form); break;
      case 5: read(in.each(field), field, out.initializers.emplace_back()); break;
      case 10: in.text(field, out.doc, out.form); break;
      case 11: read(in.each(field), out.inputs.emplace_back()); break;
      case 12: read(in.each(field), out.outputs.emplace_back()); break;
      case 13: read(in.each(field), out.values.emplace_back()); break;
      case 14: in.keep(field, out.quantization); break;
      case 15: read(in.each(field), field, out.sparse_initializers.emplace_back()); break;
      case 16: read(in.each(field), out.metadata.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
}

void Reader::read(Message in, Function& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: in.text(field, out.name, out.form); break;
      case 4: in.text(field, out.inputs); break;
      case 5: in.text(field, out.outputs); break;
      case 6: in.text(field, out.attributes); break;
      case 7: read(in.each(field), out.nodes.emplace_back()); break;
      case 8: in.text(field, out.doc, out.form); break;
      case 9: read(in.each(field), out.opsets.emplace_back()); break;
      case 10: domain(in, field, out.domain, out.form); break;
      case 11: read(in.each(field), field, out.attribute_defaults.emplace_back()); break;
      case 12: read(in.each(field), out.values.emplace_back()); break;
      case 13: in.text(field, out.overload, out.form); break;
      case 14: read(in.each(field), out.metadata.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
}

}  // namespace zooport::onnx
