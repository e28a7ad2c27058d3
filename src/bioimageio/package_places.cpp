#include "bioimageio/package_places.hpp"

#include "bioimageio/source_text.hpp"
#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/strings.hpp"

namespace zooport::bioimageio {
namespace {

enum class Form : std::uint8_t { kSource, kDependencies, kCallable };
// kPacked: by the reference too. The others stay as they are if they are URLs.
enum class Rule : std::uint8_t { kPacked, kPackedUnlessUrl, kAdded, kAddedUnlessUrl };

struct Marked {
  std::string_view kind;   // of the resource; empty: any
  std::string_view place;  // '.' between steps; * any key, [] any index
  Rule rule = Rule::kPacked;
  Form form = Form::kSource;
};

constexpr Marked kMarked[] = {
    {"", "covers.[]"},
    {"", "attachments.files.[]"},
    {"", "badges.[].icon", Rule::kPackedUnlessUrl},
    {"", "icon", Rule::kAddedUnlessUrl},
    {"model", "documentation"},
    {"model", "sample_inputs.[]"},
    {"model", "sample_outputs.[]"},
    {"model", "test_inputs.[]"},
    {"model", "test_outputs.[]"},
    {"model", "training_data.covers.[]"},
    {"model", "training_data.attachments.files.[]"},
    {"model", "training_data.badges.[].icon", Rule::kPackedUnlessUrl},
    {"model", "training_data.icon", Rule::kAddedUnlessUrl},
    {"model", "training_data.documentation", Rule::kAddedUnlessUrl},
    {"model", "weights.*.source"},
    {"model", "weights.*.attachments.files.[]"},
    {"model", "weights.*.dependencies", Rule::kAdded, Form::kDependencies},
    {"model", "weights.*.architecture", Rule::kAdded, Form::kCallable},
    {"application", "source"},
    {"notebook", "source", Rule::kAddedUnlessUrl},
    {"application", "documentation", Rule::kAddedUnlessUrl},
    {"notebook", "documentation", Rule::kAddedUnlessUrl},
    {"dataset", "documentation", Rule::kAddedUnlessUrl},
    {"generic", "documentation", Rule::kAddedUnlessUrl},
};

std::string normalised_source(std::string_view source) {
  if (auto url = normalised_http_url(source)) return std::move(*url);
  return normalised_path(source);
}

// Of any scheme.
bool is_any_url(std::string_view source) { return is_url(source) || url_error_type(source) == "url_scheme"; }

struct Active {
  const Marked* marked;
  std::string_view rest;  // steps that are still to be taken
};

class Finder {
 public:
  std::vector<PackagePlace> places;

  void visit(doc::Value& value, const std::vector<Active>& active, Path& path) {
    if (value.kind == doc::Kind::kString) {
      for (const Active& at : active)
        if (at.rest.empty()) return add(value, *at.marked, path);
      return;
    }
    for (std::size_t i = 0; i < value.children.size(); ++i) {
      doc::Value& child = value.children[i];
      const bool is_item = value.kind == doc::Kind::kSequence;
      std::vector<Active> next;
      for (const Active& at : active) {
        const std::string_view step = at.rest.substr(0, at.rest.find('.'));
        const bool fits = is_item ? step == "[]" : step == "*" || (!step.empty() && step == child.key);
        if (fits) next.push_back({at.marked, at.rest.substr(std::min(step.size() + 1, at.rest.size()))});
      }
      if (next.empty()) continue;
      path.push_back(is_item ? Step::at(i) : Step::key(child.key));
      visit(child, next, path);
      path.pop_back();
    }
  }

 private:
  void add(doc::Value& value, const Marked& marked, const Path& path) {
    PackagePlace place;
    place.value = &value;
    place.path = path;
    place.is_addition = marked.rule == Rule::kAdded || marked.rule == Rule::kAddedUnlessUrl;
    switch (marked.form) {
      case Form::kSource: place.source = value.text; break;
      case Form::kDependencies: {
        const Dependencies dependencies{value.text};
        place.before = dependencies.manager() + ":";
        place.source = normalised_source(dependencies.file());
        break;
      }
      case Form::kCallable: {
        const Callable callable{value.text};
        if (!callable.is_in_file()) return;
        place.source = normalised_source(callable.source_file());
        place.after = ":" + callable.name();
        break;
      }
    }
    const bool unless_url = marked.rule == Rule::kPackedUnlessUrl || marked.rule == Rule::kAddedUnlessUrl;
    if (unless_url && is_any_url(place.source)) return;
    // An icon of one or two characters is no file.
    if (marked.place.ends_with("icon") && code_points(place.source) <= 2) return;
    if (marked.form == Form::kSource) place.source = normalised_source(place.source);
    places.push_back(std::move(place));
  }
};

}  // namespace

std::string_view kind_of(const Content& content) {
  constexpr std::string_view kKinds[] = {"", "model", "dataset", "generic", "notebook", "application"};
  static_assert(std::is_same_v<std::variant_alternative_t<5, Content>, ApplicationDescription> &&
                std::is_same_v<std::variant_alternative_t<3, Content>, GenericDescription>);
  return kKinds[content.index()];
}

std::vector<PackagePlace> package_places(doc::Value& document, std::string_view kind) {
  Finder finder;
  std::vector<Active> active;
  for (const Marked& marked : kMarked)
    if (marked.kind.empty() || marked.kind == kind) active.push_back({&marked, marked.place});
  Path path;
  finder.visit(document, active, path);
  return std::move(finder.places);
}

}  // namespace zooport::bioimageio
