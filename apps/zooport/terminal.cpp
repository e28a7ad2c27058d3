#include "terminal.hpp"

#include <algorithm>
#include <cstdio>

#include "settings.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"
#include "zooport/report/records.hpp"

namespace zooport::app {
namespace {

std::string value_of(const char* name) { return os::environment(name).value_or(""); }

report::Colours colours_of_stderr() {
  const bool wanted = os::is_terminal(2) && value_of("NO_COLOR").empty() && value_of("TERM") != "dumb";
  return wanted ? report::Colours::kAnsi : report::Colours::kNone;
}

}  // namespace

const std::string_view kVersion = ZOOPORT_VERSION;

Terminal::Terminal(const Common& common) : common_(common) {
  context_ = context_of(common);
  context_.stop = os::stop_on_signals();
  if (!common.quiet && !common.no_progress && os::is_terminal(2)) {
    bar_ = std::make_unique<ProgressBar>(colours_of_stderr());
    context_.progress = [this](const Progress& at) { bar_->tell(at); };
  }
}

report::TextOptions Terminal::text_options() const {
  report::TextOptions options;
  options.colours = colours_of_stderr();
  if (os::is_terminal(2)) options.columns = os::terminal_columns() > 40 ? os::terminal_columns() - 10 : 30;
  return options;
}

void Terminal::write(std::string_view text) {
  if (bar_) bar_->clear();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) has_failed_ = true;
}

void Terminal::result(std::string record, std::string_view text) {
  switch (common_.format) {
    case Format::kText:
      if (!common_.quiet) write(text);
      return;
    case Format::kJsonl:
      write(record + "\n");
      if (std::fflush(stdout) != 0) has_failed_ = true;
      return;
    case Format::kJson: records_.push_back(std::move(record)); return;
  }
}

void Terminal::data(std::string_view text) { write(text); }

void Terminal::say(std::string_view text) {
  if (!common_.quiet) warn(text);
}

void Terminal::warn(std::string_view text) {
  if (text.empty()) return;
  if (bar_) bar_->clear();
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Terminal::say_failure(const std::string& source, const std::string& reason, const Diagnostics& findings) {
  std::vector<Diagnostic> others;
  std::string said;
  for (const Diagnostic& finding : findings.items()) {
    if (said.empty() && finding.message == reason) {
      said = report::error_text(Error{ErrorKind::kInvalid, finding}, source, text_options());
    } else {
      others.push_back(finding);
    }
  }
  say(report::findings_text(others, nullptr, text_options()));
  warn(common_.quiet || said.empty() ? source_line(source, reason) : said);
}

Exit Terminal::refuse(const Error& error, const std::string& source) { return refuse(error, source, nullptr); }

Exit Terminal::refuse(const Error& error, const std::string& source, const report::TextOf& text_of) {
  warn(report::error_text(error, source, text_options(), text_of));
  if (!wants_text()) result(report::error_record(source, error, text_of), "");
  return exit_of(error.kind);
}

Result<std::shared_ptr<engine::Engine>> Terminal::engine(const Isolation& isolation) const {
  return open_engine(isolation, Origin::kHere);
}

Result<std::shared_ptr<engine::Engine>> Terminal::engine(const Isolation& isolation,
                                                         const std::vector<const convert::Loaded*>& models) const {
  const bool is_from_elsewhere =
      std::any_of(models.begin(), models.end(), [](const auto* model) { return convert::is_from_elsewhere(*model); });
  return open_engine(isolation, is_from_elsewhere ? Origin::kElsewhere : Origin::kHere);
}

Result<std::shared_ptr<engine::Engine>> Terminal::engine_for(const std::string& source,
                                                             const Isolation& isolation) const {
  const bool is_here = source == "-" || os::status(source).kind != os::FileKind::kMissing;
  return open_engine(isolation, is_here ? Origin::kHere : Origin::kElsewhere);
}

Result<std::shared_ptr<engine::Engine>> Terminal::open_engine(const Isolation& isolation, Origin origin) const {
  const bool is_wanted = isolation.on || isolation.memory > 0 || isolation.seconds > 0 || origin == Origin::kElsewhere;
  if (isolation.off || !is_wanted) return engine::open_onnxruntime(common_.engine, context_);
  engine::IsolationOptions options;
  options.program = os::executable_path();
  options.engine_path = common_.engine;
  options.memory = isolation.memory;
  if (isolation.seconds > 0)
    options.time_limit = std::chrono::milliseconds(static_cast<std::int64_t>(isolation.seconds * 1000));
  return engine::open_isolated(options, context_);
}

Exit Terminal::finish(Exit so_far) {
  if (common_.format == Format::kJson) write(report::records_document(records_, kVersion));
  if (std::fflush(stdout) != 0) has_failed_ = true;
  if (!has_failed_) return so_far;
  warn("zooport: stdout cannot be written\n");
  return worse(so_far, Exit::kIo);
}

Result<std::vector<std::string>> all_sources(const Sources& sources, const Context& context) {
  std::vector<std::string> all = sources.named;
  if (!sources.files_from.empty()) {
    ZOOPORT_TRY_ASSIGN(const Bytes list, sources.files_from == "-"
                                             ? os::read_standard_input(context.limits.document_bytes)
                                             : os::read_file(sources.files_from, context.limits.document_bytes));
    std::string_view rest = list.text();
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) all.emplace_back(line);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  return all;
}

Exit for_each_source(const Sources& sources, Terminal& terminal,
                     const std::function<Exit(const std::string& source)>& function) {
  const auto all = all_sources(sources, terminal.context());
  if (!all) return terminal.refuse(all.error(), sources.files_from);
  Exit exit = Exit::kFine;
  for (const std::string& source : *all) {
    exit = worse(exit, function(source));
    if (terminal.context().stopped()) return Exit::kStopped;
  }
  return exit;
}

Exit not_run(const Error& error, const std::string& source, Terminal& terminal) {
  terminal.warn(report::error_text(error, source, terminal.text_options()));
  if (!terminal.wants_text()) terminal.result(report::not_run_record(source, error), "");
  return exit_of(error.kind);
}

std::string source_line(const std::string& source, const std::string& message) {
  return concat(printable(source), ": ", printable(message, 2000), '\n');
}

}  // namespace zooport::app
