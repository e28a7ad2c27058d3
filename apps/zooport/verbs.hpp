#pragma once

#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"

// One function a verb, each in its own file of verbs/.
namespace zooport::app {

Exit check(const CheckArguments& arguments, Terminal& terminal);
Exit info(const InfoArguments& arguments, Terminal& terminal);
Exit test(const TestArguments& arguments, Terminal& terminal);
Exit predict(const PredictArguments& arguments, Terminal& terminal);
Exit compare(const CompareArguments& arguments, Terminal& terminal);
Exit convert(const ConvertArguments& arguments, Terminal& terminal);
Exit package(const PackageArguments& arguments, Terminal& terminal);
Exit unpack(const UnpackArguments& arguments, Terminal& terminal);
Exit upgrade(const UpgradeArguments& arguments, Terminal& terminal);
Exit doctor(const DoctorArguments& arguments, Terminal& terminal);
Exit explain(const ExplainArguments& arguments, Terminal& terminal);
Exit schema(const SchemaArguments& arguments, Terminal& terminal);
Exit graph_info(const GraphArguments& arguments, Terminal& terminal);
Exit graph_check(const GraphArguments& arguments, Terminal& terminal);
Exit graph_opset(const GraphArguments& arguments, Terminal& terminal);
Exit graph_shape(const GraphArguments& arguments, Terminal& terminal);
Exit graph_wrap(const GraphArguments& arguments, Terminal& terminal);

}  // namespace zooport::app
