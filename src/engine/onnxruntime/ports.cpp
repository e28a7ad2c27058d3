#include "engine/onnxruntime/ports.hpp"

#include "engine/onnxruntime/status.hpp"
#include "zooport/base/text.hpp"

namespace zooport::engine::ort {

namespace {

using tensor::Dtype;

struct Pair {
  int element;
  Dtype dtype;
};
constexpr Pair kPairs[] = {{1, Dtype::kFloat32},  {2, Dtype::kUint8},    {3, Dtype::kInt8},    {4, Dtype::kUint16},
                           {5, Dtype::kInt16},    {6, Dtype::kInt32},    {7, Dtype::kInt64},   {9, Dtype::kBool},
                           {10, Dtype::kFloat16}, {11, Dtype::kFloat64}, {12, Dtype::kUint32}, {13, Dtype::kUint64}};

enum class Side : std::uint8_t { kInput, kOutput };

Result<Port> port_at(const Api& api, const Handle* session, Side side, std::size_t index) {
  Port port;
  Allocator* allocator = nullptr;
  ZOOPORT_ORT_LOAD(api, api.default_allocator(&allocator));
  char* name = nullptr;
  ZOOPORT_ORT_LOAD(api, side == Side::kInput ? api.input_name(session, index, allocator, &name)
                                             : api.output_name(session, index, allocator, &name));
  port.name = name;
  take(api, api.free_with(allocator, name));

  TypeInfo* raw = nullptr;
  ZOOPORT_ORT_LOAD(api,
                   side == Side::kInput ? api.input_type(session, index, &raw) : api.output_type(session, index, &raw));
  const OwnedTypeInfo type(raw, {&api});
  const TensorInfo* info = nullptr;
  ZOOPORT_ORT_LOAD(api, api.cast_to_tensor_info(type.get(), &info));
  if (!info) {
    return make_error(ErrorKind::kUnsupported, "engine.port-type",
                      concat("the network's ", printable(port.name), " is no tensor but a list or map"));
  }
  int element = 0;
  ZOOPORT_ORT_LOAD(api, api.element_type(info, &element));
  ZOOPORT_TRY_ASSIGN(port.dtype, dtype_of_element(element, port.name));
  std::size_t rank = 0;
  ZOOPORT_ORT_LOAD(api, api.dimension_count(info, &rank));
  port.shape.resize(rank);
  if (rank > 0) ZOOPORT_ORT_LOAD(api, api.dimensions(info, port.shape.data(), rank));
  return port;
}

Result<std::vector<Port>> ports(const Api& api, const Handle* session, Side side) {
  std::size_t count = 0;
  ZOOPORT_ORT_LOAD(api, side == Side::kInput ? api.input_count(session, &count) : api.output_count(session, &count));
  std::vector<Port> ports;
  for (std::size_t i = 0; i < count; ++i) {
    ZOOPORT_TRY_ASSIGN(Port port, port_at(api, session, side, i));
    ports.push_back(std::move(port));
  }
  return ports;
}

}  // namespace

int element_of(Dtype dtype) {
  for (const Pair& pair : kPairs) {
    if (pair.dtype == dtype) return pair.element;
  }
  return 0;
}

Result<Dtype> dtype_of_element(int element, std::string_view port) {
  for (const Pair& pair : kPairs) {
    if (pair.element == element) return pair.dtype;
  }
  return make_error(ErrorKind::kUnsupported, "engine.port-type",
                    concat("the network's ", printable(port), " has elements of ONNX type ", element,
                           ", which zooport does not compute with"));
}

Result<std::vector<Port>> input_ports(const Api& api, const Handle* session) {
  return ports(api, session, Side::kInput);
}

Result<std::vector<Port>> output_ports(const Api& api, const Handle* session) {
  return ports(api, session, Side::kOutput);
}

Result<void> check_input(const Port& port, const tensor::View& given) {
  bool fits = given.dtype == port.dtype;
  // No axes: a scalar, or a network that declares no shape. The library does not tell which.
  if (!port.shape.empty()) {
    fits = fits && given.shape.size() == port.shape.size();
    for (std::size_t i = 0; fits && i < port.shape.size(); ++i) {
      fits = port.shape[i] < 0 || port.shape[i] == given.shape[i];
    }
  }
  if (fits) return {};
  return make_error(
      ErrorKind::kUsage, "engine.input-mismatch",
      concat("the network's input ", printable(port.name), " takes ", tensor::name_of(port.dtype), " ",
             shape_text(port.shape), ", found ", tensor::name_of(given.dtype), " ", shape_text(given.shape)));
}

}  // namespace zooport::engine::ort
