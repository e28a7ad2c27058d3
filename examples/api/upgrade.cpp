// A description in the newest version of its format, comments and order kept, on stdout: upgrade FILE
#include <iostream>

#include "zooport/bioimageio/load.hpp"
#include "zooport/bioimageio/upgrade.hpp"

namespace bioimageio = zooport::bioimageio;

int main(int, char** arguments) {
  const auto loaded = bioimageio::load(arguments[1], {.io = bioimageio::Io::kNone}, {});
  if (!loaded) return 3;
  const auto upgraded = bioimageio::upgrade(loaded->description, {}, {});
  if (!upgraded) {
    std::cerr << upgraded.error().what.message << "\n";
    return 1;
  }
  for (const std::string& change : upgraded->changes) std::cerr << change << "\n";
  std::cout << upgraded->text;
}
