#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

#include "tests/onnx/corpus.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/geometry.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

// What a graph is said to see, held against what changes in its output when one pixel does.
namespace zooport::onnx {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

class Probe {
 public:
  Probe(engine::Session& session, const Model& model, tensor::Shape shape)
      : session_(session),
        shape_(std::move(shape)),
        dtype_(*dtype_of(model.graph.required_inputs()[0]->type.element)) {}

  // Numbers of one row along `axis`, the same in all others, so that only that axis matters.
  tensor::Array input(std::size_t axis, const std::vector<float>& row) const {
    tensor::Array array(tensor::Dtype::kFloat32, shape_);
    std::int64_t inner = 1;
    for (std::size_t i = axis + 1; i < shape_.size(); ++i) inner *= shape_[i];
    std::int64_t i = 0;
    for (float& value : array.as<float>()) {
      const std::int64_t at = (i / inner) % shape_[axis];
      value = row[static_cast<std::size_t>(at)] *
              (1.0F + 0.1F * static_cast<float>((i % inner + i / inner / shape_[axis]) % 3));
      ++i;
    }
    return tensor::Array::converted(array.view(), dtype_);
  }
  bool takes(std::size_t axis, std::int64_t size) const {
    const tensor::Array zeros = input(axis, std::vector<float>(static_cast<std::size_t>(size), 0));
    return session_.run({zeros.view()}, Context{}).ok();
  }
  tensor::Array run(const tensor::Array& input) const {
    auto outputs = session_.run({input.view()}, Context{});
    EXPECT_TRUE(outputs.ok()) << outputs.error().what.message;
    return tensor::Array::converted((*outputs)[0].view(), tensor::Dtype::kFloat32);
  }

 private:
  engine::Session& session_;
  tensor::Shape shape_;
  tensor::Dtype dtype_;
};

// Largest difference at each place along an axis, b being read `shift` elements further on.
std::vector<double> differences(const tensor::Array& a, const tensor::Array& b, std::size_t axis, std::int64_t shift) {
  const tensor::Shape& shape = a.shape();
  std::int64_t inner = 1, outer = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) (i < axis ? outer : inner) *= i == axis ? 1 : shape[i];
  std::vector<double> result(static_cast<std::size_t>(shape[axis]), 0);
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t i = 0; i < shape[axis]; ++i) {
      if (i + shift < 0 || i + shift >= shape[axis]) continue;
      for (std::int64_t k = 0; k < inner; ++k) {
        const auto at = static_cast<std::size_t>((o * shape[axis] + i) * inner + k);
        const auto other = static_cast<std::size_t>((o * shape[axis] + i + shift) * inner + k);
        double& most = result[static_cast<std::size_t>(i)];
        most = std::max(most, std::abs(static_cast<double>(a.as<float>()[at]) - b.as<float>()[other]));
      }
    }
  return result;
}

struct Found {
  std::int64_t before = 0;
  std::int64_t behind = 0;
};

// Changes pixels of one stride in the middle: nothing may change beyond the stated reach.
Found expect_reach(const Probe& probe, std::size_t axis, std::int64_t size, const AxisGeometry& stated) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> unit(0, 1);
  std::vector<float> row(static_cast<std::size_t>(size));
  for (float& value : row) value = unit(random);
  const tensor::Array before = probe.run(probe.input(axis, row));
  Found found;
  for (std::int64_t phase = 0; phase < stated.stride; ++phase)
    for (const float by : {30.0F, -30.0F}) {
      std::vector<float> changed = row;
      const std::int64_t pixel = size / 2 / stated.stride * stated.stride + phase;
      changed[static_cast<std::size_t>(pixel)] += by;
      const auto differs = differences(before, probe.run(probe.input(axis, changed)), axis, 0);
      for (std::size_t i = 0; i < differs.size(); ++i) {
        if (differs[i] == 0) continue;
        const std::int64_t own =
            floor_div(static_cast<std::int64_t>(i) * stated.scale_denominator, stated.scale_numerator);
        found.before = std::max(found.before, own - pixel);
        found.behind = std::max(found.behind, pixel - own);
      }
    }
  EXPECT_LE(found.before, stated.reach_before) << "axis " << axis;
  EXPECT_LE(found.behind, stated.reach_behind) << "axis " << axis;
  return found;
}

// Moves the image by the stride: the output moves with it, but for the edges.
void expect_shift(const Probe& probe, std::size_t axis, std::int64_t size, const AxisGeometry& stated) {
  std::mt19937 random(8);
  std::uniform_real_distribution<float> unit(0, 1);
  std::vector<float> row(static_cast<std::size_t>(size));
  for (float& value : row) value = unit(random);
  std::vector<float> moved = row;
  std::rotate(moved.rbegin(), moved.rbegin() + static_cast<std::ptrdiff_t>(stated.stride), moved.rend());
  const tensor::Array before = probe.run(probe.input(axis, row));
  const std::int64_t by = stated.stride * stated.scale_numerator / stated.scale_denominator;
  const auto differs = differences(before, probe.run(probe.input(axis, moved)), axis, by);
  double spread = 0;
  for (const float value : before.as<float>()) spread = std::max(spread, std::abs(static_cast<double>(value)));
  for (std::size_t i = 0; i < differs.size(); ++i) {
    const std::int64_t own = floor_div(static_cast<std::int64_t>(i) * stated.scale_denominator, stated.scale_numerator);
    if (own - stated.reach_before < 0 || own + stated.reach_behind + stated.stride >= size) continue;
    EXPECT_LE(differs[i], 1e-3 * spread + 1e-6) << "axis " << axis << ", output " << i;
  }
}

struct Tally {
  int graphs = 0;
  int tight = 0;
};

void check(const std::string& name, Model model, engine::Engine& engine, Tally& tally) {
  SCOPED_TRACE(name);
  const auto inputs = model.graph.required_inputs();
  if (inputs.size() != 1 || !inputs[0]->type.shape || inputs[0]->type.shape->size() < 3 ||
      inputs[0]->type.shape->size() > 4)
    return;
  const std::string input = inputs[0]->name;
  const std::size_t rank = inputs[0]->type.shape->size();
  std::vector<int> space;
  OpenAxes open{input, std::vector<std::string>(rank)};
  for (std::size_t i = 2; i < rank; ++i) space.push_back(static_cast<int>(i)), open.names[i] = concat("axis", i);
  ASSERT_TRUE(inline_functions(model).ok());
  if (!open_axes(model, {open}).ok()) return;
  const Geometry geometry = geometry_of(model, space);
  if (!geometry.is_known) return;
  for (ValueInfo& output : model.graph.outputs) output.type.shape.reset();
  const auto bytes = to_bytes(model);
  ASSERT_TRUE(bytes.ok());
  const auto session = engine.load(*bytes, {.threads = 1}, Context{});
  if (!session) return;
  bool is_tight = true;
  std::string text;
  for (std::size_t i = 0; i < space.size(); ++i) {
    const AxisGeometry& stated = geometry.axes[i];
    ASSERT_GT(stated.size_step, 0);
    tensor::Shape shape = declared_shapes(model, 1)[input];
    std::int64_t size = 0;
    for (std::size_t k = 0; k < space.size(); ++k) {
      const AxisGeometry& axis = geometry.axes[k];
      std::int64_t wanted = axis.size_min;
      while (wanted < (k == i ? 2 * (axis.reach_before + axis.reach_behind) + 6 * axis.stride : 8))
        wanted += axis.size_step;
      shape[static_cast<std::size_t>(space[k])] = wanted;
      if (k == i) size = wanted;
    }
    const Probe probe(**session, model, shape);
    // Other outputs of the graph may need larger images.
    if (!probe.takes(static_cast<std::size_t>(space[i]), size)) return;
    const Found found = expect_reach(probe, static_cast<std::size_t>(space[i]), size, stated);
    expect_shift(probe, static_cast<std::size_t>(space[i]), size, stated);
    is_tight = is_tight && found.before == stated.reach_before && found.behind == stated.reach_behind;
    text += concat("  stride ", stated.stride, " reach ", stated.reach_before, '+', stated.reach_behind, " seen ",
                   found.before, '+', found.behind);
    // Max pooling and rectifiers hide what is far away.
    EXPECT_GE(2 * (found.before + found.behind), stated.reach_before + stated.reach_behind);
  }
  ++tally.graphs;
  tally.tight += is_tight;
  std::printf("  %-40s%s\n", name.c_str(), text.c_str());
}

TEST(CorpusGeometry, IsWhatTheEngineShows) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = testing::installed_engine();
  Tally tally;
  for (const auto& one : testing::corpus::cases()) {
    if (one.is_refused || one.name.starts_with("lower_")) continue;
    const auto model = testing::corpus::read(one);
    ASSERT_TRUE(model.ok());
    check(one.name, *model, *engine, tally);
  }
  const auto bytes = os::read_file(ZOOPORT_SOURCE_DIR "/examples/nuclei/weights.onnx", 1u << 30);
  ASSERT_TRUE(bytes.ok());
  check("nuclei", *read_model(*bytes), *engine, tally);
  std::printf("%d graphs with a known reach, %d of them reach it exactly\n", tally.graphs, tally.tight);
  EXPECT_GT(tally.graphs, 40);
}

}  // namespace
}  // namespace zooport::onnx
