#include "zooport/convert/unpack.hpp"

#include "verbs.hpp"
#include "zooport/report/records.hpp"
#include "zooport/report/summary.hpp"

namespace zooport::app {

Exit unpack(const UnpackArguments& arguments, Terminal& terminal) {
  resource::UnpackOptions options;
  if (terminal.common().overwrite) options.if_present = resource::IfPresent::kReplace;
  const auto unpack = arguments.tensors ? &convert::unpack_tensors : &convert::unpack_source;
  const auto unpacked = unpack(arguments.source, arguments.folder, options, terminal.context());
  if (!unpacked) return terminal.refuse(unpacked.error(), arguments.source);
  terminal.result(report::unpack_record(*unpacked), report::unpack_summary(*unpacked));
  return Exit::kFine;
}

}  // namespace zooport::app
