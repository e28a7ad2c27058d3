#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace zooport::testing {

// tests/support/web_server.py in a process of its own, for as long as this lives: what it does is told there.
class WebServer {
 public:
  explicit WebServer(const std::string& folder) {
    std::array<int, 2> to_server{};
    std::array<int, 2> from_server{};
    if (::pipe2(to_server.data(), O_CLOEXEC) != 0 || ::pipe2(from_server.data(), O_CLOEXEC) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(to_server[0], 0);
      ::dup2(from_server[1], 1);
      ::execlp("python3", "python3", ZOOPORT_SOURCE_DIR "/tests/support/web_server.py", folder.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(to_server[0]);
    ::close(from_server[1]);
    input_ = to_server[1];
    std::string port;
    for (char c = 0; ::read(from_server[0], &c, 1) == 1 && c != '\n';) port += c;
    ::close(from_server[0]);
    EXPECT_FALSE(port.empty()) << "the test needs python3";
    origin_ = "http://127.0.0.1:" + port;
  }
  ~WebServer() { stop(); }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  // "http://127.0.0.1:PORT/files/x" for "files/x".
  std::string url(const std::string& path) const { return origin_ + "/" + path; }
  const std::string& origin() const { return origin_; }

  // From now on connections are refused.
  void stop() {
    if (process_ <= 0) return;
    ::close(input_);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
  int input_ = -1;
  std::string origin_;
};

}  // namespace zooport::testing
