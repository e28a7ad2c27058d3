#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/lazy_sha256.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"

namespace zooport {
namespace {

TEST(Diagnostics, CapsAndStillKnowsOfErrors) {
  Diagnostics all(2);
  for (int i = 0; i < 5; ++i) all.add({.id = "x", .severity = i == 4 ? Severity::kError : Severity::kInfo});
  EXPECT_EQ(all.items().size(), 2u);
  EXPECT_EQ(all.dropped(), 3u);
  EXPECT_TRUE(all.has_errors());
  Diagnostics sum;
  sum.add(std::move(all));
  EXPECT_TRUE(sum.has_errors());
  EXPECT_EQ(sum.dropped(), 3u);
}

TEST(Path, ReadsLikeAnExpressionWithoutLabels) {
  EXPECT_EQ(to_text(Path{Step::key("inputs"), Step::at(0), Step::label("Union"), Step::key("shape"), Step::key("min")}),
            "inputs[0].shape.min");
  EXPECT_EQ(to_text(Path{}), "");
}

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256_hex(as_bytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.update(as_bytes("a"));
  pieces.update(as_bytes("bc"));
  EXPECT_EQ(pieces.hex(), sha256_hex(as_bytes("abc")));
}

TEST(Bytes, SlicesKeepTheOwnerAlive) {
  Bytes part;
  {
    const Bytes whole(std::string("0123456789"));
    part = whole.slice(3, 4);
  }
  EXPECT_EQ(part.text(), "3456");
  EXPECT_EQ(part.slice(2, 100).text(), "56");
  EXPECT_TRUE(part.slice(99).empty());
}

TEST(Text, NumbersAreShortestAndRoundTrip) {
  EXPECT_EQ(number_text(0.1f), "0.1");
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(-1.0 / 0.0), "-Infinity");
  EXPECT_EQ(concat("a", 1, ' ', 2.5, true), "a1 2.5true");
  EXPECT_EQ(shape_text({1, 2, 3}), "[1, 2, 3]");
  EXPECT_EQ(size_text(1536), "1.5 KiB");
}

TEST(Text, OutsideTextCannotForgeLines) {
  EXPECT_EQ(printable("a\nb\x1b[2J"), "a\\nb\\u{001b}[2J");
  EXPECT_EQ(printable("x\xE2\x80\xAEy"), "x\\u{202e}y");
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("ünï"), "ünï");
  EXPECT_EQ(printable("abcdef", 3), "abc…");
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));      // overlong
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));  // surrogate
  EXPECT_EQ(code_points("ünï"), 3u);
}

TEST(Text, NearestFindsASpellingAndNothingFarAway) {
  EXPECT_EQ(nearest("wieghts", {"weights", "inputs"}), "weights");
  EXPECT_EQ(nearest("banana", {"weights", "inputs"}), "");
  EXPECT_EQ(nearest("nmae", {"name", "tags"}), "name");
  EXPECT_EQ(nearest("WEIGHTS", {"heights", "weights"}), "weights");
  EXPECT_EQ(nearest("uint3", {"uint8", "uint16", "uint32", "uint64"}), "");
  EXPECT_EQ(nearest("eights", {"heights", "weights"}), "");
}

TEST(LazySha256, IsTheHashOfTheBytes) {
  EXPECT_TRUE(LazySha256().empty());
  EXPECT_EQ(LazySha256().hex(), "");
  EXPECT_TRUE(LazySha256(std::string()).empty());
  EXPECT_EQ(LazySha256(std::string("ab")).hex(), "ab");
  const LazySha256 hash(Bytes(std::string("abc")));
  const LazySha256 copy = hash;
  EXPECT_FALSE(hash.empty());
  EXPECT_EQ(hash.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(&copy.hex(), &hash.hex());
  EXPECT_EQ(LazySha256(Bytes()).hex(), sha256_hex({}));
}

Result<int> half(int number) {
  if (number % 2) return make_error(ErrorKind::kInvalid, "test.odd", "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  ZOOPORT_TRY_ASSIGN(const int once, half(number));
  ZOOPORT_TRY(half(once));
  return half(once);
}

TEST(Result, MacrosPassValuesAndErrors) {
  EXPECT_EQ(*quarter(8), 2);
  ASSERT_FALSE(quarter(6).ok());
  EXPECT_EQ(quarter(6).error().what.id, "test.odd");
}

}  // namespace
}  // namespace zooport
