#include "zooport/convert/graph_wrap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "convert/wrap_build.hpp"
#include "convert/wrap_verify.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

using Texts = std::vector<std::string>;

const std::string kNuclei = ZOOPORT_SOURCE_DIR "/examples/nuclei/weights.onnx";

onnx::ValueInfo value(const std::string& name, const std::vector<std::string>& dims,
                      onnx::ElementType element = onnx::ElementType::kFloat) {
  onnx::ValueInfo info;
  info.name = name;
  info.type.element = element;
  info.type.shape.emplace();
  for (const std::string& dim : dims) {
    onnx::Dimension& made = info.type.shape->emplace_back();
    const bool is_number =
        !dim.empty() && std::all_of(dim.begin(), dim.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) made.value = std::stoll(dim);
    if (!is_number) made.symbol = dim;
  }
  return info;
}

// One operator from each input to the output of the same place.
onnx::Model graph(const std::vector<onnx::ValueInfo>& inputs, const std::vector<onnx::ValueInfo>& outputs,
                  const std::string& op = "Identity", std::int64_t opset = 13) {
  onnx::Model model;
  model.ir_version = 7;
  model.set_opset(opset);
  model.graph.name = "wrap";
  model.graph.inputs = inputs;
  model.graph.outputs = outputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    onnx::Node node;
    node.op = op;
    node.inputs = {inputs[i].name};
    node.outputs = {outputs[i].name};
    model.graph.nodes.push_back(node);
  }
  return model;
}

std::vector<std::string> dims_of(const onnx::ValueInfo& info) {
  std::vector<std::string> dims;
  for (const onnx::Dimension& dimension : *info.type.shape) {
    dims.push_back(dimension.value            ? std::to_string(*dimension.value)
                   : dimension.symbol.empty() ? "?"
                                              : dimension.symbol);
  }
  return dims;
}

onnx::Model wrapped(const onnx::Model& model, const WrapOptions& options) {
  const auto plan = plan_wrap(model, options, {});
  EXPECT_TRUE(plan.ok()) << plan.error().what.message;
  if (!plan.ok()) return model;
  onnx::Model after = model;
  const auto done = build_wrap(after, *plan);
  EXPECT_TRUE(done.ok()) << done.error().what.message;
  Diagnostics findings;
  onnx::check_model(after, findings);
  for (const Diagnostic& finding : findings.items()) ADD_FAILURE() << finding.message;
  return after;
}

Error wrong(const onnx::Model& model, const WrapOptions& options) {
  const auto plan = plan_wrap(model, options, {});
  if (!plan) return plan.error();
  onnx::Model after = model;
  const auto done = build_wrap(after, *plan);
  if (!done) return done.error();
  ADD_FAILURE() << "was taken";
  return make_error(ErrorKind::kInternal, "", "");
}

}  // namespace

TEST(GraphWrap, DeclaresWhatTheCallerSees) {
  const onnx::Model model = graph({value("x", {"b", "3", "h", "w"})}, {value("y", {"b", "3", "h", "w"})});
  const auto see = [&](const WrapOptions& options) {
    const onnx::Model after = wrapped(model, options);
    return std::pair(dims_of(after.graph.inputs.at(0)), dims_of(after.graph.outputs.at(0)));
  };
  using Seen = std::pair<Texts, Texts>;
  EXPECT_EQ(see({.layouts = {"bcyx:byxc"}}), (Seen{{"b", "h", "w", "3"}, {"b", "h", "w", "3"}}));
  // A batch that one side leaves out is 1 everywhere.
  EXPECT_EQ(see({.layouts = {"x=bcyx:yxc"}}), (Seen{{"h", "w", "3"}, {"1", "3", "h", "w"}}));
  EXPECT_EQ(see({.layouts = {"y=bcyx:zcyxb"}}), (Seen{{"b", "3", "h", "w"}, {"1", "3", "h", "w", "b"}}));
  // The name wins whatever the order.
  EXPECT_EQ(see({.layouts = {"y=bcyx:xycb", "bcyx:byxc"}}), (Seen{{"b", "h", "w", "3"}, {"w", "h", "3", "b"}}));
  EXPECT_EQ(see({.axes = {"bcyx"}, .post = {"transpose_channels(1, 0)"}}),
            (Seen{{"b", "3", "h", "w"}, {"b", "2", "h", "w"}}));
  const onnx::Model one = graph({value("x", {"b", "1", "h", "w"})}, {value("y", {"b", "1", "h", "w"})});
  const onnx::Model after = wrapped(one, {.layouts = {"bcyx:byx"},
                                          .pre = {"add_channel_axis"},
                                          .post = {"add_channel_axis; sigmoid_to_softmax_scores", "binarize(0.5)"},
                                          .input_dtypes = {"uint16"}});
  EXPECT_EQ(dims_of(after.graph.inputs[0]), (Texts{"b", "h", "w"}));
  EXPECT_EQ(dims_of(after.graph.outputs[0]), (Texts{"b", "h", "w", "2"}));
  EXPECT_EQ(after.graph.inputs[0].type.element, onnx::ElementType::kUint16);
  EXPECT_EQ(after.graph.outputs[0].type.element, onnx::ElementType::kBool);
}

TEST(GraphWrap, WrongOptionsArePointedAt) {
  const onnx::Model model = graph({value("x", {"b", "3", "h", "w"}), value("m", {"b", "h"})},
                                  {value("y", {"b", "3", "h", "w"}), value("n", {"b", "h"})});
  struct Case {
    WrapOptions options;
    std::string file;
    std::size_t begin;
    std::size_t end;
    std::string word;
  };
  for (const Case& one :
       {Case{{.layouts = {"bcyx"}}, "--layout", 4, 4, "expected :"},
        Case{{.layouts = {"bcyx:byxq"}}, "--layout", 8, 9, "letter of an axis"},
        Case{{.layouts = {"bcyx:"}}, "--layout", 5, 5, "letters of axes"},
        Case{{.layouts = {"bcxx:byxc"}}, "--layout", 3, 4, "twice"},
        Case{{.layouts = {"x=bcy:byc"}}, "--layout", 2, 5, "has 4 axes"},
        Case{{.layouts = {"bczyx:bzyxc"}}, "--layout", 0, 5, "no input or output has 5 axes"},
        Case{{.layouts = {"x=bcyx:byx"}}, "--layout", 2, 10, "has the size 3"},
        Case{{.layouts = {"by:yb", "z=bcyx:byxc"}}, "--layout 2", 0, 1, "no input or output z"},
        Case{{.axes = {"x=bcyx", "m=bq"}}, "--axes 2", 3, 4, "letter of an axis"},
        Case{{.pre = {"scale(1)"}}, "--pre", 0, 8, "which is meant"},
        Case{{.pre = {"x=scale(1", "x=clip(0,1)"}}, "--pre 1", 9, 9, "found the end"},
        Case{{.pre = {"y=scale(1)"}}, "--pre", 0, 1, "no input y, but x, m"},
        Case{{.axes = {"bcyx"}, .pre = {"x=scale(1, 2)"}}, "--pre", 2, 13, "2 channels or 1"},
        Case{{.axes = {"bcyx"}, .pre = {"x=transpose_channels(1, 0); shift(1)"}}, "--pre", 2, 26, "size 3"},
        Case{{.axes = {"bcyx"}, .pre = {" q = scale(1)"}}, "--pre", 1, 2, "no input q"},
        Case{{.axes = {"bcyx"}, .pre = {"x = shift(1)", " x =binarize([1, 2], axis=c)"}},
             "--pre 2",
             4,
             28,
             "where the tensor has the size 3"},
        Case{{.axes = {"bcyx"}, .post = {"y=softmax(axis=z)"}}, "--post", 15, 16, "no axis z"},
        Case{{.post = {"y=scale(1);softmax"}}, "--post", 11, 18, "no axis channel"},
        Case{{.input_dtypes = {"x=uint9"}}, "--input-dtype", 2, 7, "type of elements"}}) {
    const Error error = wrong(model, one.options);
    EXPECT_EQ(error.kind, ErrorKind::kUsage) << one.word;
    EXPECT_EQ(error.what.file, one.file) << one.word;
    EXPECT_EQ(error.what.span, (Span{one.begin, one.end}))
        << one.word << error.what.span->begin << ", " << error.what.span->end;
    EXPECT_NE(error.what.message.find(one.word), std::string::npos) << error.what.message;
    EXPECT_EQ(option_texts(one.options).count(error.what.file), 1u);
  }
}

TEST(GraphWrap, AnyTextIsTakenOrPointedAt) {
  const onnx::Model model = graph({value("x", {"b", "1", "h", "w"})}, {value("y", {"b", "1", "h", "w"})});
  const Texts pieces = {"bcyx",    "byxc",
                        ":",       "x",
                        "y",       "=",
                        "b",       "t",
                        "scale",   "(",
                        ")",       "1",
                        ",",       ";",
                        "sigmoid", "add_channel_axis",
                        "\xC3",    "\xE2\x82\xAC",
                        "axes=yx", "rgb_to_bgr",
                        " ",       "uint8",
                        "shift(1)"};
  std::mt19937 numbers(3);
  const auto text = [&] {
    std::string made;
    for (std::size_t k = numbers() % 6; k-- > 0;) made += pieces[numbers() % pieces.size()];
    return made;
  };
  int taken = 0;
  for (int i = 0; i < 8'000; ++i) {
    WrapOptions options;
    Texts* const given[] = {&options.layouts, &options.axes, &options.pre, &options.post, &options.input_dtypes};
    given[numbers() % 5]->push_back(text());
    if (i % 2 == 0) given[numbers() % 5]->push_back(text());
    const auto plan = plan_wrap(model, options, {});
    onnx::Model after = model;
    if (plan.ok() && build_wrap(after, *plan).ok()) {
      ++taken;
      Diagnostics findings;
      onnx::check_model(after, findings);
      EXPECT_FALSE(findings.has_errors());
      continue;
    }
    if (plan.ok()) continue;
    const auto texts = option_texts(options);
    const auto found = texts.find(plan.error().what.file);
    ASSERT_NE(found, texts.end()) << plan.error().what.message;
    ASSERT_TRUE(plan.error().what.span);
    EXPECT_LE(plan.error().what.span->begin, plan.error().what.span->end);
    EXPECT_LE(plan.error().what.span->end, found->second.size()) << plan.error().what.message;
  }
  EXPECT_GT(taken, 30);
}

TEST(GraphWrap, WhatHasNoPlaceInTheGraphIsRefused) {
  const onnx::Model old = graph({value("x", {"b", "h"})}, {value("y", {"b", "h"})}, "Relu", 10);
  const Error percentiles = wrong(old, {.axes = {"yx"}, .pre = {"scale_range(min_percentile=1)"}});
  EXPECT_EQ(percentiles.kind, ErrorKind::kUnsupported);
  EXPECT_EQ(percentiles.what.id, "process.not-in-graph");
  EXPECT_EQ(percentiles.what.file, "--pre");
  const onnx::Model text =
      graph({value("x", {"b"}, onnx::ElementType::kString)}, {value("y", {"b"}, onnx::ElementType::kString)});
  EXPECT_EQ(wrong(text, {.pre = {"scale(2)"}}).what.id, "process.not-in-graph");
}

TEST(GraphWrap, RanksThatTheGraphDoesNotSayAreInferred) {
  onnx::Model model = graph({value("x", {"1", "3", "h", "w"})}, {value("y", {})}, "Relu");
  model.graph.outputs[0].type.shape.reset();
  onnx::ValueInfo flat = value("f", {});
  flat.type.shape.reset();
  model.graph.outputs.push_back(flat);
  onnx::Node node;
  node.op = "Flatten";
  node.inputs = {"x"};
  node.outputs = {"f"};
  model.graph.nodes.push_back(node);
  const onnx::Model after = wrapped(model, {.layouts = {"bcyx:byxc"}});
  EXPECT_EQ(dims_of(after.graph.inputs[0]), (Texts{"1", "h", "w", "3"}));
  EXPECT_EQ(after.graph.outputs[0].type.shape->size(), 4u);
  const auto turned = std::count_if(after.graph.nodes.begin(), after.graph.nodes.end(),
                                    [](const onnx::Node& one) { return one.op == "Transpose"; });
  EXPECT_EQ(turned, 2);  // the flat output stays
}

TEST(GraphWrap, ListsAndTheNetworkSayHowManyChannelsThereAre) {
  const onnx::Model open = graph({value("x", {"b", "c", "h", "w"})}, {value("y", {"b", "c", "h", "w"})});
  for (const char* list : {"scale_linear(gain=[1, 2, 3], axis=c)", "binarize([1, 2, 3], axis=channel)",
                           "fixed_zero_mean_unit_variance(mean=0, std=[1, 2, 3], axis=channel)", "rgb_to_bgr"}) {
    const onnx::Model after = wrapped(open, {.axes = {"bcyx"}, .pre = {list}});
    EXPECT_EQ(dims_of(after.graph.inputs[0]), (Texts{"b", "3", "h", "w"})) << list;
  }
  // One channel would do as well.
  const onnx::Model either = wrapped(open, {.axes = {"bcyx"}, .pre = {"shift(1, 2, 3)"}});
  EXPECT_EQ(dims_of(either.graph.inputs[0]), (Texts{"b", "c", "h", "w"}));
  // The output says nothing of its channels, and has those of the input.
  const onnx::Model three = graph({value("x", {"b", "3", "h", "w"})}, {value("y", {"n", "m", "o", "p"})});
  EXPECT_EQ(wrong(three, {.axes = {"bcyx"}, .post = {"shift(1, 2)"}}).what.id, "process.values-mismatch");
  EXPECT_EQ(wrong(three, {.layouts = {"y=bcyx:byx"}}).kind, ErrorKind::kUsage);
}

TEST(GraphWrap, ChannelsInAnotherOrderArePartOfTheWeights) {
  ZOOPORT_NEEDS_ENGINE();
  testing::TemporaryFolder folder;
  onnx::Model model = graph({value("x", {"1", "3", "h", "w"})}, {value("y", {"1", "2", "h", "w"})}, "Conv");
  onnx::Tensor& weights = model.graph.initializers.emplace_back();
  weights.name = "w";
  weights.type = onnx::ElementType::kFloat;
  weights.dims = {2, 3, 1, 1};
  const std::vector<float> numbers{1, 2, 3, 4, 5, 6};
  weights.raw = Bytes(std::string(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float)));
  model.graph.nodes[0].inputs.push_back("w");
  const auto bytes = onnx::to_bytes(model);
  ASSERT_TRUE(bytes.ok());
  const std::string source = folder.file("source.onnx", std::string(bytes->text()));
  const std::string target = folder / "target.onnx";
  const auto report =
      wrap_graph(source, target, {.axes = {"bcyx"}, .pre = {"rgb_to_bgr; scale(2)"}}, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_TRUE(report->verification.passed()) << report->verification.reason;
  EXPECT_EQ(std::count(report->steps.begin(), report->steps.end(), "choose channels by the weights of convolutions: 1"),
            1);
}

TEST(GraphWrap, WhatIsNoTensorStaysAsItIs) {
  onnx::Model model = graph({value("x", {"b", "h"})}, {value("s", {})}, "SequenceConstruct");
  // A sequence of float32 tensors, as TypeProto has it.
  model.graph.outputs[0].type = {};
  model.graph.outputs[0].type.other = std::string("\x22\x06\x0a\x04\x0a\x02\x08\x01", 8);
  const onnx::Model after = wrapped(model, {.layouts = {"yx:xy"}});
  EXPECT_EQ(dims_of(after.graph.inputs[0]), (Texts{"h", "b"}));
  EXPECT_FALSE(after.graph.outputs[0].type.shape);
  EXPECT_EQ(after.graph.nodes.size(), 2u);
  EXPECT_NE(wrong(model, {.layouts = {"s=yx:xy"}}).what.message.find("no tensor"), std::string::npos);
}

TEST(GraphWrap, FilesAreWrittenOnceAndOnlyForSomething) {
  const testing::TemporaryFolder folder;
  const std::string out = os::join_path(folder.path(), "out.onnx");
  const auto nothing = wrap_graph(kNuclei, out, {}, nullptr, {});
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().kind, ErrorKind::kUsage);
  const auto first = wrap_graph(kNuclei, out, {.layouts = {"bcyx:byxc"}}, nullptr, {});
  ASSERT_TRUE(first.ok()) << first.error().what.message;
  EXPECT_EQ(first->dest, out);
  EXPECT_FALSE(first->verification.has_run);
  const auto second = wrap_graph(kNuclei, out, {.layouts = {"bcyx:byxc"}}, nullptr, {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().what.id, "base.exists");
}

TEST(GraphWrap, AResultThatDiffersIsNoticed) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model model = graph({value("x", {"b", "3", "h", "w"})}, {value("y", {"b", "3", "h", "w"})}, "Softplus");
  const auto engine = testing::installed_engine();
  const auto plan = plan_wrap(model, {.axes = {"bcyx"}, .pre = {"rgb_to_bgr; shift(1, 2, 3)"}}, {});
  ASSERT_TRUE(plan.ok());
  onnx::Model right = model;
  ASSERT_TRUE(build_wrap(right, *plan).ok());
  EXPECT_TRUE(verify_wrap(model, right, *plan, *engine, 0, {})->passed());
  const auto other = plan_wrap(model, {.axes = {"bcyx"}, .pre = {"shift(1, 2, 3); rgb_to_bgr"}}, {});
  onnx::Model wrong_order = model;
  ASSERT_TRUE(build_wrap(wrong_order, *other).ok());
  const auto found = verify_wrap(model, wrong_order, *plan, *engine, 0, {});
  EXPECT_TRUE(found->has_run);
  EXPECT_FALSE(found->passed());
  EXPECT_NE(found->reason, "");
}

// Statistics in float32 of pixels of 16 bits on a large plane: what a graph keeps of the kernels' float64.
TEST(GraphWrap, SixteenBitsKeepTheirStatistics) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  const onnx::Model model =
      graph({value("x", {"1", "1", "512", "512"})}, {value("y", {"1", "1", "512", "512"})}, "Identity");
  for (const char* pre : {"zero_mean_unit_variance(axes=yx)", "per_image_standardization",
                          "scale_range(min_percentile=1, max_percentile=99.8, axes=yx)",
                          "clip(min_percentile=5, max_percentile=95); scale(1/65535)",
                          "shift(30000); scale_range(min_percentile=0.1, max_percentile=99.9)",
                          "scale(1/20); shift(60000); zero_mean_unit_variance"}) {
    const WrapOptions options{.axes = {"bcyx"}, .pre = {pre}, .input_dtypes = {"uint16"}};
    const auto plan = plan_wrap(model, options, {});
    ASSERT_TRUE(plan.ok());
    const auto found = verify_wrap(model, wrapped(model, options), *plan, *engine, 1, {});
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found->passed()) << pre << found->reason;
    EXPECT_LT(found->max_abs(), 1e-3) << pre;
    std::cout << pre << ": " << found->max_abs() << "\n";
  }
}

// What is referred to is what the caller gives, or what the network gives, whatever happens to it.
TEST(GraphWrap, OperationsReferToOtherTensors) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  const std::vector<std::string> dims{"1", "2", "8", "9"};
  const onnx::Model model = graph({value("a", dims), value("b", dims)}, {value("p", dims), value("q", dims)}, "Tanh");
  for (const Texts& post : {Texts{"p=scale_mean_variance(a, axes=yx)"}, Texts{"p=scale_range(reference_tensor=b)"},
                            Texts{"p=scale_mean_variance(q, axes=yx)"},
                            Texts{"p=shift(7)", "q=scale_mean_variance(reference_tensor=p, axes=yx)"}}) {
    const WrapOptions options{.layouts = {"bcyx:xybc"},
                              .pre = {"a=scale(3)", "b=scale_mean_variance(reference_tensor=a, axes=yx); shift(1)",
                                      "a=scale_range(reference_tensor=b, axes=yx)"},
                              .post = post};
    const auto plan = plan_wrap(model, options, {});
    ASSERT_TRUE(plan.ok());
    const auto found = verify_wrap(model, wrapped(model, options), *plan, *engine, 1, {});
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found->passed()) << post[0] << found->reason;
  }
  const WrapOptions plain{.axes = {"bcyx"}, .post = {"p=scale_mean_variance(q, axes=yx)"}};
  EXPECT_TRUE(verify_wrap(model, wrapped(model, plain), *plan_wrap(model, plain, {}), *engine, 1, {})->passed());
  EXPECT_EQ(wrong(model, {.axes = {"bcyx"}, .pre = {"a=scale_mean_variance(c)"}}).what.id, "process.not-in-graph");
}

// Random axes, sizes, types and operations around tiny graphs: the graph gives what the kernels give.
TEST(GraphWrap, GraphsGiveWhatKernelsGive) {
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  std::mt19937 numbers(20261127);
  const auto pick = [&](const Texts& from) { return from[numbers() % from.size()]; };
  int tried = 0;
  std::map<std::string, int> used;
  for (int i = 0; i < 150; ++i) {
    std::string inner = pick({"bcyx", "byxc", "cyx", "yxc", "bczyx", "bzyxc", "cxy", "byx", "yx"});
    const std::string channels = pick({"1", "2", "3", "4"});
    Texts dims;
    for (const char letter : inner) {
      dims.push_back(letter == 'c'   ? channels
                     : letter == 'b' ? pick({"b", "1", "2"})
                     : letter == 'z' ? "3"
                                     : pick({"4", "5", "7"}));
    }
    // The caller's axes: turned, without some of size 1, with one more.
    std::string outer;
    for (std::size_t k = 0; k < inner.size(); ++k) {
      const bool is_one = dims[k] == "1" || dims[k] == "b";
      if (!is_one || numbers() % 2 == 0) outer += inner[k];
    }
    if (numbers() % 4 == 0) outer += 't';
    if (outer.empty()) outer = inner;
    std::shuffle(outer.begin(), outer.end(), numbers);
    const bool sees_channel = outer.find('c') != std::string::npos;
    const auto per_channel = [&](std::initializer_list<const char*> values) {
      std::string text;
      std::size_t count = sees_channel ? static_cast<std::size_t>(std::stoi(channels)) : 1;
      for (const char* one : values) {
        if (count-- == 0) break;
        text += concat(text.empty() ? "" : ", ", one);
      }
      return text;
    };
    Texts possible = {concat("scale(", per_channel({"0.5", "0.25", "2", "1"}), ")"),
                      concat("shift(", per_channel({"-1", "1/3", "2", "0.1"}), ")"),
                      concat("normalization([", per_channel({"0.5", "0.2", "0.3", "0"}), "], [",
                             per_channel({"0.5", "2", "1/3", "3"}), "])"),
                      "sigmoid",
                      "clip(min=0.25, max=0.75)",
                      "clip_to_range",
                      "remap_values([0, 0.25, 1], [2, 0, 1], mode=linear)",
                      "remap_values([0, 3, 5], [7, 1, -1])",
                      "per_image_standardization",
                      "zero_mean_unit_variance(axes=yx)",
                      "zero_mean_unit_variance",
                      "zero_mean_unit_variance(mode=fixed, mean=0.5, std=0.2)",
                      "fixed_zero_mean_unit_variance(0.5, 2)",
                      "scale_range(min_percentile=5, max_percentile=90, axes=yx)",
                      "scale_range",
                      "clip(min_percentile=10, max_percentile=80, axes=yx)",
                      "scale_linear(gain=3, offset=-1)",
                      "scale_mean_variance(reference_tensor=x, axes=yx)"};
    if (sees_channel) {
      possible.push_back("softmax");
      possible.push_back(channels == "1"   ? "sigmoid_to_softmax_scores; transpose_channels(0)"
                         : channels == "2" ? "transpose_channels(1, 0)"
                         : channels == "3" ? "rgb_to_bgr"
                                           : "rgba_to_bgra");
    }
    WrapOptions options;
    options.layouts = {concat(inner, ":", outer)};
    for (std::size_t k = numbers() % 3; k-- > 0;) options.pre.push_back(pick(possible));
    for (std::size_t k = numbers() % 3; k-- > 0;) options.post.push_back(pick(possible));
    if (numbers() % 4 == 0)
      options.post.push_back(pick({"binarize(0.4)", "ensure_dtype(uint8)", "ensure_dtype(int32)"}));
    if (numbers() % 4 == 0) options.input_dtypes = {pick({"uint8", "uint16", "int16", "float16", "float64"})};
    const std::int64_t opset = std::vector<std::int64_t>{11, 12, 13, 17, 18, 21}[numbers() % 6];
    const onnx::Model model =
        graph({value("x", dims)}, {value("y", dims)}, pick({"Softplus", "Identity", "Tanh"}), opset);
    SCOPED_TRACE(concat(i, ": opset ", opset, " ", options.layouts[0], " of ", join(dims, ","), " pre ",
                        join(options.pre, " / "), " post ", join(options.post, " / "), " from ",
                        options.input_dtypes.empty() ? "float32" : options.input_dtypes[0]));
    const auto plan = plan_wrap(model, options, {});
    ASSERT_TRUE(plan.ok()) << plan.error().what.message;
    onnx::Model after = model;
    const auto done = build_wrap(after, *plan);
    if (!done) {
      EXPECT_EQ(done.error().what.id, "process.not-in-graph");
      continue;
    }
    Diagnostics findings;
    onnx::check_model(after, findings);
    EXPECT_FALSE(findings.has_errors());
    const auto found = verify_wrap(model, after, *plan, *engine, static_cast<std::uint64_t>(i), {});
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found->passed()) << found->reason;
    ++tried;
    for (const Texts& texts : {options.pre, options.post}) {
      for (const std::string& text : texts) ++used[text.substr(0, text.find_first_of("(;"))];
    }
  }
  EXPECT_GT(tried, 120);
  for (const auto& [name, count] : used) std::cout << count << " " << name << "\n";
}

}  // namespace zooport::convert
