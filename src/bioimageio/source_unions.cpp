#include "bioimageio/missing_file.hpp"
#include "bioimageio/schema_patterns.hpp"
#include "bioimageio/source_text.hpp"
#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/strings.hpp"
#include "zooport/schema/facts.hpp"

// Sources that the reference reads as one of several types, each with rules of its own.
namespace zooport::bioimageio {

using schema::Problem;
using schema::TypeFacts;
using schema::Walk;

namespace {

bool is_text(const doc::Node& node) { return node.kind == doc::Kind::kString; }

class NotebookFileType final : public schema::Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    std::string& value = static_cast<NotebookFile*>(into)->value;
    Problem as_url{"schema.string", "string_type"};
    Problem as_path{"schema.string", "path_type"};
    Problem as_relative = as_path;
    if (is_text(node)) {
      const auto url = normalised_http_url(node.text);
      const std::string path = normalised_path(node.text);
      value = url.value_or("");
      if (suffix_of(value) == ".ipynb") return true;
      value = path;
      if (suffix_of(value) == ".ipynb" && is_relative_path(path)) {
        const std::string why = refused_file(path, walk);
        return why.empty() || refuse_missing(node, path, why, walk);
      }
      as_url = url ? schema::kValueError : Problem{"schema.url", url_error_type(node.text)};
      as_path = {is_relative_path(path) ? "schema.value" : "schema.absolute-path", "path_not_file"};
      as_relative = schema::kValueError;
    }
    const std::size_t mark = walk.mark();
    refuse(node, walk, kUrlLabel, as_url);
    refuse(node, walk, kFileLabel, as_path);
    refuse(node, walk, kRelativeLabel, as_relative);
    return walk.prefer_nearest({mark, mark + 1, mark + 2}), false;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(static_cast<const NotebookFile*>(from)->value);
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = "NotebookFile", .doc = kExpected};
    facts.patterns.emplace_back(kNotebookPattern);
    return facts;
  }
  std::string label() const override { return "union"; }

 private:
  static constexpr std::string_view kExpected = "a http(s) URL or relative path with suffix .ipynb";
  static constexpr std::string_view kUrlLabel = "function-after[validate(), function-after[HttpUrl(), str]]";
  static constexpr std::string_view kRelativeLabel = "function-after[validate(), RelativeFilePath]";
  static constexpr std::string_view kFileLabel =
      "function-after[validate(), function-after[validate_file(), lax-or-strict[lax=union[json-or-python[json=function-"
      "after[path_validator(), str],python=is-instance[Path]],function-after[path_validator(), "
      "str]],strict=json-or-python[json=function-after[path_validator(), str],python=is-instance[Path]]]]]";
  static void refuse(const doc::Node& node, Walk& walk, std::string_view label, Problem problem) {
    const Walk::At at = Walk::At::member(walk, label);
    walk.fail(node, problem, kExpected);
  }
  static bool refuse_missing(const doc::Node& node, const std::string& path, std::string_view why, Walk& walk) {
    const std::size_t mark = walk.mark();
    const auto refuse_as = [&](std::string_view label, std::string_view reference_type) {
      const Walk::At at = Walk::At::member(walk, label);
      report_missing(node, path, why, reference_type, walk);
    };
    refuse_as(kUrlLabel, url_error_type(node.text));
    refuse_as(kFileLabel, "path_not_file");
    refuse_as(kRelativeLabel, "value_error");
    return walk.prefer_nearest({mark, mark + 1, mark + 2}), false;
  }
};

class BadgeIconType final : public schema::Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    std::string& value = static_cast<BadgeIcon*>(into)->value;
    const std::size_t mark = walk.mark();
    if (auto url = is_text(node) ? normalised_http_url(node.text) : std::nullopt) return value = std::move(*url), true;
    if (read_file(value, node, walk)) return walk.rollback(mark), true;
    const std::size_t second = walk.mark();
    refuse(node, walk, kUrlLabel, url_problem(node, "string_type"));
    refuse(node, walk, "function-wrap[wrap_val()]", url_problem(node, "url_type"));
    return walk.prefer_nearest({mark, second, second + 1}), false;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(static_cast<const BadgeIcon*>(from)->value);
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = "BadgeIcon", .doc = kExpected};
    facts.patterns.emplace_back(kBadgeIconPattern);
    return facts;
  }
  std::string label() const override { return "union"; }

 private:
  static constexpr std::string_view kExpected = "a http(s) URL, or the path of a file relative to the description";
  static void refuse(const doc::Node& node, Walk& walk, std::string_view label, Problem problem) {
    const Walk::At at = Walk::At::member(walk, label);
    walk.fail(node, problem, kExpected);
  }
  static bool read_file(std::string& value, const doc::Node& node, Walk& walk) {
    const Walk::At at = Walk::At::member(walk, kFileLabel);
    if (is_text(node)) {
      value = normalised_path(node.text);
      if (is_relative_path(value)) {
        if (const std::string why = refused_file(value, walk); !why.empty())
          return refuse_missing(node, value, why, walk);
        return !is_description_name(file_name_of(value)) ||
               walk.fail(node, schema::kValueError, "a file that is no description itself");
      }
    }
    const bool is_absolute = is_text(node) && value.starts_with('/');
    refuse(node, walk, kPathLabel,
           is_text(node) ? Problem{is_absolute ? "schema.absolute-path" : "schema.value", "path_not_file"}
                         : Problem{"schema.string", "path_type"});
    refuse(node, walk, kRelativeLabel, is_text(node) ? schema::kValueError : Problem{"schema.string", "path_type"});
    return false;
  }
  static bool refuse_missing(const doc::Node& node, const std::string& path, std::string_view why, Walk& walk) {
    const auto refuse_as = [&](std::string_view label, std::string_view reference_type) {
      const Walk::At at = Walk::At::member(walk, label);
      return report_missing(node, path, why, reference_type, walk);
    };
    refuse_as(kPathLabel, "path_not_file");
    return refuse_as(kRelativeLabel, "value_error");
  }
  static Problem url_problem(const doc::Node& node, std::string_view of_wrong_kind) {
    return is_text(node) ? Problem{"schema.url", url_error_type(node.text)} : Problem{"schema.string", of_wrong_kind};
  }
  static constexpr std::string_view kFileLabel =
      "function-after[wo_special_file_name(), union[function-after[validate_file(), lax-or-strict[lax=union[json-or-"
      "python[json=function-after[path_validator(), str],python=is-instance[Path]],function-after[path_validator(), "
      "str]],strict=json-or-python[json=function-after[path_validator(), "
      "str],python=is-instance[Path]]]],RelativeFilePath]]";
};

constexpr NotebookFileType kNotebookFile;
constexpr BadgeIconType kBadgeIcon;

}  // namespace

const schema::Type& describe(schema::type<NotebookFile>) { return kNotebookFile; }
const schema::Type& describe(schema::type<BadgeIcon>) { return kBadgeIcon; }

}  // namespace zooport::bioimageio
