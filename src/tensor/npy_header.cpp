#include <array>
#include <charconv>
#include <optional>

#include "tensor/npy_literal.hpp"
#include "zooport/base/text.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::tensor {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kRank = 64;            // NumPy's own limit
constexpr std::size_t kAlignment = 64;       // of the data, in bytes
constexpr std::size_t kGrowthDigits = 21;    // NumPy leaves room for the first dimension to grow in place
constexpr std::string_view kKinds = "biuf";  // bool, int, uint, float

Error invalid(std::string id, std::string message) {
  return make_error(ErrorKind::kInvalid, std::move(id), std::move(message));
}

Error unsupported_dtype(std::string_view descr, std::string_view what) {
  return make_error(
      ErrorKind::kUnsupported, "npy.dtype",
      concat("elements of type '", printable(descr), "' (", what,
             ") are not numbers that zooport computes with; save the array as bool, an integer or a float "
             "type of at most 64 bits"));
}

std::string_view kind_name(char kind) {
  switch (kind) {
    case 'O': return "pickled Python objects, which are never loaded";
    case 'c': return "complex numbers";
    case 'S':
    case 'a':
    case 'U': return "text";
    case 'V': return "raw or structured records";
    case 'M':
    case 'm': return "dates or durations";
    default: return "not known";
  }
}

Result<void> read_descr(std::string_view descr, NpyHeader& header) {
  std::string_view rest = descr;
  if (!rest.empty() && std::string_view("<>|=").find(rest.front()) != std::string_view::npos) {
    if (rest.front() == '>') header.byte_order = ByteOrder::kBig;
    rest.remove_prefix(1);
  }
  if (rest == "?") rest = "b1";
  if (const auto named = dtype_named(rest)) {
    header.dtype = *named;
    return {};
  }
  if (rest.empty() || kKinds.find(rest.front()) == std::string_view::npos)
    return unsupported_dtype(descr, rest.empty() ? "empty" : kind_name(rest.front()));
  constexpr std::array<std::string_view, 12> kCodes{"b1", "i1", "u1", "i2", "u2", "i4",
                                                    "u4", "i8", "u8", "f2", "f4", "f8"};
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (kCodes[i] != rest) continue;
    header.dtype = static_cast<Dtype>(i);
    return {};
  }
  return unsupported_dtype(descr, "not known");
}

Result<void> check_shape(const NpyHeader& header) {
  if (header.shape.size() > kRank)
    return invalid("npy.shape", concat("an array of ", header.shape.size(), " dimensions; NumPy allows ", kRank));
  const std::int64_t count = element_count(header.shape);
  if (count < 0 || count > INT64_MAX / static_cast<std::int64_t>(size_of(header.dtype)))
    return invalid("npy.shape", concat("the shape ", shape_text(header.shape), " has more elements than can exist"));
  return {};
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

std::uint64_t NpyHeader::data_size() const { return static_cast<std::uint64_t>(element_count(shape)) * size_of(dtype); }

bool is_npy(std::span<const std::byte> start) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  return text.starts_with(kMagic);
}

Result<NpyHeader> read_npy_header(std::span<const std::byte> bytes, const Limits& limits) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic)) return invalid("npy.magic", "not an NPY file: it does not start with \\x93NUMPY");
  if (text.size() < 10) return invalid("npy.truncated", "the file ends inside the NPY header");
  const auto major = static_cast<unsigned char>(text[6]);
  const auto minor = static_cast<unsigned char>(text[7]);
  if (major < 1 || major > 3 || minor != 0) {
    return make_error(ErrorKind::kUnsupported, "npy.version",
                      concat("NPY version ", static_cast<int>(major), ".", static_cast<int>(minor),
                             "; versions 1.0, 2.0 and 3.0 are read"));
  }
  const std::size_t length_size = major == 1 ? 2 : 4;
  const std::size_t start = kMagic.size() + 2 + length_size;
  if (text.size() < start) return invalid("npy.truncated", "the file ends inside the NPY header");
  const std::uint64_t length = little_endian(text.substr(8, length_size));
  if (length > limits.document_bytes) {
    return invalid("npy.header-too-long",
                   concat("an NPY header of ", size_text(length), " exceeds limits.document_bytes (",
                          size_text(limits.document_bytes), "); raise that limit to read it"));
  }
  if (length > text.size() - start)
    return invalid("npy.truncated", concat("the header claims ", length, " bytes, the file has ", text.size() - start));

  NpyHeader header;
  header.data_offset = start + static_cast<std::size_t>(length);
  ZOOPORT_TRY_ASSIGN(const NpyLiteral literal, parse_npy_literal(text.substr(start, static_cast<std::size_t>(length))));
  if (literal.structured) return unsupported_dtype("[...]", "structured records");
  ZOOPORT_TRY(read_descr(literal.descr, header));
  header.memory_order = literal.fortran_order ? MemoryOrder::kFortran : MemoryOrder::kC;
  header.shape = literal.shape;
  ZOOPORT_TRY(check_shape(header));
  return header;
}

std::string npy_header(Dtype dtype, const Shape& shape) {
  constexpr std::array<std::string_view, 12> kDescr{"|b1", "|i1", "|u1", "<i2", "<u2", "<i4",
                                                    "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"};
  std::string text =
      concat("{'descr': '", kDescr[static_cast<std::size_t>(dtype)], "', 'fortran_order': False, 'shape': (");
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += concat(i > 0 ? " " : "", shape[i], i + 1 < shape.size() || i == 0 ? "," : "");
  text += "), }";
  if (!shape.empty()) {
    const std::size_t digits = std::to_string(shape[0]).size();
    text.append(kGrowthDigits > digits ? kGrowthDigits - digits : 0, ' ');
  }
  const std::size_t prefix = kMagic.size() + 4;
  text.append(kAlignment - (prefix + text.size() + 1) % kAlignment, ' ');
  text += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\0';
  header += static_cast<char>(text.size() & 0xffu);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

}  // namespace zooport::tensor
