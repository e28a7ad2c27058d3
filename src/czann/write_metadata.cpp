#include <utility>

#include "czann/czmodel/python_text.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/metadata.hpp"

namespace zooport::czann {
namespace {

// One line of JSON, item by item.
class ObjectWriter {
 public:
  void text(std::string_view key, std::string_view value) {
    begin(key);
    append_json_text(out_, value);
  }
  template <class T, class Append>
  void list(std::string_view key, const std::vector<T>& values, Append append_item) {
    if (values.empty()) return;
    begin(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ", ";
      append_item(out_, values[i]);
    }
    out_ += ']';
  }
  void json(std::string_view key, std::string_view value) {
    begin(key);
    out_ += value;
  }
  std::string finish() && { return std::move(out_) + "}"; }

 private:
  void begin(std::string_view key) {
    if (out_.size() > 1) out_ += ", ";
    append_json_text(out_, key);
    out_ += ": ";
  }
  std::string out_ = "{";
};

}  // namespace

std::string write_metadata(const Metadata& metadata) {
  const auto integer = [](std::string& out, std::int64_t value) { append(out, value); };
  const auto text = [](std::string& out, const std::string& value) { append_json_text(out, value); };
  ObjectWriter json;
  if (!metadata.format_version.empty()) json.text("FormatVersion", metadata.format_version);
  json.text("Id", metadata.id);
  json.text("Type", name_of(metadata.type));
  json.list("InputShape", metadata.input_shape, integer);
  json.list("OutputShape", metadata.output_shape, integer);
  json.list("MinOverlap", metadata.min_overlap, integer);
  json.list("Classes", metadata.classes, text);
  if (!metadata.name.empty()) json.text("ModelName", metadata.name);
  json.list("Scaling", metadata.scaling, append_json_real);
  for (const ExtraKey& key : metadata.extra) json.json(key.name, key.json);
  return std::move(json).finish();
}

}  // namespace zooport::czann
