#include "zooport/convert/compare_models.hpp"

#include <algorithm>
#include <chrono>

#include "convert/common_inputs.hpp"
#include "convert/graph_pair.hpp"
#include "convert/memory_need.hpp"
#include "convert/named_engine.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {
namespace {

using Purpose = TrialSizes::Purpose;

// Outputs come with the batch in front or with the axes that were walked in its place: neither moves.
std::string letters_of_output(const model::TensorSpec& output) {
  std::string letters;
  for (const model::AxisSpec& axis : output.axes)
    if (axis.axis.kind != tensor::AxisKind::kBatch) letters += predict::letter_of(axis.axis);
  return letters;
}

// `array` with its last axes in the order of `to`, if both have the same ones.
tensor::Array reordered(tensor::Array array, const std::string& from, const std::string& to) {
  const std::size_t rank = array.shape().size();
  if (from == to || from.size() != to.size() || rank < from.size()) return array;
  const std::size_t before = rank - from.size();
  std::vector<int> permutation;
  for (std::size_t i = 0; i < before; ++i) permutation.push_back(static_cast<int>(i));
  for (const char letter : to) {
    const std::size_t at = from.find(letter);
    if (at == std::string::npos) return array;
    permutation.push_back(static_cast<int>(before + at));
  }
  return tensor::Array::copy_of(array.view().transposed(permutation));
}

// An image with a batch in front, in the axes of the model.
tensor::View in_axes_of(const model::TensorSpec& spec, const predict::Picture& image) {
  const tensor::View view = image.elements.view();
  tensor::View ordered{view.data, view.dtype, {}, {}};
  for (const model::AxisSpec& axis : spec.axes) {
    const char letter = axis.axis.kind == tensor::AxisKind::kBatch ? 'b' : predict::letter_of(axis.axis);
    const std::size_t at = letter == '\0' ? std::string::npos : image.letters.find(letter);
    ordered.shape.push_back(at == std::string::npos ? 1 : view.shape[at]);
    ordered.strides.push_back(at == std::string::npos ? 0 : view.strides[at]);
  }
  return ordered;
}

// Several samples go through the network at once, one as an image is predicted.
Result<std::vector<tensor::Array>> run(predict::Predictor& predictor, Pictures images, const Context& context) {
  const auto is_batch = [](const predict::Picture& image) { return image.letters.starts_with('b'); };
  if (std::any_of(images.begin(), images.end(),
                  [&](const predict::Picture& image) { return is_batch(image) && image.elements.shape()[0] > 1; })) {
    std::vector<tensor::Array> arrays;
    std::vector<tensor::View> views;
    for (std::size_t i = 0; i < images.size(); ++i)
      arrays.push_back(tensor::Array::copy_of(in_axes_of(predictor.model().inputs[i], images[i])));
    for (const tensor::Array& array : arrays) views.push_back(array.view());
    return predictor.run_whole(views, context);
  }
  for (predict::Picture& image : images) {
    if (!is_batch(image)) continue;
    tensor::Shape shape = image.elements.shape();
    shape.erase(shape.begin());
    image.elements.reshape(std::move(shape));
    image.letters.erase(0, 1);
  }
  return predict::predict_arrays(predictor, std::move(images), context);
}

// Of each output of the first model: which of the second's it is.
std::vector<std::size_t> output_partners(const model::Model& a, const model::Model& b) {
  std::vector<std::size_t> by_id;
  std::vector<std::size_t> by_order;
  for (std::size_t i = 0; i < a.outputs.size(); ++i) {
    by_order.push_back(i);
    for (std::size_t k = 0; k < b.outputs.size(); ++k)
      if (a.outputs[i].id == b.outputs[k].id) by_id.push_back(k);
  }
  const bool are_same = by_id.size() == a.outputs.size() && a.outputs.size() == b.outputs.size();
  return are_same ? by_id : by_order;
}

Sides sides_of(const Loaded& a, const Loaded& b, const CommonInputs& common, predict::Predictor& first,
               predict::Predictor& second, const Context& context) {
  Sides sides;
  // Two ways to compute the same may flip single elements of a mask that a model gives.
  sides.mismatched_per_million = model::Tolerance{}.mismatched_per_million;
  const bool is_half = computes_in_halves(first.network()) || computes_in_halves(second.network());
  for (const model::TensorSpec& output : a.model.outputs) {
    const model::Tolerance& own = output.tolerance_for(first.weights());
    Sides::Output& side = sides.outputs.emplace_back();
    side.id = output.id;
    if (own.from == "description") side.own = own;
    side.is_half = is_half;
    for (std::size_t i = 0; i < output.axes.size(); ++i)
      if (output.axes[i].axis.kind == tensor::AxisKind::kChannel) side.channel = static_cast<int>(i);
  }
  sides.first = [&](const Pictures& images, const Trial&) { return run(first, common.for_first(images), context); };
  sides.second = [&, partner = output_partners(a.model, b.model)](const Pictures& images,
                                                                  const Trial&) -> Result<std::vector<tensor::Array>> {
    ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> found, run(second, common.for_second(images), context));
    std::vector<tensor::Array> ordered;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::size_t at = i < partner.size() ? partner[i] : i;
      if (at >= found.size() || i >= a.model.outputs.size()) {
        ordered.push_back(std::move(found[i]));
        continue;
      }
      ordered.push_back(reordered(std::move(found[at]), letters_of_output(b.model.outputs[at]),
                                  letters_of_output(a.model.outputs[i])));
    }
    return ordered;
  };
  return sides;
}

// Whatever is cut has to be larger than what it is cut into.
std::vector<std::int64_t> sizes_about(const CompareOptions& options) {
  if (options.tile.sizes.empty()) return {64, 128, 256};
  return {2 * *std::max_element(options.tile.sizes.begin(), options.tile.sizes.end())};
}

bool differs_on_usual_inputs(const std::vector<Trial>& trials) {
  return std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.status == Trial::Status::kDiffers &&
           (trial.kind == Trial::Kind::kRandom || trial.kind == Trial::Kind::kNatural);
  });
}

Result<TrialReport> compare_on_images(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                      CommonInputs& common, const std::vector<CommonInputs::Given>& given,
                                      predict::Predictor& first, predict::Predictor& second, const Context& context) {
  const std::vector<TrialInput> wanted = common.wanted(first, second, options);
  bool differs_by_statistics = false;
  std::optional<TrialReport> report;
  for (const std::int64_t about : sizes_about(options)) {
    TrialRunner runner(sides_of(a, b, common, first, second, context), options.seconds);
    for (const CommonInputs::Given& one : given) {
      ZOOPORT_TRY_ASSIGN(const Trial::Status status, runner.run(one.trial, one.images, context));
      (void)status;
    }
    bool is_first = true;
    bool goes_on = true;
    std::vector<TrialSizes> sizes;
    if (options.inputs.empty()) sizes = sizes_to_try(wanted, about);
    // What is not admitted is continued to what is, by each model in its own way.
    std::erase_if(sizes, [](const TrialSizes& one) { return one.purpose == Purpose::kOdd; });
    for (const PlannedTrial& planned : planned_trials(wanted, sizes)) {
      const MadeTrial made = make_trial(wanted, planned, options.seed);
      ZOOPORT_TRY_ASSIGN(const Trial::Status status, runner.run(made.trial, made.inputs, context));
      goes_on = !is_first || status != Trial::Status::kNotRun;
      is_first = false;
      if (!goes_on) break;
    }
    // Statistics that are part of a network are no less of each image than those that a description asks for.
    differs_by_statistics = !given.empty() && common.statistics_differ() && differs_on_usual_inputs(runner.trials());
    if (differs_by_statistics) runner.discount_what_was_made();
    TrialReport made = std::move(runner).report();
    if (!report || made.has_run) report = std::move(made);
    if (goes_on) break;
  }
  report->findings.add(std::move(common.findings));
  const auto differs = std::count_if(report->trials.begin(), report->trials.end(), [](const Trial& trial) {
    return !trial.counts && trial.kind != Trial::Kind::kNotFinite && trial.status == Trial::Status::kDiffers;
  });
  if (differs_by_statistics) {
    Diagnostic finding;
    finding.id = "convert.compare-statistics";
    finding.severity = Severity::kWarning;
    finding.message = concat(
        "one model takes statistics of each image and the other has fixed ones, so that they differ on images with "
        "other statistics (",
        differs, " of the ", report->trials.size(), " that were tried): only the test tensors count");
    report->findings.add(std::move(finding));
  }
  return std::move(*report);
}

// The same one, for messages of each side.
struct Engines {
  std::shared_ptr<engine::Engine> first;
  std::shared_ptr<engine::Engine> second;
};

struct Compared {
  TrialReport report;
  std::string weights;
  std::string provider;
};

Result<Compared> compare_as_graphs(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                   const Engines& engines, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const onnx::Model first, a.model.networks.at(0).load(context));
  ZOOPORT_TRY_ASSIGN(const onnx::Model second, b.model.networks.at(0).load(context));
  ZOOPORT_TRY_ASSIGN(const GraphPair pair, GraphPair::meet(first, second));
  const unsigned threads = options.session.threads > 0 ? options.session.threads : context.threads;
  if (std::string why = lack_of_memory(first, second, pair.inputs(), *engines.first, threads); !why.empty())
    return make_error(ErrorKind::kUnsupported, "convert.compare-memory", std::move(why));
  engine::SessionOptions session = options.session;
  if (!session.deadline) session.deadline = kLongestRun;
  session.optimization = optimization_for(first, second);
  ZOOPORT_TRY_ASSIGN(const auto of_first, open_session(first, *engines.first, session, context, &second));
  ZOOPORT_TRY_ASSIGN(const auto of_second, open_session(second, *engines.second, session, context, &first));
  Compared compared;
  ZOOPORT_TRY_ASSIGN(compared.report, pair.compare(*of_first, *of_second, options.seed, options.seconds, context));
  compared.weights = a.model.networks[0].weights;
  compared.provider = of_first->provider();
  return compared;
}

Result<Compared> compare_as_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                   const Engines& engines, const Context& context) {
  ZOOPORT_TRY_ASSIGN(CommonInputs common, CommonInputs::of(a, b, context));
  ZOOPORT_TRY_ASSIGN(const std::vector<CommonInputs::Given> given,
                     options.inputs.empty() ? common.tests(context) : common.named(options, context));
  predict::PredictOptions predict;
  predict.session = options.session;
  predict.tile = options.tile;
  predict.halo = options.halo;
  const std::size_t comma = options.weights.find(',');
  predict.weights = options.weights.substr(0, comma);
  ZOOPORT_TRY_ASSIGN(predict::Predictor first, predict::Predictor::open(a.model, engines.first, predict, context));
  if (comma != std::string::npos) predict.weights = options.weights.substr(comma + 1);
  ZOOPORT_TRY_ASSIGN(predict::Predictor second, predict::Predictor::open(b.model, engines.second, predict, context));
  Compared compared;
  ZOOPORT_TRY_ASSIGN(compared.report, compare_on_images(a, b, options, common, given, first, second, context));
  compared.weights = first.weights();
  if (second.weights() != first.weights()) compared.weights += concat(", ", second.weights());
  compared.provider = first.provider();
  return compared;
}

}  // namespace

Result<CompareResult> compare_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                     std::shared_ptr<engine::Engine> engine, const Context& context) {
  const auto begin = std::chrono::steady_clock::now();
  const bool are_graphs = a.opened.kind == SourceKind::kOnnx && b.opened.kind == SourceKind::kOnnx &&
                          options.inputs.empty() && options.weights.empty() &&
                          options.tile.kind == predict::TileChoice::Kind::kAutomatic &&
                          options.halo.kind == predict::HaloChoice::Kind::kDeclared;
  CompareResult result;
  result.engine = engine->name();
  result.engine_version = engine->version();
  result.is_isolated = engine->is_isolated();
  const Engines engines{named_engine(engine, "the first"), named_engine(engine, "the second")};
  Result<Compared> done = are_graphs ? compare_as_graphs(a, b, options, engines, context)
                                     : compare_as_models(a, b, options, engines, context);
  if (!done && engine::is_misbehaviour(done.error())) {
    result.status = predict::TestResult::Status::kFailed;
    result.weights = options.weights;
    result.reason = done.error().what.message;
    result.findings.add(std::move(done).error().what);
    return result;
  }
  ZOOPORT_TRY_ASSIGN(Compared compared, std::move(done));
  TrialReport& report = compared.report;
  if (!report.has_run && report.error) {
    Error error = std::move(*report.error);
    if (error.what.id == "engine.deadline") {
      error.kind = ErrorKind::kUnsupported;
      error.what.message = concat("nothing could be compared: ", error.what.message);
    }
    // That no input which was made fits says nothing against the network.
    if (error.what.id == "engine.run-failed") {
      error.kind = ErrorKind::kUnsupported;
      error.what.message = concat("the first takes none of the inputs that were made: ", error.what.message);
      error.what.help = "--input FILE names an image that it takes.";
    }
    return error;
  }
  result.weights = std::move(compared.weights);
  result.provider = std::move(compared.provider);
  using Status = predict::TestResult::Status;
  result.status = !report.has_run ? Status::kNotRun : report.passed ? Status::kPassed : Status::kFailed;
  result.reason = std::move(report.reason);
  for (predict::Comparison& output : report.outputs) result.outputs.push_back({std::move(output), {}});
  result.findings = std::move(report.findings);
  result.trials = std::move(report.trials);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.peak_bytes = os::peak_memory_bytes();
  return result;
}

}  // namespace zooport::convert
