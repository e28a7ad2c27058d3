#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/names.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/onnx/shape.hpp"

// Saying a graph in another opset. Opsets are crossed one at a time; at each, operators that changed there are handed
// to the rule of the table that tells how. After each the graph is a whole one of the next opset.
namespace zooport::onnx {

// What is known of values before the first step.
class Facts {
 public:
  static constexpr std::size_t kProbes = 3;  // sizes at which open axes are tried
  explicit Facts(const Model& model);
  // Notes what an operator makes, from what is known of its inputs.
  void note(const Node& node);
  void note_constant(const std::string& name, const Tensor& tensor);
  // The opset whose form the operators have that are noted from now on.
  void set_opset(std::int64_t opset) { opset_ = opset; }

  ElementType type(const std::string& name) const;  // kUndefined: not known
  std::optional<std::int64_t> rank(const std::string& name) const;
  std::optional<std::int64_t> extent(const std::string& name, std::int64_t axis) const;
  // Given, or computed of what is given and of fixed shapes; null: not constant, or by default alone.
  const Tensor* constant(const std::string& name) const;
  // Names of which constant() was asked in vain.
  const std::set<std::string, std::less<>>& asked_in_vain() const { return asked_; }
  void forget_asked() { asked_.clear(); }
  std::optional<std::vector<std::int64_t>> integers(const std::string& name) const;
  std::optional<std::vector<float>> floats(const std::string& name) const;
  std::optional<tensor::Shape> shape(const std::string& name) const;  // none: an extent is not known
  // Whether an operator reads the value, or the graph hands it out.
  bool is_read(const std::string& name) const { return read_.count(name) > 0; }
  // What a value is that is no tensor: "sequence" or "optional value"; "" for the others, and what is not known.
  std::string_view kind(const std::string& name) const;

 private:
  void note(const Graph& graph);
  void note(const ValueInfo& value);
  void note_kinds(const Node& node);
  void enter(const Node& node, const Graph& body);
  void leave(const Node& node, const Graph& body);
  void infer(const Node& node);
  const Inferred* agreed(const std::string& name) const;

  std::array<InferredValues, kProbes> inferred_;
  std::map<std::string, ElementType, std::less<>> types_;
  std::map<std::string, std::vector<Dimension>, std::less<>> shapes_;
  std::map<std::string, std::int64_t, std::less<>> ranks_;
  std::set<std::string, std::less<>> read_;
  std::map<std::string, std::string_view, std::less<>> kinds_;
  std::map<std::string, std::optional<Tensor>, std::less<>> constants_;  // none: several values have the name
  std::set<std::string, std::less<>> defaults_;                          // inputs of the graph that may be given or not
  mutable std::set<std::string, std::less<>> asked_;
  std::map<std::string, std::int64_t, std::less<>> branch_ranks_;  // of what the first branch gives
  std::int64_t opset_ = 0;
};

// One operator on its way over one opset. A rule changes `node`, or replaces it by operators of its own, or refuses it.
class Rewrite {
 public:
  Rewrite(Node& its_node, Facts& its_facts, Names& names, std::int64_t to_opset)
      : node(its_node), facts(its_facts), to(to_opset), names_(names) {}

  Node& node;
  Facts& facts;
  const std::int64_t to;  // the opset that is wanted next

  void refuse(std::string why);
  const std::string& refused() const { return refused_; }

  // Replacing: emit() adds an operator and gives its output; finish() adds one whose output is the node's own.
  std::string emit(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes = {});
  void finish(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes = {},
              std::size_t output = 0);
  std::vector<std::string> emit_many(std::string_view op, std::vector<std::string> inputs, std::size_t outputs,
                                     std::vector<Attribute> attributes = {});
  std::string constant(Tensor tensor);
  std::string integers(const std::vector<std::int64_t>& values);
  std::string integer(std::int64_t value);  // without axes
  // A number of the element type of `like`, without axes; float32 if that is not known.
  std::string number_like(const std::string& like, double value);

  // Operators in the form of opset `to`.
  std::string reduce(std::string_view op, const std::string& x, const std::vector<std::int64_t>& axes);
  std::string reshape(const std::string& x, const std::vector<std::int64_t>& shape);
  std::string transpose(const std::string& x, const std::vector<std::int64_t>& permutation);
  std::string slice(const std::string& x, std::int64_t start, std::int64_t end, std::int64_t axis);
  std::string cast(const std::string& x, ElementType type);
  std::string unsqueeze(const std::string& x, const std::vector<std::int64_t>& axes);
  std::string squeeze(const std::string& x, const std::vector<std::int64_t>& axes);

  // Drops an attribute that has its default; else refuses.
  bool drop(std::string_view attribute, std::int64_t only);
  bool drop(std::string_view attribute, std::string_view only);
  // An axis, counted from the front; none if it is negative and the rank is not known.
  std::optional<std::int64_t> axis_of(const std::string& value, std::int64_t axis) const;

  std::vector<Node> take() { return std::move(made_); }
  bool replaced() const { return finished_; }

 private:
  Node make(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes);

  Names& names_;
  std::vector<Node> made_;
  bool finished_ = false;
  std::string refused_;
};

using Rule = void (*)(Rewrite&);
struct Change {
  const char* op;
  std::int64_t version;  // the opset that brought the newer form
  Rule rule;
  const char* what;  // for people
};

// From the form of `version` to the one before, and the other way; null if there is no rule.
const Change* find_lowering(std::string_view op, std::int64_t version);
const Change* find_raising(std::string_view op, std::int64_t version);
// The value of a Constant, whatever attribute it is in; none if that is no dense tensor.
std::optional<Tensor> value_of_constant(const Node& node);
// With its zeros; none if it is large, or its places lie outside.
std::optional<Tensor> dense_of(const SparseTensor& sparse);
// The axes in their order, but for one that stands where the last one does, and the other way round.
std::vector<std::int64_t> swapped_with_last(std::int64_t axis, std::int64_t rank);
// Of Cast.
Attribute to_type(ElementType type);
// The numbers of a constant, whatever their type; empty where that is none of numbers.
std::vector<double> doubles_of(const Tensor& tensor);
// Whether the form of `version` differs from the one before by the element types it takes alone.
bool is_unchanged(std::string_view op, std::int64_t version);

// The rules, by what they are about.
namespace rules {
// opset_axes.cpp
void axes_to_attribute(Rewrite& at);
void axes_to_input(Rewrite& at);
void reduce_axes_to_attribute(Rewrite& at);
void split_to_attribute(Rewrite& at);
void split_to_input(Rewrite& at);
void split_num_outputs(Rewrite& at);
void split_count_to_attribute(Rewrite& at);
void softmax_last(Rewrite& at);
void softmax_flat(Rewrite& at);
void axes_not_negative(Rewrite& at);
// opset_shapes.cpp
void reshape_zero(Rewrite& at);
void shape_range(Rewrite& at);
void pad_axes(Rewrite& at);
void pad_wrap(Rewrite& at);
void pad_to_input(Rewrite& at);
void center_crop_pad(Rewrite& at);
void trilu(Rewrite& at);
void slice_to_input(Rewrite& at);
// opset_resize.cpp
void resize_empty_inputs(Rewrite& at);
void resize_options(Rewrite& at);
void resize_symmetric(Rewrite& at);
void resize_symmetric_rounded(Rewrite& at, const std::vector<float>& scales);
void resize_by_weights(Rewrite& at);  // opset_resize_weights.cpp
void resize_from_upsample(Rewrite& at);
void resize_coordinates(Rewrite& at);
void resize_newer(Rewrite& at);
// opset_normalisation.cpp
void batch_norm_training(Rewrite& at);
void batch_norm_raise(Rewrite& at);
void layer_norm(Rewrite& at);
void rms_norm(Rewrite& at);
void group_norm_channels(Rewrite& at);
void group_norm_groups(Rewrite& at);
void group_norm_repeat(Rewrite& at);
// opset_activations.cpp
void celu(Rewrite& at);
void hard_swish(Rewrite& at);
void mish(Rewrite& at);
void gelu(Rewrite& at);
void swish(Rewrite& at);
void cast_like(Rewrite& at);
void clip_to_input(Rewrite& at);
void dropout_to_input(Rewrite& at);
// opset_wide.cpp
// Computes with float32 in place of 16-bit floats that an operator does not take; false if that cannot be said.
bool with_wide_floats(Rewrite& at);
void constant_of_type(Rewrite& at);
// opset_sampling.cpp
void grid_sample(Rewrite& at);
void scatter_reduced(Rewrite& at);
// opset_attention.cpp
void attention(Rewrite& at);
void attention_windows(Rewrite& at);
void attention_filled(Rewrite& at);
void rotary_embedding(Rewrite& at);
// opset_quantize.cpp
void quantize(Rewrite& at);
void dequantize(Rewrite& at);
void quantize_scale(Rewrite& at);
void quantize_precision(Rewrite& at);
void dequantize_type(Rewrite& at);
void quantize_block(Rewrite& at);
void dequantize_block(Rewrite& at);
void quantize_floats(Rewrite& at);
void dequantize_floats(Rewrite& at);
void quantize_axis(Rewrite& at);
void quantized_product(Rewrite& at);
// opset_newer.cpp
void depth_order(Rewrite& at);
void small_integers(Rewrite& at);
void relu_integers(Rewrite& at);
void truth_extremes(Rewrite& at);
void integer_extremes(Rewrite& at);
void window_function(Rewrite& at);
void swiglu(Rewrite& at);
void cum_prod(Rewrite& at);
void optional_values(Rewrite& at);
void bernoulli(Rewrite& at);
void dft_axis(Rewrite& at);
void dft_axis_input(Rewrite& at);
// opset_older.cpp
void pool_ceil(Rewrite& at);
void pool_indices(Rewrite& at);
void batch_norm_spatial(Rewrite& at);
void clip_to_attributes(Rewrite& at);
void dropout_to_attribute(Rewrite& at);
void dropout_mask(Rewrite& at);
void gemm_bias(Rewrite& at);
void same_shapes(Rewrite& at);
void pad_to_attribute(Rewrite& at);
void slice_axes(Rewrite& at);
void slice_to_attributes(Rewrite& at);
void top_k_largest(Rewrite& at);
void top_k_attribute(Rewrite& at);
void top_k_input(Rewrite& at);
void upsample_attribute(Rewrite& at);
void upsample_input(Rewrite& at);
void resize_old_coordinates(Rewrite& at);
void resize_to_upsample(Rewrite& at);
void gather_indices(Rewrite& at);
void scatter_name(Rewrite& at);
void scatter_newer(Rewrite& at);
void depth_to_space(Rewrite& at);
// opset_elements.cpp: operators that came later, said with older ones
void not_less(Rewrite& at);
void equal_floats(Rewrite& at);
void round_half_even(Rewrite& at);
void cum_sum(Rewrite& at);
void range(Rewrite& at);
void is_inf(Rewrite& at);
void is_nan(Rewrite& at);
void thresholded_relu(Rewrite& at);
void hyperbolic(Rewrite& at);
void sign(Rewrite& at);
void where(Rewrite& at);
void constant_of_shape(Rewrite& at);
void eye_like(Rewrite& at);
void mean_variance(Rewrite& at);
void expand(Rewrite& at);
void compress(Rewrite& at);
void shrink(Rewrite& at);
void modulo(Rewrite& at);
// opset_einsum.cpp
void einsum(Rewrite& at);
// opset_options.cpp: attributes that came later and have their default
void drop_saturate(Rewrite& at);
void drop_round_mode(Rewrite& at);
void drop_layout(Rewrite& at);
void drop_reduction(Rewrite& at);
void old_reduction(Rewrite& at);
void drop_stash_type(Rewrite& at);
void drop_last_index(Rewrite& at);
void drop_batch_dims(Rewrite& at);
void constant_value(Rewrite& at);
void dense_constant(Rewrite& at);
void pow_types(Rewrite& at);
void roi_align(Rewrite& at);
void roi_align_newer(Rewrite& at);
void grid_sample_mode(Rewrite& at);
void grid_sample_newer(Rewrite& at);
void pool_dilations(Rewrite& at);
void pool_last_window(Rewrite& at);
void lp_pool_options(Rewrite& at);
void nothing(Rewrite& at);
}  // namespace rules

}  // namespace zooport::onnx
