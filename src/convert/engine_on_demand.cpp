#include "zooport/convert/engine_on_demand.hpp"

namespace zooport::convert {

Result<std::shared_ptr<engine::Engine>> EngineOnDemand::get() {
  if (engine_) return engine_;
  if (!open_)
    return make_error(
        ErrorKind::kUnsupported, "convert.no-engine",
        "a conversion that changes the network is verified by running both sides, and there is no engine; `zooport "
        "doctor` says how to get one, --force writes without");
  ZOOPORT_TRY_ASSIGN(engine_, open_());
  return engine_;
}

}  // namespace zooport::convert
