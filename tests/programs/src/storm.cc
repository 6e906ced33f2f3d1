// Threads that allocate, resize, release and start others without end, until a signal ends them.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

static void fill_a_little()
{
    std::map<int, std::string> map;
    map[1] = std::string(200, 'x');
}

static void work(unsigned seed)
{
    std::vector<void *> blocks(500);
    for (;;) {
        seed = seed * 1103515245 + 12345;
        void *&block = blocks[(seed >> 8) % blocks.size()];
        free(block);
        block = malloc((seed & 0xfff) == 0 ? 100000 : (seed >> 4) % 3000);
        if ((seed & 0xff) == 7) {
            block = realloc(block, 5000);
        }
        if ((seed & 0x3ff) == 9) {
            std::thread(fill_a_little).join();
        }
    }
}

int main()
{
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 3; i++) {
        threads.emplace_back(work, i);
    }
    puts("ready");
    fflush(stdout);
    work(99);
}
