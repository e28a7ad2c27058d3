#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace zooport::os {

unsigned processor_count();
std::uint64_t memory_bytes();       // of the machine, or of the control group if that is less
std::uint64_t peak_memory_bytes();  // of this process so far
double cpu_seconds();               // of this process so far

std::optional<std::string> environment(const char* name);
std::string executable_path();
bool is_terminal(int file_descriptor);  // 0 in, 1 out, 2 error
unsigned terminal_columns();            // 80 where unknown

// Ctrl-C and SIGTERM set this token's stop state; a second one ends the process after removing unfinished files.
std::stop_token stop_on_signals();

}  // namespace zooport::os
