#include "process/statistics/summary.hpp"

#include <algorithm>
#include <utility>

#include "process/statistics/quantiles.hpp"
#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

// Measures over the same axes: one walk over each block serves them all.
struct Task {
  Grouping grouping;
  std::vector<Moments> moments;
  bool needs_moments = false;
  std::vector<QuantileRequest> requests;
  std::unique_ptr<QuantileFinder> finder;

  bool is_done(int passes) const { return (passes > 0 || !needs_moments) && (!finder || finder->is_done()); }
};

Result<std::vector<char>> reduced_axes(const Subject& subject, const Measure& measure) {
  std::vector<char> reduced(subject.axes.size(), measure.axes.empty() ? 1 : 0);
  for (const std::string& id : measure.axes) {
    const int at = tensor::find_axis(subject.axes, id);
    if (at < 0) {
      return make_error(ErrorKind::kInvalid, "process.parameter",
                        concat("statistics over the axis ", printable(id), ", which the tensor does not have"));
    }
    reduced[static_cast<std::size_t>(at)] = 1;
  }
  return reduced;
}

Error bad_blocks(std::string_view why) {
  return make_error(ErrorKind::kInternal, "process.blocks",
                    concat("a tensor's blocks do not make up the tensor: ", why));
}

Result<void> check_block(const Subject& subject, const tensor::View& block, const tensor::Shape& origin) {
  bool fits = block.dtype == subject.dtype && block.shape.size() == subject.shape.size() &&
              origin.size() == subject.shape.size();
  for (std::size_t i = 0; fits && i < origin.size(); ++i) {
    fits = origin[i] >= 0 && block.shape[i] >= 0 && origin[i] + block.shape[i] <= subject.shape[i];
  }
  if (fits) return {};
  return bad_blocks(concat("found ", tensor::name_of(block.dtype), " ", shape_text(block.shape), " at ",
                           shape_text(origin), " in ", tensor::name_of(subject.dtype), " ", shape_text(subject.shape)));
}

using Tasks = std::map<std::vector<char>, Task>;

Result<void> pass(const Subject& subject, Tasks& tasks, int passes, const Context& context) {
  for (auto& [reduced, task] : tasks) {
    if (task.finder && !task.finder->is_done()) task.finder->begin();
  }
  std::int64_t seen = 0;
  const auto take = [&](const tensor::View& block, const tensor::Shape& origin) -> Result<void> {
    if (context.stopped()) return Context::cancelled();
    ZOOPORT_TRY(check_block(subject, block, origin));
    seen += tensor::element_count(block.shape);
    for (auto& entry : tasks) {
      Task& task = entry.second;
      const bool moments = task.needs_moments && passes == 0;
      QuantileFinder* finder = task.finder && !task.finder->is_done() ? task.finder.get() : nullptr;
      if (!moments && !finder) continue;
      task.grouping.each_run(block, origin, [&](const Run& run) {
        if (moments) add_run(run, subject.dtype, task.moments[static_cast<std::size_t>(run.group)]);
        if (finder) finder->add(run);
      });
    }
    return {};
  };
  ZOOPORT_TRY(subject.source(take));
  const std::int64_t expected = tensor::element_count(subject.shape);
  if (seen != expected) return bad_blocks(concat("found ", seen, " elements of ", expected));
  for (auto& [reduced, task] : tasks) {
    if (task.finder && !task.finder->is_done()) task.finder->end();
  }
  return {};
}

}  // namespace

Result<std::map<Measure, Summary>> summarize(const Subject& subject, const std::vector<Measure>& measures,
                                             const StatisticsOptions& options, const Context& context) {
  ZOOPORT_TRY(options.validate());
  if (subject.axes.size() != subject.shape.size() || tensor::element_count(subject.shape) < 0) {
    return bad_blocks("its axes and shape do not fit each other");
  }
  Tasks tasks;
  std::vector<std::pair<std::vector<char>, std::size_t>> places;  // of each measure: its task, its request
  for (const Measure& measure : measures) {
    ZOOPORT_TRY_ASSIGN(std::vector<char> reduced, reduced_axes(subject, measure));
    auto found = tasks.find(reduced);
    if (found == tasks.end()) {
      found = tasks.emplace(reduced, Task{Grouping(subject.shape, reduced), {}, false, {}, nullptr}).first;
    }
    Task& task = found->second;
    places.emplace_back(reduced, task.requests.size());
    if (measure.kind == Measure::Kind::kQuantile) {
      if (!(measure.q >= 0 && measure.q <= 1)) {
        return make_error(ErrorKind::kInvalid, "process.parameter",
                          concat("expected a quantile between 0 and 1, found ", measure.q));
      }
      task.requests.push_back({measure.q, measure.over_dataset ? Measure::Method::kLinear : measure.method});
    } else {
      task.needs_moments = true;
    }
  }
  for (auto& [reduced, task] : tasks) {
    if (task.needs_moments) task.moments.resize(static_cast<std::size_t>(task.grouping.groups()));
    if (!task.requests.empty()) {
      task.finder = make_quantile_finder(subject.dtype, task.grouping, task.requests, options.memory / tasks.size());
    }
  }
  const auto is_done = [&](int passes) {
    return std::all_of(tasks.begin(), tasks.end(), [&](const auto& entry) { return entry.second.is_done(passes); });
  };
  for (int passes = 0; !is_done(passes); ++passes) ZOOPORT_TRY(pass(subject, tasks, passes, context));

  std::map<Measure, Summary> out;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    const Task& task = tasks.at(places[i].first);
    Summary summary{task.grouping.kept(), static_cast<double>(task.grouping.group_size()), {}, {}};
    if (measures[i].kind == Measure::Kind::kQuantile) {
      summary.quantiles = task.finder->values()[places[i].second];
    } else {
      summary.moments = task.moments;
    }
    out.insert_or_assign(measures[i], std::move(summary));
  }
  return out;
}

}  // namespace zooport::process
