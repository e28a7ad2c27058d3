#include "bioimageio/format_class.hpp"
#include "bioimageio/upgrade.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/upgrade.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/rewrite.hpp"

namespace zooport::bioimageio {
namespace {

Result<void> check_target(const std::string& to, const std::string& newest) {
  if (to == "0.4" || to == newest || newest.starts_with(concat(to, "."))) return {};
  if (to == "latest" || to == "0.5" || to.starts_with("0.5.") || to == "0.3" || to.starts_with("0.3."))
    return make_error(ErrorKind::kUnsupported, "bioimageio.upgrade-version",
                      concat("descriptions cannot be written as format ", printable(to, 20), " yet, only as ", newest,
                             " (--to 0.4)"));
  return make_error(ErrorKind::kUsage, "bioimageio.upgrade-version",
                    concat("expected 0.4 as the version to upgrade to, found ", printable(to, 40)));
}

Error invalid(const Description& description) {
  const bool is_unsupported = description.status == Status::kUnsupported;
  Error error = make_error(is_unsupported ? ErrorKind::kUnsupported : ErrorKind::kInvalid, "bioimageio.upgrade-invalid",
                           is_unsupported ? "descriptions of this format cannot be upgraded yet"
                                          : "only a valid description can be upgraded; mend what is wrong first");
  error.what.file = description.file_name;
  for (const Diagnostic& item : description.diagnostics.items())
    if ((is_unsupported || item.severity == Severity::kError) && !item.is_alternative) {
      error.what.related.push_back({item.message, item.span, item.path});
      break;
    }
  return error;
}

std::string text_of(const doc::Change& change) {
  const std::string place = printable(to_text(change.path));
  switch (change.kind) {
    case doc::Change::Kind::kAdded: return concat("add ", place);
    case doc::Change::Kind::kRemoved: return concat("remove ", place);
    case doc::Change::Kind::kRenamed: return concat("rename ", place, " to ", printable(change.key, 60));
    case doc::Change::Kind::kReplaced: break;
  }
  return place.empty() ? "write everything anew" : concat("change ", place);
}

// A later patch than ours reads as ours, and is no reason to go back.
bool is_current(const std::string& declared, const std::string& newest) {
  const auto from = parse_format_version(declared);
  const auto to = parse_format_version(newest);
  return from && to && from->major == to->major && from->minor == to->minor && from->patch >= to->patch;
}

doc::Syntax syntax_of(const Description& description, const Limits& limits) {
  const bool may_be_json =
      description.text().find_first_not_of(" \t\r\n\xef\xbb\xbf") == description.root->span.begin &&
      description.text().substr(description.root->span.begin).starts_with('{');
  return may_be_json && doc::read_json(std::string(description.text()), limits) ? doc::Syntax::kJson
                                                                                : doc::Syntax::kYaml;
}

}  // namespace

Result<UpgradedText> upgrade(const Description& description, const UpgradeOptions& options, const Context& context) {
  if (description.status != Status::kValid || !description.root) return invalid(description);
  ZOOPORT_TRY(check_target(options.to, description.format_version));
  UpgradedText result;
  result.from = description.declared_version;
  result.to = description.format_version;
  if (is_current(result.from, result.to)) {
    result.text = description.text();
    return result;
  }
  schema::Arena arena;
  const FormatClass read_as = format_class_of(description.type, description.declared_version);
  const Upgraded upgraded = read_as.kind == FormatClass::Kind::kModel ? upgraded_model(*description.root, arena)
                                                                      : upgraded_generic(*description.root, arena);
  ZOOPORT_TRY_ASSIGN(doc::Rewritten rewritten,
                     doc::rewrite(*description.source.document, syntax_of(description, context.limits),
                                  doc::Value::from(*upgraded.node), context.limits));
  result.text = std::move(rewritten.text);
  for (const doc::Change& change : rewritten.changes) result.changes.push_back(text_of(change));
  ZOOPORT_TRY_ASSIGN(const Description again, read(result.text, description.file_name, {.io = Io::kNone}, context));
  if (again.status != Status::kValid || again.normalized() != description.normalized() ||
      again.declared_version != result.to)
    return make_error(ErrorKind::kInternal, "doc.edit-failed",
                      concat("the upgraded description does not read as the old one does; nothing is written. Please "
                             "report this with ",
                             printable(description.file_name)));
  return result;
}

}  // namespace zooport::bioimageio
