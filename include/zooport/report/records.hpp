#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/convert/check.hpp"
#include "zooport/convert/compare_models.hpp"
#include "zooport/convert/doctor.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/convert/info.hpp"
#include "zooport/convert/predict_files.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/convert/unpack.hpp"
#include "zooport/convert/upgrade.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/report/text.hpp"

// Results as JSON objects; docs/records.md says what each key means. Keys that do not apply are absent; NaN and
// infinities are the strings "NaN", "Infinity", "-Infinity".
namespace zooport::report {

enum class Document : std::uint8_t { kLeaveOut, kInclude };

struct CheckRecordOptions {
  Severity least = Severity::kWarning;      // less severe findings are left out
  Document document = Document::kLeaveOut;  // the normalised description
};
std::string check_record(const convert::CheckReport& report, const CheckRecordOptions& options);

std::string graph_record(const convert::GraphReport& report);
std::string info_record(const convert::Info& info);
std::string test_record(const std::string& source, const predict::TestResult& result);
// Why a test or comparison has not been run.
std::string not_run_record(const std::string& source, const Error& error);
std::string compare_record(const std::string& a, const std::string& b, const convert::CompareResult& result);
std::string predict_record(const convert::PredictReport& report);
std::string convert_record(const convert::ConversionReport& report);
std::string unpack_record(const convert::Unpacked& unpacked);
// Less severe findings are left out.
std::string upgrade_record(const convert::UpgradeReport& report, Severity least);
std::string doctor_record(const convert::Installation& installation, std::string_view version);

// What takes the place of a record when an operation could not be done.
std::string error_record(const std::string& source, const Error& error, const TextOf& text_of = nullptr);

// {"zooport": VERSION, "results": [records]}, indented, with a line break at its end.
std::string records_document(const std::vector<std::string>& records, std::string_view version);

}  // namespace zooport::report
