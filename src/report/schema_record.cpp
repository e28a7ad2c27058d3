#include "zooport/report/schema_record.hpp"

#include "zooport/schema/json_schema.hpp"

namespace zooport::report {
namespace {

std::string schema_of(const schema::Format& format, doc::JsonWriter::Layout layout) {
  return schema::json_schema(format.root(), {.id = format.schema_id, .title = format.title, .layout = layout});
}

}  // namespace

std::string schema_text(const schema::Format& format) {
  return schema_of(format, doc::JsonWriter::Layout::kIndented) + "\n";
}

std::string schema_record(const schema::Format& format) {
  doc::JsonWriter json;
  json.open('{');
  json.member("name", format.name);
  json.member("format_version", format.version);
  json.key("schema");
  json.json(schema_of(format, doc::JsonWriter::Layout::kCompact));
  json.close('}');
  return std::move(json.text());
}

}  // namespace zooport::report
