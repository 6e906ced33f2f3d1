// What the C++ library keeps for itself: streams, locales, regular expressions, exceptions, threads
// and what they leave behind. Nothing of it is a leak.
#include <any>
#include <future>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace
{

thread_local std::string name = "some text that is too long to be kept inside of a string";
thread_local std::map<int, std::string> seen;
std::mutex mutex;
std::map<std::string, std::shared_ptr<std::vector<int>>> *lasting;

void keep(int number)
{
    seen[number] = name + std::to_string(number);
    auto numbers = std::make_shared<std::vector<int>>(number % 40 + 1);
    std::iota(numbers->begin(), numbers->end(), number);
    std::lock_guard<std::mutex> guard(mutex);
    (*lasting)[seen[number]] = numbers;
}

int throws(int depth)
{
    std::string held(100, 'x');
    if (depth == 0) {
        throw std::runtime_error("thrown with a text that is kept in the exception " + held);
    }
    return throws(depth - 1) + 1;
}

std::size_t caught()
{
    try {
        return throws(5);
    } catch (const std::exception &error) {
        std::exception_ptr kept = std::current_exception();
        return std::string(error.what()).size() + (kept ? 1 : 0);
    }
}

std::size_t matches(const std::string &text)
{
    std::regex words("([a-z]+)-([0-9]+)");
    return std::distance(std::sregex_iterator(text.begin(), text.end(), words),
                         std::sregex_iterator());
}

std::string written()
{
    std::ostringstream stream;
    stream.imbue(std::locale("C"));
    stream << 1234567 << ' ' << 2.5 << ' ' << std::boolalpha << true;
    return stream.str();
}

} // namespace

int main()
{
    std::locale::global(std::locale(""));
    lasting = new std::map<std::string, std::shared_ptr<std::vector<int>>>;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([i] {
            for (int j = 0; j < 50; j++) {
                keep(i * 50 + j);
            }
        });
    }
    std::vector<std::future<std::size_t>> futures;
    for (int i = 0; i < 4; i++) {
        futures.push_back(std::async(std::launch::async, caught));
        futures.push_back(std::async(std::launch::deferred, matches, "one-1 two-22 three-333"));
    }
    std::promise<std::string> promise;
    std::thread teller([&promise] { promise.set_value(written()); });
    std::string told = promise.get_future().get();
    teller.join();
    for (auto &thread : threads) {
        thread.join();
    }
    std::size_t sum = caught();
    for (auto &future : futures) {
        sum += future.get();
    }
    std::any anything = std::vector<std::string>(3, told);
    std::cout << lasting->size() << ' ' << sum << ' ' << told << ' ' << anything.has_value()
              << '\n';
}
