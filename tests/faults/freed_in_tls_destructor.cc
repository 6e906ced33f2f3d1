/* Thread-local objects are destroyed after the thread's function: their memory is freed then. */
#include <pthread.h>

#include <string>
#include <thread>
#include <vector>

struct holder {
    std::vector<std::string> lines;
    ~holder()
    {
        lines.clear();
    }
};

static thread_local holder held;

static void free_key(void *p)
{
    delete static_cast<std::string *>(p);
}

int main()
{
    pthread_key_t key;
    pthread_key_create(&key, free_key);
    for (int i = 0; i < 50; i++) {
        std::thread([key] {
            held.lines.emplace_back(1000, 'x');
            pthread_setspecific(key, new std::string(100, 'y'));
        }).join();
    }
    return 0;
}
