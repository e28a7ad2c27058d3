#include "zooport/convert/doctor.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"
#include "zooport/report/zen_kit.hpp"

namespace zooport::app {
namespace {

Exit write_kit(const std::string& folder, Terminal& terminal) {
  convert::ZenKitOptions options;
  if (terminal.common().overwrite) options.if_present = convert::ZenKitOptions::IfPresent::kReplace;
  // Without an engine the kit is the same; nothing has run its networks then.
  const auto engine = terminal.engine();
  auto kit = convert::write_zen_kit(folder, options, engine ? *engine : nullptr, terminal.context());
  if (!kit) return terminal.refuse(kit.error(), folder);
  if (!engine) kit->reason = engine.error().what.message;
  terminal.result(report::zen_kit_record(*kit), report::zen_kit_summary(*kit));
  return Exit::kFine;
}

}  // namespace

Exit doctor(const DoctorArguments& arguments, Terminal& terminal) {
  if (!arguments.zen_kit.empty()) return write_kit(arguments.zen_kit, terminal);
  const auto found = convert::inspect_installation(terminal.common().engine, terminal.context());
  terminal.result(report::doctor_record(found, kVersion), report::doctor_summary(found, kVersion));
  return Exit::kFine;
}

}  // namespace zooport::app
