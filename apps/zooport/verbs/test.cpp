#include "zooport/predict/test_model.hpp"

#include "verbs.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

Result<predict::TestResult> run(const std::string& source, const TestArguments& arguments, const Terminal& terminal) {
  ZOOPORT_TRY_ASSIGN(const convert::Loaded loaded, convert::load_model(source, terminal.context()));
  ZOOPORT_TRY_ASSIGN(auto engine, terminal.engine());
  predict::TestOptions options;
  options.weights = arguments.weights;
  options.session.device = arguments.device;
  options.session.threads = arguments.threads;
  return predict::test_model(loaded.model, std::move(engine), options, terminal.context());
}

}  // namespace

Exit test(const TestArguments& arguments, Terminal& terminal) {
  return for_each_source(arguments.sources, terminal, [&](const std::string& source) {
    const auto result = run(source, arguments, terminal);
    if (!result) return not_run(result.error(), source, terminal);
    const std::string summary = report::test_summary(source, *result);
    const bool passed = result->status == predict::TestResult::Status::kPassed;
    if (!passed) terminal.warn(source_line(source, result->reason));
    terminal.result(report::test_record(source, *result), summary);
    return passed ? Exit::kFine : Exit::kInvalid;
  });
}

}  // namespace zooport::app
