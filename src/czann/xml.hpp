#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"

// Small XML texts as trees. Nothing is fetched and no entity is defined by a document.
namespace zooport::czann {

struct XmlAttribute {
  std::string name;  // without a namespace prefix
  std::string value;
  std::optional<Span> span;  // of the value
};

// An element. Places are bytes of the text that was given; none if that was not UTF-8.
struct XmlElement {
  std::string name;  // without a namespace prefix
  std::string text;  // its own, without white space at either end
  std::vector<XmlAttribute> attributes;
  std::vector<XmlElement> children;
  std::optional<Span> span;       // of the start tag
  std::optional<Span> text_span;  // of the text; none if there is none

  const XmlElement* find(std::string_view child) const;  // the first of that name
  const XmlAttribute* attribute(std::string_view name) const;
  std::optional<Span> place() const { return text_span ? text_span : span; }
};

// The root element. UTF-8, and what else a declaration or byte-order mark names (UTF-16, Latin-1). Errors (kInvalid):
// czann.xml-syntax (not well-formed), czann.xml-encoding, czann.xml-entities (a DOCTYPE that defines entities), and
// the limits document_bytes, depth and nodes.
Result<XmlElement> read_xml(std::string_view text, const Limits& limits);

// Escaped as Python's ElementTree does, so that text comes out the same byte for byte. A carriage return in a text is
// written so that it survives reading, which ElementTree does not care for; what XML cannot hold becomes U+FFFD.
std::string xml_text(std::string_view value);
std::string xml_attribute(std::string_view value);

}  // namespace zooport::czann
