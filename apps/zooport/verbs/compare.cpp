#include "verbs.hpp"
#include "zooport/convert/compare_models.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

Result<predict::TestResult> run(const CompareArguments& arguments, const Terminal& terminal) {
  ZOOPORT_TRY_ASSIGN(const convert::Loaded a, convert::load_model(arguments.a, terminal.context()));
  ZOOPORT_TRY_ASSIGN(const convert::Loaded b, convert::load_model(arguments.b, terminal.context()));
  ZOOPORT_TRY_ASSIGN(auto engine, terminal.engine());
  convert::CompareOptions options;
  options.inputs = arguments.inputs;
  options.axes = arguments.axes;
  options.session.device = arguments.device;
  options.session.threads = arguments.threads;
  return convert::compare_models(a, b, options, std::move(engine), terminal.context());
}

}  // namespace

Exit compare(const CompareArguments& arguments, Terminal& terminal) {
  const auto result = run(arguments, terminal);
  if (!result) return not_run(result.error(), arguments.a, terminal);
  terminal.say(report::findings_text(result->findings.items(), nullptr, terminal.text_options()));
  const bool agrees = result->status == predict::TestResult::Status::kPassed;
  if (!agrees) terminal.warn(source_line(arguments.b, result->reason));
  terminal.result(report::compare_record(arguments.a, arguments.b, *result),
                  report::test_summary(arguments.b, *result));
  return agrees ? Exit::kFine : Exit::kInvalid;
}

}  // namespace zooport::app
