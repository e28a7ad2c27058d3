// A network out of one CZANN into another, under another name: pack_czann FILE.czann FOLDER
#include <iostream>

#include "zooport/convert/converter.hpp"

namespace convert = zooport::convert;

int main(int, char** arguments) {
  const std::string folder = arguments[2];
  const convert::DefaultConverter converter;
  const auto unpacked = converter.unpack_model(arguments[1], folder);
  if (!unpacked) {
    std::cerr << unpacked.error().what.message << "\n";
    return 1;
  }
  convert::ModelSpec spec;
  spec.model = unpacked->network;
  spec.model_metadata = unpacked->metadata;
  spec.model_metadata.name = "Packed again";
  spec.model_metadata.id.clear();  // another model: it gets an Id of its own
  const auto report = converter.convert_from_model_spec(spec, folder, {.output_name = "again"});
  if (!report) {
    std::cerr << report.error().what.message << "\n";
    return 1;
  }
  std::cout << report->dest << ": " << report->verification.reason << "\n";
}
