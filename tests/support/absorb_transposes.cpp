// absorb_transposes < list: each line names a graph and, behind a tab, where to write it without the Transposes that
// can be absorbed. Prints the number of steps, or why not, a line each.
#include <iostream>
#include <string>

#include "zooport/base/os/file.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace {

zooport::Result<std::size_t> absorb(const std::string& from, const std::string& to) {
  using namespace zooport;
  constexpr std::uint64_t kMost = 1ULL << 31;
  ZOOPORT_TRY_ASSIGN(const Bytes file, os::read_file(from, kMost));
  const std::string folder = from.substr(0, from.find_last_of('/') + 1);
  ZOOPORT_TRY_ASSIGN(onnx::Model model, onnx::read_model(file, {.external = onnx::folder_external_files(folder)}));
  ZOOPORT_TRY_ASSIGN(const std::vector<std::string> steps, onnx::absorb_transposes(model));
  ZOOPORT_TRY_ASSIGN(const Bytes changed, onnx::to_bytes(model));
  ZOOPORT_TRY(os::write_file_atomically(to, changed.span(), true));
  return steps.size();
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) return 2;
    const auto done = absorb(line.substr(0, tab), line.substr(tab + 1));
    if (done) {
      std::cout << *done << std::endl;
    } else {
      std::cout << done.error().what.id << ": " << done.error().what.message << std::endl;
    }
  }
}
