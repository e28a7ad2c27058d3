#include "czann/xml.hpp"

#include <algorithm>
#include <cstdint>
#include <pugixml.hpp>

#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error xml_error(std::string id, std::string message, std::optional<Span> span) {
  Error error = make_error(ErrorKind::kInvalid, std::move(id), std::move(message));
  error.what.span = span;
  return error;
}

Error limit_error(std::string id, std::string_view name, std::uint64_t limit) {
  return make_error(ErrorKind::kInvalid, std::move(id),
                    concat("more than ", limit, ' ', name, "; raise the limit `", name, "` to read it"));
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string local_name(const char* name) {
  const std::string_view whole = name;
  const std::size_t colon = whole.find(':');
  return std::string(colon == whole.npos ? whole : whole.substr(colon + 1));
}

// The name in `encoding="…"` of a declaration, in lower case; empty if there is none.
std::string declared_encoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  const std::string_view declaration = text.substr(0, std::min(text.find("?>"), text.size()));
  std::size_t at = declaration.find("encoding");
  if (at == declaration.npos) return {};
  at = declaration.find_first_of("\"'", at);
  if (at == declaration.npos) return {};
  const std::size_t end = declaration.find(declaration[at], at + 1);
  return end == declaration.npos ? std::string() : to_lower(declaration.substr(at + 1, end - at - 1));
}

// A text of 16-bit units as UTF-8, with U+FFFD for halves of pairs.
std::string from_utf16(std::string_view bytes, std::size_t low) {
  std::string out;
  const auto unit = [&](std::size_t i) {
    const auto at = [&](std::size_t j) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[j])); };
    return at(i + low) | at(i + 1 - low) << 8;
  };
  const auto put = [&](std::uint32_t code) {
    if (code < 0x80) {
      out += static_cast<char>(code);
      return;
    }
    if (code < 0x800) {
      out += static_cast<char>(0xC0 | code >> 6);
    } else {
      if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
      } else {
        out += static_cast<char>(0xF0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 63));
      }
      out += static_cast<char>(0x80 | (code >> 6 & 63));
    }
    out += static_cast<char>(0x80 | (code & 63));
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t code = unit(i);
    if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size() && (unit(i + 2) & 0xFC00) == 0xDC00) {
      code = 0x10000 + ((code & 0x3FF) << 10) + (unit(i + 2) & 0x3FF);
      i += 2;
    } else if (code >= 0xD800 && code < 0xE000) {
      code = 0xFFFD;
    }
    put(code);
  }
  return out;
}

std::string from_latin1(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 63));
    }
  }
  return out;
}

struct Decoded {
  std::string utf8;
  std::size_t offset = 0;  // of utf8 in the text that was given
  bool has_places = true;
};

Error wrong_encoding(std::string message, std::optional<Span> span = {}) {
  return xml_error("czann.xml-encoding", std::move(message), span);
}

Result<Decoded> decode(std::string_view text) {
  Decoded decoded;
  const auto utf16 = [&](std::size_t low) -> Result<Decoded> {
    decoded.has_places = false;
    decoded.utf8 = from_utf16(text.substr(2), low);
    const std::string said = declared_encoding(decoded.utf8);
    if (!said.empty() && !said.starts_with("utf-16"))
      return wrong_encoding(concat("the XML is UTF-16 and says that it is ", printable(said, 40)));
    return std::move(decoded);
  };
  if (text.starts_with("\xFF\xFE")) return utf16(0);
  if (text.starts_with("\xFE\xFF")) return utf16(1);
  if (text.starts_with(kByteOrderMark)) decoded.offset = kByteOrderMark.size();
  text.remove_prefix(decoded.offset);
  const std::string said = declared_encoding(text);
  if (said == "iso-8859-1" || said == "latin1" || said == "latin-1") {
    decoded.has_places = false;
    decoded.utf8 = from_latin1(text);
    return decoded;
  }
  if (!said.empty() && said != "utf-8" && said != "utf8" && said != "us-ascii" && said != "ascii")
    return wrong_encoding(concat("the XML says that it is ", printable(said, 40),
                                 "; expected UTF-8, UTF-16 with a byte-order mark, or ISO-8859-1"));
  if (!is_valid_utf8(text)) return wrong_encoding("the XML is no valid UTF-8, which it says or seems to be");
  decoded.utf8 = std::string(text);
  return decoded;
}

// Characters that XML 1.0 has no place for.
std::size_t find_forbidden(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return i;
    if (byte == 0xEF && i + 2 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) == 0xBF &&
        static_cast<unsigned char>(utf8[i + 2]) >= 0xBE)
      return i;
  }
  return utf8.npos;
}

// Turns what pugixml has read into our tree, and refuses what it lets pass although it is no XML.
class Builder {
 public:
  // `source` is the text as it was before pugixml decoded `buffer` in place.
  Builder(std::string_view source, const std::string& buffer, const Decoded& decoded, const Limits& limits)
      : source_(source), buffer_(buffer), decoded_(decoded), limits_(limits) {}

  Result<XmlElement> build(const pugi::xml_document& document) {
    pugi::xml_node root;
    for (const pugi::xml_node& node : document.children()) {
      if (node.type() == pugi::node_doctype) {
        const std::string_view declared = node.value();
        if (declared.find("<!ENTITY") != declared.npos)
          return xml_error("czann.xml-entities",
                           "the XML defines entities of its own in a DOCTYPE; they are never expanded: write what they "
                           "stand for",
                           place(offset_of(node.value()), declared.size()));
      } else if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
        return syntax("text outside of the root element", node.offset_debug());
      } else if (node.type() == pugi::node_element) {
        if (root) return syntax("a second root element", node.offset_debug());
        root = node;
      }
    }
    if (!root) return syntax("no element", 0);
    return element(root, 1);
  }

  Error syntax(std::string_view what, std::ptrdiff_t at) const {
    return xml_error("czann.xml-syntax", concat("no well-formed XML: ", what), place(at, 1));
  }

 private:
  std::optional<Span> place(std::ptrdiff_t begin, std::size_t size) const {
    if (!decoded_.has_places || begin < 0) return std::nullopt;
    const std::size_t from = std::min(static_cast<std::size_t>(begin), source_.size());
    const std::size_t to = std::min(from + size, source_.size());
    return Span{decoded_.offset + from, decoded_.offset + to};
  }

  // Strings of a tree that was read in place point into the buffer.
  std::ptrdiff_t offset_of(const char* text) const {
    const bool is_inside = text >= buffer_.data() && text <= buffer_.data() + buffer_.size();
    return is_inside ? text - buffer_.data() : -1;
  }

  std::string_view raw(std::ptrdiff_t begin, std::string_view ends) const {
    if (begin < 0 || static_cast<std::size_t>(begin) > source_.size()) return {};
    const std::string_view rest = source_.substr(static_cast<std::size_t>(begin));
    return rest.substr(0, std::min(rest.find_first_of(ends), rest.size()));
  }

  // pugixml leaves references that it does not know as they stand.
  Result<void> references(std::string_view text, std::ptrdiff_t begin) const {
    for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
      const std::size_t end = text.find(';', at);
      const std::string_view name = end == text.npos ? std::string_view() : text.substr(at + 1, end - at - 1);
      const bool is_known = name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "apos";
      if (is_known) continue;
      if (name.size() < 2 || name[0] != '#')
        return xml_error("czann.xml-entities", "the XML refers to an entity that nobody defines",
                         place(begin + static_cast<std::ptrdiff_t>(at), name.size() + 2));
      const bool is_hex = name[1] == 'x';
      const std::string_view digits = name.substr(is_hex ? 2 : 1);
      const auto is_digit = [&](char c) {
        return (c >= '0' && c <= '9') || (is_hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
      };
      std::uint64_t code = 0;
      for (const char c : digits)
        code = std::min<std::uint64_t>(
            code * (is_hex ? 16 : 10) + static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10), 0x110000);
      const bool is_character = code == 9 || code == 10 || code == 13 || (code >= 0x20 && code < 0xD800) ||
                                (code >= 0xE000 && code < 0xFFFE) || (code >= 0x10000 && code < 0x110000);
      if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit) || !is_character)
        return syntax("a reference to no character", begin + static_cast<std::ptrdiff_t>(at));
    }
    return {};
  }

  Result<void> attributes(const pugi::xml_node& node, XmlElement& element) {
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      const std::ptrdiff_t begin = offset_of(attribute.value());
      const char quote = begin > 0 ? source_[static_cast<std::size_t>(begin) - 1] : '"';
      const std::string_view text = raw(begin, std::string_view(&quote, 1));
      ZOOPORT_TRY(references(text, begin));
      if (text.find('<') != text.npos) return syntax("'<' in the value of an attribute", begin);
      const std::string_view name = attribute.name();
      for (const pugi::xml_attribute& other : node.attributes()) {
        if (other == attribute) break;
        if (name == other.name())
          return syntax(concat("the attribute ", printable(name, 40), " twice in one element"), begin);
      }
      // Declarations of namespaces are no data.
      if (name == "xmlns" || name.starts_with("xmlns:")) continue;
      element.attributes.push_back({local_name(attribute.name()), attribute.value(), place(begin, text.size())});
    }
    return {};
  }

  Result<XmlElement> element(const pugi::xml_node& node, std::size_t depth) {
    if (depth > limits_.depth) return limit_error("limits.depth", "depth", limits_.depth);
    XmlElement element;
    element.name = local_name(node.name());
    const std::ptrdiff_t begin = node.offset_debug() - 1;
    element.span = place(begin, start_tag_size(begin));
    constexpr std::size_t kMostAttributes = 100;
    const auto count = std::distance(node.attributes_begin(), node.attributes_end());
    if (static_cast<std::size_t>(count) > kMostAttributes) return syntax("too many attributes in one element", begin);
    ZOOPORT_TRY(attributes(node, element));
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() == pugi::node_element) {
        ZOOPORT_TRY_ASSIGN(XmlElement built, this->element(child, depth + 1));
        element.children.push_back(std::move(built));
      } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        const std::ptrdiff_t at = offset_of(child.value());
        const std::string_view text = child.type() == pugi::node_pcdata ? raw(at, "<") : child.value();
        if (child.type() == pugi::node_pcdata) ZOOPORT_TRY(references(text, at));
        const std::string_view core = trimmed(text);
        if (!element.text_span && !core.empty())
          element.text_span = place(at + (core.data() - text.data()), core.size());
        element.text += child.value();
      }
    }
    element.text = std::string(trimmed(element.text));
    return element;
  }

  std::size_t start_tag_size(std::ptrdiff_t begin) const {
    char quote = 0;
    for (std::size_t i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(begin, 0)); i < source_.size(); ++i) {
      const char c = source_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i + 1 - static_cast<std::size_t>(begin);
      }
    }
    return 1;
  }

  std::string_view source_;
  const std::string& buffer_;
  const Decoded& decoded_;
  const Limits& limits_;
};

std::string escaped(std::string_view value, std::string_view also) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\r') {
      out += "&#13;";
    } else if (c == '"' && also.find(c) != also.npos) {
      out += "&quot;";
    } else if (c == '\n' && also.find(c) != also.npos) {
      out += "&#10;";
    } else if (c == '\t' && also.find(c) != also.npos) {
      out += "&#09;";
    } else if (find_forbidden(value.substr(i, 3)) == 0) {
      out += "\xEF\xBF\xBD";
      if (static_cast<unsigned char>(c) == 0xEF) i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  for (const XmlElement& element : children)
    if (element.name == child) return &element;
  return nullptr;
}

const XmlAttribute* XmlElement::attribute(std::string_view wanted) const {
  for (const XmlAttribute& candidate : attributes)
    if (candidate.name == wanted) return &candidate;
  return nullptr;
}

Result<XmlElement> read_xml(std::string_view text, const Limits& limits) {
  if (text.size() > limits.document_bytes)
    return limit_error("limits.document_bytes", "document_bytes", limits.document_bytes);
  ZOOPORT_TRY_ASSIGN(const Decoded decoded, decode(text));
  // A node costs pugixml at least one '<', an attribute one '=': so what it may allocate is known before it starts.
  const auto markup =
      std::count_if(decoded.utf8.begin(), decoded.utf8.end(), [](char c) { return c == '<' || c == '='; });
  if (static_cast<std::size_t>(markup) > limits.nodes) return limit_error("limits.nodes", "nodes", limits.nodes);
  std::string buffer = decoded.utf8;
  const Builder builder_for_errors(decoded.utf8, buffer, decoded, limits);
  if (const std::size_t at = find_forbidden(decoded.utf8); at != std::string::npos)
    return builder_for_errors.syntax("a control character", static_cast<std::ptrdiff_t>(at));
  // The parser does not see a single character at the end.
  if (const std::size_t last = decoded.utf8.find_last_not_of(" \t\r\n");
      last != std::string::npos && decoded.utf8[last] != '>')
    return builder_for_errors.syntax("it does not end with a tag", static_cast<std::ptrdiff_t>(last));
  pugi::xml_document document;
  constexpr unsigned kFlags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute | pugi::parse_eol |
                              pugi::parse_doctype | pugi::parse_fragment;
  const pugi::xml_parse_result read =
      document.load_buffer_inplace(buffer.data(), buffer.size(), kFlags, pugi::encoding_utf8);
  if (!read) return builder_for_errors.syntax(to_lower(read.description()), read.offset);
  return Builder(decoded.utf8, buffer, decoded, limits).build(document);
}

std::string xml_text(std::string_view value) { return escaped(value, ""); }
std::string xml_attribute(std::string_view value) { return escaped(value, "\"\n\t"); }

}  // namespace zooport::czann
