#include "zooport/doc/yaml.hpp"

#include <yaml.h>

#include <algorithm>

#include "doc/builder.hpp"
#include "doc/resolve.hpp"
#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

bool has_ascii_only(std::string_view text) {
  // Without a way out in the middle the compiler takes many bytes at once.
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

// libyaml counts code points; spans are bytes. Marks come almost in order, so walking from the last answer is cheap.
class ByteOffsets {
 public:
  ByteOffsets(std::string_view text, std::size_t begin)
      : text_(text), begin_(begin), is_ascii_(has_ascii_only(text.substr(begin))), byte_(begin) {}
  bool is_ascii() const { return is_ascii_; }
  std::size_t operator()(const yaml_mark_t& mark) {
    if (is_ascii_) return std::min(begin_ + mark.index, text_.size());
    while (point_ < mark.index && byte_ < text_.size()) {
      do ++byte_;
      while (byte_ < text_.size() && is_inner(byte_));
      ++point_;
    }
    while (point_ > mark.index && byte_ > 0) {
      do --byte_;
      while (byte_ > 0 && is_inner(byte_));
      --point_;
    }
    return byte_;
  }

 private:
  bool is_inner(std::size_t byte) const { return (static_cast<unsigned char>(text_[byte]) & 0xC0) == 0x80; }
  std::string_view text_;
  const std::size_t begin_;
  const bool is_ascii_;
  std::size_t byte_;
  std::size_t point_ = 0;
};

std::string_view view(const yaml_char_t* text) { return text ? reinterpret_cast<const char*>(text) : ""; }

struct Parser : yaml_parser_t {
  Parser() { yaml_parser_initialize(this); }
  ~Parser() { yaml_parser_delete(this); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
};

struct Event : yaml_event_t {
  Event() : yaml_event_t{} {}
  ~Event() { yaml_event_delete(this); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
};

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

// Feeds libyaml's events to a Builder.
class YamlReader {
 public:
  YamlReader(std::string text, const Limits& limits)
      : limits_(limits),
        build_(std::move(text), limits),
        // libyaml is not shown a byte-order mark: it would take it for a column.
        begin_(build_.source().starts_with("\xEF\xBB\xBF") ? 3 : 0),
        offsets_(build_.source(), begin_) {}

  Result<Document> read() {
    const std::string_view source = build_.source();
    if (source.size() > limits_.document_bytes)
      return limit_error("limits.document_bytes", "document_bytes", limits_.document_bytes, {});
    if (!offsets_.is_ascii() && !is_valid_utf8(source)) return not_utf8(source);
    Parser parser;
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(source.data()) + begin_,
                                 source.size() - begin_);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    for (bool more = true; more && !build_.failure();) {
      Event event;
      if (!yaml_parser_parse(&parser, &event)) return syntax_error(parser);
      take(event);
      more = event.type != YAML_STREAM_END_EVENT;
    }
    if (!build_.failure()) check_tabs();
    if (build_.failure()) return *build_.failure();
    return std::move(build_).finish();
  }

 private:
  static Error not_utf8(std::string_view source) {
    std::size_t good = 0;
    // The longest valid beginning, by halves: each prefix check is linear.
    for (std::size_t step = source.size(); step > 0; step /= 2)
      while (good + step <= source.size() && is_valid_utf8(source.substr(0, good + step))) good += step;
    return document_error("yaml.encoding", {good, std::min(good + 1, source.size())},
                          "the text is not UTF-8 here; save it as UTF-8");
  }

  Error syntax_error(const Parser& parser) {
    const bool is_unreadable = parser.error == YAML_READER_ERROR;
    const std::size_t at = is_unreadable ? begin_ + parser.problem_offset : offsets_(parser.problem_mark);
    return document_error("yaml.syntax", {at, std::min(at + 1, build_.source().size())},
                          concat("the YAML is broken here: ", parser.problem ? parser.problem : "not readable"));
  }

  void fail(std::string id, Span span, std::string message) {
    build_.fail(document_error(std::move(id), span, std::move(message)));
  }

  void take(const yaml_event_t& event) {
    const Span span{offsets_(event.start_mark), offsets_(event.end_mark)};
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT: return start_document(event, span);
      case YAML_SCALAR_EVENT: return scalar(event.data.scalar, span);
      case YAML_ALIAS_EVENT: return build_.alias(view(event.data.alias.anchor), span);
      case YAML_SEQUENCE_START_EVENT: {
        const auto& start = event.data.sequence_start;
        flow_.push_back(start.style == YAML_FLOW_SEQUENCE_STYLE);
        return open_sequence(view(start.anchor), view(start.tag), span);
      }
      case YAML_MAPPING_START_EVENT: {
        const auto& start = event.data.mapping_start;
        flow_.push_back(start.style == YAML_FLOW_MAPPING_STYLE);
        return open_mapping(view(start.anchor), view(start.tag), span);
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: {
        // The end of a block collection is only seen at the token after it.
        const bool is_flow = flow_.back();
        flow_.pop_back();
        return build_.close(is_flow ? span.end : span.begin, is_flow ? Builder::End::kExact : Builder::End::kLastChild);
      }
      default: return;
    }
  }

  void start_document(const yaml_event_t& event, Span span) {
    if (++documents_ > 1) return fail("yaml.documents", span, "expected one document, found another behind ---");
    const yaml_version_directive_t* directive = event.data.document_start.version_directive;
    if (!directive) return;  // libyaml refuses what is neither 1.1 nor 1.2
    version_ = directive->minor == 1 ? YamlVersion::k11 : YamlVersion::k12;
  }

  void open_sequence(std::string_view anchor, std::string_view tag, Span span) {
    const std::string_view name = short_tag(tag);
    if (!tag.empty() && tag != "!" && name != "seq" && name != "omap" && name != "pairs") return unknown_tag(tag, span);
    build_.open(Kind::kSequence, span, std::string(anchor));
    if (build_.failure()) return;
    if (name == "omap") build_.set_form(Builder::Form::kOrderedMap);
    if (name == "pairs") build_.set_form(Builder::Form::kPairs);
  }

  void open_mapping(std::string_view anchor, std::string_view tag, Span span) {
    const std::string_view name = short_tag(tag);
    if (!tag.empty() && tag != "!" && name != "map" && name != "set") return unknown_tag(tag, span);
    build_.open(name == "set" ? Kind::kSet : Kind::kMapping, span, std::string(anchor));
  }

  static std::string_view short_tag(std::string_view tag) {
    return tag.starts_with(kTagPrefix) ? tag.substr(kTagPrefix.size()) : std::string_view();
  }
  void unknown_tag(std::string_view tag, Span span) {
    fail("yaml.tag", span, concat("the tag ", printable(tag), " does not belong here; write the value without it"));
  }

  void scalar(const decltype(yaml_event_t::data.scalar)& scalar, Span span) {
    const std::string_view value(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const std::string_view tag = view(scalar.tag);
    const bool is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (!is_plain) may_hold_tabs_.push_back(span);
    Node node;
    node.span = span;
    if (is_plain && tag.empty() && value == "<<" && build_.wants_key()) {
      node.text = "<<";
      return build_.merge_key(node);
    }
    if (is_plain && tag.empty() && (value == "<<" || value == "="))
      return fail("yaml.tag", span, concat("a plain ", value, " has a meaning of its own in YAML; put it in quotes"));
    const bool resolves = is_plain && (tag.empty() || tag == "!");
    node.kind = resolves ? resolve_plain(value, version_) : Kind::kString;
    // Most scalars stand in the source as they are: keep a view of it instead of a copy.
    node.text = build_.keep(value, span.begin + (is_plain ? 0 : 1));
    if (!tag.empty() && tag != "!" && !apply_tag(tag, node)) return;
    if (!finish_scalar(node)) return;
    build_.scalar(node, view(scalar.anchor));
  }

  // What an explicit tag makes of the text; false after a failure.
  bool apply_tag(std::string_view tag, Node& node) {
    const std::string_view name = short_tag(tag);
    const auto refuse = [&](std::string_view what) {
      fail("yaml.tag", node.span, concat("expected ", what, " behind !!", name, ", found ", printable(node.text, 60)));
      return false;
    };
    if (name == "str") {
      node.kind = Kind::kString;
    } else if (name == "null") {
      node.kind = Kind::kNull;
    } else if (name == "binary") {
      node.kind = Kind::kBytes;
    } else if (name == "int") {
      node.kind = Kind::kInteger;
      if (resolve_plain(node.text, version_) != Kind::kInteger) return refuse("an integer");
    } else if (name == "float") {
      const Kind kind = resolve_plain(node.text, version_);
      if (kind != Kind::kInteger && kind != Kind::kReal) return refuse("a number");
      node.kind = Kind::kReal;
      if (kind == Kind::kInteger) {
        Node integer = node;
        integer.kind = Kind::kInteger;
        node.text = build_.keep(number_text(real_of(integer)), node.span.begin);
      }
    } else if (name == "bool") {
      node.kind = Kind::kBoolean;
      if (node.text.empty() || resolve_plain(to_lower(node.text), YamlVersion::k11) != Kind::kBoolean)
        return refuse("a boolean");
    } else if (name == "timestamp") {
      node.kind = resolve_plain(node.text, version_);
      if (node.kind != Kind::kDate && node.kind != Kind::kTime) return refuse("a date");
    } else {
      unknown_tag(tag, node.span);
      return false;
    }
    return true;
  }

  // Values that have the form of their kind and still are none.
  bool finish_scalar(Node& node) {
    if (node.kind == Kind::kDate || node.kind == Kind::kTime) {
      const std::string problem = calendar_problem(node.text);
      if (problem.empty()) return true;
      fail("yaml.date", node.span, concat("no such date: ", problem, "; put it in quotes if it is a text"));
      return false;
    }
    if (node.kind == Kind::kInteger) {
      // The reference's language refuses to make an integer of more decimal digits.
      constexpr std::size_t kMostDigits = 4300;
      const bool is_decimal = node.text.find_first_of("xXbo") == std::string_view::npos;
      const auto digits = static_cast<std::size_t>(
          std::count_if(node.text.begin(), node.text.end(), [](char c) { return c >= '0' && c <= '9'; }));
      if (is_decimal && digits > kMostDigits) {
        fail("yaml.integer", node.span,
             concat("an integer of ", digits, " digits; more than ", kMostDigits,
                    " are not read: put it in quotes if it is a text"));
        return false;
      }
      if (digits == 0) {
        fail("yaml.integer", node.span, concat("expected digits, found ", printable(node.text, 60)));
        return false;
      }
    }
    if (version_ == YamlVersion::k11) {
      if (node.kind == Kind::kInteger) node.text = build_.keep(decimal_of_11(node.text), node.span.begin);
      if (node.kind == Kind::kReal) node.text = build_.keep(real_of_11(node.text), node.span.begin);
    }
    return true;
  }

  // Tabs are content in quoted and block scalars and in comments, and errors elsewhere, which libyaml lets pass.
  void check_tabs() {
    const std::string_view source = build_.source();
    auto scalar = may_hold_tabs_.begin();
    for (std::size_t at = source.find('\t'); at != std::string_view::npos; at = source.find('\t', at + 1)) {
      while (scalar != may_hold_tabs_.end() && scalar->end <= at) ++scalar;
      if (scalar != may_hold_tabs_.end() && scalar->begin <= at) continue;
      if (is_in_comment(source, at)) continue;
      return fail("yaml.tab", {at, at + 1}, "a tab outside of quotes; YAML wants spaces");
    }
  }

  // Only asked for places outside of quoted and block scalars.
  static bool is_in_comment(std::string_view source, std::size_t at) {
    const std::size_t line = source.rfind('\n', at) + 1;
    const std::string_view before = source.substr(line, at - line);
    for (std::size_t hash = before.find('#'); hash != std::string_view::npos; hash = before.find('#', hash + 1)) {
      const bool starts = hash == 0 || before[hash - 1] == ' ' || before[hash - 1] == '\t';
      const bool is_quoted =
          std::count(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(hash), '"') % 2 == 1;
      if (starts && !is_quoted) return true;
    }
    return false;
  }

  const Limits limits_;
  Builder build_;
  const std::size_t begin_;
  ByteOffsets offsets_;
  std::vector<bool> flow_;
  std::vector<Span> may_hold_tabs_;
  YamlVersion version_ = YamlVersion::k12;
  std::size_t documents_ = 0;
};

}  // namespace

Result<Document> read_yaml(std::string text, const Limits& limits) {
  return YamlReader(std::move(text), limits).read();
}

}  // namespace zooport::doc
