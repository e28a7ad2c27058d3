#include "cli.hpp"

int main(int argc, char** argv) { return static_cast<int>(zooport::app::run_command_line(argc, argv)); }
