#include "zooport/convert/info.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {

Exit info(const InfoArguments& arguments, Terminal& terminal) {
  return for_each_source(arguments.sources, terminal, [&](const std::string& source) {
    const auto found = convert::inspect_source(source, terminal.context());
    if (!found) return terminal.refuse(found.error(), source);
    // A record holds the hash of the source, which takes longer than everything else about a large file.
    terminal.result(terminal.wants_text() ? std::string() : report::info_record(*found), report::info_summary(*found));
    return Exit::kFine;
  });
}

}  // namespace zooport::app
