#include "zooport/engine/isolated.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "src/engine/isolated/messages.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/tiny_onnx.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/io.hpp"

// Engines in a process of their own: the real one, and hosts that misbehave (hostile_host.py).
namespace zooport::engine {
namespace {

using namespace std::chrono_literals;
namespace tiny = testing::tiny;
using tensor::Array;

// Processes that this one has started and that are still there, dead ones that nobody waited for included.
std::size_t children() {
  std::ifstream list("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  return static_cast<std::size_t>(std::distance(std::istream_iterator<int>(list), std::istream_iterator<int>()));
}

class Isolated : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(children(), 0u) << "a process was left behind"; }

  static IsolationOptions real() {
    IsolationOptions options;
    options.program = ZOOPORT_BUILD_DIR "/bin/zooport";
    return options;
  }
  static IsolationOptions hostile(const std::string& mode) {
    IsolationOptions options;
    options.program = ZOOPORT_SOURCE_DIR "/tests/engine/hostile_host.py";
    options.engine_path = mode;
    options.time_limit = 3s;
    return options;
  }
  // Id of the error of the first step that fails; empty: all is well.
  static std::string outcome(const IsolationOptions& options, const Context& context = {}) {
    const auto engine = open_isolated(options, context);
    if (!engine) return engine.error().what.id;
    const auto session = (*engine)->load(add_one(), {}, context);
    if (!session) return session.error().what.id;
    const Array x = Array::of<float>({4}, {1, 2, 3, 4});
    const auto y = (*session)->run({x.view()}, context);
    return y ? "" : y.error().what.id;
  }
  static Bytes add_one() { return tiny::model({{"Abs", {"x"}, {"y"}}}, {{"x", 1, {4}}}, {{"y", 1, {4}}}); }
};

TEST_F(Isolated, GivesTheSameNumbers) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = open_isolated(real(), {});
  ASSERT_TRUE(engine) << engine.error().what.message;
  const auto here = testing::installed_engine();
  EXPECT_TRUE((*engine)->is_isolated());
  EXPECT_FALSE(here->is_isolated());
  EXPECT_EQ((*engine)->name(), here->name());
  EXPECT_EQ((*engine)->version(), here->version());
  EXPECT_EQ((*engine)->providers(), here->providers());
  const Bytes model = tiny::model({{"Softmax", {"x"}, {"y"}}, {"Transpose", {"x"}, {"z"}}}, {{"x", 1, {-1, 3}}},
                                  {{"y", 1, {-1, 3}}, {"z", 1, {3, -1}}});
  const auto apart = (*engine)->load(model, {}, {});
  const auto beside = here->load(model, {}, {});
  ASSERT_TRUE(apart) << apart.error().what.message;
  ASSERT_TRUE(beside);
  ASSERT_EQ((*apart)->inputs().size(), 1u);
  EXPECT_EQ((*apart)->inputs()[0].shape, (*beside)->inputs()[0].shape);
  EXPECT_EQ((*apart)->outputs()[1].name, "z");
  EXPECT_EQ((*apart)->provider(), (*beside)->provider());
  for (const std::int64_t rows : {1, 2, 0, 200000}) {
    Array x(tensor::Dtype::kFloat32, {rows, 3});
    float next = 0;
    for (float& value : x.as<float>()) value = next += 0.25f;
    const auto found = (*apart)->run({x.view()}, {});
    const auto expected = (*beside)->run({x.view()}, {});
    ASSERT_TRUE(found) << found.error().what.message;
    ASSERT_TRUE(expected);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ((*found)[i].shape(), (*expected)[i].shape());
      EXPECT_TRUE(std::ranges::equal((*found)[i].bytes(), (*expected)[i].bytes()));
    }
  }
}

TEST_F(Isolated, KeepsInputsThatAreFixed) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = open_isolated(real(), {});
  ASSERT_TRUE(engine) << engine.error().what.message;
  const Bytes model = tiny::model({{"Add", {"w", "x"}, {"y"}}}, {{"w", 1, {2}}, {"x", 1, {2}}}, {{"y", 1, {2}}});
  const auto weights = std::make_shared<Array>(Array::of<float>({2}, {10, 20}));
  SessionOptions options;
  options.fixed = {{"w", tensor::Dtype::kFloat32, {2}, Bytes(weights, weights->bytes())}};
  for (const std::shared_ptr<Engine>& one : {*engine, testing::installed_engine()}) {
    const auto session = one->load(model, options, {});
    ASSERT_TRUE(session) << session.error().what.message;
    ASSERT_EQ((*session)->inputs().size(), 1u);
    EXPECT_EQ((*session)->inputs()[0].name, "x");
    for (const float more : {1.0f, 2.0f}) {
      const Array x = Array::of<float>({2}, {more, more});
      const auto y = (*session)->run({x.view()}, {});
      ASSERT_TRUE(y) << y.error().what.message;
      EXPECT_EQ((*y)[0].as<float>()[0], 10 + more);
      EXPECT_EQ((*y)[0].as<float>()[1], 20 + more);
    }
    SessionOptions wrong = options;
    wrong.fixed[0].name = "nobody";
    EXPECT_EQ(one->load(model, wrong, {}).error().what.id, "engine.input-mismatch");
    wrong = options;
    wrong.fixed[0].shape = {3};
    EXPECT_EQ(one->load(model, wrong, {}).error().what.id, "engine.input-mismatch");
  }
}

TEST_F(Isolated, ErrorsOfTheEngineAreItsOwn) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = open_isolated(real(), {});
  ASSERT_TRUE(engine);
  const auto refused =
      (*engine)->load(tiny::model({{"Nonsense", {"x"}, {"y"}}}, {{"x", 1, {4}}}, {{"y", 1, {4}}}), {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.id, "engine.load-failed");
  const auto session = (*engine)->load(add_one(), {}, {});
  ASSERT_TRUE(session);
  const Array wrong = Array::of<float>({3}, {1, 2, 3});
  EXPECT_EQ((*session)->run({wrong.view()}, {}).error().what.id, "engine.input-mismatch");
  const Array right = Array::of<float>({4}, {-1, 2, 3, 4});
  EXPECT_TRUE((*session)->run({right.view()}, {}));
  SessionOptions device;
  device.device = "tpu";
  EXPECT_EQ((*engine)->load(add_one(), device, {}).error().what.id, "engine.device");
  IsolationOptions absent = real();
  absent.engine_path = "/no/such/library.so";
  EXPECT_EQ(outcome(absent), "engine.library-unusable");
}

// Repeats its input without end.
Bytes endless() {
  onnx::Model model;
  model.ir_version = 8;
  model.set_opset(13);
  model.graph.name = "endless";
  onnx::ValueInfo x;
  x.name = "x";
  x.type.element = onnx::ElementType::kFloat;
  x.type.shape.emplace(1);
  model.graph.inputs = {x};
  x.name = "y";
  model.graph.outputs = {x};
  onnx::Builder build(model);
  build.add("Expand", {"x", build.integers({std::int64_t{1} << 34, 4})});
  model.graph.nodes.back().outputs = {"z"};
  build.add("ReduceMax", {"z"}, {onnx::make_attribute("keepdims", std::int64_t{0})});
  model.graph.nodes.back().outputs = {"y"};
  model.graph.outputs[0].type.shape.reset();
  return *onnx::to_bytes(model);
}

TEST_F(Isolated, MemoryIsBounded) {
  ZOOPORT_NEEDS_ENGINE();
  if (ZOOPORT_SANITIZED) GTEST_SKIP() << "sanitizers reserve more memory than any limit";
  IsolationOptions options = real();
  options.memory = 256u << 20;
  const auto engine = open_isolated(options, {});
  ASSERT_TRUE(engine);
  const Bytes model = tiny::model({{"Concat", {"x", "x"}, {"y"}}}, {{"x", 1, {-1}}}, {{"y", 1, {-1}}});
  // Inputs and outputs that do not fit, and a network that wants too much.
  const auto session = (*engine)->load(endless(), {}, {});
  if (session) {
    const Array x = Array::of<float>({4}, {1, 2, 3, 4});
    const auto y = (*session)->run({x.view()}, {});
    ASSERT_FALSE(y);
    EXPECT_EQ(y.error().what.id, "engine.memory-limit") << y.error().what.message;
    EXPECT_EQ(y.error().kind, ErrorKind::kUnsupported);
    const auto again = (*session)->run({x.view()}, {});
    EXPECT_FALSE(again);
  } else {
    EXPECT_EQ(session.error().what.id, "engine.memory-limit") << session.error().what.message;
  }
  const Array large(tensor::Dtype::kFloat32, {100 << 20});
  const auto taker = (*engine)->load(tiny::model({{"Abs", {"x"}, {"y"}}}, {{"x", 1, {-1}}}, {{"y", 1, {-1}}}), {}, {});
  ASSERT_TRUE(taker) << taker.error().what.message;
  const auto refused = (*taker)->run({large.view()}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what.id, "engine.memory-limit") << refused.error().what.message;
  const Array small = Array::of<float>({2}, {-1, 2});
  EXPECT_TRUE((*taker)->run({small.view()}, {})) << "the process lives on";
}

TEST_F(Isolated, CrashesAreErrors) {
  EXPECT_EQ(outcome(hostile("none")), "");
  for (const std::string place : {"load", "run"}) {
    for (const std::string what : {"crash", "exit", "partial", "close"})
      EXPECT_EQ(outcome(hostile(place + "-" + what)), "engine.crashed") << place << ' ' << what;
  }
  EXPECT_EQ(outcome(hostile("run-short")), "engine.crashed");
}

TEST_F(Isolated, AnEngineThatCannotBeOpenedIsToldFromAProgramThatIsNotZooport) {
  for (const std::string what : {"crash", "exit", "garbage", "large", "partial", "error"})
    EXPECT_EQ(outcome(hostile("start-" + what)), "engine.no-host") << what;
  for (const std::string what : {"crash", "exit", "partial", "close", "garbage", "large", "bad-id"})
    EXPECT_EQ(outcome(hostile("hello-" + what)), "engine.library-unusable") << what;
  const auto engine = open_isolated(hostile("hello-crash"), {});
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(engine.error().what.message.find("signal 11"), std::string::npos) << engine.error().what.message;
}

TEST_F(Isolated, TheSignalIsNamed) {
  const auto engine = open_isolated(hostile("run-crash"), {});
  ASSERT_TRUE(engine);
  const auto session = (*engine)->load(add_one(), {}, {});
  ASSERT_TRUE(session);
  const Array x = Array::of<float>({4}, {1, 2, 3, 4});
  const auto y = (*session)->run({x.view()}, {});
  ASSERT_FALSE(y);
  EXPECT_EQ(y.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(y.error().what.message.find("signal 11"), std::string::npos) << y.error().what.message;
  EXPECT_EQ((*session)->run({x.view()}, {}).error().what.id, "engine.crashed") << "and stays so";
}

TEST_F(Isolated, NonsenseIsRefused) {
  for (const std::string mode :
       {"load-garbage", "load-large", "load-bad-id", "run-garbage", "run-large", "run-bad-id", "run-shape", "run-rank",
        "run-huge", "run-negative", "run-dtype", "run-no-dtype", "run-count", "run-more"})
    EXPECT_EQ(outcome(hostile(mode)), "engine.protocol") << mode;
  const auto engine = open_isolated(hostile("load-error"), {});
  ASSERT_TRUE(engine);
  const auto session = (*engine)->load(add_one(), {}, {});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().what.id, "engine.run-failed");
  EXPECT_EQ(session.error().what.message.find('\x1b'), std::string::npos) << "what it says is made safe to print";
}

TEST_F(Isolated, HangsEnd) {
  for (const std::string mode : {"load-hang", "run-hang"}) {
    IsolationOptions options = hostile(mode);
    options.time_limit = 300ms;
    EXPECT_EQ(outcome(options), "engine.time-limit") << mode;
  }
  std::stop_source source;
  Context context;
  context.stop = source.get_token();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(300ms);
    source.request_stop();
  });
  IsolationOptions options = hostile("run-hang");
  options.time_limit = 10min;
  EXPECT_EQ(outcome(options, context), "base.cancelled");
}

TEST_F(Isolated, ADeadlineOfARunHolds) {
  const auto engine = open_isolated(hostile("run-hang"), {});
  ASSERT_TRUE(engine);
  SessionOptions options;
  options.deadline = 200ms;
  const auto session = (*engine)->load(add_one(), options, {});
  ASSERT_TRUE(session);
  const Array x = Array::of<float>({4}, {1, 2, 3, 4});
  EXPECT_EQ((*session)->run({x.view()}, {}).error().what.id, "engine.deadline");
}

TEST_F(Isolated, OptionsAreChecked) {
  EXPECT_EQ(outcome({}), "engine.no-host");
  IsolationOptions options = hostile("none");
  options.time_limit = 0ms;
  EXPECT_EQ(outcome(options), "engine.deadline-not-positive");
  options = hostile("none");
  options.program = "/bin/true";
  EXPECT_EQ(outcome(options), "engine.no-host");
  options.program = "/no/such/program";
  EXPECT_EQ(outcome(options), "base.io");
  EXPECT_EQ(serve_engine("").error().what.id, "base.no-parent");
}

TEST(IsolatedMessages, AreReadBackAndNothingElseIs) {
  using namespace isolated;
  Load load;
  load.options.threads = 3;
  load.options.device = "cuda:1";
  load.options.use_arena = false;
  load.options.optimization = Optimization::kNone;
  load.memory = 5;
  load.model_bytes = std::uint64_t{1} << 40;
  const std::string head = encode(load);
  const auto back = decode_load(head);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->options.threads, 3u);
  EXPECT_EQ(back->options.device, "cuda:1");
  EXPECT_FALSE(back->options.use_arena);
  EXPECT_EQ(back->options.optimization, Optimization::kNone);
  EXPECT_EQ(back->memory, 5u);
  EXPECT_EQ(back->model_bytes, load.model_bytes);
  for (std::size_t size = 0; size < head.size(); ++size) EXPECT_FALSE(decode_load(head.substr(0, size))) << size;
  EXPECT_FALSE(decode_load(head + "x"));
  // Lists of more things than there are bytes take no memory.
  EXPECT_FALSE(decode_tensors(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8)));
  EXPECT_FALSE(decode_loaded(std::string(16, '\x7f')));
}

}  // namespace
}  // namespace zooport::engine
