#include <algorithm>

#include "bioimageio/identifiers.hpp"
#include "bioimageio/missing_file.hpp"
#include "bioimageio/schema_patterns.hpp"
#include "bioimageio/source_text.hpp"
#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"
#include "zooport/base/white_space.hpp"
#include "zooport/bioimageio/strings.hpp"
#include "zooport/schema/facts.hpp"

// Unions whose members are read from one text: sources of files, callables and dependencies.
namespace zooport::bioimageio {

using schema::Problem;
using schema::TypeFacts;
using schema::Walk;

namespace {

Problem url_problem(std::string_view text) { return {"schema.url", url_error_type(text)}; }

std::optional<std::string> read_url(const doc::Node& node, std::string_view text, Walk& walk) {
  if (auto url = normalised_http_url(text)) return url;
  walk.fail(node, url_problem(text), "a http(s) URL");
  return std::nullopt;
}

std::optional<std::string> read_relative(const doc::Node& node, std::string_view text, Walk& walk) {
  std::string path = normalised_path(text);
  if (!is_relative_path(path)) {
    walk.fail(node, schema::kValueError, "the relative path of a file");
    return std::nullopt;
  }
  const std::string why = refused_file(path, walk);
  if (why.empty()) return path;
  report_missing(node, path, why, "value_error", walk);
  return std::nullopt;
}

// A URL, else a relative path, else nothing: absolute paths depend on the machine.
class FileSourceType final : public schema::Type {
 public:
  using Predicate = bool (*)(std::string_view);
  // `suffix`: a pattern, for JSON Schema.
  constexpr FileSourceType(std::string_view name, std::string_view doc, Predicate also = nullptr,
                           std::string_view expected = "", std::string_view suffix = "")
      : name_(name), doc_(doc), also_(also), expected_(expected), suffix_(suffix) {}

  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    std::string& value = *static_cast<std::string*>(into);
    if (node.kind != doc::Kind::kString) {
      const std::size_t mark = walk.mark();
      refuse(node, walk, kUrlLabel, {"schema.string", "string_type"});
      refuse(node, walk, kRelativeLabel, {"schema.string", "path_type"});
      refuse(node, walk, kPathLabel, {"schema.string", "path_type"});
      walk.prefer_nearest({mark, mark + 1, mark + 2});
      return false;
    }
    if (auto url = normalised_http_url(node.text)) {
      value = std::move(*url);
    } else if (std::string path = normalised_path(node.text); is_relative_path(path)) {
      if (const std::string why = refused_file(path, walk); !why.empty()) return refuse_missing(node, path, why, walk);
      value = std::move(path);
    } else {
      const std::size_t mark = walk.mark();
      refuse(node, walk, kUrlLabel, url_problem(node.text));
      refuse(node, walk, kRelativeLabel, schema::kValueError);
      refuse(node, walk, kPathLabel, {"schema.absolute-path", "path_not_file"});
      walk.prefer_nearest({mark, mark + 1, mark + 2});
      return false;
    }
    if (also_ != nullptr && value.find(".yaml") != value.npos && is_description_name(file_name_of(value)))
      return walk.fail(node, schema::kValueError, "a file that is no description itself");
    if (also_ && !also_(value)) return walk.fail(node, schema::kValueError, expected_);
    return true;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(*static_cast<const std::string*>(from));
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = name_, .doc = doc_, .expected = expected_};
    facts.patterns.push_back(concat("^(?:", url_pattern(), "|", path_pattern(), ")$"));
    return facts;
  }
  std::string label() const override { return concat("union[", kUrlLabel, ",", kRelativeLabel, ",", kPathLabel, "]"); }

 private:
  // One finding for people; the reference tells one for each way to read the text.
  static bool refuse_missing(const doc::Node& node, const std::string& path, std::string_view why, Walk& walk) {
    const std::size_t mark = walk.mark();
    const auto refuse_as = [&](std::string_view label, std::string_view reference_type) {
      const Walk::At at = Walk::At::member(walk, label);
      report_missing(node, path, why, reference_type, walk);
    };
    refuse_as(kUrlLabel, url_error_type(node.text));
    refuse_as(kRelativeLabel, "value_error");
    refuse_as(kPathLabel, "path_not_file");
    walk.prefer_nearest({mark, mark + 1, mark + 2});
    return false;
  }
  static void refuse(const doc::Node& node, Walk& walk, std::string_view label, Problem problem) {
    const Walk::At at = Walk::At::member(walk, label);
    walk.fail(node, problem, "a http(s) URL, or the path of a file relative to the description");
  }
  // As read() takes them, blanks around a URL included.
  std::string url_pattern() const {
    return concat(R"([\x00-\x20]*[hH][tT][tT][pP][sS]?:[/\\]*)",
                  also_ ? R"((?!(?:[^?#]*/)?(?:[^/?#]*\.)?(?:rdf|bioimageio|model)\.yaml(?:[?#]|$)))" : "",
                  R"([^/\\?#\s])", suffix_.empty() ? "" : R"([^?#]*/[^?#]*)", suffix_,
                  suffix_.empty() ? R"([\s\S]*)" : R"((?:/content)?(?:[?#][\s\S]*)?[\x00-\x20]*)");
  }
  std::string path_pattern() const {
    return concat(R"((?!/)(?!(?:\.?/)*\.?$)(?!(?:\./+)*https?:(?:/|$)))",
                  also_ ? R"((?!(?:[\s\S]*/)?(?:[^/]*\.)?(?:rdf|bioimageio|model)\.yaml(?:/+\.?)*$))" : "",
                  R"([\s\S]*)", suffix_.empty() ? "" : "[^/]", suffix_, suffix_.empty() ? "" : R"((?:/+\.?)*)");
  }

  std::string_view name_;
  std::string_view doc_;
  Predicate also_;
  std::string_view expected_;
  std::string_view suffix_;
};

bool is_any(std::string_view) { return true; }
bool has_picture_suffix(std::string_view source) {
  const std::string suffix = to_lower(suffix_of(source));
  for (const std::string_view known : {".gif", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff"})
    if (suffix == known) return true;
  return false;
}
bool has_array_suffix(std::string_view source) { return suffix_of(source) == ".npy"; }

// ^.+<separator>.+$ with Rust's dot, which takes no line end.
bool is_divided(std::string_view text, char separator) {
  if (text.size() < 3 || text.find('\n') != text.npos) return false;
  return text.substr(1, text.size() - 2).find(separator) != text.npos;
}

bool read_name(const doc::Node& node, std::string_view text, std::string_view field, Walk& walk) {
  Walk::At at(walk, field);
  if (text.empty())
    return walk.fail(node, {"schema.too-short", "string_too_short"}, "an identifier of at least 1 character");
  return is_identifier(text) || walk.fail(node, schema::kValueError, "an identifier");
}

class CallableType final : public schema::Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    const std::size_t mark = walk.mark();
    const std::string_view text = trimmed(node.text);
    const bool is_text = node.kind == doc::Kind::kString;
    bool valid = false;
    {
      const Walk::At at = Walk::At::member(walk, "function-after[CallableFromFile(), str]");
      valid = is_text ? read_from_file(node, text, walk)
                      : walk.fail(node, {"schema.string", "string_type"}, "a string like path/to/file.py:Name");
    }
    const std::size_t second = walk.mark();
    if (!valid) {
      const Walk::At at = Walk::At::member(walk, "function-after[CallableFromDepencency(), str]");
      valid = is_text ? read_from_package(node, text, walk)
                      : walk.fail(node, {"schema.string", "string_type"}, "a string like package.module.Name");
    }
    if (!valid) return walk.prefer_nearest({mark, second}), false;
    walk.rollback(mark);
    static_cast<Callable*>(into)->value = text;
    return true;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(static_cast<const Callable*>(from)->value);
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = "Callable"};
    facts.doc = "where to find a class or function: path/or/url.py:Name, or package.module.Name";
    facts.patterns.emplace_back(kCallablePattern);
    return facts;
  }
  std::string label() const override { return "callable"; }

 private:
  static bool read_from_file(const doc::Node& node, std::string_view text, Walk& walk) {
    if (!is_divided(text, ':'))
      return walk.fail(node, {"schema.pattern", "string_pattern_mismatch"}, "path/to/file.py:Name");
    const std::size_t colon = text.rfind(':');
    bool valid = read_source(node, text.substr(0, colon), walk);
    return read_name(node, text.substr(colon + 1), "callable_name", walk) && valid;
  }
  static bool read_source(const doc::Node& node, std::string_view text, Walk& walk) {
    const Walk::At at(walk, "source_file");
    const std::size_t mark = walk.mark();
    {
      const Walk::At member = Walk::At::member(walk, kRelativeLabel);
      if (read_relative(node, text, walk)) return true;
    }
    const std::size_t second = walk.mark();
    {
      const Walk::At member = Walk::At::member(walk, kUrlLabel);
      if (read_url(node, text, walk)) return walk.rollback(mark), true;
    }
    walk.prefer_nearest({mark, second});
    return false;
  }
  static bool read_from_package(const doc::Node& node, std::string_view text, Walk& walk) {
    if (!is_divided(text, '.'))
      return walk.fail(node, {"schema.pattern", "string_pattern_mismatch"}, "package.module.Name");
    const std::size_t dot = text.rfind('.');
    const std::string_view module = text.substr(0, dot);
    bool valid = true;
    for (std::size_t begin = 0; valid && begin <= module.size();) {
      const std::size_t end = std::min(module.find('.', begin), module.size());
      Walk::At at(walk, "module_name");
      const std::string_view part = module.substr(begin, end - begin);
      if (part.empty())
        valid = walk.fail(node, {"schema.too-short", "string_too_short"}, "identifiers with dots between");
      else if (!is_identifier(part))
        valid = walk.fail(node, schema::kValueError, "identifiers with dots between");
      begin = end + 1;
    }
    return read_name(node, text.substr(dot + 1), "callable_name", walk) && valid;
  }
};

class DependenciesType final : public schema::Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    if (node.kind != doc::Kind::kString) return walk.fail(node, {"schema.string", "string_type"}, "a string");
    const std::string_view text = trimmed(node.text);
    if (!is_divided(text, ':'))
      return walk.fail(node, {"schema.pattern", "string_pattern_mismatch"},
                       "manager:file, like conda:environment.yaml");
    doc::Node file = node;
    file.text = text.substr(text.find(':') + 1);
    bool valid = true;
    if (text.starts_with(':')) {
      Walk::At at(walk, "manager");
      valid = walk.fail(node, {"schema.too-short", "string_too_short"}, "a package manager before the colon");
    }
    Walk::At at(walk, "file");
    PackagedFile source;
    valid = schema::type_of<PackagedFile>().read(&source, file, walk) && valid;
    if (valid) static_cast<Dependencies*>(into)->value = text;
    return valid;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(static_cast<const Dependencies*>(from)->value);
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = "Dependencies"};
    facts.doc = "manager:file, like conda:environment.yaml";
    facts.patterns.emplace_back(kDependenciesPattern);
    return facts;
  }
  std::string label() const override { return "function-after[Dependencies(), str]"; }
};

constexpr FileSourceType kFileSource("FileSource", "a URL, or the path of a file relative to the description");
constexpr FileSourceType kPackagedFile("PackagedFile", "a URL or relative path of a file that belongs to the package",
                                       &is_any);
constexpr FileSourceType kCoverFile("CoverFile", "a URL or relative path of a picture", &has_picture_suffix,
                                    "a picture: .gif, .jpeg, .jpg, .png, .svg, .tif or .tiff", kPictureSuffix);
constexpr FileSourceType kArrayFile("ArrayFile", "a URL or relative path of an array in NumPy's format",
                                    &has_array_suffix, "a file with suffix .npy", kArraySuffix);
constexpr CallableType kCallable;
constexpr DependenciesType kDependencies;

}  // namespace

const schema::Type& describe(schema::type<FileSource>) { return kFileSource; }
const schema::Type& describe(schema::type<PackagedFile>) { return kPackagedFile; }
const schema::Type& describe(schema::type<CoverFile>) { return kCoverFile; }
const schema::Type& describe(schema::type<ArrayFile>) { return kArrayFile; }
const schema::Type& describe(schema::type<Callable>) { return kCallable; }
const schema::Type& describe(schema::type<Dependencies>) { return kDependencies; }

std::string normalised_path(std::string_view text) {
  std::string out = text.starts_with('/') ? "/" : "";
  for (bool more = true; more;) {
    const std::size_t end = text.find('/');
    more = end != text.npos;
    const std::string_view part = text.substr(0, end);
    if (!part.empty() && part != ".") {
      if (!out.empty() && out != "/") out += '/';
      out += part;
    }
    if (more) text.remove_prefix(end + 1);
  }
  return out;
}

bool is_relative_path(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  return !path.empty() && path[0] != '/' && first != "http:" && first != "https:";
}

namespace {

// Host and path of a normalised URL.
struct UrlParts {
  std::string_view host, path;
};

UrlParts url_parts(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  url.remove_prefix(std::min(url.find("//") + 2, url.size()));
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view host = url.substr(0, slash);
  host.remove_prefix(host.rfind('@') + 1);  // npos + 1 is 0
  return {host.substr(0, host.find(':')), url.substr(slash)};
}

// Zenodo puts a word behind the names of files: /api/records/ID/files/NAME/content.
constexpr std::string_view kZenodoEnd = "/content";
bool is_zenodo_file(const UrlParts& url) {
  return url.host == "zenodo.org" && url.path.starts_with("/api/records/") && url.path.ends_with(kZenodoEnd);
}

}  // namespace

std::string_view file_name_of(std::string_view source) {
  if (!is_url(source)) return source.substr(source.rfind('/') + 1);
  const UrlParts url = url_parts(source);
  std::string_view path = url.path;
  if (is_zenodo_file(url) && starts_with_ignoring_case(source, "https:")) path.remove_suffix(kZenodoEnd.size());
  path.remove_prefix(path.rfind('/') + 1);
  return path.substr(0, path.find(';'));  // parameters
}

bool is_url(std::string_view source) {
  return starts_with_ignoring_case(source, "http://") || starts_with_ignoring_case(source, "https://");
}

bool is_description_name(std::string_view name) {
  for (const std::string_view known : {"rdf.yaml", "bioimageio.yaml", "model.yaml"})
    if (name == known || (name.ends_with(known) && name.substr(0, name.size() - known.size()).ends_with('.')))
      return true;
  return false;
}

std::string suffix_of(std::string_view source) {
  if (is_url(source)) {
    const UrlParts url = url_parts(source);
    if (url.path.find('.') == url.path.npos) return "";
    std::string_view path = url.path;
    if (is_zenodo_file(url)) path.remove_suffix(kZenodoEnd.size());
    return concat(".", path.substr(path.rfind('.') + 1));
  }
  std::string_view name = source.substr(source.rfind('/') + 1);
  if (name.ends_with('.')) return "";
  name.remove_prefix(std::min(name.find_first_not_of('.'), name.size()));
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? "" : std::string(name.substr(dot));
}

bool Callable::is_in_file() const {
  if (!is_divided(value, ':')) return false;
  const std::size_t colon = value.rfind(':');
  const std::string path = normalised_path(std::string_view(value).substr(0, colon));
  return is_identifier(std::string_view(value).substr(colon + 1)) &&
         (is_relative_path(path) || normalised_http_url(std::string_view(value).substr(0, colon)));
}
std::string Callable::source_file() const { return is_in_file() ? value.substr(0, value.rfind(':')) : ""; }
std::string Callable::name() const { return value.substr(value.find_last_of(is_in_file() ? ':' : '.') + 1); }
std::string Dependencies::manager() const { return value.substr(0, value.find(':')); }
std::string Dependencies::file() const { return value.substr(value.find(':') + 1); }

}  // namespace zooport::bioimageio
