#include "zooport/report/text.hpp"

#include <gtest/gtest.h>

#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

Diagnostic finding(std::string_view text, std::string_view part, std::string id = "x.y") {
  Diagnostic made;
  made.id = std::move(id);
  made.file = "a.yaml";
  made.message = "expected this, found that";
  const std::size_t at = text.find(part);
  made.span = Span{at, at + part.size()};
  return made;
}

std::string shown(std::string_view text, const std::vector<Diagnostic>& findings, const TextOptions& options = {}) {
  return findings_text(
      findings, [&](const std::string&) { return text; }, options);
}

TEST(Text, PointsAtTheSpan) {
  const std::string_view text = "type: model\naxes: bcyq\n";
  Diagnostic wrong = finding(text, "bcyq");
  wrong.path = {Step::key("inputs"), Step::at(0), Step::label("x"), Step::key("axes")};
  wrong.related.push_back({"said here", Span{0, 4}, {}});
  wrong.help = "two\nlines";
  wrong.fix = Fix{"write bcyx", {}};
  EXPECT_EQ(shown(text, {wrong}),
            "a.yaml:2:7: error: inputs[0].axes: expected this, found that [x.y]\n"
            "    2 | axes: bcyq\n"
            "      |       ^~~~\n"
            "  a.yaml:1:1: note: said here\n"
            "    1 | type: model\n"
            "      | ^~~~\n"
            "  = help: two\n"
            "    lines\n"
            "  = fix: write bcyx\n");
}

TEST(Text, FoldsAMissingFieldIntoItsMisspelling) {
  const std::string_view text = "licence: MIT\nnmae: x\n";
  Diagnostic missing = finding(text, "l", "f.missing-field");
  missing.path = {Step::key("license")};
  Diagnostic other = missing;
  other.path = {Step::key("tags")};
  Diagnostic unknown = finding(text, "licence", "f.unknown-field");
  unknown.path = {Step::key("licence")};
  unknown.fix = Fix{"rename to 'license'", {{*unknown.span, "license"}}};
  EXPECT_EQ(shown(text, {missing, other, unknown}),
            "a.yaml:1:1: error: tags: expected this, found that [f.missing-field]\n"
            "    1 | licence: MIT\n"
            "      | ^\n"
            "a.yaml:1:1: error: licence: expected this, found that [f.unknown-field]\n"
            "    1 | licence: MIT\n"
            "      | ^~~~~~~\n"
            "  = note: 1 more of this cause: license is missing\n"
            "  = fix: rename to 'license'\n");
}

TEST(Text, CountsWhatOtherReadingsOfAValueSay) {
  const std::string_view text = "a: 1\nb: 2\n";
  Diagnostic first = finding(text, "1", "f.string");
  first.path = {Step::key("a"), Step::label("str")};
  Diagnostic of_first = first;
  of_first.path = {Step::key("a"), Step::label("list")};
  of_first.is_alternative = true;
  Diagnostic second = finding(text, "2", "f.string");
  second.path = {Step::key("b"), Step::label("str")};
  Diagnostic of_second = of_first;
  of_second.path = {Step::key("b"), Step::label("list")};
  const std::string shown_text = shown(text, {first, of_first, of_second, second});
  const std::string note = "  = note: 1 more of this cause, for other readings of the value: see --format json\n";
  EXPECT_EQ(shown_text,
            concat("a.yaml:1:4: error: a: expected this, found that [f.string]\n    1 | a: 1\n      |    ^\n", note,
                   "a.yaml:2:4: error: b: expected this, found that [f.string]\n    2 | b: 2\n      |    ^\n", note));
}

TEST(Text, FoldsFieldsThatOneMappingLacks) {
  const std::string_view text = "a: {}\nb: {}\n";
  std::vector<Diagnostic> missing;
  for (const std::string_view field : {"v", "w", "x", "y"}) {
    missing.push_back(finding(text, "{", "f.missing-field"));
    missing.back().path = {Step::key("a"), Step::key(field)};
    missing.back().message = concat("expected '", field, "', found nothing");
  }
  EXPECT_EQ(shown(text, missing),
            "a.yaml:1:4: error: a.v: expected 'v', found nothing [f.missing-field]\n"
            "    1 | a: {}\n"
            "      |    ^\n"
            "  = note: 3 more of this kind: a.w (line 1), a.x (line 1), a.y (line 1)\n");
  missing.pop_back();
  EXPECT_EQ(shown(text, missing).find("note"), std::string::npos);
}

TEST(Text, CountsCodePoints) {
  const std::string_view text = "näme: 🔬x";
  EXPECT_EQ(shown(text, {finding(text, "x")}),
            "a.yaml:1:8: error: expected this, found that [x.y]\n"
            "    1 | näme: 🔬x\n"
            "      |        ^\n");
}

TEST(Text, EscapesWhatWouldForgeTheTerminal) {
  const std::string_view text = "a\t\x1b[31mb: wrong";
  Diagnostic wrong = finding(text, "wrong");
  wrong.message = "found \x1b]0;title\x07";
  wrong.file = "a\n.yaml";
  const std::string out = shown(text, {wrong});
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_EQ(out,
            "a\\n.yaml:1:11: error: found \\u{001b}]0;title\\u{0007} [x.y]\n"
            "    1 | a\\t\\u{001b}[31mb: wrong\n"
            "      |                   ^~~~~\n");
}

TEST(Text, CutsLongLinesAroundTheSpan) {
  const std::string text = std::string(500, 'a') + "WRONG" + std::string(500, 'b');
  TextOptions options;
  options.columns = 25;
  EXPECT_EQ(shown(text, {finding(text, "WRONG")}, options),
            "a.yaml:1:501: error: expected this, found that [x.y]\n"
            "    1 | …aaaaaaaaaaWRONGbbbbbbbbbb…\n"
            "      |            ^~~~~\n");
  const std::string all = shown(text, {finding(text, text)}, options);
  EXPECT_LT(all.size(), 200u);
  EXPECT_NE(all.find("| ^~~~~~~~~~~~\n"), std::string::npos) << all;
}

TEST(Text, SpansAtTheEndOfTheText) {
  const std::string_view text = "a: 1\n";
  Diagnostic wrong = finding(text, "1");
  wrong.span = Span{5, 5};
  EXPECT_EQ(shown(text, {wrong}), "a.yaml:2:1: error: expected this, found that [x.y]\n    2 | \n      | ^\n");
  wrong.span = Span{100, 200};
  EXPECT_EQ(shown(text, {wrong}), "a.yaml:2:1: error: expected this, found that [x.y]\n    2 | \n      | ^\n");
  wrong.span.reset();
  EXPECT_EQ(shown(text, {wrong}), "a.yaml: error: expected this, found that [x.y]\n");
}

TEST(Text, FoldsFindingsOfOneCause) {
  const std::string_view text = "x: 1\ny: 1\n";
  std::vector<Diagnostic> many;
  for (std::size_t i = 0; i < 20; ++i) {
    many.push_back(finding(text, i % 2 == 0 ? "x" : "y"));
    many.back().path = {Step::key("list"), Step::at(i)};
  }
  // Ten at each of two places.
  const std::string two = shown(text, many);
  EXPECT_NE(two.find("= note: 9 more of this kind: list[2] (line 1)"), std::string::npos) << two;
  EXPECT_NE(two.find("…"), std::string::npos) << two;
  for (std::size_t i = 0; i < 20; ++i) many[i].span = Span{i % 5, i % 5 + 1 + i};
  const std::string one = shown(text, many);
  EXPECT_NE(one.find("= note: 19 more of this kind"), std::string::npos) << one;
  many[3].message = "something else";
  EXPECT_NE(shown(text, many).find("something else"), std::string::npos);
}

TEST(Text, LeavesOutWhatIsNotAskedFor) {
  const std::string_view text = "x: 1";
  Diagnostic info = finding(text, "x");
  info.severity = Severity::kInfo;
  Diagnostic alternative = finding(text, "1");
  alternative.is_alternative = true;
  TextOptions options;
  options.least = Severity::kWarning;
  EXPECT_EQ(shown(text, {info, alternative}, options), "");
}

TEST(Text, ColoursOnlyIfAskedFor) {
  const std::string_view text = "x: 1";
  TextOptions options;
  options.colours = Colours::kAnsi;
  EXPECT_NE(shown(text, {finding(text, "x")}, options).find("\x1b[1;31merror:"), std::string::npos);
  EXPECT_EQ(shown(text, {finding(text, "x")}).find('\x1b'), std::string::npos);
}

TEST(Text, SaysWhichSourceFailed) {
  const Error error = make_error(ErrorKind::kIo, "base.io", "cannot be read");
  EXPECT_EQ(error_text(error, "x.zip", {}), "x.zip: error: cannot be read [base.io]\n");
}

}  // namespace
}  // namespace zooport::report
