#pragma once

#include <vector>

#include "engine/onnxruntime/engine.hpp"

namespace zooport::engine::ort {

// Element types have the numbers of the ONNX format. 0: none that zooport computes with.
int element_of(tensor::Dtype dtype);
Result<tensor::Dtype> dtype_of_element(int element, std::string_view port);

Result<std::vector<Port>> input_ports(const Api& api, const Handle* session);
Result<std::vector<Port>> output_ports(const Api& api, const Handle* session);

// Says in terms of the port what does not fit, before the engine says it in its own.
Result<void> check_input(const Port& port, const tensor::View& given);

}  // namespace zooport::engine::ort
