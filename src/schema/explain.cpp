#include "zooport/schema/explain.hpp"

#include <algorithm>

#include "schema/words.hpp"
#include "zooport/base/text.hpp"

namespace zooport::schema {
namespace {

using Kind = TypeFacts::Kind;
using View = ObjectType::FieldView;

constexpr std::string_view kItem = "[]";
constexpr std::string_view kAnyName = "*";
constexpr std::string_view kAllBelow = "**";

// "inputs[0].shape" is "inputs", "[]", "shape".
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  std::string name;
  const auto end_name = [&] {
    if (!name.empty()) steps.push_back(std::move(name));
    name.clear();
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.') {
      end_name();
    } else if (path[i] == '[') {
      end_name();
      steps.emplace_back(kItem);
      i = std::min(path.find(']', i), path.size() - 1);
    } else {
      name += path[i];
    }
  }
  end_name();
  return steps;
}

std::string joined(const std::vector<std::string>& steps) {
  std::string path;
  for (const std::string& step : steps) path += concat(path.empty() || step == kItem ? "" : ".", step);
  return path;
}

class Search {
 public:
  explicit Search(std::vector<std::string> steps) : steps_(std::move(steps)) {}

  void start(const ObjectType& root) {
    if (steps_.empty()) return emit(root, nullptr, "", "");
    visit(root, nullptr, "", "", 0);
  }

  std::vector<FieldFacts> found;
  // Names that would have gone on where the search got furthest.
  std::size_t furthest = 0;
  std::vector<std::string_view> names;
  std::string_view node_name;

 private:
  bool is_done(std::size_t step) const { return step == steps_.size(); }

  void visit(const Type& type, const View* view, std::string_view owner, const std::string& path, std::size_t step) {
    if (is_done(step)) return emit(type, view, owner, path);
    if (steps_[step] == kAllBelow && view) emit(type, view, owner, path);
    below(type, view, owner, path, step);
  }

  void below(const Type& type, const View* view, std::string_view owner, const std::string& path, std::size_t step) {
    const TypeFacts facts = type.facts();
    const bool wants_item = steps_[step] == kItem;
    switch (facts.kind) {
      case Kind::kNullable: return next(*facts.parts.front(), view, owner, path, step);
      case Kind::kList:
      case Kind::kPair:
        return next(*facts.parts.front(), view, owner, concat(path, kItem), step + (wants_item ? 1 : 0));
      case Kind::kMap:
        if (steps_[step] == kAllBelow) return;
        return next(*facts.parts.front(), view, owner, concat(path, ".", kAnyName), step + 1);
      case Kind::kUnion:
        for (const Type* part : facts.parts) {
          const std::string_view tag =
              facts.tag_key.empty() ? std::string_view() : static_cast<const ObjectType*>(part)->tag();
          const bool is_named = !tag.empty() && steps_[step] == tag;
          if (!tag.empty()) missed(step, tag, "");
          next(*part, view, owner, tag.empty() ? path : concat(path, ".", tag), step + (is_named ? 1 : 0));
        }
        return;
      case Kind::kNode: return fields_of(static_cast<const ObjectType&>(type), path, step);
      default: return reached(step);  // goes no further
    }
  }

  // A part of a field's type: only a step that goes into it may end there.
  void next(const Type& part, const View* view, std::string_view owner, const std::string& path, std::size_t step) {
    if (is_done(step)) return emit(part, view, owner, path);
    below(part, view, owner, path, step);
  }

  void fields_of(const ObjectType& object, const std::string& path, std::size_t step) {
    const std::string& wanted = steps_[step];
    const bool is_any = wanted == kAnyName, is_all = wanted == kAllBelow;
    const auto below_path = [&](std::string_view name) { return concat(path, path.empty() ? "" : ".", name); };
    bool is_found = false;
    const std::vector<View> views = object.documented_fields();
    if (!object.tag_key().empty() && (is_any || is_all || wanted == object.tag_key())) {
      is_found = true;
      if (is_done(step + 1)) emit_tag(object, below_path(object.tag_key()));
    }
    for (const View& view : views) {
      missed(step, view.field.name, object.name());
      if (!is_any && !is_all && wanted != view.field.name) continue;
      is_found = true;
      visit(view.field.type(), &view, object.name(), below_path(view.field.name), is_all ? step : step + 1);
    }
    if (is_found) return;
    for (const View& view : views)
      if (view.field.name == "kwargs") below(view.field.type(), &view, object.name(), below_path("kwargs"), step);
  }

  void reached(std::size_t step) {
    if (step > furthest) names.clear(), node_name = "", furthest = step;
  }

  // A name that would have been right.
  void missed(std::size_t step, std::string_view name, std::string_view node) {
    if (step < furthest) return;
    reached(step);
    if (!node.empty()) node_name = node;
    names.push_back(name);
  }

  void emit(const Type& type, const View* view, std::string_view owner, const std::string& path) {
    const auto is_it = [&](const FieldFacts& known) { return known.path == path && known.node == owner; };
    if (std::any_of(found.begin(), found.end(), is_it)) return;
    FieldFacts facts;
    facts.path = path;
    facts.node = owner;
    facts.type = words_for(type);
    facts.parts = parts_of(type);
    collect_conditions(type, facts.constraints, facts.choices);
    const TypeFacts of_type = type.facts();
    const bool is_field = view && &view->field.type() == &type;
    if (view) facts.name = view->field.name;
    facts.summary = view && (is_field || of_type.doc.empty()) ? view->field.doc : of_type.doc;
    if (is_field) {
      facts.about = view->field.about;
      facts.example = view->field.example;
      facts.since = view->field.since;
      facts.is_required = view->field.is_required && !view->field.is_filled_in;
      if (!facts.is_required && !view->field.has_no_default) {
        doc::JsonWriter fallback;
        type.write(view->fallback, fallback);
        facts.fallback = std::move(fallback.text());
      }
      add_checks(*view, facts);
    }
    found.push_back(std::move(facts));
  }

  static void add_checks(const View& view, FieldFacts& facts) {
    for (const Check& check : view.checks) {
      const auto is_it = [&](const std::string& known) { return known == check.expected; };
      if (check.severity < Severity::kError)
        facts.warnings.push_back({check.severity, std::string(check.expected)});
      else if (std::none_of(facts.constraints.begin(), facts.constraints.end(), is_it))
        facts.constraints.emplace_back(check.expected);
    }
  }

  void emit_tag(const ObjectType& object, std::string path) {
    FieldFacts facts;
    facts.path = std::move(path);
    facts.node = object.name();
    facts.name = object.tag_key();
    facts.summary = "says which kind of mapping it is";
    facts.type = concat("'", object.tag(), "'");
    facts.choices = {std::string(object.tag())};
    facts.is_required = true;
    found.push_back(std::move(facts));
  }

  std::vector<std::string> steps_;
};

// The shortest path to a field of that name; empty if there is none.
std::string path_to(std::string_view name, const std::vector<FieldFacts>& fields) {
  std::string path;
  for (const FieldFacts& field : fields)
    if (!name.empty() && field.name == name && (path.empty() || field.path.size() < path.size())) path = field.path;
  return path;
}

Error no_such_field(const ObjectType& root, const std::vector<std::string>& steps, const Search& search) {
  const std::string& missing = steps[std::min(search.furthest, steps.size() - 1)];
  Search all({std::string(kAllBelow)});
  all.start(root);
  // A name that stands elsewhere, one that is like those that could stand here, or one that is like any.
  std::string meant = path_to(missing, all.found);
  if (const std::string_view name = nearest(missing, search.names); meant.empty() && !name.empty()) {
    std::vector<std::string> better = steps;
    better[search.furthest] = name;
    Search again(better);
    again.start(root);
    if (!again.found.empty()) meant = joined(better);
  }
  if (meant.empty()) {
    std::vector<std::string_view> names;
    for (const FieldFacts& field : all.found) names.push_back(field.name);
    meant = path_to(nearest(steps.back(), names), all.found);
  }
  const std::string where = search.node_name.empty() ? "" : concat(" in ", search.node_name);
  std::string message = concat("there is no field '", printable(missing, 60), "'", where);
  if (!meant.empty()) message += concat("; is ", meant, " meant?");
  Error error = make_error(ErrorKind::kUsage, "schema.no-such-field", std::move(message));
  if (meant.empty() && !search.names.empty()) {
    std::vector<std::string> names(search.names.begin(), search.names.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    error.what.help = concat("There are ", join(names, ", "), ".");
  }
  return error;
}

}  // namespace

Result<std::vector<FieldFacts>> explain(const ObjectType& root, std::string_view path) {
  const std::vector<std::string> steps = steps_of(path);
  Search search(steps);
  search.start(root);
  if (search.found.empty()) return no_such_field(root, steps, search);
  return std::move(search.found);
}

}  // namespace zooport::schema
