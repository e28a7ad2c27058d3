// What a CZANN holds: read_czann FILE.czann
#include <iostream>

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/package.hpp"

int main(int, char** arguments) {
  const auto bytes = zooport::os::read_file(arguments[1], zooport::Limits{}.model_bytes);
  if (!bytes) return 3;
  const auto read = zooport::czann::read(*bytes, {});
  if (!read || !read->package) {
    std::cerr << (read ? "this is no CZANN" : read.error().what.message) << "\n";
    return 1;
  }
  const zooport::czann::Metadata& metadata = read->package->metadata;
  std::cout << metadata.name << ", " << name_of(metadata.type) << "\n"
            << "from " << zooport::shape_text(metadata.input_shape) << " to "
            << zooport::shape_text(metadata.output_shape) << "\n";
  for (const zooport::czann::Member& member : read->package->others)
    std::cout << member.name << ", " << member.content.size() << " bytes\n";
}
