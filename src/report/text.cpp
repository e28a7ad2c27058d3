#include "zooport/report/text.hpp"

#include <map>
#include <optional>

#include "report/excerpt.hpp"
#include "report/folding.hpp"
#include "report/paint.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/position.hpp"

namespace zooport::report {
namespace {

constexpr std::size_t kLongestMessage = 2000;
constexpr std::size_t kMostPlaces = 8;

class Writer {
 public:
  Writer(const TextOf& text_of, const TextOptions& options)
      : text_of_(text_of), options_(options), paint_(options.colours) {}

  void write(const Fold& fold) {
    const Diagnostic& finding = *fold.shown;
    line(finding.severity, to_text(finding.severity), finding, finding.span, "");
    for (const Related& related : finding.related) {
      Diagnostic note;
      note.file = finding.file;
      note.path = related.path;
      note.message = related.message;
      line(Severity::kInfo, "note", note, related.span, "  ");
    }
    others(fold);
    follows(fold);
    if (fold.readings > 0)
      extra("note", concat(fold.readings, " more of this cause, for other readings of the value: see --format json"));
    extra("help", finding.help);
    if (finding.fix) extra("fix", finding.fix->description);
  }
  std::string take() { return std::move(out_); }

 private:
  struct File {
    std::string_view text;
    doc::LineIndex lines;
  };

  const File* file(const std::string& name) {
    const auto known = files_.find(name);
    if (known != files_.end()) return known->second ? &*known->second : nullptr;
    const std::string_view text = text_of_ ? text_of_(name) : std::string_view();
    std::optional<File>& made = files_[name];
    if (!text.empty()) made.emplace(File{text, doc::LineIndex(text)});
    return made ? &*made : nullptr;
  }

  void line(Severity severity, std::string_view label, const Diagnostic& what, const std::optional<Span>& span,
            std::string_view indent) {
    const File* at = span ? file(what.file) : nullptr;
    std::string place = printable(what.file);
    if (at) {
      const doc::Position position = at->lines.position(span->begin);
      place += concat(':', position.line, ':', position.column);
    }
    if (!place.empty()) place += ": ";
    const std::string path = printable(to_text(what.path));
    out_ += concat(indent, paint_.bold(place), paint_.of(severity, concat(label, ":")), " ", path,
                   path.empty() ? "" : ": ", printable(what.message, kLongestMessage));
    if (!what.id.empty()) out_ += paint_.dim(concat(" [", what.id, "]"));
    out_ += '\n';
    if (at) out_ += excerpt(at->lines, at->text, *span, severity, options_.columns, paint_);
  }

  void others(const Fold& fold) {
    if (fold.others.empty()) return;
    std::vector<std::string> places;
    for (const Diagnostic* other : fold.others) {
      if (places.size() == kMostPlaces) {
        places.push_back("…");
        break;
      }
      const File* at = other->span ? file(other->file) : nullptr;
      std::string place = printable(to_text(other->path));
      if (at)
        place += concat(place.empty() ? "line " : " (line ", at->lines.position(other->span->begin).line,
                        place.empty() ? "" : ")");
      if (!place.empty()) places.push_back(std::move(place));
    }
    extra("note", concat(fold.others.size(), " more of this kind", places.empty() ? "" : ": ", join(places, ", ")));
  }

  void follows(const Fold& fold) {
    if (fold.follows.empty()) return;
    std::vector<std::string> places;
    for (const Diagnostic* finding : fold.follows) places.push_back(printable(to_text(finding->path)));
    extra("note", concat(fold.follows.size(), " more of this cause: ", join(places, ", "), " is missing"));
  }

  void extra(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    out_ += concat("  = ", paint_.note(concat(label, ":")), " ");
    // Help may have several lines: each is escaped on its own.
    std::string_view rest = text;
    for (bool is_first = true;; is_first = false) {
      const std::size_t end = rest.find('\n');
      out_ += concat(is_first ? "" : "    ", printable(rest.substr(0, end), kLongestMessage), '\n');
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 1);
    }
  }

  const TextOf& text_of_;
  const TextOptions& options_;
  Paint paint_;
  std::map<std::string, std::optional<File>> files_;
  std::string out_;
};

}  // namespace

TextOf text_in(const std::map<std::string, Bytes, std::less<>>& texts) {
  return [&texts](const std::string& file) {
    const auto found = texts.find(file);
    return found == texts.end() ? std::string_view() : found->second.text();
  };
}

std::string findings_text(const std::vector<Diagnostic>& findings, const TextOf& text_of, const TextOptions& options) {
  Writer writer(text_of, options);
  for (const Fold& folded : fold(findings, options.least, options.most_of_a_kind)) writer.write(folded);
  return writer.take();
}

std::string error_text(const Error& error, const std::string& source, const TextOptions& options,
                       const TextOf& text_of) {
  Diagnostic what = error.what;
  if (what.file.empty()) what.file = source;
  what.severity = Severity::kError;
  what.is_alternative = false;
  return findings_text({what}, text_of, options);
}

}  // namespace zooport::report
