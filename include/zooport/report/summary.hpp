#pragma once

#include <string>
#include <string_view>

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

// Results as text for people: a line, or a few.
namespace zooport::report {

std::string check_summary(const convert::CheckReport& report);
// A line for each finding that was mended.
std::string fixed_text(const convert::CheckReport& report);
std::string graph_summary(const convert::GraphReport& report);
std::string info_summary(const convert::Info& info);
std::string test_summary(const std::string& source, const predict::TestResult& result);
// What of each output differs most, and a table of all inputs that were tried.
std::string compare_summary(const std::string& a, const std::string& b, const convert::CompareResult& result);
std::string predict_summary(const convert::PredictReport& report);
// "9 tiles in 0.31 s (engine 0.25 s), onnx with onnxruntime 1.32.0 (CPU)"
std::string predict_line(const convert::PredictReport& report);
std::string convert_summary(const convert::ConversionReport& report);
std::string unpack_summary(const convert::Unpacked& unpacked);
std::string upgrade_summary(const convert::UpgradeReport& report);
std::string doctor_summary(const convert::Installation& installation, std::string_view version);

// One line on how two graphs compare: "verified on random input x [1, 64] and 18 more: largest difference 1.2e-07"; and
// one for each finding, from warnings on.
std::string verification_line(const convert::GraphVerification& verification);

}  // namespace zooport::report
