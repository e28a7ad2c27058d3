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

std::vector<std::int64_t> numbers(const doc::Node& list) {
  std::vector<std::int64_t> values;
  for (const doc::Node& item : list.children) values.push_back(*doc::integer_of(item));
  return values;
}

// Grids of planes and volumes are products of those along the axes, x outermost; a tile is written as its place, its
// size, and its borders before and behind along x, y(, z).
void check_product(const doc::Node& root, const std::string& line) {
  const std::vector<std::int64_t> region = numbers(*root.find("region"));
  const std::vector<std::int64_t> tile = numbers(*root.find("tile"));
  const std::vector<std::int64_t> border = numbers(*root.find("border"));
  const std::size_t axes = tile.size();
  std::vector<std::vector<std::int64_t>> made(1);
  for (std::size_t i = 0; i < axes; ++i) {
    const auto along = predict::zen_tiles(region[axes + i], tile[i], border[i]);
    ASSERT_TRUE(along.ok());
    std::vector<std::vector<std::int64_t>> next;
    for (const auto& before : made)
      for (const predict::ZenTile& at : *along) {
        next.push_back(before);
        next.back().insert(next.back().end(), {at.start + region[i], at.length, at.left, at.right});
      }
    made = std::move(next);
  }
  for (std::size_t i = 0; i < axes; ++i)
    if (region[axes + i] == 0) made.clear();
  const auto written = [&](const std::vector<std::int64_t>& at) {
    std::vector<std::int64_t> flat;
    for (std::size_t i = 0; i < axes; ++i) flat.push_back(at[4 * i]);
    for (std::size_t i = 0; i < axes; ++i) flat.push_back(at[4 * i + 1]);
    // left, top, right, bottom(, front, back)
    for (const std::size_t side : {2, 3})
      for (std::size_t i = 0; i < 2; ++i) flat.push_back(at[4 * i + side]);
    for (const std::size_t side : {2, 3})
      if (axes == 3) flat.push_back(at[8 + side]);
    return flat;
  };
  if (const doc::Node* count = root.find("count")) {
    EXPECT_EQ(made.size(), static_cast<std::size_t>(*doc::integer_of(*count)));
  }
  if (const doc::Node* tiles = root.find("tiles")) {
    if (!root.find("count")) {
      EXPECT_EQ(made.size(), tiles->children.size()) << line.substr(0, 120);
    }
    for (std::size_t i = 0; i < tiles->children.size() && i < made.size(); ++i)
      EXPECT_EQ(written(made[i]), numbers(tiles->children[i])) << line.substr(0, 120);
  } else {
    EXPECT_EQ(written(made.front()), numbers(*root.find("first")));
    EXPECT_EQ(written(made.back()), numbers(*root.find("last")));
  }
}

TEST(Cztile, EveryRecordedGridIsTheSame) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream file(testing::shared_folder() + "/data/cztile/tiles.jsonl");
  std::size_t grids = 0, refusals = 0, planes = 0;
  for (std::string line; std::getline(file, line);) {
    const auto record = doc::read_json(line);
    ASSERT_TRUE(record.ok());
    const doc::Node& root = record->root();
    if (!root.find("length")) {
      ++planes;
      check_product(root, line);
      continue;
    }
    const doc::Node& length = *root.find("length");
    const doc::Node& tile = *root.find("tile");
    const doc::Node& border = *root.find("border");
    if (length.kind != doc::Kind::kInteger || tile.kind != doc::Kind::kInteger || border.kind != doc::Kind::kInteger)
      continue;  // a type error of the other language
    const auto tiles = predict::zen_tiles(number(root, "length"), number(root, "tile"), number(root, "border"));
    // An image of negative size is refused here: docs/differences.md.
    if (root.find("error") || number(root, "length") < 0) {
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
  std::cout << "cztile: " << grids << " grids, " << refusals << " refusals, " << planes << " of more dimensions\n";
  EXPECT_GT(grids, 600u);
}

}  // namespace
}  // namespace zooport
