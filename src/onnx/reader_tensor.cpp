#include <algorithm>
#include <charconv>
#include <cstring>

#include "onnx/element.hpp"
#include "onnx/reader.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

std::string what(const Tensor& tensor) {
  return tensor.name.empty() ? "a tensor" : concat("tensor '", printable(tensor.name), "'");
}

std::optional<std::uint64_t> decimal(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// Whether an element of a narrow type can be `value`.
bool fits(std::int64_t value, unsigned bits, bool with_sign) {
  if (bits >= 64) return true;
  if (with_sign) return value >= -(std::int64_t{1} << (bits - 1)) && value < (std::int64_t{1} << (bits - 1));
  return value >= 0 && value < (std::int64_t{1} << bits);
}

}  // namespace

void Reader::read(Message in, const Field& whole, Tensor& out) {
  Data data;
  std::int32_t type = 0;
  std::int64_t location = 0;
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1:
        in.integers(field, out.dims);
        Message::note_packing(field, Message::Packed::kNo, out.form);
        break;
      case 2: in.integer32(field, type, out.form); break;
      case 3:
        in.fail("onnx.tensor-segment", "a tensor in segments cannot be read; save the model again with a current onnx",
                field);
        break;
      case kStringData:
      case kRawData:
      case kFloatData:
      case kInt32Data:
      case kInt64Data:
      case kDoubleData:
      case kUint64Data: {
        const auto number = static_cast<std::int32_t>(field.number);
        if (data.number != 0 && data.number != number) {
          in.fail("onnx.tensor-two-sources", "a tensor has its elements in two fields", field);
        }
        data.number = number;
        if (in.count_small(field)) data.fields.push_back(field);
        break;
      }
      case 8: in.text(field, out.name, out.form); break;
      case 12: in.text(field, out.doc, out.form); break;
      case 13: read(in.each(field), out.external.emplace_back()); break;
      case 14:
        in.integer(field, location, out.form);
        if (location != 0 && location != 1) in.fail("onnx.data-location", "an unknown data_location", field);
        break;
      case 16: read(in.each(field), out.metadata.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
  if (!in.ok()) return;
  out.type = static_cast<ElementType>(type);
  data.external = location == 1;
  if (data.external == out.external.empty() || (data.external && data.number != 0)) {
    in.fail("onnx.external-data", concat(what(out), " is half inside the file and half outside"), whole);
    return;
  }
  take_data(in, whole, data, out);
}

void Reader::take_data(Message& in, const Field& whole, const Data& data, Tensor& out) {
  const std::int64_t count = count_of(out.dims);
  if (count < 0) {
    in.fail("onnx.tensor-dims", concat(what(out), " has the shape ", shape_text(out.dims), ", which cannot be"), whole);
    return;
  }
  const auto mismatch = [&](std::uint64_t found, const char* unit) {
    in.fail("onnx.tensor-size",
            concat(what(out), " of shape ", shape_text(out.dims), " and type ", name_of(out.type), " holds ", found,
                   " ", unit),
            whole);
  };
  if (out.type == ElementType::kString) {
    if (data.number != 0 && data.number != kStringData) {
      in.fail("onnx.tensor-field", concat(what(out), " of strings has its elements in field ", data.number), whole);
      return;
    }
    if (data.external) in.fail("onnx.external-data", concat(what(out), " of strings cannot be external"), whole);
    for (const Field& field : data.fields) in.text(field, out.strings);
    out.source_field = kStringData;
    if (in.ok() && out.strings.size() != static_cast<std::uint64_t>(count)) mismatch(out.strings.size(), "strings");
    return;
  }
  if (data.number != 0 && data.number != kRawData && data.number != data_field_of(out.type)) {
    in.fail("onnx.tensor-field",
            concat(what(out), " of type ", name_of(out.type), " has its elements in field ", data.number), whole);
    return;
  }
  const auto size = bytes_of(out.type, count);
  if (!size && bits_of(out.type) != 0) {
    in.fail("onnx.tensor-dims", concat(what(out), " of shape ", shape_text(out.dims), " is larger than any memory"),
            whole);
    return;
  }
  if (data.external) {
    if (size) return take_external(in, whole, *size, out);
    in.fail("onnx.tensor-type", concat(what(out), " has ", name_of(out.type), ", whose size is not known"), whole);
    return;
  }
  if (data.number != 0) out.source_field = data.number;
  if (data.number == kRawData) {
    for (const Field& field : data.fields) {
      if (!in.once(field, wire::Type::kBytes)) return;
      out.raw = in.payload(field);
      if (out.raw.empty()) out.form.present |= 1u << kRawData;
    }
  } else if (data.number == kInt32Data || data.number == kInt64Data || data.number == kUint64Data) {
    take_integers(in, data, out);
  } else if (data.number != 0) {
    // Floating numbers: packed ones are elements as they are.
    const unsigned width = data.number == kFloatData ? 4 : 8;
    const auto single = width == 4 ? wire::Type::kFixed32 : wire::Type::kFixed64;
    std::vector<std::byte> loose;
    for (const Field& field : data.fields) {
      Message::note_packing(field, Message::Packed::kYes, out.form);
      if (field.type == wire::Type::kBytes && (field.end - field.data) % width == 0) {
        if (data.fields.size() == 1) out.raw = in.payload(field);
        const auto part = in.payload(field);
        if (data.fields.size() > 1) loose.insert(loose.end(), part.span().begin(), part.span().end());
      } else if (field.type == single) {
        const auto* bytes = reinterpret_cast<const std::byte*>(&field.value);
        loose.insert(loose.end(), bytes, bytes + width);
      } else {
        in.fail("onnx.wire-type", concat("field ", field.number, " should hold floating numbers"), field);
        return;
      }
    }
    if (!loose.empty()) out.raw = Bytes(std::move(loose));
  }
  if (in.ok() && size && out.raw.size() != *size) mismatch(out.raw.size(), "bytes");
}

void Reader::take_integers(Message& in, const Data& data, Tensor& out) {
  std::vector<std::int64_t> values;
  for (const Field& field : data.fields) {
    Message::note_packing(field, Message::Packed::kYes, out.form);
    in.integers(field, values);
  }
  if (!in.ok() || values.empty()) return;
  // Elements of less than a byte come as whole bytes.
  const unsigned bits = std::max(bits_of(out.type), 8u);
  const bool as_is = data.number != kInt32Data && bits == 64;
  const bool with_sign = is_signed(out.type);
  std::vector<std::byte> bytes(values.size() * (bits / 8));
  std::byte* to = bytes.data();
  for (const std::int64_t value : values) {
    const bool bool_fits = out.type != ElementType::kBool || value == 0 || value == 1;
    if (!as_is && (!fits(value, bits, with_sign) || !bool_fits)) {
      in.fail("onnx.number-range", concat(what(out), " of ", name_of(out.type), " has an element ", value),
              data.fields.front());
      return;
    }
    std::memcpy(to, &value, bits / 8);
    to += bits / 8;
  }
  out.raw = Bytes(std::move(bytes));
}

void Reader::take_external(Message& in, const Field& whole, std::uint64_t size, Tensor& out) {
  std::string location;
  std::optional<std::uint64_t> offset = 0;
  std::optional<std::uint64_t> length = size;
  for (const char* key : {"location", "offset", "length"}) {
    const auto is_meant = [&](const StringPair& pair) { return pair.key == key; };
    if (std::count_if(out.external.begin(), out.external.end(), is_meant) < 2) continue;
    in.fail("onnx.external-data",
            concat(what(out), " says the ", key, " of its external data twice; readers would disagree on it"), whole);
    return;
  }
  for (const StringPair& pair : out.external) {
    if (pair.key == "location") location = pair.value;
    if (pair.key == "offset") offset = decimal(pair.value);
    if (pair.key == "length") length = decimal(pair.value);
  }
  const auto path = contained_location(location);
  if (!path) {
    in.fail("onnx.external-location",
            concat(what(out), " is in the file '", printable(location), "', which is not below the model's folder"),
            whole);
    return;
  }
  if (!offset || !length) {
    in.fail("onnx.external-data", concat(what(out), " has an offset or length that is no number"), whole);
    return;
  }
  if (*length != size) {
    in.fail("onnx.external-data",
            concat(what(out), " needs ", size, " bytes, and its external data declares ", *length), whole);
    return;
  }
  if (!options_.external) {
    in.fail("onnx.external-missing",
            concat(what(out), " is in the file '", printable(location), "', which was not given with the model"),
            whole);
    return;
  }
  auto known = external_.find(*path);
  if (known == external_.end()) {
    auto file = options_.external(*path);
    if (!file) {
      in.fail("onnx.external-missing",
              concat(what(out), " is in the file '", printable(location), "': ", file.error().what.message), whole);
      return;
    }
    external_bytes_ += file->size();
    known = external_.emplace(*path, std::move(file).value()).first;
  }
  if (external_bytes_ + source_.file.size() > options_.limits.model_bytes) {
    in.fail(
        "onnx.too-large",
        concat("the model is larger than ", size_text(options_.limits.model_bytes), "; limits.model_bytes raises this"),
        whole);
    return;
  }
  const Bytes& file = known->second;
  if (*offset > file.size() || size > file.size() - *offset) {
    in.fail("onnx.external-data",
            concat(what(out), " needs ", size, " bytes from ", *offset, " of '", printable(location), "', which has ",
                   file.size()),
            whole);
    return;
  }
  out.raw = file.slice(static_cast<std::size_t>(*offset), static_cast<std::size_t>(size));
  out.external.clear();
}

void Reader::read(Message in, const Field& whole, SparseTensor& out) {
  bool values = false;
  bool indices = false;
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: read(in.single(field), field, out.values), values = true; break;
      case 2: read(in.single(field), field, out.indices), indices = true; break;
      case 3:
        in.integers(field, out.dims);
        Message::note_packing(field, Message::Packed::kNo, out.form);
        break;
      default: in.keep(field, out.unknown);
    }
  }
  if (in.ok() && (!values || !indices)) {
    in.fail("onnx.sparse-tensor", "a sparse tensor lacks its values or its indices", whole);
  }
}

}  // namespace zooport::onnx
