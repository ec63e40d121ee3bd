// Many measured values in a few numbers, and tables of them.
#ifndef SLUICE_TESTS_BENCH_SAMPLES_H_
#define SLUICE_TESTS_BENCH_SAMPLES_H_

#include <string>
#include <vector>

namespace sluice::bench {

class Samples {
 public:
  Samples() = default;
  explicit Samples(std::vector<double> values);

  bool empty() const { return sorted_.empty(); }
  std::size_t size() const { return sorted_.size(); }
  // The smallest value that `share` (0 to 1) of all do not exceed; 0 when there is none.
  double Quantile(double share) const;
  double Median() const { return Quantile(0.5); }
  double Max() const { return Quantile(1); }

 private:
  std::vector<double> sorted_;
};

// "12.34"
std::string Number(double value, int decimals);

// Cells in columns: the first column to the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "1.03 0.87 0.61", the system's load averages: what every figure must be read with.
std::string LoadAverage();

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_SAMPLES_H_
