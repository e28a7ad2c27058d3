// A self-contained package with one kind of weights: package FOLDER_OR_FILE DEST.zip
#include <iostream>

#include "zooport/bioimageio/load.hpp"

int main(int, char** arguments) {
  zooport::bioimageio::PackageOptions options;
  options.weights = {"onnx", "torchscript"};
  options.if_present = zooport::resource::IfPresent::kReplace;
  const auto written = zooport::bioimageio::package(arguments[1], arguments[2], options, {});
  if (!written) {
    std::cerr << written.error().what.message << "\n";
    return 1;
  }
  for (const zooport::bioimageio::PackageFile& file : written->content.files)
    std::cout << file.name << " from " << file.source << "\n";
  std::cout << "sha256 " << written->sha256 << "\n";
}
