#include "zooport/convert/test_source.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

Result<predict::TestResult> run(const std::string& source, const TestArguments& arguments, const Terminal& terminal) {
  ZOOPORT_TRY_ASSIGN(const convert::Loaded loaded, convert::load_model(source, terminal.context()));
  ZOOPORT_TRY_ASSIGN(auto engine, terminal.engine(arguments.isolation, {&loaded}));
  convert::TestRequest request;
  request.weights = arguments.weights;
  request.session.device = arguments.device;
  request.session.threads = arguments.threads;
  request.save = arguments.save;
  if (terminal.common().overwrite) request.if_present = resource::IfPresent::kReplace;
  return convert::test_source(loaded, request, std::move(engine), terminal.context());
}

}  // namespace

Exit test(const TestArguments& arguments, Terminal& terminal) {
  return for_each_source(arguments.sources, terminal, [&](const std::string& source) {
    const auto result = run(source, arguments, terminal);
    if (!result) return not_run(result.error(), source, terminal);
    const std::string summary = report::test_summary(source, *result);
    const bool passed = result->status == predict::TestResult::Status::kPassed;
    if (passed) {
      terminal.say(report::findings_text(result->findings.items(), nullptr, terminal.text_options()));
    } else {
      terminal.say_failure(source, result->reason, result->findings);
    }
    terminal.result(report::test_record(source, *result), summary);
    return passed ? Exit::kFine : Exit::kInvalid;
  });
}

}  // namespace zooport::app
