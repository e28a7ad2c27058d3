#include "onnx/element.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

// What is smaller than its entry in the file would gain nothing, and shapes are wanted at hand.
constexpr std::size_t kLeastBytes = 1024;
constexpr std::uint64_t kAlignment = 4096;

// Whether `raw` is as raw_data would have it.
bool can_stand_apart(const Tensor& tensor) {
  if (tensor.type == ElementType::kString || tensor.raw.size() < kLeastBytes) return false;
  const auto count = tensor::element_count(tensor.dims);
  const auto size = count < 0 ? std::nullopt : bytes_of(tensor.type, count);
  return size && *size == tensor.raw.size();
}

}  // namespace

Result<ModelWithData> with_data_file(const Model& model, const std::string& location) {
  ModelWithData out;
  out.model = model;
  for (Tensor& tensor : out.model.graph.initializers) {
    if (!can_stand_apart(tensor)) continue;
    const std::uint64_t offset = (out.data_size + kAlignment - 1) / kAlignment * kAlignment;
    const auto entry = [](const char* key, std::string value) { return StringPair{key, std::move(value), {}, {}}; };
    tensor.external = {entry("location", location), entry("offset", std::to_string(offset)),
                       entry("length", std::to_string(tensor.raw.size()))};
    out.data_size = offset + tensor.raw.size();
    out.blocks.push_back({offset, std::move(tensor.raw)});
    tensor.raw = {};
    tensor.source_field = kRawData;
    tensor.form = {};
  }
  const std::uint64_t size = written_size(out.model);
  if (size > kMostMessageBytes) {
    return make_error(ErrorKind::kUnsupported, "onnx.too-large-to-write",
                      concat("without its initialisers the model still has ", size_text(size),
                             ", and an ONNX file holds at most 2 GiB"));
  }
  return out;
}

}  // namespace zooport::onnx
