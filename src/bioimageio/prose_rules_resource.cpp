#include <algorithm>
#include <set>

#include "bioimageio/prose_rules.hpp"
#include "bioimageio/text_rules.hpp"

namespace zooport::bioimageio {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// MAJOR.MINOR.PATCH of Semantic Versioning 2.0, with "-pre.release" and "+build".
bool is_semantic_version(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
    text.remove_prefix(digits);
    if (part == 2) break;
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
  if (text.empty()) return true;
  if (text[0] != '-' && text[0] != '+') return false;
  bool has_plus = false;
  std::size_t length = 0;
  for (const char c : text.substr(1)) {
    const bool ends_part = c == '.' || (c == '+' && !has_plus && text[0] == '-');
    if (ends_part && length == 0) return false;
    if (ends_part) {
      has_plus |= c == '+';
      length = 0;
    } else if (is_digit(c) || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      ++length;
    } else {
      return false;
    }
  }
  return length > 0;
}

bool is_repository(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://", "ssh://", "git://", "git@"})
    if (starts_with_ignoring_case(text, scheme)) return text.size() > scheme.size();
  return false;
}

void check_cite(const ResourceDescription& resource, ProseFindings& findings) {
  for (std::size_t i = 0; i < resource.cite.size(); ++i) {
    const CiteEntry& entry = resource.cite[i];
    if (entry.text.find_first_not_of(" \t\n") == std::string::npos)
      findings.warn("zooport.cite-text", path_of({"cite", i, "text"}), "the text of the citation", "none");
    if (!entry.url || entry.doi) continue;
    const Path path = path_of({"cite", i, "url"});
    const bool is_doi =
        entry.url->starts_with("https://doi.org/10.") || entry.url->starts_with("http://dx.doi.org/10.");
    if (is_doi) {
      const doc::Node& node = findings.node(path);
      findings.info("zooport.cite-doi", path, "a DOI under 'doi'", concat("'", printable(*entry.url, 80), "'"),
                    {{}, Fix{"rename 'url' to 'doi'", {{node.key_span, "doi"}}}, ""});
    } else if (!entry.url->empty() && !is_url(*entry.url)) {
      findings.info("zooport.cite-url", path, "a http(s) URL", concat("'", printable(*entry.url, 80), "'"));
    }
  }
}

void check_tags(const ResourceDescription& resource, ProseFindings& findings) {
  if (resource.tags.empty())
    findings.info("zooport.no-tags", path_of({"tags"}), "tags, by which people find the resource", "none");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < resource.tags.size(); ++i)
    if (!seen.insert(to_lower(resource.tags[i])).second)
      findings.info("zooport.duplicate-tag", path_of({"tags", i}), "each tag once",
                    concat("'", printable(resource.tags[i], 60), "' again"));
}

template <class List>
void check_twice(const List& files, Path path, ProseFindings& findings) {
  for (std::size_t i = 1; i < files.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      if (files[i].value != files[k].value) continue;
      Path again = path, first = path;
      again.push_back(Step::at(i)), first.push_back(Step::at(k));
      findings.info("zooport.duplicate-file", again, "each file once",
                    concat("'", printable(files[i].value, 80), "' again"),
                    {{findings.related(first, "named here first")}, {}, ""});
      break;
    }
}

// Keys of config are those of tools: a tool's name, and below it whatever the tool wants.
void check_config(const ResourceDescription& resource, ProseFindings& findings) {
  const doc::Node* config = findings.root().find("config");
  if (!config) return;
  constexpr std::string_view kFields[] = {"authors",       "attachments", "cite",    "covers", "description",
                                          "documentation", "git_repo",    "license", "links",  "maintainers",
                                          "tags",          "timestamp",   "version"};
  std::size_t alone = 0;
  std::string_view first;
  for (const auto& [key, value] : resource.config) {
    if (std::find(std::begin(kFields), std::end(kFields), key) != std::end(kFields))
      findings.info("zooport.config-field", path_of({"config", std::string_view(key)}),
                    concat("'", key, "' as a field of the description"), "it in config");
    else if (value.node && !value.node->is_collection() && alone++ == 0)
      first = key;
  }
  if (alone > 0)
    findings.info("zooport.config-domain", path_of({"config", first}), "keys below the name of a tool",
                  concat("'", printable(first, 60), "'", alone > 1 ? concat(" and ", alone - 1, " more") : "",
                         " with values of their own"));
}

}  // namespace

void check_documentation_name(const std::string& source, ProseFindings& findings) {
  const std::string suffix = suffix_of(source);
  if (suffix != ".md")
    findings.warn("zooport.documentation-suffix", path_of({"documentation"}), "a Markdown file, with suffix .md",
                  concat("'", printable(source, 80), "'"));
}

void check_resource_prose(const ResourceDescription& resource, ProseFindings& findings) {
  if (resource.description.find_first_not_of(" \t\n") == std::string::npos)
    findings.warn("zooport.no-description", path_of({"description"}), "a brief description", "none");
  if (resource.covers.empty()) findings.info("zooport.no-cover", path_of({"covers"}), "a cover picture", "none");
  check_twice(resource.covers, path_of({"covers"}), findings);
  if (resource.attachments) check_twice(resource.attachments->files, path_of({"attachments", "files"}), findings);
  check_cite(resource, findings);
  check_config(resource, findings);
  if (resource.git_repo && !is_repository(*resource.git_repo))
    findings.warn("zooport.git-repo", path_of({"git_repo"}), "the URL of a git repository",
                  concat("'", printable(*resource.git_repo, 80), "'"));
  if (resource.download_url)
    findings.info("zooport.download-url", path_of({"download_url"}), "no download_url, which is deprecated", "one");
  const bool has_user = std::any_of(resource.authors.begin(), resource.authors.end(),
                                    [](const Author& author) { return author.github_user.has_value(); });
  if (resource.maintainers.empty() && !has_user)
    findings.info("zooport.no-maintainer", path_of({"authors"}), "maintainers, or at least one author with github_user",
                  "neither");
  if (resource.rdf_source)
    findings.info("zooport.rdf-source", path_of({"rdf_source"}),
                  "no rdf_source, which is for programs that have loaded the description", "one");
  check_tags(resource, findings);
  if (resource.version && (!std::holds_alternative<std::string>(*resource.version) ||
                           !is_semantic_version(std::get<std::string>(*resource.version))))
    findings.info("zooport.version-form", path_of({"version"}), "a text MAJOR.MINOR.PATCH, like '0.1.0'",
                  concat("'", printable(to_text(*resource.version), 60), "'"));
  if (resource.version_number && resource.version_number->value < 0)
    findings.warn("zooport.version-number", path_of({"version_number"}), "how many versions came before",
                  concat(resource.version_number->value));
}

}  // namespace zooport::bioimageio
