#include <fstream>
#include <iostream>
#include <iterator>

#include "zooport/bioimageio/description.hpp"

int main(int, char** arguments) {
  std::ifstream file(arguments[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto read = zooport::bioimageio::read(text, "rdf.yaml", {.io = zooport::bioimageio::Io::kNone}, {});
  if (!read.ok() || !read->model()) return 1;
  std::cout << read->model()->name << ": " << zooport::bioimageio::to_text(read->status) << "\n";
}
