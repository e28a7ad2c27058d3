#include "onnx/reader.hpp"

#include "zooport/base/text.hpp"

namespace zooport::onnx {

Reader::Reader(const Bytes& file, const ReadOptions& options)
    : source_{file, options.limits, 0, 0, std::nullopt}, options_(options) {}

Result<Model> Reader::run() {
  if (source_.file.size() > options_.limits.model_bytes) {
    source_.fail(
        "onnx.too-large",
        concat("the file is larger than ", size_text(options_.limits.model_bytes), "; limits.model_bytes raises this"),
        0, source_.file.size());
    return std::move(*source_.error);
  }
  Model model;
  read(Message(source_), model);
  if (source_.error) return std::move(*source_.error);
  return model;
}

void Reader::read(Message in, Model& out) {
  bool graph = false;
  for (Field field; in.next(field);) {
    switch (field.number) {
      case 1: in.integer(field, out.ir_version, out.form); break;
      case 2: in.text(field, out.producer, out.form); break;
      case 3: in.text(field, out.producer_version, out.form); break;
      case 4: in.text(field, out.domain, out.form); break;
      case 5: in.integer(field, out.model_version, out.form); break;
      case 6: in.text(field, out.doc, out.form); break;
      case 7:
        graph = true;
        read(in.single(field), out.graph);
        break;
      case 8: read(in.each(field), out.opsets.emplace_back()); break;
      case 14: read(in.each(field), out.metadata.emplace_back()); break;
      case 20:
        in.keep(field, out.training);
        skim(in.each(field));
        break;
      case 25: read(in.each(field), out.functions.emplace_back()); break;
      default: in.keep(field, out.unknown);
    }
  }
  if (in.ok() && !graph) {
    source_.fail("onnx.no-graph", "this is no ONNX model: it holds no graph", 0, source_.file.size());
  }
}

Result<Model> read_model(const Bytes& file, const ReadOptions& options) { return Reader(file, options).run(); }

}  // namespace zooport::onnx
