#pragma once

#include <memory>

#include "engine/onnxruntime/abi.hpp"

namespace zooport::engine::ort {

// Releases a handle through a slot of the function table.
template <class T, auto kRelease>
struct Releaser {
  const Api* api = nullptr;
  void operator()(T* handle) const { (api->*kRelease)(handle); }
};
template <class T, auto kRelease>
using Owned = std::unique_ptr<T, Releaser<T, kRelease>>;

using OwnedEnv = Owned<Env, &Api::release_env>;
using OwnedOptions = Owned<Options, &Api::release_options>;
using OwnedCudaOptions = Owned<CudaOptions, &Api::release_cuda_options>;
using OwnedHandle = Owned<Handle, &Api::release_session>;
using OwnedMemoryInfo = Owned<MemoryInfo, &Api::release_memory_info>;
using OwnedTypeInfo = Owned<TypeInfo, &Api::release_type_info>;
using OwnedTensorInfo = Owned<TensorInfo, &Api::release_tensor_info>;
using OwnedValue = Owned<Value, &Api::release_value>;
using OwnedRunOptions = Owned<RunOptions, &Api::release_run_options>;

}  // namespace zooport::engine::ort
