#include "engine/isolated/messages.hpp"

#include <algorithm>

namespace zooport::engine::isolated {
namespace {

constexpr std::size_t kMostRank = 64;

// Numbers are little-endian, eight bytes each; lists and texts begin with their size.
class Encoder {
 public:
  void number(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xff);
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  void shape(const tensor::Shape& shape) {
    number(shape.size());
    for (const std::int64_t size : shape) number(static_cast<std::uint64_t>(size));
  }
  void dtype(tensor::Dtype dtype) { number(static_cast<std::uint64_t>(dtype)); }
  void ports(const std::vector<Port>& ports) {
    number(ports.size());
    for (const Port& port : ports) {
      text(port.name);
      dtype(port.dtype);
      shape(port.shape);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view head) : rest_(head) {}

  std::uint64_t number() {
    if (rest_.size() < 8) return fail();
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)])} << (8 * i);
    rest_.remove_prefix(8);
    return value;
  }
  // How many things of at least eight bytes follow.
  std::size_t count(std::size_t most = kMostHeadBytes / 8) {
    const std::uint64_t value = number();
    return value > most || value > rest_.size() / 8 ? fail() : static_cast<std::size_t>(value);
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) return fail(), std::string();
    std::string value(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(value.size());
    return value;
  }
  tensor::Shape shape() {
    tensor::Shape shape(count(kMostRank));
    for (std::int64_t& size : shape) size = static_cast<std::int64_t>(number());
    return shape;
  }
  tensor::Shape sized_shape() {
    tensor::Shape read = shape();
    const std::int64_t elements = tensor::element_count(read);
    if (elements < 0 || elements > INT64_MAX / 16) fail();
    return read;
  }
  tensor::Dtype dtype() {
    const std::uint64_t value = number();
    if (value > static_cast<std::uint64_t>(tensor::Dtype::kFloat64)) fail();
    return ok_ ? static_cast<tensor::Dtype>(value) : tensor::Dtype::kFloat32;
  }
  std::vector<Port> ports() {
    std::vector<Port> ports(count());
    for (Port& port : ports) {
      port.name = text();
      port.dtype = dtype();
      port.shape = shape();
      if (!ok_) break;
    }
    return ports;
  }
  std::uint64_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  bool is_done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

template <class T>
std::optional<T> if_done(const Decoder& decoder, T value) {
  return decoder.is_done() ? std::optional<T>(std::move(value)) : std::nullopt;
}

// Ids are printed as they are.
bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

}  // namespace

std::string encode(const Hello& hello) {
  Encoder out;
  out.text(hello.name);
  out.text(hello.version);
  out.text(hello.path);
  out.number(hello.providers.size());
  for (const std::string& provider : hello.providers) out.text(provider);
  return out.take();
}

std::optional<Hello> decode_hello(std::string_view head) {
  Decoder in(head);
  Hello hello{in.text(), in.text(), in.text(), {}};
  hello.providers.resize(in.count());
  for (std::string& provider : hello.providers) provider = in.text();
  return if_done(in, std::move(hello));
}

std::string encode(const Load& load) {
  Encoder out;
  out.number(load.options.threads);
  out.text(load.options.device);
  out.number(load.options.use_arena ? 1 : 0);
  out.number(load.options.optimization == Optimization::kAll ? 1 : 0);
  out.number(load.memory);
  out.number(load.model_bytes);
  out.number(load.options.fixed.size());
  for (const FixedInput& input : load.options.fixed) {
    out.text(input.name);
    out.dtype(input.dtype);
    out.shape(input.shape);
  }
  return out.take();
}

std::optional<Load> decode_load(std::string_view head) {
  Decoder in(head);
  Load load;
  load.options.threads = static_cast<unsigned>(in.number());
  load.options.device = in.text();
  load.options.use_arena = in.number() != 0;
  load.options.optimization = in.number() != 0 ? Optimization::kAll : Optimization::kNone;
  load.memory = in.number();
  load.model_bytes = in.number();
  load.options.fixed.resize(in.count());
  for (FixedInput& input : load.options.fixed) {
    input.name = in.text();
    input.dtype = in.dtype();
    input.shape = in.sized_shape();
  }
  return if_done(in, std::move(load));
}

std::string encode(const Loaded& loaded) {
  Encoder out;
  out.ports(loaded.inputs);
  out.ports(loaded.outputs);
  out.text(loaded.provider);
  return out.take();
}

std::optional<Loaded> decode_loaded(std::string_view head) {
  Decoder in(head);
  Loaded loaded;
  loaded.inputs = in.ports();
  loaded.outputs = in.ports();
  loaded.provider = in.text();
  return if_done(in, std::move(loaded));
}

std::string encode(const Tensors& tensors) {
  Encoder out;
  out.number(tensors.heads.size());
  for (const Tensors::Head& head : tensors.heads) {
    out.dtype(head.dtype);
    out.shape(head.shape);
  }
  return out.take();
}

std::optional<Tensors> decode_tensors(std::string_view head) {
  Decoder in(head);
  Tensors tensors;
  tensors.heads.resize(in.count());
  for (Tensors::Head& of : tensors.heads) {
    of.dtype = in.dtype();
    of.shape = in.sized_shape();
  }
  return if_done(in, std::move(tensors));
}

std::string encode(const Error& error) {
  Encoder out;
  out.number(static_cast<std::uint64_t>(error.kind));
  out.text(error.what.id);
  out.text(error.what.message);
  out.text(error.what.help);
  return out.take();
}

std::optional<Error> decode_error(std::string_view head) {
  Decoder in(head);
  const std::uint64_t kind = in.number();
  const std::string id = in.text();
  Error error = make_error(static_cast<ErrorKind>(kind), id, in.text());
  error.what.help = in.text();
  if (kind > static_cast<std::uint64_t>(ErrorKind::kCancelled) || !is_id(id)) return std::nullopt;
  return if_done(in, std::move(error));
}

}  // namespace zooport::engine::isolated
