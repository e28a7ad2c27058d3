#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exit_code.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "zooport/base/context.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/report/text.hpp"

namespace zooport::app {

extern const std::string_view kVersion;

// Where results and messages go, and what a verb needs from around it.
class Terminal {
 public:
  explicit Terminal(const Common& common);

  const Common& common() const { return common_; }
  const Context& context() const { return context_; }
  bool wants_text() const { return common_.format == Format::kText; }
  report::TextOptions text_options() const;  // of stderr

  // One result: JSON on stdout, or `text` there.
  void result(std::string record, std::string_view text);
  void data(std::string_view text);  // on stdout, even if it shall be quiet
  void say(std::string_view text);   // on stderr, unless it shall be quiet
  void warn(std::string_view text);  // on stderr, always
  // Findings, and the sentence why it failed; once, where a finding says the same.
  void say_failure(const std::string& source, const std::string& reason, const Diagnostics& findings);
  // Says on stderr why something could not be done and puts a record in the place of its result.
  Exit refuse(const Error& error, const std::string& source);
  // The same with the text that the error points into.
  Exit refuse(const Error& error, const std::string& source, const report::TextOf& text_of);

  // ONNX Runtime, as the options name it; in a process of its own where that is wanted, or a model is from elsewhere.
  Result<std::shared_ptr<engine::Engine>> engine(const Isolation& isolation = {}) const;
  Result<std::shared_ptr<engine::Engine>> engine(const Isolation& isolation,
                                                 const std::vector<const convert::Loaded*>& models) const;
  // The same for a source that is not loaded yet.
  Result<std::shared_ptr<engine::Engine>> engine_for(const std::string& source, const Isolation& isolation) const;

  // Writes what is still to be written; kIo if stdout took not everything.
  Exit finish(Exit so_far);

 private:
  enum class Origin : std::uint8_t { kHere, kElsewhere };
  Result<std::shared_ptr<engine::Engine>> open_engine(const Isolation& isolation, Origin origin) const;
  void write(std::string_view text);

  Common common_;
  Context context_;
  std::unique_ptr<ProgressBar> bar_;
  std::vector<std::string> records_;
  bool has_failed_ = false;
};

// Those that were named, and those in the list.
Result<std::vector<std::string>> all_sources(const Sources& sources, const Context& context);

// Does it for each until Ctrl-C; the worst of what it gives.
Exit for_each_source(const Sources& sources, Terminal& terminal,
                     const std::function<Exit(const std::string& source)>& function);

// As Terminal::refuse, with the record of a test that has not been run.
Exit not_run(const Error& error, const std::string& source, Terminal& terminal);

// "SOURCE: message"
std::string source_line(const std::string& source, const std::string& message);

}  // namespace zooport::app
