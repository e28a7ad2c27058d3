#include "zooport/doc/value.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

void take_scalar(const Node& node, Value& value) {
  switch (node.kind) {
    case Kind::kBoolean: value.boolean = boolean_of(node); return;
    case Kind::kReal: value.real = real_of(node); return;
    case Kind::kBytes: value.text = bytes_of(node); return;
    case Kind::kInteger: {
      if (const auto integer = integer_of(node)) {
        value.integer = *integer;
        return;
      }
      value.text = node.text;
      std::erase(value.text, '_');
      if (value.text.starts_with('+')) value.text.erase(0, 1);
      return;
    }
    case Kind::kString:
    case Kind::kDate:
    case Kind::kTime: value.text = node.text; return;
    default: return;
  }
}

// One text per key, whatever notation the document chose.
std::string key_text(const Node& node) {
  Node key;
  key.kind = node.key_kind;
  key.text = node.key;
  Value value;
  take_scalar(key, value);
  switch (key.kind) {
    case Kind::kNull: return "null";
    case Kind::kBoolean: return value.boolean ? "true" : "false";
    case Kind::kInteger: return value.text.empty() ? std::to_string(value.integer) : value.text;
    default: return std::string(node.key);
  }
}

bool same_real(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

}  // namespace

Value Value::from(const Node& node) {
  Value value = of_kind(node.kind);
  take_scalar(node, value);
  value.children.reserve(node.children.size());
  for (const Node& child : node.children) {
    Value& copy = value.children.emplace_back(from(child));
    if (node.kind != Kind::kMapping) continue;
    copy.key = key_text(child);
    copy.key_kind = child.key_kind;
  }
  return value;
}

Value Value::sequence(std::vector<Value> items) {
  Value value = of_kind(Kind::kSequence);
  value.children = std::move(items);
  return value;
}

Value Value::of_kind(Kind kind, std::string text) {
  Value value;
  value.kind = kind;
  value.text = std::move(text);
  return value;
}

const Value* Value::find(std::string_view name) const {
  const auto found = std::find_if(children.begin(), children.end(), [&](const Value& child) {
    return child.key_kind == Kind::kString && child.key == name;
  });
  return kind == Kind::kMapping && found != children.end() ? &*found : nullptr;
}

Value* Value::find(std::string_view name) { return const_cast<Value*>(std::as_const(*this).find(name)); }

Value& Value::set(std::string_view name, Value value) {
  value.key = name;
  value.key_kind = Kind::kString;
  if (Value* known = find(name)) {
    *known = std::move(value);
  } else {
    children.push_back(std::move(value));
  }
  return *this;
}

void Value::write(JsonWriter& out) const {
  switch (kind) {
    case Kind::kNull: return out.null();
    case Kind::kBoolean: return out.boolean(boolean);
    case Kind::kInteger: {
      if (text.empty()) return out.integer(integer);
      Node node;
      node.kind = kind;
      node.text = text;
      return out.node(node);
    }
    case Kind::kReal: return out.real(real);
    case Kind::kString:
    case Kind::kDate:
    case Kind::kTime: return out.string(text);
    case Kind::kBytes: {
      out.open('[');
      for (const char byte : text) out.integer(static_cast<unsigned char>(byte));
      return out.close(']');
    }
    case Kind::kSet:
    case Kind::kSequence: {
      out.open('[');
      for (const Value& child : children) child.write(out);
      return out.close(']');
    }
    case Kind::kMapping: {
      out.open('{');
      for (const Value& child : children) out.key(child.key), child.write(out);
      return out.close('}');
    }
  }
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.text != b.text || a.children.size() != b.children.size()) return false;
  if (a.kind == Kind::kBoolean) return a.boolean == b.boolean;
  if (a.kind == Kind::kInteger) return !a.text.empty() || a.integer == b.integer;
  if (a.kind == Kind::kReal) return same_real(a.real, b.real);
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    const Value& one = a.children[i];
    const Value& other = b.children[i];
    if (a.kind == Kind::kMapping && (one.key_kind != other.key_kind || one.key != other.key)) return false;
    if (!(one == other)) return false;
  }
  return true;
}

}  // namespace zooport::doc
