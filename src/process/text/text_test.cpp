#include "zooport/process/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

using List = std::vector<double>;
using Words = std::vector<std::string>;

TextOperation one(std::string_view text) {
  const auto operations = parse_operations(text);
  EXPECT_TRUE(operations.ok()) << text << ": " << operations.error().what.message;
  if (!operations.ok() || operations->size() != 1) return {};
  return operations->front();
}

Value value(std::string_view text, std::string_view name) {
  const TextOperation operation = one(text);
  const auto found = operation.parameters.values.find(name);
  return found == operation.parameters.values.end() ? Value() : found->second;
}

struct Wrong {
  std::string_view text;
  std::string_view id;
  std::string_view at;  // what the span covers; empty: nothing, at the end
  std::string_view word;
  ErrorKind kind = ErrorKind::kUsage;
};

void expect_wrong(const Wrong& wrong, std::string_view axes = "bcyx") {
  const auto operations = parse_operations(wrong.text);
  std::optional<Error> error;
  if (!operations) error = operations.error();
  for (std::size_t i = 0; operations && !error && i < operations->size(); ++i) {
    const auto made = make_operation((*operations)[i], tensor::axes_from_letters(axes));
    if (!made) error = made.error();
  }
  ASSERT_TRUE(error) << wrong.text;
  EXPECT_EQ(error->kind, wrong.kind) << wrong.text;
  EXPECT_EQ(error->what.id, wrong.id) << wrong.text;
  ASSERT_TRUE(error->what.span) << wrong.text;
  const Span span = *error->what.span;
  EXPECT_EQ(wrong.text.substr(span.begin, span.end - span.begin), wrong.at) << wrong.text;
  if (wrong.at.empty()) {
    EXPECT_EQ(span.begin, wrong.text.size()) << wrong.text;
  }
  EXPECT_NE(error->what.message.find(wrong.word), std::string::npos) << error->what.message;
}

}  // namespace

TEST(OperationText, ReadsEveryForm) {
  EXPECT_EQ(value("scale(0.5)", "scale"), Value(0.5));
  EXPECT_EQ(value("scale( 1 / 4 )", "scale"), Value(0.25));
  EXPECT_EQ(value("scale(-.5e1)", "scale"), Value(-5.0));
  EXPECT_EQ(value("scale(+1/+4)", "scale"), Value(0.25));
  EXPECT_EQ(value("scale(1, 2, 3)", "scale"), Value(List{1, 2, 3}));
  EXPECT_EQ(value("scale([1, 2, 3,])", "scale"), Value(List{1, 2, 3}));
  EXPECT_EQ(value("scale(scale=(1, 2/4))", "scale"), Value(List{1, 0.5}));
  EXPECT_EQ(value("TransposeChannels(2,1,0)", "order"), Value(List{2, 1, 0}));
  EXPECT_EQ(value("clip(0, 1)", "max"), Value(1.0));
  EXPECT_EQ(value("clip(max=1,\n min=0)", "min"), Value(0.0));
  EXPECT_EQ(value("zero_mean_unit_variance(axes=yx)", "axes"), Value(std::string("yx")));
  EXPECT_EQ(value("zero_mean_unit_variance(axes=[y, 'x'])", "axes"), Value(Words{"y", "x"}));
  EXPECT_EQ(value("ensure_dtype(\"uint8\")", "dtype"), Value(std::string("uint8")));
  EXPECT_EQ(value("scale_mean_variance('in:0')", "reference_tensor"), Value(std::string("in:0")));
  EXPECT_EQ(value("normalization([1,2,3], std=[4,5,6])", "std"), Value(List{4, 5, 6}));
  EXPECT_EQ(one("PerImageStandardization").name, "per_image_standardization");
  EXPECT_EQ(one("sigmoid()").name, "sigmoid");
}

TEST(OperationText, SeveralStandBehindEachOther) {
  const std::string_view text = "scale(1/255); RgbToBgr;clip(0,1) ; ";
  const auto operations = parse_operations(text);
  ASSERT_TRUE(operations.ok()) << operations.error().what.message;
  ASSERT_EQ(operations->size(), 3u);
  EXPECT_EQ((*operations)[1].name, "rgb_to_bgr");
  const Span span = (*operations)[2].span;
  EXPECT_EQ(text.substr(span.begin, span.end - span.begin), "clip(0,1)");
}

TEST(OperationText, GrammarErrorsPointIntoTheText) {
  for (const Wrong& wrong : {Wrong{"scale(0.5", "process.text", "", ", or )"},
                             Wrong{"", "process.text", "", "name of an operation"},
                             Wrong{"  ", "process.text", "", "name of an operation"},
                             Wrong{";scale(1)", "process.text", ";", "name of an operation"},
                             Wrong{"scale(0.5) clip(0, 1)", "process.text", "c", "; or the end"},
                             Wrong{"sigmoid|softmax", "process.text", "|", "found |"},
                             Wrong{"scale(0.5px)", "process.text", "p", ", or )"},
                             Wrong{"scale(,)", "process.text", ",", "a value"},
                             Wrong{"scale(scale=)", "process.text", ")", "a value"},
                             Wrong{"scale([1, [2]])", "process.text", "[", "no lists"},
                             Wrong{"scale([1, x])", "process.text", "x", "not both"},
                             Wrong{"scale([])", "process.text", "]", "a value"},
                             Wrong{"scale(1e999)", "process.text", "1e999", "float64"},
                             Wrong{"scale(1/0)", "process.text", "1/0", "fraction"},
                             Wrong{"scale(-)", "process.text", "-", "a number"},
                             Wrong{"scale(-inf)", "process.text", "-", "a number"},
                             Wrong{"scale(+-1)", "process.text", "+", "a number"},
                             Wrong{"scale(--1)", "process.text", "-", "a number"},
                             Wrong{"scale-range", "process.text", "-", "; or the end"},
                             Wrong{"ensure_dtype('uint8)", "process.text", "'uint8)", "'"},
                             Wrong{"scale(½)", "process.text", "½", "a value"}}) {
    expect_wrong(wrong);
  }
}

TEST(OperationText, UnknownNamesOfferTheNearest) {
  expect_wrong({"scal(1)", "process.text-name", "scal", "is scale meant?"});
  expect_wrong({"clip(0,1);ZeroMeanUnitVarianc", "process.text-name", "ZeroMeanUnitVarianc",
                "is zero_mean_unit_variance meant?"});
  expect_wrong({"xyzzy", "process.text-name", "xyzzy", "no operation xyzzy"});
  expect_wrong({"stardist_postprocessing(nms_threshold=0.5)", "process.text-name", "stardist_postprocessing",
                "no ONNX form", ErrorKind::kUnsupported});
  expect_wrong({"shift(1);cellpose_flow_dynamics", "process.text-name", "cellpose_flow_dynamics", "no ONNX form",
                ErrorKind::kUnsupported});
  expect_wrong({"RGBToBGR", "process.text-name", "RGBToBGR", "is rgb_to_bgr meant?"});
  expect_wrong({"SIGMOID", "process.text-name", "SIGMOID", "is sigmoid meant?"});
  expect_wrong({"zero_mean", "process.text-name", "zero_mean", "is zero_mean_unit_variance meant?"});
}

TEST(OperationText, WrongArgumentsArePointedAt) {
  for (const Wrong& wrong :
       {Wrong{"clip(minn=0)", "process.text-argument", "minn", "is min meant?"},
        Wrong{"sigmoid(slope=2)", "process.text-argument", "slope", "takes none"},
        Wrong{"sigmoid(2)", "process.text-argument", "2", "no arguments"},
        Wrong{"clip(min=0, 1)", "process.text-argument", "1", "without a name"},
        Wrong{"clip(0, min=1)", "process.text-argument", "min", "twice"},
        Wrong{"scale", "process.text-argument", "scale", "needs scale"},
        Wrong{"shift(1); normalization(mean=1)", "process.text-argument", "normalization(mean=1)", "needs std"},
        Wrong{"clip(min=low)", "process.text-argument", "low", "a number for min"},
        Wrong{"scale(a)", "process.text-argument", "a", "a number or a list"},
        Wrong{"binarize(threshold=[a, b])", "process.text-argument", "[a, b]", "a number or a list"},
        Wrong{"zero_mean_unit_variance(axes=1)", "process.text-argument", "1", "axes, such as"},
        Wrong{"ensure_dtype(8)", "process.text-argument", "8", "a word"}}) {
    expect_wrong(wrong);
  }
}

TEST(OperationText, WhatTheTensorDoesNotTakeIsPointedAt) {
  for (const Wrong& wrong :
       {Wrong{"zero_mean_unit_variance(axes=zyx)", "process.parameter", "zyx", "no axis z"},
        Wrong{"scale(1); clip(2, 1)", "process.parameter", "clip(2, 1)", "min < max"},
        Wrong{"softmax(axis=time)", "process.parameter", "time", "no axis time"},
        Wrong{"scale_linear(gain=[1, 2])", "process.parameter", "[1, 2]", "axis"},
        Wrong{"binarize([1, 2])", "process.parameter", "[1, 2]", "axis"},
        Wrong{"zero_mean_unit_variance(yx, mean=2)", "process.parameter", "2", "mode=fixed"},
        Wrong{"fixed_zero_mean_unit_variance(1, -1)", "process.parameter", "-1", "not negative"},
        Wrong{"clip(max_percentile=101)", "process.parameter", "101", "between 0 and 100"},
        Wrong{"ensure_dtype(uint9)", "process.parameter", "uint9", "element type"},
        Wrong{"transpose_channels(0, 2)", "process.parameter", "0, 2", "each of 0 to 1"},
        Wrong{"transpose_channels(-1, 0)", "process.parameter", "-1, 0", "each of 0 to 1"},
        Wrong{"transpose_channels(0.5, 0)", "process.parameter", "0.5, 0", "each of 0 to 1"},
        Wrong{"normalization(1, std=0)", "process.parameter", "0", "above 0"},
        Wrong{"normalization([1, 2], std=[1, 2, 3])", "process.parameter", "[1, 2, 3]", "3"},
        Wrong{"remap_values([1, 2], [1])", "process.parameter", "[1]", "from has 2"},
        Wrong{"remap_values([1, 1], [1, 2])", "process.parameter", "[1, 1]", "twice"},
        Wrong{"remap_values([2, 1], [1, 2], mode=linear)", "process.parameter", "[2, 1]", "ascending"},
        Wrong{"remap_values([1, 2], [1, 2], mode=cubic)", "process.parameter", "cubic", "table or linear"},
        Wrong{"clip_to_range(1, 0)", "process.parameter", "clip_to_range(1, 0)", "min < max"},
        Wrong{"add_channel_axis", "process.parameter", "add_channel_axis", "already"}}) {
    expect_wrong(wrong);
  }
  expect_wrong({"rgb_to_bgr", "process.parameter", "rgb_to_bgr", "no axis of channels"}, "byx");
  expect_wrong({"shift(1, 2)", "process.parameter", "shift(1, 2)", "no axis of channels"}, "byx");
  expect_wrong({"per_image_standardization", "process.parameter", "per_image_standardization", "no axis x or y"}, "bc");
}

TEST(OperationText, ExamplesOfTheTableAreTaken) {
  std::string_view before;
  for (const OperationInfo& info : operation_infos()) {
    EXPECT_LT(before, info.name);
    before = info.name;
    const TextOperation operation = one(info.example);
    EXPECT_EQ(operation.name, info.name);
    const tensor::Axes axes = tensor::axes_from_letters(info.name == "add_channel_axis" ? "byx" : "bcyx");
    const auto made = make_operation(operation, axes);
    EXPECT_TRUE(made.ok()) << info.example << (made ? "" : made.error().what.message);
  }
}

TEST(OperationText, LimitsAreNamed) {
  const auto size = parse_operations("scale(1)", {.document_bytes = 4});
  ASSERT_FALSE(size.ok());
  EXPECT_EQ(size.error().what.id, "limits.document_bytes");
  const auto values = parse_operations("scale(1, 2, 3)", {.nodes = 2});
  ASSERT_FALSE(values.ok());
  EXPECT_EQ(values.error().what.id, "limits.nodes");
}

TEST(OperationText, HostileTextsEndQuicklyAndAtAPlace) {
  const std::string many(100'000, '(');
  const std::string nul("scale(\0)", 8);
  for (const std::string& text : {many, std::string("scale(") + many, std::string(1 << 20, 'a'), nul,
                                  std::string("\xFF\xFE"), std::string("scale(\xC3"),
                                  std::string("scale(\""
                                              "\n\x1b[31m")}) {
    const auto operations = parse_operations(text);
    ASSERT_FALSE(operations.ok());
    ASSERT_TRUE(operations.error().what.span);
    EXPECT_LE(operations.error().what.span->end, text.size());
    EXPECT_EQ(operations.error().what.message.find('\x1b'), std::string::npos);
  }
}

// Random texts made of the grammar's pieces: what is read is written and read as the same.
TEST(OperationText, WhatIsReadCanBeWrittenAndReadAgain) {
  const std::vector<std::string> pieces = {"scale",
                                           "shift",
                                           "clip",
                                           "remap_values",
                                           "ensure_dtype",
                                           "from",
                                           "to",
                                           "=",
                                           "(",
                                           ")",
                                           "[",
                                           "]",
                                           ",",
                                           ";",
                                           "1",
                                           "-2.5",
                                           "/",
                                           "1e-3",
                                           "yx",
                                           "'a b'",
                                           "\"c\"",
                                           " ",
                                           "min",
                                           "axes",
                                           "softmax"};
  std::mt19937 numbers(7);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 2 == 0 ? "" : pieces[numbers() % 5] + "(";
    for (std::size_t k = numbers() % 8; k-- > 0;) text += pieces[numbers() % pieces.size()];
    if (i % 2 != 0) text += ")";
    const auto operations = parse_operations(text);
    if (!operations) continue;
    for (const TextOperation& operation : *operations) {
      ++read;
      const TextOperation again = one(to_text(operation));
      EXPECT_EQ(again.name, operation.name) << text;
      EXPECT_EQ(again.parameters.values, operation.parameters.values) << text << " " << to_text(operation);
    }
  }
  EXPECT_GT(read, 200);
}

}  // namespace zooport::process
