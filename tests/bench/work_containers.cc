// Allocation-heavy work for tests/bench/leaks: std::map, std::unordered_map, std::string and
// std::vector, as in a program that reads, sorts and groups text. Prints a sum, the same each time.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace
{

constexpr int ROUNDS = 6;
constexpr int LINES = 60000;

struct line {
    std::string text;
    std::vector<std::string> words;
};

std::uint64_t next(std::uint64_t &state)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

std::unique_ptr<line> read(std::uint64_t &state)
{
    auto made = std::make_unique<line>();
    for (std::uint64_t words = 2 + next(state) % 5; words > 0; words--) {
        made->text += "a somewhat longer word " + std::to_string(next(state) % 5000) + ";";
    }
    std::size_t from = 0;
    for (std::size_t to; (to = made->text.find(';', from)) != std::string::npos; from = to + 1) {
        made->words.push_back(made->text.substr(from, to - from));
    }
    return made;
}

std::uint64_t round(std::uint64_t seed)
{
    std::vector<std::unique_ptr<line>> lines;
    std::map<std::string, std::vector<int>> places;
    std::unordered_map<std::string, int> counts;
    for (int i = 0; i < LINES; i++) {
        lines.push_back(read(seed));
        for (const auto &word : lines.back()->words) {
            places[word].push_back(i);
            counts[word + "!"]++;
        }
    }
    std::sort(lines.begin(), lines.end(),
              [](const auto &a, const auto &b) { return a->text < b->text; });
    std::uint64_t sum = lines.front()->text.size();
    for (const auto &place : places) {
        sum += place.second.back() + counts[place.first + "!"];
    }
    return sum;
}

} // namespace

int main()
{
    std::uint64_t sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        sum += round(i % 2);
    }
    std::cout << sum << "\n";
}
