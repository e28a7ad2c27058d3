#include "zooport/predict/grid.hpp"

#include <gtest/gtest.h>

#include <random>

#include "zooport/predict/zen_tiles.hpp"

namespace zooport::predict {
namespace {

TEST(Grid, PadsToTheNextAllowedSize) {
  const auto grid = make_grid("y", 700, 0, {.min = 8, .step = 8, .stride = 8, .halo = 32});
  ASSERT_TRUE(grid.ok());
  EXPECT_EQ(grid->padded, 704);
  EXPECT_EQ(grid->windows, (std::vector<Window>{{0, 0, 700}}));
}

TEST(Grid, CutsWithOverlapAndShiftsTheLastWindow) {
  const auto grid = make_grid("y", 1488, 512, {.min = 8, .step = 8, .stride = 8, .halo = 64});
  ASSERT_TRUE(grid.ok());
  EXPECT_EQ(grid->windows, (std::vector<Window>{{0, 0, 448}, {384, 448, 832}, {768, 832, 1216}, {976, 1216, 1488}}));
}

TEST(Grid, RefusesWhatTheNetworkRefuses) {
  const AxisRule rule{.min = 16, .step = 8, .stride = 8, .halo = 10};
  EXPECT_EQ(make_grid("x", 100, 20, rule).error().what.id, "predict.tile-size");
  EXPECT_EQ(make_grid("x", 100, 24, rule).error().what.id, "predict.halo-too-large");
  EXPECT_EQ(make_grid("x", 100, 0, {.min = 64, .step = 0}).error().what.id, "predict.fixed-size");
  EXPECT_TRUE(make_grid("x", 100, 64, {.min = 64, .step = 0}).ok());
  EXPECT_EQ(make_grid("x", 50, 0, {.min = 64, .step = 0})->padded, 64);
}

// What tiling relies on, for grids drawn at random.
TEST(Grid, CoversOnceInsideAndFarEnoughFromTheEdges) {
  std::mt19937 random(7);
  const auto draw = [&](std::int64_t a, std::int64_t b) {
    return std::uniform_int_distribution<std::int64_t>(a, b)(random);
  };
  int cut = 0;
  for (int round = 0; round < 5000; ++round) {
    AxisRule rule;
    rule.stride = draw(1, 16);
    rule.step = rule.stride * draw(0, 2);
    rule.min = draw(1, 40);
    rule.halo = draw(0, 30);
    const std::int64_t image = draw(1, 500);
    const std::int64_t tile = rule.min + rule.step * draw(0, 20);
    const auto grid = make_grid("x", image, tile, rule);
    if (!grid) continue;
    std::int64_t kept = 0;
    for (const Window& window : grid->windows) {
      EXPECT_EQ(window.begin, kept);
      EXPECT_LT(window.begin, window.end);
      EXPECT_EQ(window.origin % rule.stride, 0);
      EXPECT_GE(window.origin, 0);
      EXPECT_LE(window.origin + grid->tile, grid->padded);
      EXPECT_TRUE(window.origin == 0 || window.begin >= window.origin + rule.halo);
      EXPECT_TRUE(window.origin + grid->tile == grid->padded || window.end <= window.origin + grid->tile - rule.halo);
      kept = window.end;
    }
    EXPECT_EQ(kept, image);
    EXPECT_GE(grid->padded, image);
    EXPECT_TRUE(rule.allows(grid->tile));
    if (grid->windows.size() > 1) ++cut;
    if (HasFailure())
      FAIL() << "image " << image << " tile " << tile << " halo " << rule.halo << " stride " << rule.stride;
  }
  EXPECT_GT(cut, 500);
}

TEST(ZenTiles, AgreesWithPublishedGrids) {
  EXPECT_EQ(*zen_tiles(2755, 1024, 64),
            (std::vector<ZenTile>{{0, 945, 0, 79}, {945, 866, 79, 79}, {1811, 944, 80, 0}}));
  EXPECT_EQ(*zen_tiles(300, 512, 4), (std::vector<ZenTile>{{0, 300, 106, 106}}));
  EXPECT_EQ(*zen_tiles(512, 512, 4), (std::vector<ZenTile>{{0, 512, 0, 0}}));
  EXPECT_EQ(zen_tiles(5238, 256, 50)->size(), 33u);
  EXPECT_EQ(zen_tiles(100, 8, 4).error().what.id, "predict.zen-tile");
  EXPECT_EQ(zen_tiles(100, 0, 0).error().what.id, "predict.zen-tile");
}

}  // namespace
}  // namespace zooport::predict
