#include "czann/saved_model.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

constexpr std::array kOperators = std::to_array<std::string_view>({
#include "czann/tensorflow_operators.inc"
});

// The fields of one protobuf message. After bytes that are no field, `ok()` is false and nothing follows.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  bool next() {
    std::uint64_t tag = 0;
    if (rest_.empty() || !ok_ || !varint(tag)) return false;
    number_ = tag >> 3;
    text_ = {};
    switch (tag & 7) {
      case 0: return varint(tag);
      case 1: return take(8);
      case 2: return varint(tag) && take(tag);
      case 5: return take(4);
      default: return ok_ = false;
    }
  }
  bool ok() const { return ok_; }
  std::uint64_t number() const { return number_; }
  std::string_view text() const { return text_; }  // of the field, if it has a length

 private:
  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return ok_ = false;
  }
  bool take(std::uint64_t size) {
    if (size > rest_.size()) return ok_ = false;
    text_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
  std::string_view text_;
  std::uint64_t number_ = 0;
  bool ok_ = true;
};

// SavedModel { MetaGraphDef meta_graphs = 2 }, MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2 },
// MetaInfoDef { string tensorflow_version = 5 }, GraphDef { NodeDef node = 1; FunctionDefLibrary library = 2 },
// NodeDef { string op = 2 }, FunctionDefLibrary { FunctionDef function = 1 }, FunctionDef { OpDef signature = 1;
// NodeDef node_def = 3 }, OpDef { string name = 1 }.
class Walk {
 public:
  explicit Walk(std::size_t most) : most_(most) {}

  Result<SavedModelInfo> run(std::string_view file) {
    const bool has_fields = !file.empty();
    each(file, 2, [&](std::string_view meta_graph) {
      ++graphs_;
      each(meta_graph, 1, [&](std::string_view info) {
        each(info, 5, [&](std::string_view version) { info_.tensorflow_version = printable(version, 40); });
      });
      each(meta_graph, 2, [&](std::string_view graph) {
        each(graph, 1, [&](std::string_view node) { see(node); });
        each(graph, 2, [&](std::string_view library) {
          each(library, 1, [&](std::string_view function) {
            each(function, 1, [&](std::string_view signature) {
              each(signature, 1, [&](std::string_view name) { functions_.insert(name); });
            });
            each(function, 3, [&](std::string_view node) { see(node); });
          });
        });
      });
    });
    if (!ok_ || !has_fields || graphs_ == 0)
      return make_error(ErrorKind::kInvalid, "czann.saved-model-broken",
                        "saved_model.pb is cut off or no SavedModel message");
    if (seen_ > most_)
      return make_error(ErrorKind::kInvalid, "limits.graph_nodes",
                        concat("saved_model.pb has more than ", most_, " operators; raise limits.graph_nodes"));
    for (const auto& [name, count] : operators_)
      if (functions_.count(name) == 0) info_.operators.emplace(printable(name, 80), count);
    return std::move(info_);
  }

 private:
  template <class Visit>
  void each(std::string_view message, std::uint64_t number, const Visit& visit) {
    Fields fields(message);
    while (ok_ && fields.next())
      if (fields.number() == number) visit(fields.text());
    ok_ = ok_ && fields.ok();
  }
  void see(std::string_view node) {
    if (++seen_ > most_) return;
    each(node, 2, [&](std::string_view op) { ++operators_[op]; });
  }

  std::size_t most_;
  std::size_t seen_ = 0;
  std::size_t graphs_ = 0;
  bool ok_ = true;
  std::map<std::string_view, std::size_t> operators_;
  std::set<std::string_view> functions_;
  SavedModelInfo info_;
};

}  // namespace

Result<SavedModelInfo> read_saved_model(const Bytes& saved_model_pb, const Limits& limits) {
  return Walk(limits.graph_nodes).run(saved_model_pb.text());
}

bool is_tensorflow_operator(std::string_view name) {
  return std::binary_search(kOperators.begin(), kOperators.end(), name);
}

}  // namespace zooport::czann
