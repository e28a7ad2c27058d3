#include "zooport/report/explain.hpp"

#include "verbs.hpp"

namespace zooport::app {

Exit explain(const ExplainArguments& arguments, Terminal& terminal) {
  const auto explanation = convert::explain(arguments.path);
  if (!explanation) return terminal.refuse(explanation.error(), arguments.path);
  terminal.result(report::explain_record(*explanation), report::explain_text(*explanation));
  return Exit::kFine;
}

}  // namespace zooport::app
