#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "zooport/base/text.hpp"
#include "zooport/onnx/geometry.hpp"
#include "zooport/onnx/info.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

// Sends a graph through every pass and holds the passes to what they promise whatever the graph: no crash, a result
// that is as sound as its source, and a graph that can be written and read again.
namespace zooport::testing {

struct EveryPass {
  Limits limits;
  std::function<void(const std::string&)> broken;  // is told which promise was broken

  bool is_sound(const onnx::Model& model) const {
    Diagnostics found;
    onnx::check_model(model, found);
    return !found.has_errors();
  }

  // The result of a pass on a sound graph.
  void expect_sound(const onnx::Model& model, const std::string& pass) const {
    Diagnostics found;
    onnx::check_model(model, found);
    for (const Diagnostic& item : found.items()) {
      if (item.severity == Severity::kError) return broken(concat(pass, ": ", item.id, " ", item.message));
    }
    const auto written = onnx::to_bytes(model);
    if (!written || written->size() != onnx::written_size(model)) return broken(concat(pass, ": size"));
    onnx::ReadOptions options;
    options.limits = limits;
    if (const auto again = onnx::read_model(*written, options); !again)
      broken(concat(pass, ": cannot be read again: ", again.error().what.message));
  }

  void opsets(const onnx::Model& model, const std::vector<std::int64_t>& targets) const {
    for (const std::int64_t target : targets) {
      onnx::Model changed = model;
      Diagnostics refused;
      const bool done = onnx::change_opset(changed, {.target = target, .limits = limits}, refused).ok();
      if (!done) continue;
      if (changed.opset() != target) broken("opset: another one");
      expect_sound(changed, concat("opset ", target));
    }
  }

  void shapes(const onnx::Model& model) const {
    for (const std::int64_t open : {1, 72}) {
      const onnx::InputShapes sizes = onnx::declared_shapes(model, open);
      const bool fits = onnx::infer_shapes(model, sizes).ok();
      onnx::peak_bytes(model, sizes);
      onnx::multiply_adds(model, sizes);
      onnx::Model fixed = model;
      const bool done = onnx::make_fixed(fixed, sizes).ok();
      if (done && fits) expect_sound(fixed, "make_fixed");
      std::map<std::string, std::vector<std::int64_t>, std::less<>> numbers(sizes.begin(), sizes.end());
      onnx::Model numbered = model;
      if (onnx::fix_axes(numbered, numbers)) expect_sound(numbered, "fix_axes");
    }
    onnx::Model wide = model;
    if (onnx::widen_floats(wide, onnx::NarrowFloats::kAll)) expect_sound(wide, "widen_floats");
    std::vector<onnx::OpenAxes> axes;
    for (const onnx::ValueInfo* input : model.graph.required_inputs()) {
      if (!input->type.shape || input->type.shape->size() > 16) continue;
      onnx::OpenAxes open{input->name, {}};
      for (std::size_t i = 0; i < input->type.shape->size(); ++i) open.names.push_back(concat("axis", i));
      axes.push_back(std::move(open));
    }
    onnx::Model open = model;
    if (onnx::make_symbolic(open, axes)) expect_sound(open, "make_symbolic");
    onnx::geometry_of(model, {2, 3});
  }

  void layouts(const onnx::Model& model) const {
    const auto turned = [](const std::vector<onnx::ValueInfo>& values) {
      std::vector<onnx::LayoutChange> changes;
      for (const onnx::ValueInfo& value : values) {
        if (!value.type.shape || value.type.shape->empty() || value.type.shape->size() > 8) continue;
        onnx::LayoutChange change{value.name, {}};
        for (int i = static_cast<int>(value.type.shape->size()); i-- > 0;) change.permutation.push_back(i);
        changes.push_back(std::move(change));
      }
      return changes;
    };
    onnx::Model changed = model;
    if (onnx::wrap_layout(changed, turned(changed.graph.inputs), turned(changed.graph.outputs)))
      expect_sound(changed, "wrap_layout");
    if (onnx::absorb_transposes(changed)) expect_sound(changed, "absorb_transposes");
    onnx::Model flat = model;
    if (onnx::inline_functions(flat, limits)) expect_sound(flat, "inline_functions");
  }

  // What is no sound graph is only looked at, and refused by opset changes or not: no promise is made for the result.
  void operator()(const onnx::Model& model, const std::vector<std::int64_t>& targets) const {
    onnx::info_of(model);
    if (is_sound(model)) {
      opsets(model, targets);
      shapes(model);
      layouts(model);
      return;
    }
    EveryPass lenient = *this;
    lenient.broken = [](const std::string&) {};
    lenient.opsets(model, targets);
    lenient.shapes(model);
    lenient.layouts(model);
  }
};

}  // namespace zooport::testing
