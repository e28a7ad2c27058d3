#include <gtest/gtest.h>

#include "engine/onnxruntime/abi.hpp"

#if __has_include(<onnxruntime/onnxruntime_c_api.h>)
#include <onnxruntime/onnxruntime_c_api.h>
#define ZOOPORT_VENDOR_HEADER
#elif __has_include(<onnxruntime_c_api.h>)
#include <onnxruntime_c_api.h>
#define ZOOPORT_VENDOR_HEADER
#endif

TEST(EngineSlots, AreThoseOfTheVendorsHeader) {
#if defined(ZOOPORT_VENDOR_HEADER)
  using zooport::engine::ort::Api;
#define EXPECT_SLOT(member, name) \
  EXPECT_EQ(decltype(Api::member)::number, offsetof(OrtApi, name) / sizeof(void*)) << #name
  EXPECT_SLOT(error_code, GetErrorCode);
  EXPECT_SLOT(error_message, GetErrorMessage);
  EXPECT_SLOT(release_status, ReleaseStatus);
  EXPECT_SLOT(create_env, CreateEnv);
  EXPECT_SLOT(release_env, ReleaseEnv);
  EXPECT_SLOT(available_providers, GetAvailableProviders);
  EXPECT_SLOT(release_available_providers, ReleaseAvailableProviders);
  EXPECT_SLOT(create_options, CreateSessionOptions);
  EXPECT_SLOT(release_options, ReleaseSessionOptions);
  EXPECT_SLOT(set_execution_mode, SetSessionExecutionMode);
  EXPECT_SLOT(disable_memory_pattern, DisableMemPattern);
  EXPECT_SLOT(disable_cpu_arena, DisableCpuMemArena);
  EXPECT_SLOT(set_optimization_level, SetSessionGraphOptimizationLevel);
  EXPECT_SLOT(set_intra_threads, SetIntraOpNumThreads);
  EXPECT_SLOT(set_inter_threads, SetInterOpNumThreads);
  EXPECT_SLOT(add_config, AddSessionConfigEntry);
  EXPECT_SLOT(create_cuda_options, CreateCUDAProviderOptions);
  EXPECT_SLOT(update_cuda_options, UpdateCUDAProviderOptions);
  EXPECT_SLOT(release_cuda_options, ReleaseCUDAProviderOptions);
  EXPECT_SLOT(append_cuda, SessionOptionsAppendExecutionProvider_CUDA_V2);
  EXPECT_SLOT(create_session, CreateSessionFromArray);
  EXPECT_SLOT(release_session, ReleaseSession);
  EXPECT_SLOT(input_count, SessionGetInputCount);
  EXPECT_SLOT(output_count, SessionGetOutputCount);
  EXPECT_SLOT(input_type, SessionGetInputTypeInfo);
  EXPECT_SLOT(output_type, SessionGetOutputTypeInfo);
  EXPECT_SLOT(input_name, SessionGetInputName);
  EXPECT_SLOT(output_name, SessionGetOutputName);
  EXPECT_SLOT(default_allocator, GetAllocatorWithDefaultOptions);
  EXPECT_SLOT(free_with, AllocatorFree);
  EXPECT_SLOT(create_cpu_memory_info, CreateCpuMemoryInfo);
  EXPECT_SLOT(release_memory_info, ReleaseMemoryInfo);
  EXPECT_SLOT(cast_to_tensor_info, CastTypeInfoToTensorInfo);
  EXPECT_SLOT(release_type_info, ReleaseTypeInfo);
  EXPECT_SLOT(element_type, GetTensorElementType);
  EXPECT_SLOT(dimension_count, GetDimensionsCount);
  EXPECT_SLOT(dimensions, GetDimensions);
  EXPECT_SLOT(release_tensor_info, ReleaseTensorTypeAndShapeInfo);
  EXPECT_SLOT(wrap_tensor, CreateTensorWithDataAsOrtValue);
  EXPECT_SLOT(is_tensor, IsTensor);
  EXPECT_SLOT(tensor_data, GetTensorMutableData);
  EXPECT_SLOT(tensor_info, GetTensorTypeAndShape);
  EXPECT_SLOT(release_value, ReleaseValue);
  EXPECT_SLOT(create_run_options, CreateRunOptions);
  EXPECT_SLOT(set_terminate, RunOptionsSetTerminate);
  EXPECT_SLOT(release_run_options, ReleaseRunOptions);
  EXPECT_SLOT(run, Run);
#else
  GTEST_SKIP() << "needs the vendor's onnxruntime_c_api.h; EngineRun tests use the slots on a real library";
#endif
}
