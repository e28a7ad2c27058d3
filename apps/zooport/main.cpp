#include <cstdio>
#include <cstring>

#include "cli.hpp"
#include "exit_code.hpp"
#include "zooport/engine/isolated.hpp"

namespace {

// The process that holds the engine for another zooport; nothing for people.
int serve_engine(const char* engine_path) {
  const zooport::Result<void> served = zooport::engine::serve_engine(engine_path);
  if (served) return 0;
  std::fprintf(stderr, "zooport: error: %s\n", served.error().what.message.c_str());
  return static_cast<int>(zooport::app::exit_of(served.error().kind));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], zooport::engine::kServeEngine) == 0) return serve_engine(argv[2]);
  return static_cast<int>(zooport::app::run_command_line(argc, argv));
}
