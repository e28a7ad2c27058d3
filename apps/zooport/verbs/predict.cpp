#include "verbs.hpp"
#include "zooport/convert/predict_files.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

Result<convert::PredictReport> run(const PredictArguments& arguments, const Terminal& terminal) {
  convert::PredictRequest request;
  ZOOPORT_TRY_ASSIGN(request.options.tile, convert::parse_tile(arguments.tile));
  ZOOPORT_TRY_ASSIGN(request.options.halo, convert::parse_halo(arguments.halo));
  request.options.weights = arguments.weights;
  request.options.session.device = arguments.device;
  request.options.session.threads = arguments.threads;
  request.inputs = arguments.inputs;
  request.outputs = arguments.outputs;
  request.axes = arguments.axes;
  request.statistics_from = arguments.statistics_from;
  request.picture = arguments.picture;
  if (terminal.common().overwrite) request.if_present = resource::IfPresent::kReplace;
  ZOOPORT_TRY_ASSIGN(const convert::Loaded loaded, convert::load_model(arguments.source, terminal.context()));
  ZOOPORT_TRY_ASSIGN(auto engine, terminal.engine(arguments.isolation, {&loaded}));
  return convert::predict_files(loaded, request, std::move(engine), terminal.context());
}

}  // namespace

Exit predict(const PredictArguments& arguments, Terminal& terminal) {
  const auto report = run(arguments, terminal);
  if (!report) return terminal.refuse(report.error(), arguments.source);
  terminal.say(report::findings_text(report->findings.items(), nullptr, terminal.text_options()));
  terminal.say(report::predict_line(*report));
  terminal.result(report::predict_record(*report), report::predict_summary(*report));
  return Exit::kFine;
}

}  // namespace zooport::app
