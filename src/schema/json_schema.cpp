#include "zooport/schema/json_schema.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"
#include "zooport/schema/facts.hpp"

namespace zooport::schema {
namespace {

using Kind = TypeFacts::Kind;

// Numbers as the reference takes them from text.
constexpr std::string_view kBlanks = "\\s*";
constexpr std::string_view kDigits = "[0-9]+(?:_[0-9]+)*";

class Writer {
 public:
  Writer(const ObjectType& root, const JsonSchemaOptions& options) : json_(options.layout) {
    json_.open('{');
    json_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
    if (!options.id.empty()) json_.member("$id", options.id);
    json_.member("title", options.title.empty() ? root.name() : options.title);
    node(root, Place::kRoot);
    json_.key("$defs");
    json_.open('{');
    // Grows while it is written: definitions refer to others.
    for (std::size_t i = 0; i < definitions_.size(); ++i) {
      const Definition definition = definitions_[i];
      json_.key(definition.name);
      json_.open('{');
      if (definition.type)
        body(definition.type->facts());
      else
        lax_scalar(definition.name);
      json_.close('}');
    }
    json_.close('}');
    json_.close('}');
  }
  std::string take() { return std::move(json_.text()); }

 private:
  enum class Place : std::uint8_t { kRoot, kDefinition };
  struct Definition {
    std::string name;
    const Type* type;  // null: a scalar of its own
  };

  // {"$ref": …} without its braces.
  void refer(std::string_view name, const Type* type) {
    const auto is_it = [&](const Definition& known) { return known.name == name; };
    if (std::none_of(definitions_.begin(), definitions_.end(), is_it))
      definitions_.push_back({std::string(name), type});
    json_.member("$ref", concat("#/$defs/", name));
  }

  void schema_of(const Type& type) {
    json_.open('{');
    members_of(type);
    json_.close('}');
  }

  void members_of(const Type& type) {
    const TypeFacts facts = type.facts();
    facts.name.empty() ? body(facts) : refer(facts.name, &type);
  }

  void body(const TypeFacts& facts) {
    switch (facts.kind) {
      case Kind::kAny: return;
      case Kind::kText: return text(facts);
      case Kind::kInteger: return number("Integer", facts);
      case Kind::kReal: return number(facts.may_be_infinite ? "NumberOrInfinity" : "Number", facts);
      case Kind::kBoolean: return refer("Boolean", nullptr);
      case Kind::kChoice: return choices(facts.choices);
      case Kind::kList:
      case Kind::kPair: return list(facts);
      case Kind::kNullable: return any_of(facts, "null");
      case Kind::kMap:
        json_.member("type", "object");
        json_.key("additionalProperties");
        return schema_of(*facts.parts.front());
      case Kind::kUnion: return facts.tag_key.empty() ? any_of(facts, "") : tagged(facts);
      case Kind::kNode: {
        const auto& object = *static_cast<const ObjectType*>(facts.parts.front());
        json_.member("title", facts.name);
        return node(object, Place::kDefinition);
      }
    }
  }

  void text(const TypeFacts& facts) {
    if (!facts.name.empty()) json_.member("title", facts.name);
    if (!facts.name.empty() && !facts.doc.empty()) json_.member("description", sentence(facts.doc));
    if (!facts.choices.empty()) return choices(facts.choices);
    json_.member("type", "string");
    // Lengths of texts with a pattern hold for what is made of them.
    if (facts.patterns.empty() && facts.at_least > 0) json_.member("minLength", facts.at_least);
    if (facts.patterns.empty() && facts.at_most != TypeFacts::kUnbounded) json_.member("maxLength", facts.at_most);
    if (facts.patterns.size() == 1) json_.member("pattern", facts.patterns.front());
    if (facts.patterns.size() > 1) {
      json_.key("allOf");
      json_.open('[');
      for (const std::string& pattern : facts.patterns) {
        json_.open('{');
        json_.member("pattern", pattern);
        json_.close('}');
      }
      json_.close(']');
    }
    if (!facts.expected.empty()) json_.member("$comment", concat("expected: ", facts.expected));
  }

  void choices(std::span<const std::string_view> names) {
    json_.key("enum");
    json_.open('[');
    for (const std::string_view name : names) json_.string(name);
    json_.close(']');
  }

  void number(std::string_view name, const TypeFacts& facts) {
    if (facts.is_strict)
      json_.member("type", facts.kind == Kind::kInteger ? "integer" : "number");
    else
      refer(name, nullptr);
    if (facts.least > -TypeFacts::kInfinity) json_.member("minimum", static_cast<std::int64_t>(facts.least));
    if (facts.above > -TypeFacts::kInfinity) json_.member("exclusiveMinimum", facts.above);
    if (facts.up_to < TypeFacts::kInfinity) json_.member("maximum", facts.up_to);
    if (facts.step > 0) json_.member("multipleOf", facts.step);
    if (!facts.is_strict && facts.above >= 0 && facts.up_to < 1)  // true and false are 1 and 0
      json_.key("not"), json_.open('{'), json_.member("type", "boolean"), json_.close('}');
  }

  // The body of a number or truth value that may stand in the document as another kind.
  void lax_scalar(std::string_view name) {
    const auto alternative = [&](std::string_view keyword, const auto& value, std::string_view type) {
      json_.open('{');
      if (!type.empty()) json_.member("type", type);
      json_.member(keyword, value);
      json_.close('}');
    };
    const bool is_boolean = name == "Boolean", is_integer = name == "Integer";
    json_.member("description", is_boolean   ? "true or false, or a word or number that means it"
                                : is_integer ? "A whole number; text that is one is taken as well."
                                             : "A number; text that is one is taken as well.");
    json_.key("anyOf");
    json_.open('[');
    if (is_boolean) {
      alternative("type", "boolean", "");
      json_.open('{'), json_.key("enum"), json_.open('['), json_.integer(0), json_.integer(1);
      json_.close(']'), json_.close('}');
      alternative(
          "pattern",
          "^(?:[01]|[tTfFyYnN]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF])$",
          "string");
    } else {
      alternative("type", is_integer ? "integer" : "number", "");
      alternative("type", "boolean", "");
      const std::string sign = concat("^", kBlanks, "[+-]?");
      if (is_integer) {
        alternative("pattern", concat(sign, kDigits, "(?:\\.0+(?:_0+)*)?", kBlanks, "$"), "string");
      } else {
        const std::string finite =
            concat("(?:", kDigits, "(?:\\.(?:", kDigits, ")?)?|\\.", kDigits, ")(?:[eE][+-]?", kDigits, ")?");
        const std::string_view infinite = name == "Number" ? "" : "|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN]";
        alternative("pattern", concat(sign, "(?:", finite, infinite, ")", kBlanks, "$"), "string");
      }
    }
    json_.close(']');
  }

  void list(const TypeFacts& facts) {
    json_.member("type", "array");
    json_.key("items");
    schema_of(*facts.parts.front());
    if (facts.at_least > 0) json_.member("minItems", facts.at_least);
    if (facts.at_most != TypeFacts::kUnbounded) json_.member("maxItems", facts.at_most);
  }

  void any_of(const TypeFacts& facts, std::string_view or_type) {
    json_.key("anyOf");
    json_.open('[');
    for (const Type* part : facts.parts) schema_of(*part);
    if (!or_type.empty()) json_.open('{'), json_.member("type", or_type), json_.close('}');
    json_.close(']');
  }

  // The tag decides which member's schema holds, so that messages speak of that one only.
  void tagged(const TypeFacts& facts) {
    const auto with_tag = [&](const auto& write) {
      json_.key("properties");
      json_.open('{'), json_.key(facts.tag_key), json_.open('{'), write(), json_.close('}'), json_.close('}');
      json_.key("required"), json_.open('['), json_.string(facts.tag_key), json_.close(']');
    };
    json_.member("type", "object");
    std::vector<std::string_view> tags;
    for (const Type* part : facts.parts) tags.push_back(static_cast<const ObjectType*>(part)->tag());
    with_tag([&] { choices(tags); });
    json_.key("allOf");
    json_.open('[');
    for (std::size_t i = 0; i < tags.size(); ++i) {
      json_.open('{');
      json_.key("if"), json_.open('{');
      with_tag([&] { json_.member("const", tags[i]); });
      json_.close('}');
      json_.key("then");
      schema_of(*facts.parts[i]);
      json_.close('}');
    }
    json_.close(']');
  }

  void node(const ObjectType& object, Place place) {
    const TypeFacts facts = object.facts();
    json_.member("description", sentence(facts.doc));
    json_.member("type", "object");
    const auto fields = object.documented_fields();
    std::vector<std::string_view> required;
    json_.key("properties");
    json_.open('{');
    if (!object.tag_key().empty()) {
      required.push_back(object.tag_key());
      json_.key(object.tag_key()), json_.open('{'), json_.member("const", object.tag()), json_.close('}');
    }
    for (const auto& view : fields) {
      field(view);
      if (view.field.is_required && (!view.field.is_filled_in || place == Place::kRoot))
        required.push_back(view.field.name);
    }
    json_.close('}');
    if (!required.empty()) {
      json_.key("required");
      json_.open('[');
      for (const std::string_view name : required) json_.string(name);
      json_.close(']');
    }
    json_.key("additionalProperties");
    json_.boolean(object.unknown() != Unknown::kForbidden);
    more_members(object.schema());
  }

  void field(const ObjectType::FieldView& view) {
    const Field& field = view.field;
    json_.key(field.name);
    json_.open('{');
    json_.member("description",
                 field.about.empty() ? sentence(field.doc) : concat(sentence(field.doc), " ", field.about));
    if (!field.is_required && !field.has_no_default) json_.key("default"), field.type().write(view.fallback, json_);
    if (!field.example.empty()) example(field.example);
    if (field.is_schema_whole) {
      // What it refers to has to be defined, too.
      Walked(*this).schema_of(field.type());
    } else {
      members_of(field.type());
    }
    more_members(field.schema);
    json_.close('}');
  }

  void example(std::string_view yaml) {
    const auto document = doc::read_yaml(concat("value: ", yaml, "\n"));
    assert(document && "an example of a table is no YAML");
    if (!document) return;
    json_.key("examples");
    json_.open('[');
    json_.node(*document->root().find("value"));
    json_.close(']');
  }

  // Members of a JSON object, without its braces.
  void more_members(std::string_view members) {
    if (members.empty()) return;
    const auto document = doc::read_json(concat("{", members, "}"));
    assert(document && "members of a table's JSON Schema are no JSON");
    if (!document) return;
    for (const doc::Node& member : document->root().children) json_.key(member.key), json_.node(member);
  }

  // Writes into nothing, and keeps the definitions that were asked for.
  class Walked {
   public:
    explicit Walked(Writer& writer) : writer_(writer), kept_(writer.json_) {}
    ~Walked() { writer_.json_ = kept_; }
    Walked(const Walked&) = delete;
    Walked& operator=(const Walked&) = delete;
    void schema_of(const Type& type) { writer_.json_ = doc::JsonWriter(), writer_.schema_of(type); }

   private:
    Writer& writer_;
    doc::JsonWriter kept_;
  };

  static std::string sentence(std::string_view words) {
    std::string text(words);
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    if (!text.empty() && text.back() != '.') text += '.';
    return text;
  }

  doc::JsonWriter json_;
  std::vector<Definition> definitions_;
};

}  // namespace

std::string json_schema(const ObjectType& root, const JsonSchemaOptions& options) {
  return Writer(root, options).take();
}

}  // namespace zooport::schema
