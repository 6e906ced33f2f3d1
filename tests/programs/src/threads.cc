/* Threads by the thousand that come and go, blocks freed by another thread than the one that
 * allocated them, and exceptions that cross threads. Prints sums that do not depend on timing. */
#include <condition_variable>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static long come_and_go(int threads)
{
    std::vector<std::unique_ptr<std::string>> left(threads);
    for (int first = 0; first < threads; first += 8) {
        std::vector<std::thread> running;
        for (int i = first; i < first + 8 && i < threads; i++) {
            running.emplace_back([&left, i] {
                std::map<int, std::string> own;
                for (int j = 0; j < 20; j++) {
                    own[j] = std::string(static_cast<size_t>(i % 100 + j), 'x');
                }
                left[i] = std::make_unique<std::string>(own[7] + own[9]);
            });
        }
        for (auto &thread : running) {
            thread.join();
        }
    }
    long sum = 0;
    for (auto &text : left) {
        sum += static_cast<long>(text->size());
    }
    return sum;
}

class Channel
{
  public:
    void put(std::unique_ptr<std::string> text)
    {
        std::lock_guard<std::mutex> held(mutex_);
        queue_.push(std::move(text));
        ready_.notify_one();
    }

    std::unique_ptr<std::string> take()
    {
        std::unique_lock<std::mutex> held(mutex_);
        ready_.wait(held, [this] { return !queue_.empty(); });
        auto text = std::move(queue_.front());
        queue_.pop();
        return text;
    }

  private:
    std::mutex mutex_;
    std::condition_variable ready_;
    std::queue<std::unique_ptr<std::string>> queue_;
};

static long pass_on(int producers, int messages)
{
    Channel channel;
    std::vector<std::thread> threads;
    std::vector<long> sums(static_cast<size_t>(producers));
    for (int p = 0; p < producers; p++) {
        threads.emplace_back([&channel, messages] {
            for (int i = 0; i < messages; i++) {
                channel.put(std::make_unique<std::string>(static_cast<size_t>(i % 500), 'm'));
            }
        });
        threads.emplace_back([&channel, &sums, p, messages] {
            for (int i = 0; i < messages; i++) {
                sums[static_cast<size_t>(p)] += static_cast<long>(channel.take()->size());
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    long sum = 0;
    for (long one : sums) {
        sum += one;
    }
    return sum;
}

static int throw_across(int count)
{
    int caught = 0;
    for (int i = 0; i < count; i++) {
        auto result = std::async(std::launch::async, [i]() -> int {
            std::string big(1000, 'e');
            if (i % 2 == 0) {
                throw std::runtime_error(big + std::to_string(i));
            }
            return i;
        });
        try {
            result.get();
        } catch (const std::runtime_error &error) {
            caught += std::string(error.what()).size() > 1000;
        }
    }
    return caught;
}

int main()
{
    std::printf("%ld\n", come_and_go(3000));
    std::printf("%ld\n", pass_on(2, 20000));
    std::printf("%d\n", throw_across(400));
    return 0;
}
