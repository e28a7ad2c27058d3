#include <gtest/gtest.h>

#include <thread>

#include "engine/onnxruntime/status.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/fake_engine.hpp"
#include "tests/support/tiny_onnx.hpp"

namespace zooport::engine {

namespace {

using testing::installed_engine;
using testing::tiny::Node;
using testing::tiny::Value;

Bytes twice(const Value& input, const Value& output) {
  return testing::tiny::model({Node{"Add", {input.name, input.name}, {output.name}}}, {input}, {output});
}

std::unique_ptr<Session> loaded(const Bytes& model, const SessionOptions& options = {}) {
  auto session = installed_engine()->load(model, options, Context{});
  EXPECT_TRUE(session.ok()) << session.error().what.message;
  return session ? std::move(*session) : nullptr;
}

// Squares a matrix many times over: long enough to be stopped between two operators.
Bytes long_model(std::int64_t size, int operators) {
  std::vector<Node> nodes;
  for (int i = 0; i < operators; ++i) {
    nodes.push_back({"MatMul", {i == 0 ? "x" : "v" + std::to_string(i), "x"}, {"v" + std::to_string(i + 1)}});
  }
  return testing::tiny::model(nodes, {{"x", 1, {size, size}}}, {{"v" + std::to_string(operators), 1, {size, size}}});
}

}  // namespace

TEST(EngineRun, SaysWhatItIs) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = installed_engine();
  EXPECT_EQ(engine->name(), "onnxruntime");
  EXPECT_TRUE(engine->version().starts_with("1."));
  EXPECT_TRUE(engine->path().starts_with('/'));
  EXPECT_NE(std::find(engine->providers().begin(), engine->providers().end(), "CPUExecutionProvider"),
            engine->providers().end());
}

TEST(EngineRun, ComputesWithOpenAndFixedSizes) {
  ZOOPORT_NEEDS_ENGINE();
  for (const std::int64_t size : {std::int64_t{-1}, std::int64_t{3}}) {
    const auto session = loaded(twice({"image", 1, {2, size}}, {"result", 1, {2, size}}));
    ASSERT_TRUE(session);
    ASSERT_EQ(session->inputs().size(), 1u);
    EXPECT_EQ(session->inputs()[0].name, "image");
    EXPECT_EQ(session->outputs()[0].name, "result");
    EXPECT_EQ(session->inputs()[0].shape, (tensor::Shape{2, size}));
    EXPECT_EQ(session->provider(), "CPU");
    const auto x = tensor::Array::of<float>({2, 3}, {0, 1, 2, 3, 4, 5});
    const auto y = session->run({x.view()}, Context{});
    ASSERT_TRUE(y.ok()) << y.error().what.message;
    ASSERT_EQ(y->size(), 1u);
    EXPECT_EQ((*y)[0].shape(), (tensor::Shape{2, 3}));
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ((*y)[0].as<float>()[i], 2 * static_cast<float>(i));
  }
}

TEST(EngineRun, InputsThatAreOutputsAreCopied) {
  ZOOPORT_NEEDS_ENGINE();
  for (const std::int64_t size : {std::int64_t{-1}, std::int64_t{3}}) {
    const Value x{"x", 1, {size}};
    const auto session = loaded(testing::tiny::model({Node{"Neg", {"x"}, {"y"}}}, {x}, {x, {"y", 1, {size}}}));
    ASSERT_TRUE(session);
    const auto given = tensor::Array::of<float>({3}, {1, 2, 3});
    const auto outputs = session->run({given.view()}, Context{});
    ASSERT_TRUE(outputs.ok()) << outputs.error().what.message;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ((*outputs)[0].as<float>()[i], given.as<float>()[i]);
      EXPECT_EQ((*outputs)[1].as<float>()[i], -given.as<float>()[i]);
    }
  }
}

TEST(EngineRun, FixedInputsThatAreOutputsAreCopied) {
  ZOOPORT_NEEDS_ENGINE();
  const Value x{"x", 1, {3}}, w{"w", 1, {3}};
  const auto weights = tensor::Array::of<float>({3}, {4, 5, 6});
  SessionOptions options;
  const std::span<const std::byte> bytes = weights.bytes();
  options.fixed = {{"w", tensor::Dtype::kFloat32, {3}, Bytes(std::vector<std::byte>(bytes.begin(), bytes.end()))}};
  const auto session =
      loaded(testing::tiny::model({Node{"Add", {"x", "w"}, {"y"}}}, {x, w}, {w, {"y", 1, {3}}}), options);
  ASSERT_TRUE(session);
  const auto given = tensor::Array::of<float>({3}, {1, 2, 3});
  const auto outputs = session->run({given.view()}, Context{});
  ASSERT_TRUE(outputs.ok()) << outputs.error().what.message;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*outputs)[0].as<float>()[i], weights.as<float>()[i]);
    EXPECT_EQ((*outputs)[1].as<float>()[i], given.as<float>()[i] + weights.as<float>()[i]);
  }
}

// Files may declare no shape at all; the library gives that out as no axes.
TEST(EngineRun, PortsOfUnknownShapeTakeAny) {
  ZOOPORT_NEEDS_ENGINE();
  const auto open = loaded(twice({"x", 1, {}, false}, {"y", 1, {}, false}));
  const auto x = tensor::Array::of<float>({3, 1}, {0, 1, 2});
  const auto y = open->run({x.view()}, Context{});
  ASSERT_TRUE(y.ok()) << y.error().what.message;
  EXPECT_EQ((*y)[0].shape(), (tensor::Shape{3, 1}));
  const auto scalar = loaded(twice({"x", 1, {}}, {"y", 1, {}}));
  const auto one = tensor::Array::of<float>({}, {3});
  const auto six = scalar->run({one.view()}, Context{});
  ASSERT_TRUE(six.ok()) << six.error().what.message;
  EXPECT_EQ((*six)[0].as<float>()[0], 6);
}

TEST(EngineRun, TakesViewsWithAnyStrides) {
  ZOOPORT_NEEDS_ENGINE();
  const auto session = loaded(twice({"x", 1, {-1, -1}}, {"y", 1, {-1, -1}}));
  const auto x = tensor::Array::of<float>({2, 3}, {0, 1, 2, 3, 4, 5});
  const auto y = session->run({x.view().transposed({1, 0})}, Context{});
  ASSERT_TRUE(y.ok());
  EXPECT_EQ((*y)[0].shape(), (tensor::Shape{3, 2}));
  const std::vector<float> expected = {0, 6, 2, 8, 4, 10};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), (*y)[0].as<float>().begin()));
}

TEST(EngineRun, EveryElementTypeHasItsDtype) {
  ZOOPORT_NEEDS_ENGINE();
  const std::vector<std::pair<int, tensor::Dtype>> types = {
      {1, tensor::Dtype::kFloat32},  {2, tensor::Dtype::kUint8},   {3, tensor::Dtype::kInt8},
      {4, tensor::Dtype::kUint16},   {5, tensor::Dtype::kInt16},   {6, tensor::Dtype::kInt32},
      {7, tensor::Dtype::kInt64},    {9, tensor::Dtype::kBool},    {10, tensor::Dtype::kFloat16},
      {11, tensor::Dtype::kFloat64}, {12, tensor::Dtype::kUint32}, {13, tensor::Dtype::kUint64}};
  for (const auto& [element, dtype] : types) {
    const Value input{"x", element, {4}};
    const Value output{"y", element, {4}};
    const auto session = loaded(testing::tiny::model({Node{"Identity", {"x"}, {"y"}}}, {input}, {output}));
    ASSERT_TRUE(session) << element;
    EXPECT_EQ(session->inputs()[0].dtype, dtype);
    tensor::Array x = tensor::Array::converted(tensor::Array::of<float>({4}, {0, 1, 0, 1}).view(), dtype);
    const auto y = session->run({x.view()}, Context{});
    ASSERT_TRUE(y.ok()) << element << y.error().what.message;
    EXPECT_EQ((*y)[0].dtype(), dtype);
    EXPECT_TRUE(std::equal(x.bytes().begin(), x.bytes().end(), (*y)[0].bytes().begin())) << element;
  }
}

TEST(EngineRun, StringPortsAreRefused) {
  ZOOPORT_NEEDS_ENGINE();
  const Bytes model = testing::tiny::model({Node{"Identity", {"x"}, {"y"}}}, {{"x", 8, {4}}}, {{"y", 8, {4}}});
  const auto session = installed_engine()->load(model, {}, Context{});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().what.id, "engine.port-type");
}

TEST(EngineRun, WrongInputsAreSaidInTermsOfThePort) {
  ZOOPORT_NEEDS_ENGINE();
  const auto session = loaded(twice({"image", 1, {2, -1}}, {"y", 1, {2, -1}}));
  const auto wrong_size = tensor::Array::of<float>({3, 1}, {0, 1, 2});
  const auto wrong_type = tensor::Array::of<double>({2, 1}, {0, 1});
  const auto wrong_rank = tensor::Array::of<float>({2}, {0, 1});
  for (const tensor::Array* given : {&wrong_size, &wrong_type, &wrong_rank}) {
    const auto y = session->run({given->view()}, Context{});
    ASSERT_FALSE(y.ok());
    EXPECT_EQ(y.error().what.id, "engine.input-mismatch");
    EXPECT_NE(y.error().what.message.find("image takes float32 [2, -1]"), std::string::npos) << y.error().what.message;
  }
  EXPECT_FALSE(session->run({}, Context{}).ok());
}

TEST(EngineRun, EmptyTensorsPass) {
  ZOOPORT_NEEDS_ENGINE();
  const auto session = loaded(twice({"x", 1, {-1}}, {"y", 1, {-1}}));
  const tensor::Array empty(tensor::Dtype::kFloat32, {0});
  const auto y = session->run({empty.view()}, Context{});
  ASSERT_TRUE(y.ok()) << y.error().what.message;
  EXPECT_EQ((*y)[0].size(), 0);
}

TEST(EngineRun, BadNetworksAreRefusedOnLoading) {
  ZOOPORT_NEEDS_ENGINE();
  const Value x{"x", 1, {4}};
  const Value y{"y", 1, {4}};
  const std::vector<Bytes> models = {Bytes(), Bytes(std::string("no protobuf at all")),
                                     testing::tiny::model({Node{"NoSuchOperator", {"x"}, {"y"}}}, {x}, {y}),
                                     testing::tiny::model({Node{"Add", {"x", "unknown"}, {"y"}}}, {x}, {y})};
  for (const Bytes& model : models) {
    const auto session = installed_engine()->load(model, {}, Context{});
    ASSERT_FALSE(session.ok());
    EXPECT_EQ(session.error().what.id, "engine.load-failed");
    EXPECT_EQ(session.error().what.message.find("onnxruntime_src"), std::string::npos) << session.error().what.message;
  }
}

TEST(EngineRun, NetworksAboveTwoGibibytesAreRefusedBeforeTheyAreRead) {
  ZOOPORT_NEEDS_ENGINE();
  static const std::byte first{};
  const Bytes model(nullptr, std::span<const std::byte>(&first, std::size_t{3} << 30));
  const auto session = installed_engine()->load(model, {}, Context{});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().what.id, "engine.model-too-large");
}

TEST(EngineRun, ErrorOfARunIsAResult) {
  ZOOPORT_NEEDS_ENGINE();
  const Bytes model = testing::tiny::model({Node{"MatMul", {"a", "b"}, {"y"}}},
                                           {{"a", 1, {-1, -1}}, {"b", 1, {-1, -1}}}, {{"y", 1, {-1, -1}}});
  const auto session = loaded(model);
  const auto a = tensor::Array::of<float>({1, 2}, {1, 2});
  const auto y = session->run({a.view(), a.view()}, Context{});
  ASSERT_FALSE(y.ok());
  EXPECT_EQ(y.error().what.id, "engine.run-failed");
  EXPECT_EQ(y.error().what.message.find("onnxruntime_src"), std::string::npos) << y.error().what.message;
  EXPECT_TRUE(session->run({a.view(), a.view().transposed({1, 0})}, Context{}).ok());
}

TEST(EngineRun, DeviceThatIsNotThereIsNeverReplaced) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = installed_engine();
  if (std::find(engine->providers().begin(), engine->providers().end(), "CUDAExecutionProvider") !=
      engine->providers().end())
    GTEST_SKIP() << "this ONNX Runtime has CUDA";
  SessionOptions options;
  options.device = "cuda:1";
  const auto session = engine->load(twice({"x", 1, {1}}, {"y", 1, {1}}), options, Context{});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(session.error().what.id, "engine.no-provider");
  EXPECT_NE(session.error().what.message.find("CPUExecutionProvider"), std::string::npos);
}

TEST(EngineRun, SameResultForAnyThreadCountAndArena) {
  ZOOPORT_NEEDS_ENGINE();
  const Bytes model = long_model(96, 3);
  tensor::Array x(tensor::Dtype::kFloat32, {96, 96});
  for (std::size_t i = 0; i < x.as<float>().size(); ++i) x.as<float>()[i] = static_cast<float>(i % 17) / 100;
  std::vector<tensor::Array> results;
  for (const unsigned threads : {1u, 2u, 0u}) {
    SessionOptions options;
    options.threads = threads;
    options.use_arena = threads != 1;
    auto y = loaded(model, options)->run({x.view()}, Context{});
    ASSERT_TRUE(y.ok());
    results.push_back(std::move((*y)[0]));
  }
  for (const tensor::Array& result : results) {
    EXPECT_TRUE(std::equal(result.bytes().begin(), result.bytes().end(), results[0].bytes().begin()));
  }
}

TEST(EngineRun, DeadlineEndsARun) {
  ZOOPORT_NEEDS_ENGINE();
  SessionOptions options;
  options.deadline = std::chrono::milliseconds(1);
  const auto session = loaded(long_model(512, 200), options);
  const tensor::Array x(tensor::Dtype::kFloat32, {512, 512});
  const auto y = session->run({x.view()}, Context{});
  ASSERT_FALSE(y.ok());
  EXPECT_EQ(y.error().what.id, "engine.deadline");
  EXPECT_EQ(y.error().kind, ErrorKind::kCancelled);
}

TEST(EngineRun, StopTokenEndsARunAndTheSessionStaysUsable) {
  ZOOPORT_NEEDS_ENGINE();
  const auto session = loaded(long_model(512, 40));
  const tensor::Array x(tensor::Dtype::kFloat32, {512, 512});
  std::stop_source source;
  Context context;
  context.stop = source.get_token();
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    source.request_stop();
  });
  // Whenever the stop comes, a run that starts after it, or is under way, ends with it.
  Result<std::vector<tensor::Array>> y = session->run({x.view()}, context);
  while (y.ok()) y = session->run({x.view()}, context);
  stopper.join();
  EXPECT_EQ(y.error().what.id, "base.cancelled");
  EXPECT_TRUE(session->run({x.view()}, Context{}).ok());
}

TEST(EngineStatus, MessagesLosePlacesInTheLibrarysSources) {
  EXPECT_EQ(ort::cleaned("/onnxruntime_src/core/graph.cc:412 Node (a) failed\n"), "Node (a) failed");
  EXPECT_EQ(ort::cleaned("plain words"), "plain words");
}

TEST(EngineStatus, MemoryAndMissingOperatorsHaveTheirOwnKind) {
  const Error memory = ort::run_error({ort::kRuntimeException, "Failed to allocate memory for requested buffer"});
  EXPECT_EQ(memory.what.id, "engine.out-of-memory");
  EXPECT_EQ(ort::load_error({ort::kNotImplemented, "no kernel"}).kind, ErrorKind::kUnsupported);
  EXPECT_EQ(ort::load_error({ort::kInvalidGraph, "x"}).kind, ErrorKind::kInvalid);
}

TEST(FakeEngine, ComputesTheGivenFunction) {
  testing::FakeEngine engine({{{"x", tensor::Dtype::kFloat32, {-1}}},
                              {{"y", tensor::Dtype::kFloat32, {-1}}},
                              [](const std::vector<tensor::View>& inputs) -> Result<std::vector<tensor::Array>> {
                                std::vector<tensor::Array> outputs;
                                outputs.push_back(tensor::Array::copy_of(inputs[0]));
                                return outputs;
                              }});
  const auto session = engine.load(Bytes(), {}, Context{});
  ASSERT_TRUE(session.ok());
  const auto x = tensor::Array::of<float>({2}, {1, 2});
  const auto y = (*session)->run({x.view()}, Context{});
  ASSERT_TRUE(y.ok());
  EXPECT_EQ((*y)[0].as<float>()[1], 2);
}

}  // namespace zooport::engine
