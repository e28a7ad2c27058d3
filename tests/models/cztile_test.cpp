// ZEN's tile grids, as the real cztile answers.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/shared.hpp"
#include "zooport/base/bytes.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/predict/zen_tiles.hpp"

namespace zooport {
namespace {

std::int64_t number(const doc::Node& node, std::string_view key) { return *doc::integer_of(*node.find(key)); }

TEST(Cztile, EveryRecordedGridIsTheSame) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream file(testing::shared_folder() + "/data/cztile/tiles.jsonl");
  std::size_t grids = 0, refusals = 0, planes = 0;
  for (std::string line; std::getline(file, line);) {
    const auto record = doc::read_json(line);
    ASSERT_TRUE(record.ok());
    const doc::Node& root = record->root();
    if (!root.find("length")) {
      ++planes;  // 2-D and 3-D grids are products of these
      continue;
    }
    const doc::Node& length = *root.find("length");
    const doc::Node& tile = *root.find("tile");
    const doc::Node& border = *root.find("border");
    if (length.kind != doc::Kind::kInteger || tile.kind != doc::Kind::kInteger || border.kind != doc::Kind::kInteger)
      continue;  // a type error of the other language
    const auto tiles = predict::zen_tiles(number(root, "length"), number(root, "tile"), number(root, "border"));
    if (root.find("error")) {
      ++refusals;
      EXPECT_FALSE(tiles.ok()) << line;
      continue;
    }
    ASSERT_TRUE(tiles.ok()) << line;
    ++grids;
    const auto expect_tile = [&](const doc::Node& expected, const predict::ZenTile& found) {
      const predict::ZenTile wanted{*doc::integer_of(expected.children[0]), *doc::integer_of(expected.children[1]),
                                    *doc::integer_of(expected.children[2]), *doc::integer_of(expected.children[3])};
      EXPECT_EQ(found, wanted) << line.substr(0, 100);
    };
    if (const doc::Node* all = root.find("tiles")) {
      ASSERT_EQ(tiles->size(), all->children.size()) << line.substr(0, 100);
      for (std::size_t i = 0; i < tiles->size(); ++i) expect_tile(all->children[i], (*tiles)[i]);
    }
    for (const char* key : {"sha256", "digest"}) {
      const doc::Node* digest = root.find(key);
      if (!digest) continue;
      std::string text;
      for (const predict::ZenTile& at : *tiles)
        text += concat(at.start, ',', at.length, ',', at.left, ',', at.right, ';');
      EXPECT_EQ(sha256_hex(as_bytes(text)), digest->text) << line.substr(0, 100);
    }
  }
  std::cout << "cztile: " << grids << " grids, " << refusals << " refusals, " << planes
            << " of more dimensions not looked at\n";
  EXPECT_GT(grids, 600u);
}

}  // namespace
}  // namespace zooport
