#include "czann/saved_model.hpp"

#include <gtest/gtest.h>

#include "czann/networks_for_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

std::string field(unsigned number, const std::string& content) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  std::size_t size = content.size();
  for (; size > 127; size >>= 7) out += static_cast<char>((size & 127) | 128);
  return out + static_cast<char>(size) + content;
}
std::string node(const std::string& op) { return field(1, "n") + field(2, op); }

// One meta graph of three nodes, one of them a call of the function f, whose body is another node.
std::string saved_model(const std::string& op, const std::string& inner = "Relu") {
  const std::string function = field(1, field(1, "f")) + field(3, node(inner));
  const std::string graph =
      field(1, node("Placeholder")) + field(1, node(op)) + field(1, node("f")) + field(2, field(1, function));
  return std::string("\x08\x01", 2) + field(2, field(1, field(5, "2.10.1")) + field(2, graph));
}

Bytes zipped(const std::string& name, const std::string& content) {
  std::string bytes;
  EXPECT_TRUE(
      archive::write_zip({{name, Bytes(content), archive::Method::kStored}}, archive::append_to(bytes), {}).ok());
  return Bytes(bytes);
}

std::vector<std::string> found(const Bytes& network, const CheckOptions& options = {},
                               const std::string& format_version = {}) {
  Package package = testing::good_package();
  package.network = network;
  package.metadata.format_version = format_version;
  return testing::ids(check(package, options, {}));
}

TEST(SavedModel, OperatorsAndVersionAreRead) {
  const auto info = read_saved_model(Bytes(saved_model("Conv2D")), {});
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->tensorflow_version, "2.10.1");
  using Operators = std::map<std::string, std::size_t>;
  EXPECT_EQ(info->operators, (Operators{{"Conv2D", 1}, {"Placeholder", 1}, {"Relu", 1}}));
}

TEST(SavedModel, EveryCutIsRefusedOrShorter) {
  const std::string whole = saved_model("Conv2D");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto info = read_saved_model(Bytes(whole.substr(0, size)), {});
    ASSERT_FALSE(info.ok()) << size;
    EXPECT_EQ(info.error().what.id, "czann.saved-model-broken");
  }
  EXPECT_FALSE(read_saved_model(Bytes(std::string("\x08\x01", 2)), {}).ok());
  EXPECT_FALSE(read_saved_model(Bytes(std::string("\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")), {}).ok());
  Limits limits;
  limits.graph_nodes = 2;
  EXPECT_EQ(read_saved_model(Bytes(whole), limits).error().what.id, "limits.graph_nodes");
}

TEST(SavedModel, OperatorsOfTensorFlow200) {
  for (const char* name : {"Conv2D", "Abort", "ZipDataset", "StatefulPartitionedCall", "MergeV2Checkpoints"})
    EXPECT_TRUE(is_tensorflow_operator(name)) << name;
  for (const char* name : {"", "conv2d", "DisableCopyOnRead", "BatchMatMulV3", "Zzz"})
    EXPECT_FALSE(is_tensorflow_operator(name)) << name;
}

TEST(SavedModel, WhatItCostsIsSaid) {
  using Ids = std::vector<std::string>;
  const Bytes fine = zipped("saved_model.pb", saved_model("Conv2D"));
  EXPECT_EQ(found(fine), Ids{"czann.saved-model"});
  EXPECT_EQ(found(fine, {*zen_version_named("zen-core-3.6"), {}}), Ids{"czann.saved-model"});
  EXPECT_EQ(found(fine, {*zen_version_named("zen-blue-3.13"), {}}),
            (Ids{"czann.saved-model", "czann.zen-saved-model"}));
  EXPECT_EQ(found(fine, {}, "2.1.0"), (Ids{"czann.saved-model", "czann.saved-model-version"}));
  EXPECT_EQ(found(zipped("saved_model.pb", saved_model("Conv2D", "DisableCopyOnRead"))),
            (Ids{"czann.saved-model", "czann.saved-model-operators"}));
  EXPECT_EQ(found(zipped("other.pb", "x")), (Ids{"czann.saved-model", "czann.saved-model-broken"}));
  EXPECT_EQ(found(zipped("saved_model.pb", "x")), (Ids{"czann.saved-model", "czann.saved-model-broken"}));
  EXPECT_EQ(found(Bytes("PK\x03\x04 and no archive")).size(), 2u);
}

TEST(SavedModel, WhatTheRealPackageWrote) {
  ZOOPORT_NEEDS_SHARED();
  const std::string folder = zooport::testing::shared_folder() + "/data/czmodel/written/";
  using Ids = std::vector<std::string>;
  const auto written = [&](const std::string& version) {
    const auto bytes = os::read_file(concat(folder, version, "/net_savedmodel_fallback/model.czann"), 1u << 30);
    if (!bytes) return Ids{"unreadable"};
    const auto read = czann::read(*bytes, {});
    return read.ok() && read->package ? testing::ids(check(*read->package, {}, {})) : Ids{"unreadable"};
  };
  EXPECT_EQ(written("3.0.0"), (Ids{"czann.overlap-missing", "czann.saved-model"}));
  // Written by TensorFlow 2.15, which has further operators.
  EXPECT_EQ(written("5.1.0"), (Ids{"czann.overlap-missing", "czann.saved-model", "czann.saved-model-operators"}));
}

}  // namespace
}  // namespace zooport::czann
