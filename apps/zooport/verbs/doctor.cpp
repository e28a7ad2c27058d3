#include "zooport/convert/doctor.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {

Exit doctor(Terminal& terminal) {
  const auto found = convert::inspect_installation(terminal.common().engine, terminal.context());
  terminal.result(report::doctor_record(found, kVersion), report::doctor_summary(found, kVersion));
  return Exit::kFine;
}

}  // namespace zooport::app
