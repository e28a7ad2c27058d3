#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "tests/onnx/corpus.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

// Every recorded ONNX file said in other opsets, and run by ONNX Runtime against what was recorded.
namespace zooport::testing::corpus {

namespace {

using onnx::Model;

// What a graph may lose on its way through opsets: sums in another order.
constexpr double kRoundTrip = 1e-5;

void count_operators(const onnx::Graph& graph, std::map<std::string, std::size_t>& counts) {
  for (const onnx::Node& node : graph.nodes) {
    ++counts[node.domain.empty() ? node.op : concat(node.domain, "::", node.op)];
    for (const onnx::Attribute& attribute : node.attributes) {
      for (const onnx::Graph& inner : attribute.graphs) count_operators(inner, counts);
    }
  }
}

std::map<std::string, std::size_t> operators_of(const Model& model) {
  std::map<std::string, std::size_t> counts;
  count_operators(model.graph, counts);
  for (const onnx::Function& function : model.functions) {
    onnx::Graph body;
    body.nodes = function.nodes;
    count_operators(body, counts);
  }
  return counts;
}

void expect_clean(const Model& model, const std::string& name) {
  Diagnostics found;
  onnx::check_model(model, found);
  for (const Diagnostic& item : found.items()) {
    EXPECT_NE(item.severity, Severity::kError) << name << ": " << item.message;
  }
}

// Every refusal names an operator, and the node where it has a name.
void expect_named(const Diagnostics& diagnostics, const Model& model, const std::string& name) {
  const auto operators = operators_of(model);
  EXPECT_GT(diagnostics.errors(), 0u) << name;
  for (const Diagnostic& item : diagnostics.items()) {
    EXPECT_EQ(item.id, "onnx.opset-unsupported") << name;
    bool named = false;
    for (const auto& [op, count] : operators) {
      // Or one that stands for it, which is named after it.
      named = named || item.message.find(concat("operator ", op, " ")) == 0 ||
              item.message.find(concat(op, "_")) != std::string::npos;
    }
    EXPECT_TRUE(named) << name << ": " << item.message;
    ASSERT_EQ(item.path.size(), 3u) << name;
    EXPECT_NE(item.message.find(": "), std::string::npos) << name;
  }
}

// The model in another opset; none if it is refused, with the reasons in `why`.
std::optional<Model> in_opset(const Model& model, std::int64_t target, const std::string& name, std::string* why) {
  Model changed = model;
  Diagnostics diagnostics;
  const auto steps = onnx::change_opset(changed, {.target = target}, diagnostics);
  if (!steps) {
    EXPECT_EQ(steps.error().kind, ErrorKind::kUnsupported) << name;
    expect_named(diagnostics, model, name);
    EXPECT_EQ(onnx::to_bytes(changed)->text(), onnx::to_bytes(model)->text())
        << name << " was changed though it was refused";
    for (const Diagnostic& item : diagnostics.items()) *why += concat(why->empty() ? "" : "; ", item.message);
    return std::nullopt;
  }
  EXPECT_EQ(changed.opset(), target) << name;
  expect_clean(changed, name);
  return changed;
}

// Said in opset 12 although the corpus takes that for impossible.
const std::set<std::string_view> kFurther = {"lower_gridsample_op16", "lower_resize_antialias_op18",
                                             "lower_scatternd_add_op16", "warp__classic__op16", "warp__dynamo__op20"};

// What the corpus has and a target lacks, by case; "Einsum" and the like stand for every case with that reason.
struct Lack {
  std::int64_t from;
  std::int64_t to;
  const char* what;  // is found in the reason
};
constexpr Lack kLacks[] = {
    {7, 11, "operator Einsum"},                               // came with 12
    {7, 11, "GatherND': batch_dims = 1 has no counterpart"},  // of GridSample
    {7, 11, "GatherND_1': batch_dims = 1 has no counterpart"},
    {7, 16, "operator DFT"},                                        // came with 17
    {20, 99, "operator DFT of 'y': changed with opset 20"},         // its axis became an input
    {7, 17, "antialias = 1 has no counterpart"},                    // Resize, came with 18
    {7, 12, "operators of domain 'com.microsoft' have no counter"}  // quantised, by the engine's own operators
};
bool is_expected(const std::string& why, std::int64_t target) {
  return std::any_of(std::begin(kLacks), std::end(kLacks), [&](const Lack& lack) {
    return target >= lack.from && target <= lack.to && why.find(lack.what) != std::string::npos;
  });
}

// The engine's own gap: no kernel for Swish of a newer opset, and what it does without one hangs on the model's opset.
bool is_engines_gap(const std::string& name, std::int64_t target) {
  return name == "lower_swish24_op24" && target > 24;
}

// How near outputs came over many cases.
struct Tally {
  std::size_t cases = 0;
  std::size_t runs = 0;
  std::size_t equal = 0;  // cases, bit by bit
  double largest = 0;
  std::string worst;

  void add(const std::string& name, std::size_t its_runs, const Distance& found) {
    ++cases;
    runs += its_runs;
    equal += found.largest == 0 ? 1 : 0;
    if (found.largest > largest) {
      largest = found.largest;
      worst = name;
    }
  }
  void print(const std::string& what) const {
    std::cout << what << ": " << cases << " cases at " << runs << " sizes, " << equal
              << " bit-equal, largest difference " << largest << (worst.empty() ? "" : " in ") << worst << "\n";
  }
};

// Runs a graph against the recorded outputs.
void expect_recorded(const Model& model, const Case& one, Sizes sizes, engine::Engine& engine, Tally& tally) {
  const auto outputs = run(model, one, sizes, engine);
  ASSERT_TRUE(outputs) << one.name << ": " << outputs.error().what.message;
  const auto expected = recorded(one, sizes);
  ASSERT_TRUE(expected) << one.name << ": " << expected.error().what.message;
  const Distance found = distance(*outputs, *expected, one.atol, one.rtol);
  EXPECT_LE(found.excess, 1) << one.name << " differs by " << found.largest;
  tally.add(one.name, outputs->size(), found);
}

// The newest opset of the default domain that the engine loads.
std::int64_t newest_of(engine::Engine& engine) {
  for (std::int64_t opset = 40; opset > 12; --opset) {
    Model model;
    model.ir_version = onnx::ir_version_of(opset);
    model.set_opset(opset);
    model.graph.name = "newest";
    onnx::Node node;
    node.op = "Identity";
    node.inputs = {"x"};
    node.outputs = {"y"};
    model.graph.nodes.push_back(node);
    for (auto* values : {&model.graph.inputs, &model.graph.outputs}) {
      onnx::ValueInfo& value = values->emplace_back();
      value.name = values == &model.graph.inputs ? "x" : "y";
      value.type.element = onnx::ElementType::kFloat;
    }
    if (engine.load(onnx::to_bytes(model).value(), {.threads = 1}, Context{})) return opset;
  }
  return 12;
}

// Carries every case of `filter` there and back and compares with what it gave before.
template <class Filter>
Tally there_and_back(std::int64_t start, std::int64_t there, engine::Engine& engine, const Filter& filter,
                     std::map<std::string, std::string>& refused) {
  Tally tally;
  for (const Case& one : cases()) {
    if (one.is_refused) continue;
    auto read_in = read(one);
    if (!read_in || !filter(one, *read_in)) continue;
    std::string why;
    const auto first = in_opset(*read_in, start, one.name, &why);
    const auto second = first ? in_opset(*first, there, one.name, &why) : std::nullopt;
    const auto third = second ? in_opset(*second, start, one.name, &why) : std::nullopt;
    if (!third) {
      refused[one.name] = why;
      continue;
    }
    const auto before = run(*first, one, Sizes::kAll, engine);
    const auto after = run(*third, one, Sizes::kAll, engine);
    EXPECT_TRUE(before.ok() && after.ok()) << one.name << ": " << (before ? "" : before.error().what.message) << "; "
                                           << (after ? "" : after.error().what.message);
    if (!before || !after) continue;
    const Distance found = distance(*after, *before, kRoundTrip, kRoundTrip);
    EXPECT_LE(found.excess, 1) << one.name << " differs by " << found.largest;
    tally.add(one.name, after->size(), found);
  }
  for (const auto& [name, why] : refused) std::cout << "  refused: " << name << ": " << why << "\n";
  return tally;
}

void print_table(const std::map<std::string, std::pair<std::size_t, std::size_t>>& table) {
  std::cout << "operators carried over: cases, nodes\n";
  for (const auto& [op, counts] : table) {
    std::cout << "  " << std::left << std::setw(26) << op << std::right << std::setw(5) << counts.first << std::setw(7)
              << counts.second << "\n";
  }
}

}  // namespace

TEST(CorpusOpset, EveryFileGivesTheRecordedOutputs) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = installed_engine();
  Tally tally;
  for (const Case& one : cases()) {
    if (one.is_refused) continue;
    const auto model = read(one);
    ASSERT_TRUE(model) << one.name << ": " << model.error().what.message;
    expect_clean(*model, one.name);
    expect_recorded(*model, one, Sizes::kAll, *engine, tally);
  }
  tally.print("as they are");
  EXPECT_EQ(tally.cases, 177u);
}

TEST(CorpusOpset, TwelveGivesTheRecordedOutputs) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = installed_engine();
  Tally tally;
  std::map<std::string, std::string> refused;
  std::map<std::string, std::pair<std::size_t, std::size_t>> table;
  for (const Case& one : cases()) {
    if (one.is_refused) continue;
    const auto model = read(one);
    ASSERT_TRUE(model) << one.name;
    const auto changed = in_opset(*model, 12, one.name, &refused[one.name]);
    EXPECT_EQ(changed.has_value(), one.reaches_twelve || kFurther.count(one.name) > 0)
        << one.name << ": " << refused[one.name];
    if (!changed) continue;
    refused.erase(one.name);
    EXPECT_LE(changed->ir_version, 7) << one.name;
    EXPECT_TRUE(changed->functions.empty()) << one.name;
    expect_recorded(*changed, one, Sizes::kAll, *engine, tally);
    for (const auto& [op, count] : operators_of(*model)) {
      ++table[op].first;
      table[op].second += count;
    }
  }
  print_table(table);
  tally.print("opset 12");
  for (const auto& [name, why] : refused) std::cout << "  refused: " << name << ": " << why << "\n";
  EXPECT_EQ(tally.cases, 175u);
  EXPECT_EQ(refused.size(), 2u);
}

TEST(CorpusOpset, BrokenFilesAreRefused) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t count = 0;
  for (const Case& one : cases()) {
    if (!one.is_refused) continue;
    ++count;
    const auto model = read(one);
    std::string id;
    if (model) {
      Diagnostics found;
      onnx::check_model(*model, found);
      for (const Diagnostic& item : found.items()) {
        if (id.empty() && item.severity == Severity::kError) id = item.id;
      }
    } else {
      id = model.error().what.id;
    }
    EXPECT_NE(id, "") << one.name;
    std::cout << "  " << std::left << std::setw(28) << one.name << std::setw(24) << id << one.refuse_because << "\n";
  }
  EXPECT_EQ(count, 21u);
}

class CorpusTarget : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(CorpusTarget, GivesTheRecordedOutputs) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = installed_engine();
  const std::int64_t newest = newest_of(*engine);
  const std::int64_t target = GetParam() == 0 ? newest : GetParam();
  if (target > newest) GTEST_SKIP() << "the engine's newest opset is " << newest;
  Tally tally;
  std::size_t gaps = 0;
  std::map<std::string, std::string> refused;
  for (const Case& one : cases()) {
    if (one.is_refused) continue;
    const auto model = read(one);
    ASSERT_TRUE(model) << one.name;
    const auto changed = in_opset(*model, target, one.name, &refused[one.name]);
    if (!changed) {
      EXPECT_TRUE(is_expected(refused[one.name], target)) << one.name << ": " << refused[one.name];
      continue;
    }
    refused.erase(one.name);
    if (is_engines_gap(one.name, target)) {
      ++gaps;
      continue;
    }
    expect_recorded(*changed, one, Sizes::kFirst, *engine, tally);
  }
  tally.print(concat("opset ", target));
  for (const auto& [name, why] : refused) std::cout << "  refused: " << name << ": " << why << "\n";
  EXPECT_EQ(tally.cases + gaps + refused.size(), 177u);
  EXPECT_GE(tally.cases, target < 12 ? 163u : 174u);
}

INSTANTIATE_TEST_SUITE_P(Opsets, CorpusTarget, ::testing::Values(11, 17, 18, 21, 23, 0), [](const auto& given) {
  return given.param == 0 ? std::string("newest") : std::to_string(given.param);
});

TEST(CorpusOpset, TwelveToEighteenAndBack) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  std::map<std::string, std::string> refused;
  const Tally tally = there_and_back(
      12, 18, *installed_engine(), [](const Case& one, const Model&) { return one.reaches_twelve; }, refused);
  tally.print("12 to 18 to 12");
  EXPECT_EQ(tally.cases, 170u);
  EXPECT_EQ(tally.equal, tally.cases) << "it was bit-equal";
}

TEST(CorpusOpset, EighteenToTwelveAndBack) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  std::map<std::string, std::string> refused;
  const Tally tally = there_and_back(
      18, 12, *installed_engine(),
      [](const Case& one, const Model& model) { return one.reaches_twelve && model.opset() == 18; }, refused);
  tally.print("18 to 12 to 18");
  EXPECT_EQ(tally.cases, 48u);
  EXPECT_TRUE(refused.empty());
}

}  // namespace zooport::testing::corpus
