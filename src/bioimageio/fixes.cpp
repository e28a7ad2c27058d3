#include "bioimageio/fixes.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "bioimageio/license_names.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/yaml_writer.hpp"

namespace zooport::bioimageio {
namespace {

using doc::Kind;
using doc::Node;

// The node of the document that a finding speaks of; null where it speaks of another place.
const Node* node_of(const Node& root, const Diagnostic& finding) {
  const Node* node = &root;
  for (const Step& step : finding.path) {
    if (step.kind == Step::Kind::kLabel) continue;
    if (step.kind == Step::Kind::kKey) {
      node = node->kind == Kind::kMapping ? node->find(step.name) : nullptr;
    } else {
      node =
          node->kind == Kind::kSequence && step.index < node->children.size() ? &node->children[step.index] : nullptr;
    }
    if (!node) return nullptr;
  }
  return finding.span && node->span == *finding.span ? node : nullptr;
}

std::string_view last_key(const Path& path) {
  for (std::size_t i = path.size(); i-- > 0;)
    if (path[i].kind == Step::Kind::kKey) return path[i].name;
  return {};
}

bool is_scalar(const Node& node) { return !node.is_collection() && node.kind != Kind::kNull; }

// A text in the quotes of the one that it replaces, or in those that it needs.
std::string quoted_as(char quote, const std::string& text) {
  if (quote == '"') {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + '"';
  }
  if (quote == '\'') {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
    return quoted + '\'';
  }
  const auto plain = doc::yaml_flow(doc::Value(text));
  return plain.ok() ? *plain : text;
}

class Completer {
 public:
  explicit Completer(Description& description) : description_(description), text_(description.text()) {}

  void run() {
    drop_rival_renames();
    for (const Diagnostic& item : description_.diagnostics.items())
      if (item.is_alternative && item.span) other_readings_.insert(item.span->begin);
    for (Diagnostic& item : description_.diagnostics.items()) {
      if (!item.span || item.is_alternative) continue;
      if (item.fix) {
        keep_quotes(*item.fix);
        continue;
      }
      if (item.reference_type == "KeyError") name_tensors(item);
      const Node* node = node_of(*description_.root, item);
      if (!node || is_alias(*node)) continue;
      if (item.fix = fix_of(item, *node); item.fix) continue;
      show_namesakes(item, *node);
    }
  }

 private:
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  bool is_alias(const Node& node) const { return at(node.span.begin) == '*'; }

  // Of two keys that may both be a misspelling of a third, none is.
  void drop_rival_renames() {
    std::map<std::string, Fix*> renames;
    for (Diagnostic& item : description_.diagnostics.items()) {
      if (item.id != "bioimageio.unknown-field" || !item.fix || item.fix->edits.size() != 1) continue;
      // A converter's own key stands nowhere: its span is that of the value.
      const Span span = item.fix->edits[0].span;
      const std::string_view key = text_.substr(span.begin, span.end - span.begin);
      if (key.find(item.path.back().name) == key.npos || key.size() > item.path.back().name.size() + 2) {
        item.fix->edits.clear();
        continue;
      }
      Path path = item.path;
      path.back() = Step::key(item.fix->edits[0].text);
      const auto [rival, is_new] = renames.emplace(to_text(path), &*item.fix);
      if (is_new) continue;
      rival->second->edits.clear();
      item.fix->edits.clear();
    }
  }

  void keep_quotes(Fix& fix) const {
    for (Edit& edit : fix.edits) {
      const char quote = at(edit.span.begin);
      const bool is_quoted = (quote == '"' || quote == '\'') && edit.span.end > edit.span.begin + 1;
      if (is_quoted && edit.text.find_first_of("'\"[{") != 0) edit.text = quoted_as(quote, edit.text);
    }
  }

  Fix write(const Node& node, const std::string& value) const {
    return {concat("write '", printable(value, 60), "'"),
            {{node.span, quoted_as(is_scalar(node) ? at(node.span.begin) : '\0', value)}}};
  }

  std::optional<Fix> fix_of(const Diagnostic& item, const Node& node) const {
    const std::string_view field = last_key(item.path);
    if (field == "timestamp" && item.path.size() == 1 && is_scalar(node)) {
      const auto iso = iso_time_of(node.text);
      if (!iso) return std::nullopt;
      Fix fix = write(node, *iso);
      if (const char first = at(node.span.begin); first != '"' && first != '\'') fix.edits[0].text = *iso;
      return fix;
    }
    if (field == "license" && node.kind == Kind::kString && item.severity < Severity::kError) {
      const std::string_view id = current_license_for(node.text);
      if (!id.empty() && id != node.text) return write(node, std::string(id));
      return std::nullopt;
    }
    if (field == "doi" && node.kind == Kind::kString) return without_head(node, "10.", {"doi:", "doi.org/"});
    if (field == "orcid" && node.kind == Kind::kString) return orcid(node);
    if (is_about_text(item) && is_list_of_one_text(node)) return write(node, std::string(node.children[0].text));
    if (has_other_readings(item)) return std::nullopt;
    if (item.id == "bioimageio.list") return as_list(node);
    if (item.id == "bioimageio.string") return as_text(field, node);
    return std::nullopt;
  }

  // "https://www.doi.org/10.1234/x": what follows one of the heads, if it begins as it must.
  std::optional<Fix> without_head(const Node& node, std::string_view begin,
                                  std::initializer_list<std::string_view> heads) const {
    for (const std::string_view head : heads) {
      const std::size_t found = to_lower(node.text).find(head);
      if (found == std::string::npos) continue;
      std::string_view rest = node.text.substr(found + head.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(" /"), rest.size()));
      if (rest.starts_with(begin)) return write(node, std::string(rest));
    }
    return std::nullopt;
  }

  // The sixteen digits in groups of four, from a URL or a number without hyphens.
  std::optional<Fix> orcid(const Node& node) const {
    std::string_view rest = node.text;
    if (const std::size_t host = rest.find("orcid.org/"); host != rest.npos) rest.remove_prefix(host + 10);
    std::string digits;
    for (const char c : rest) {
      if (c == '-' || c == ' ' || c == '/') continue;
      if ((c < '0' || c > '9') && c != 'X' && c != 'x') return std::nullopt;
      digits += c == 'x' ? 'X' : c;
    }
    if (digits.size() != 16) return std::nullopt;
    for (const std::size_t place : {std::size_t{12}, std::size_t{8}, std::size_t{4}}) digits.insert(place, 1, '-');
    if (digits == node.text) return std::nullopt;
    return write(node, digits);
  }

  // A union's findings lie side by side: what one member refuses another may take.
  bool has_other_readings(const Diagnostic& item) const { return other_readings_.contains(item.span->begin); }

  // tags: nucleus → [nucleus]
  std::optional<Fix> as_list(const Node& node) const {
    if (node.kind != Kind::kString || node.text.empty() || node.text.find_first_of(",;\n") != node.text.npos)
      return std::nullopt;
    const char first = at(node.span.begin);
    const bool is_quoted = first == '"' || first == '\'';
    if (first == '|' || first == '>' || (!is_quoted && node.text.find_first_of("[]{}:#&*!%@`") != node.text.npos))
      return std::nullopt;
    return Fix{"write a list of one item",
               {{{node.span.begin, node.span.begin}, "["}, {{node.span.end, node.span.end}, "]"}}};
  }

  static bool is_about_text(const Diagnostic& item) {
    constexpr std::string_view kIds[] = {"bioimageio.string", "bioimageio.url", "bioimageio.value"};
    return std::find(std::begin(kIds), std::end(kIds), item.id) != std::end(kIds);
  }
  // In flow style: a block list reaches over the line breaks behind it.
  bool is_list_of_one_text(const Node& node) const {
    return node.kind == Kind::kSequence && node.children.size() == 1 && node.children[0].kind == Kind::kString &&
           at(node.span.begin) == '[';
  }

  // name: 2021 → '2021'; axes: [y, x] → yx
  std::optional<Fix> as_text(std::string_view field, const Node& node) const {
    if (node.kind == Kind::kSequence && !node.children.empty()) {
      // axes: [y, x]
      const auto is_letter = [](const Node& item) { return item.kind == Kind::kString && item.text.size() == 1; };
      const bool are_letters = std::all_of(node.children.begin(), node.children.end(), is_letter);
      if (!are_letters || field != "axes" || at(node.span.begin) != '[') return std::nullopt;
      std::string text;
      for (const Node& item : node.children) text += item.text;
      return write(node, text);
    }
    constexpr std::string_view kFreeTexts[] = {"affiliation", "description", "github_user", "label",
                                               "name",        "tags",        "text"};
    if (std::find(std::begin(kFreeTexts), std::end(kFreeTexts), field) == std::end(kFreeTexts)) return std::nullopt;
    if (!is_scalar(node) || node.kind == Kind::kString || node.kind == Kind::kBytes) return std::nullopt;
    if (at(node.span.begin) == '!' || at(node.span.begin) == '&') return std::nullopt;
    return Fix{"put it in quotes", {{{node.span.begin, node.span.begin}, "'"}, {{node.span.end, node.span.end}, "'"}}};
  }

  // Of a reference_tensor that is none: what tensors there are, and which is meant.
  void name_tensors(Diagnostic& item) const {
    constexpr std::size_t kMostRelated = 4;
    std::vector<std::string_view> names;
    const Node* reference = nullptr;
    for (const std::string_view side : {"inputs", "outputs"}) {
      const Node* tensors = description_.root->find(side);
      if (!tensors || tensors->kind != Kind::kSequence) return;
      for (const Node& tensor : tensors->children) {
        const Node* name = tensor.kind == Kind::kMapping ? tensor.find("name") : nullptr;
        const Node* shape = tensor.kind == Kind::kMapping ? tensor.find("shape") : nullptr;
        const Node* refers = shape && shape->kind == Kind::kMapping ? shape->find("reference_tensor") : nullptr;
        if (refers && refers->span == *item.span) {
          reference = refers;
        } else if (name && name->kind == Kind::kString) {
          names.push_back(name->text);
          if (item.related.size() < kMostRelated) item.related.push_back({"a tensor", name->span, {}});
        }
      }
    }
    if (!reference) return item.related.clear();
    const std::string_view meant = nearest(reference->text, names);
    if (!meant.empty()) item.fix = write(*reference, std::string(meant));
  }

  // Of tensors that have one name: points at the second, and at the first.
  void show_namesakes(Diagnostic& item, const Node& node) const {
    const std::string_view field = last_key(item.path);
    if (item.path.size() != 1 || (field != "inputs" && field != "outputs") || item.id != "bioimageio.value") return;
    std::map<std::string_view, const Node*> names;
    for (const Node& tensor : node.children) {
      const Node* name = tensor.kind == Kind::kMapping ? tensor.find("name") : nullptr;
      if (!name) continue;
      const auto [known, is_new] = names.emplace(name->text, name);
      if (is_new) continue;
      item.span = name->span;
      item.found = concat("'", printable(name->text, 60), "' twice");
      item.message = concat("expected ", item.expected, ", found ", item.found);
      item.related.push_back({"the first of that name", known->second->span, item.path});
      return;
    }
  }

  Description& description_;
  std::string_view text_;
  std::set<std::size_t> other_readings_;  // where they begin
};

}  // namespace

void complete_findings(Description& description) {
  if (description.root) Completer(description).run();
}

}  // namespace zooport::bioimageio
