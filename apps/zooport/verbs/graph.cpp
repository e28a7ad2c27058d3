#include "zooport/convert/graph_files.hpp"

#include "verbs.hpp"
#include "zooport/convert/graph_wrap.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

convert::GraphChangeOptions change_options(const Terminal& terminal) {
  convert::GraphChangeOptions options;
  if (terminal.common().overwrite) options.if_present = resource::IfPresent::kReplace;
  options.seed = terminal.common().seed;
  return options;
}

// What was found, what was done, and how the two sides compare.
void show(const convert::GraphReport& report, Terminal& terminal) {
  terminal.warn(report::findings_text(report.findings.items(), nullptr, terminal.text_options()));
  const std::string text = report.dest.empty() && !report.steps.empty() ? "" : report::graph_summary(report);
  terminal.result(report::graph_record(report), text);
}

// A graph that was changed and compared with what it was.
Exit show_changed(const convert::GraphReport& report, Terminal& terminal) {
  if (report.findings.has_errors()) {
    terminal.warn(report::findings_text(report.findings.items(), nullptr, terminal.text_options()));
    if (!terminal.wants_text()) terminal.result(report::graph_record(report), "");
    return report.is_broken ? Exit::kInvalid : Exit::kUnsupported;
  }
  show(report, terminal);
  const bool differs = report.dest.empty();
  const std::string line = report::verification_line(report.verification);
  differs ? terminal.warn(line) : terminal.say(line);
  return differs ? Exit::kInvalid : Exit::kFine;
}

Result<std::vector<convert::AxisChange>> axis_changes(const std::vector<std::string>& texts) {
  std::vector<convert::AxisChange> changes;
  for (const std::string& text : texts) {
    ZOOPORT_TRY_ASSIGN(convert::AxisChange change, convert::parse_axis_change(text));
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

Exit graph_info(const GraphArguments& arguments, Terminal& terminal) {
  const auto sizes = axis_changes(arguments.shapes);
  if (!sizes) return terminal.refuse(sizes.error(), arguments.file);
  const convert::InspectOptions options{*sizes, arguments.axes.empty() ? "" : arguments.axes.front()};
  const auto report = convert::inspect_graph(arguments.file, options, terminal.context());
  if (!report) return terminal.refuse(report.error(), arguments.file);
  show(*report, terminal);
  return Exit::kFine;
}

Exit graph_check(const GraphArguments& arguments, Terminal& terminal) {
  CheckArguments check_arguments;
  check_arguments.sources.named = {arguments.file};
  return check(check_arguments, terminal);
}

Exit graph_opset(const GraphArguments& arguments, Terminal& terminal) {
  const auto engine = terminal.engine(arguments.isolation);
  convert::GraphChangeOptions options = change_options(terminal);
  options.widens = arguments.float32;
  const auto report = convert::change_graph_opset(arguments.file, arguments.out, arguments.opset, options,
                                                  engine ? *engine : nullptr, terminal.context());
  if (!report) return terminal.refuse(report.error(), arguments.file);
  return show_changed(*report, terminal);
}

Exit graph_wrap(const GraphArguments& arguments, Terminal& terminal) {
  convert::WrapOptions options;
  options.layouts = arguments.layouts;
  options.axes = arguments.axes;
  options.pre = arguments.pre;
  options.post = arguments.post;
  options.input_dtypes = arguments.input_dtypes;
  options.opset = arguments.opset;
  options.change = change_options(terminal);
  const auto engine = terminal.engine(arguments.isolation);
  const auto report =
      convert::wrap_graph(arguments.file, arguments.out, options, engine ? *engine : nullptr, terminal.context());
  if (report) return show_changed(*report, terminal);
  const auto texts = convert::option_texts(options);
  return terminal.refuse(report.error(), arguments.file, report::text_in(texts));
}

Exit graph_shape(const GraphArguments& arguments, Terminal& terminal) {
  const auto changes = axis_changes(arguments.shapes);
  if (!changes) return terminal.refuse(changes.error(), arguments.file);
  const auto engine = terminal.engine(arguments.isolation);
  const auto report = convert::change_graph_shape(arguments.file, arguments.out, *changes, change_options(terminal),
                                                  engine ? *engine : nullptr, terminal.context());
  if (!report) return terminal.refuse(report.error(), arguments.file);
  return show_changed(*report, terminal);
}

}  // namespace zooport::app
