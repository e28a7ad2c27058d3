#include "verbs.hpp"
#include "zooport/convert/formats.hpp"
#include "zooport/report/schema_record.hpp"

namespace zooport::app {

Exit schema(const SchemaArguments& arguments, Terminal& terminal) {
  const auto format = convert::find_format(arguments.name);
  if (!format) return terminal.refuse(format.error(), arguments.name);
  terminal.result(report::schema_record(**format), report::schema_text(**format));
  return Exit::kFine;
}

}  // namespace zooport::app
