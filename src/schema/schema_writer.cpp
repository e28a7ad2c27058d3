#include "zooport/base/text.hpp"
#include "zooport/schema/type.hpp"

namespace zooport::schema {

void SchemaWriter::refer(std::string_view name, const Type& body) {
  bool is_known = false;
  for (const Definition& definition : definitions_) is_known = is_known || definition.body == &body;
  if (!is_known) definitions_.push_back({std::string(name), &body});
  json.open('{'), json.member("$ref", concat("#/$defs/", name)), json.close('}');
}

std::string SchemaWriter::schema_of(const Type& root) {
  SchemaWriter out;
  out.json.open('{');
  out.json.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.json.key("allOf"), out.json.open('['), root.describe(out), out.json.close(']');
  out.json.key("$defs"), out.json.open('{');
  // Grows while it is written: definitions refer to others.
  for (std::size_t i = 0; i < out.definitions_.size(); ++i) {
    const Definition definition = out.definitions_[i];
    out.json.key(definition.name);
    out.is_definition = true;
    definition.body->describe(out);
  }
  out.json.close('}'), out.json.close('}');
  return std::move(out.json.text());
}

}  // namespace zooport::schema
