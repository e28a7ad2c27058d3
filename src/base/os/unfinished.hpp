#pragma once

#include <string>

namespace zooport::os {

// Paths that must not survive the process: a second Ctrl-C ends it without running destructors. Thread-safe.
void remember_unfinished(const std::string& path);
void forget_unfinished(const std::string& path);
// Only calls what is allowed in a signal handler. Of folders, only empty ones can go.
void remove_unfinished_in_signal_handler();

}  // namespace zooport::os
