// A handler for faults that throws, as runtimes with checked pointers do: the exception finds its
// way past our frames and the kernel's.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

struct null_access : std::runtime_error {
    using std::runtime_error::runtime_error;
};

static void handler(int, siginfo_t *info, void *)
{
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGSEGV);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
    throw null_access("at " + std::to_string(reinterpret_cast<uintptr_t>(info->si_addr)));
}

#pragma GCC optimize("non-call-exceptions")

__attribute__((noinline)) static int read_at(volatile int *where)
{
    return *where;
}

int main()
{
    struct sigaction to = {};
    to.sa_sigaction = handler;
    to.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &to, nullptr);
    int caught = 0;
    for (uintptr_t at = 16; at < 64; at += 16) {
        try {
            read_at(reinterpret_cast<int *>(at));
        } catch (const null_access &error) {
            caught++;
            std::printf("%s ", error.what());
        }
    }
    std::printf("%d\n", caught);
    return 0;
}
