#include "onnx/reader.hpp"

namespace zooport::onnx {

void Reader::read(Message in, ValueInfo& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: in.text(field, out.name, out.form); break;
      case 2:
        out.form.present |= 1u << 2;
        read(in.single(field), out.type);
        break;
      case 3: in.text(field, out.doc, out.form); break;
      case 4: read(in.each(field), out.metadata.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
}

void Reader::read(Message in, ValueType& out) {
  bool tensor = false;
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1:
        tensor = true;
        out.form.present |= 1u << 1;
        read_tensor_type(in.single(field), out);
        break;
      case 4:  // sequence
      case 5:  // map
      case 7:  // opaque
      case 8:  // sparse tensor
      case 9:  // optional
        if (!out.other.empty()) in.fail("onnx.repeated-field", "a value has two types", field);
        in.keep(field, out.other);
        skim_holder(in.each(field));
        break;
      case 6: in.text(field, out.denotation, out.form); break;
      default: in.keep(field, out.unknown);
    }
    if (tensor && !out.other.empty()) in.fail("onnx.repeated-field", "a value has two types", field);
  }
}

void Reader::skim(Message in) {
  for (Field field; in.next(field);) continue;
}

void Reader::skim_holder(Message in) {
  for (Field field; in.next(field);)
    if (field.type == wire::Type::kBytes && (field.number == 1 || field.number == 2)) skim_type(in.each(field));
}

void Reader::skim_type(Message in) {
  for (Field field; in.next(field);) {
    if (field.type != wire::Type::kBytes) continue;
    if (field.number == 4 || field.number == 5 || field.number == 9) skim_holder(in.each(field));
    if (field.number == 1 || field.number == 7 || field.number == 8) skim(in.each(field));
  }
}

void Reader::read_tensor_type(Message in, ValueType& out) {
  for (Field field; in.next(field);) {
    if (field.number == 1) {
      std::int32_t element = 0;
      // Bit 1 says that there is a tensor type, bit 31 that it has an element type of 0.
      Form form;
      in.integer32(field, element, form);
      if (form.present != 0) out.form.present |= 1u << 31;
      out.element = static_cast<ElementType>(element);
    } else if (field.number == 2) {
      out.shape.emplace();
      read_shape(in.single(field), out);
    } else {
      in.keep(field, out.tensor_unknown);
    }
  }
}

void Reader::read_shape(Message in, ValueType& out) {
  for (Field field; in.next(field);) {
    if (field.number == 1) {
      read(in.each(field), out.shape->emplace_back());
    } else {
      in.keep(field, out.shape_unknown);
    }
  }
}

void Reader::read(Message in, Dimension& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: {
        std::int64_t value = 0;
        Form ignored;
        in.integer(field, value, ignored);
        out.value = value;
        break;
      }
      case 2: in.text(field, out.symbol, out.form); break;
      case 3: in.text(field, out.denotation, out.form); break;
      default: in.keep(field, out.unknown);
    }
    if (out.value && (!out.symbol.empty() || (out.form.present >> 2 & 1))) {
      in.fail("onnx.repeated-field", "an extent is a number and a name", field);
    }
  }
}

void Reader::read(Message in, StringPair& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: in.text(field, out.key, out.form); break;
      case 2: in.text(field, out.value, out.form); break;
      default: in.keep(field, out.unknown);
    }
  }
}

void Reader::domain(Message& in, const Field& field, std::string& out, Form& form) {
  in.text(field, out, form);
  if (out == "ai.onnx") {
    out.clear();
    form.long_domain = true;
  }
}

void Reader::read(Message in, Opset& out) {
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: domain(in, field, out.domain, out.form); break;
      case 2: in.integer(field, out.version, out.form); break;
      default: in.keep(field, out.unknown);
    }
  }
}

}  // namespace zooport::onnx
