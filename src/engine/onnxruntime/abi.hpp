#pragma once

#include <cstddef>
#include <cstdint>

// ONNX Runtime's C interface as far as zooport needs it, without the vendor's header. The function table only ever
// grows at its end, so a slot's number and signature are stable; slots_test.cpp compares them with the vendor's header
// where that is installed.
namespace zooport::engine::ort {

#if defined(_WIN32)
#define ZOOPORT_ORT_CALL __stdcall
#else
#define ZOOPORT_ORT_CALL
#endif

struct Status;  // null: success; owned by who receives it
struct Env;
struct Handle;  // a loaded session
struct Options;
struct RunOptions;
struct Value;
struct MemoryInfo;
struct TypeInfo;
struct TensorInfo;  // from cast_to_tensor_info: owned by the TypeInfo
struct Allocator;
struct CudaOptions;

enum ErrorCode : int {
  kFail = 1,
  kInvalidArgument = 2,
  kNoSuchFile = 3,
  kNoModel = 4,
  kEngineError = 5,
  kRuntimeException = 6,
  kInvalidProtobuf = 7,
  kModelLoaded = 8,
  kNotImplemented = 9,
  kInvalidGraph = 10,
  kProviderFail = 11
};
inline constexpr int kLoggingFatal = 4;
inline constexpr int kArenaAllocator = 1;
inline constexpr int kMemoryDefault = 0;
inline constexpr int kSequential = 0;
inline constexpr int kNoOptimization = 0;
inline constexpr int kEveryOptimization = 99;

template <std::size_t kNumber, class Signature>
class Slot;
template <std::size_t kNumber, class Return, class... Arguments>
class Slot<kNumber, Return(Arguments...)> {
 public:
  static constexpr std::size_t number = kNumber;
  explicit Slot(void* const* table)
      : function_(reinterpret_cast<Return(ZOOPORT_ORT_CALL*)(Arguments...)>(table[kNumber])) {}
  Return operator()(Arguments... arguments) const { return function_(arguments...); }

 private:
  Return(ZOOPORT_ORT_CALL* function_)(Arguments...);
};

struct Api {
  void* const* table;

  Slot<1, int(const Status*)> error_code{table};
  Slot<2, const char*(const Status*)> error_message{table};
  Slot<93, void(Status*)> release_status{table};

  Slot<3, Status*(int level, const char* id, Env**)> create_env{table};
  Slot<92, void(Env*)> release_env{table};
  Slot<125, Status*(char*** names, int* count)> available_providers{table};
  Slot<126, Status*(char** names, int count)> release_available_providers{table};

  Slot<10, Status*(Options**)> create_options{table};
  Slot<100, void(Options*)> release_options{table};
  Slot<13, Status*(Options*, int mode)> set_execution_mode{table};
  Slot<17, Status*(Options*)> disable_memory_pattern{table};
  Slot<19, Status*(Options*)> disable_cpu_arena{table};
  Slot<23, Status*(Options*, int level)> set_optimization_level{table};
  Slot<24, Status*(Options*, int threads)> set_intra_threads{table};
  Slot<25, Status*(Options*, int threads)> set_inter_threads{table};
  Slot<130, Status*(Options*, const char* key, const char* value)> add_config{table};
  Slot<205, Status*(CudaOptions**)> create_cuda_options{table};
  Slot<206, Status*(CudaOptions*, const char* const* keys, const char* const* values, std::size_t count)>
      update_cuda_options{table};
  Slot<208, void(CudaOptions*)> release_cuda_options{table};
  Slot<204, Status*(Options*, const CudaOptions*)> append_cuda{table};

  Slot<8, Status*(const Env*, const void* model, std::size_t size, const Options*, Handle**)> create_session{table};
  Slot<95, void(Handle*)> release_session{table};
  Slot<30, Status*(const Handle*, std::size_t*)> input_count{table};
  Slot<31, Status*(const Handle*, std::size_t*)> output_count{table};
  Slot<33, Status*(const Handle*, std::size_t index, TypeInfo**)> input_type{table};
  Slot<34, Status*(const Handle*, std::size_t index, TypeInfo**)> output_type{table};
  Slot<36, Status*(const Handle*, std::size_t index, Allocator*, char**)> input_name{table};
  Slot<37, Status*(const Handle*, std::size_t index, Allocator*, char**)> output_name{table};

  Slot<78, Status*(Allocator**)> default_allocator{table};
  Slot<76, Status*(Allocator*, void*)> free_with{table};
  Slot<69, Status*(int allocator, int memory, MemoryInfo**)> create_cpu_memory_info{table};
  Slot<94, void(MemoryInfo*)> release_memory_info{table};

  Slot<55, Status*(const TypeInfo*, const TensorInfo**)> cast_to_tensor_info{table};
  Slot<98, void(TypeInfo*)> release_type_info{table};
  Slot<60, Status*(const TensorInfo*, int*)> element_type{table};
  Slot<61, Status*(const TensorInfo*, std::size_t*)> dimension_count{table};
  Slot<62, Status*(const TensorInfo*, std::int64_t*, std::size_t)> dimensions{table};
  Slot<99, void(TensorInfo*)> release_tensor_info{table};

  Slot<49, Status*(const MemoryInfo*, void* data, std::size_t size, const std::int64_t* shape, std::size_t rank,
                   int element, Value**)>
      wrap_tensor{table};
  Slot<50, Status*(const Value*, int*)> is_tensor{table};
  Slot<51, Status*(Value*, void**)> tensor_data{table};
  Slot<65, Status*(const Value*, TensorInfo**)> tensor_info{table};
  Slot<96, void(Value*)> release_value{table};

  Slot<39, Status*(RunOptions**)> create_run_options{table};
  Slot<46, Status*(RunOptions*)> set_terminate{table};
  Slot<97, void(RunOptions*)> release_run_options{table};
  Slot<9, Status*(Handle*, const RunOptions*, const char* const* input_names, const Value* const* inputs,
                  std::size_t input_count, const char* const* output_names, std::size_t output_count, Value** outputs)>
      run{table};
};

struct ApiBase {
  void* const*(ZOOPORT_ORT_CALL* get_api)(std::uint32_t version);
  const char*(ZOOPORT_ORT_CALL* version)();
};

// The oldest library that zooport was made for: every slot above exists in its table, and it is the first of the
// releases whose Python packages are still installed by current package managers.
inline constexpr std::uint32_t kOldestVersion = 16;

}  // namespace zooport::engine::ort
