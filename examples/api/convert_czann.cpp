// Any model as a CZANN for ZEN, compared with the model: convert_czann FOLDER_OR_FILE DEST.czann
#include <iostream>

#include "zooport/convert/convert_source.hpp"

namespace convert = zooport::convert;

int main(int, char** arguments) {
  convert::ConvertRequest request;
  request.type = "Regression";
  request.source_dtype = "uint16";
  request.czann.spatial_dims = {128, 128};
  request.czann.statistics = convert::CzannOptions::Statistics::kPerTile;
  request.czann.if_present = convert::CzannOptions::IfPresent::kReplace;
  // Without an engine nothing can be compared, and it has to be said that this is wanted.
  const auto engine = zooport::engine::open_onnxruntime("", {});
  if (!engine) request.czann.on_failure = convert::CzannOptions::OnFailure::kWriteAnyway;
  const auto report = convert::convert_source(arguments[1], arguments[2], request, {}, engine ? *engine : nullptr, {});
  if (!report) {
    std::cerr << report.error().what.message << "\n";
    return 1;
  }
  for (const std::string& step : report->steps) std::cout << step << "\n";
  const bool failed = report->verification.status == convert::Verification::Status::kFailed;
  std::cout << (failed ? "differs: " + report->verification.reason : "sha256 " + report->sha256.hex()) << "\n";
  return failed ? 1 : 0;
}
