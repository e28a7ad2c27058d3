#include "verbs.hpp"
#include "zooport/convert/compare_models.hpp"
#include "zooport/convert/predict_files.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

Result<convert::CompareResult> run(const CompareArguments& arguments, const Terminal& terminal) {
  convert::CompareOptions options;
  ZOOPORT_TRY_ASSIGN(options.tile, convert::parse_tile(arguments.tile));
  ZOOPORT_TRY_ASSIGN(options.halo, convert::parse_halo(arguments.halo));
  options.weights = arguments.weights;
  options.seed = terminal.common().seed;
  ZOOPORT_TRY_ASSIGN(const convert::Loaded a, convert::load_model(arguments.a, terminal.context()));
  ZOOPORT_TRY_ASSIGN(const convert::Loaded b, convert::load_model(arguments.b, terminal.context()));
  ZOOPORT_TRY_ASSIGN(auto engine, terminal.engine(arguments.isolation, {&a, &b}));
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
  const bool agrees = result->status == predict::TestResult::Status::kPassed;
  if (agrees) {
    terminal.say(report::findings_text(result->findings.items(), nullptr, terminal.text_options()));
  } else {
    terminal.say_failure(arguments.b, result->reason, result->findings);
  }
  terminal.result(report::compare_record(arguments.a, arguments.b, *result),
                  report::compare_summary(arguments.a, arguments.b, *result));
  return agrees ? Exit::kFine : Exit::kInvalid;
}

}  // namespace zooport::app
