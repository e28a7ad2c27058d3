#include "verbs.hpp"
#include "zooport/convert/convert_source.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {
namespace {

convert::ConvertRequest request_of(const ConvertArguments& arguments, const Terminal& terminal) {
  using Options = convert::CzannOptions;
  convert::ConvertRequest request;
  request.to = arguments.to;
  request.type = arguments.type;
  request.source_dtype = arguments.source_dtype;
  request.license_file = arguments.license_file;
  request.czann_version = arguments.czann_version;
  request.target = arguments.target;
  request.legacy.pixel_types = arguments.pixel_types;
  request.legacy.color_handling = arguments.color_handling;
  Options& options = request.czann;
  options.weights = arguments.weights;
  options.name = arguments.name;
  options.id = arguments.id;
  options.classes = arguments.classes;
  options.min_overlap = arguments.min_overlap;
  options.spatial_dims = arguments.spatial_dims;
  options.scaling = arguments.scaling;
  if (!arguments.statistics_from.empty()) options.statistics = Options::Statistics::kOfImage;
  if (arguments.tile_statistics) options.statistics = Options::Statistics::kPerTile;
  options.statistics_image = arguments.statistics_from;
  options.statistics_axes = arguments.axes;
  options.graph_axes = arguments.axes;
  if (arguments.embed) options.embed = Options::Embed::kDescription;
  if (arguments.force) options.on_failure = Options::OnFailure::kWriteAnyway;
  if (terminal.common().overwrite) options.if_present = Options::IfPresent::kReplace;
  return request;
}

convert::NetworkCall call_of(const ConvertArguments& arguments) {
  convert::NetworkCall call{arguments.pre, arguments.post};
  if (arguments.allow_savedmodel) call.savedmodel = convert::SpecCall::SavedModel::kPack;
  return call;
}

Result<convert::ConversionReport> run(const ConvertArguments& arguments, const Terminal& terminal) {
  convert::EngineOnDemand engine([&] { return terminal.engine_for(arguments.source, arguments.isolation); });
  return convert::convert_source(arguments.source, arguments.dest, request_of(arguments, terminal), call_of(arguments),
                                 std::move(engine), terminal.context());
}

}  // namespace

Exit convert(const ConvertArguments& arguments, Terminal& terminal) {
  const auto report = run(arguments, terminal);
  if (!report) {
    const auto texts = convert::option_texts(call_of(arguments));
    return terminal.refuse(report.error(), arguments.source, report::text_in(texts));
  }
  terminal.warn(report::findings_text(report->findings.items(), nullptr, terminal.text_options()));
  const bool is_written = !report->sha256.empty();
  if (!is_written) terminal.warn(source_line(arguments.dest, "not written: " + report->verification.reason));
  terminal.result(terminal.wants_text() ? std::string() : report::convert_record(*report),
                  report::convert_summary(*report));
  return is_written ? Exit::kFine : Exit::kInvalid;
}

}  // namespace zooport::app
