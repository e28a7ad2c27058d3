#include "zooport/report/tally.hpp"

#include <gtest/gtest.h>

#include "zooport/report/summary.hpp"

namespace zooport::report {
namespace {

convert::CheckReport report_of(std::string kind, std::string type, bioimageio::Status status) {
  convert::CheckReport report;
  report.kind = std::move(kind);
  report.type = std::move(type);
  report.status = status;
  if (!report.type.empty()) report.format_version = "0.4.10";
  return report;
}

TEST(Tally, CountsKindsAndStatuses) {
  using bioimageio::Status;
  Tally tally;
  for (int i = 0; i < 12; ++i) tally.add(report_of("bioimageio", "model", Status::kValid));
  tally.add(report_of("bioimageio", "model", Status::kInvalid));
  tally.add(report_of("onnx", "", Status::kValid));
  tally.add(report_of("", "", Status::kUnreadable));
  EXPECT_EQ(tally.table(),
            "              valid  invalid  unreadable\n"
            "model 0.4.10     12        1           0\n"
            "not opened        0        0           1\n"
            "onnx              1        0           0\n"
            "all              13        1           1\n");
}

TEST(Tally, CountsFixes) {
  convert::CheckReport report = report_of("bioimageio", "model", bioimageio::Status::kValid);
  Diagnostic finding;
  finding.id = "a.b";
  finding.file = "rdf.yaml";
  finding.path = {Step::key("nmae")};
  finding.fix = Fix{"rename to 'name'", {{Span{0, 4}, "name"}}};
  report.fixed.push_back({finding, {3, 1}});
  Tally tally;
  tally.add(report);
  EXPECT_EQ(tally.table(), "              valid\nmodel 0.4.10      1\n1 finding fixed\n");
  EXPECT_EQ(fixed_text(report), "rdf.yaml:3:1: fixed: nmae: rename to 'name' [a.b]\n");
}

}  // namespace
}  // namespace zooport::report
