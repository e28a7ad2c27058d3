#pragma once

#include <functional>

#include "exit_code.hpp"

namespace zooport::app {

// Reads the command line and does what it says.
Exit run_command_line(int argc, const char* const* argv);

}  // namespace zooport::app
