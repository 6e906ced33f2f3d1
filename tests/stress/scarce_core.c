/* Exhaustion at every point: the Nth request for memory or mappings fails, for every N until the
 * program no longer makes so many; once with that one alone failing, once with all later ones as
 * well. Each trial is a process of its own, since a heap starts once. The heap must answer NULL,
 * keep what it has, and find no damage. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/allocate.h"
#include "arguments.h"
#include "core.h"
#include "model.h"
#include "os/pages.h"

enum {
    TRIAL_KEPT = 0,
    TRIAL_BROKEN = 1,
    TRIAL_UNTOUCHED = 3, /* the Nth request was never made */
    QUARANTINE_BYTES = 64 * 1024,
};

static unsigned long seed = 1, operations = 1500, most = 400000, first = 1, last = 100000,
                     guard = GUARD_OFF, hardens = false;

static int trial(unsigned long nth, bool stay)
{
    core_guard = (enum guard_mode)guard;
    core_hardens = hardens;
    os_pages_fail_at(nth, stay);
    if (!core_start(QUARANTINE_BYTES, CORE_WHOLE_STACKS)) {
        return TRIAL_KEPT;
    }
    struct model_plan plan = {
        .seed = seed,
        .operations = operations,
        .threads = 1,
        .most_bytes = most,
        .may_fail = true,
    };
    bool kept = model_run(&core_calls, &plan);
    plan.seed++;
    kept &= model_run(&core_calls, &plan);
    kept &= block_check_all(DETECTED_API, NULL) == 0 && core_all_findings() == 0;
    void *probe = os_pages_map(OS_PAGE);
    os_pages_fail_at(0, false);
    if (!kept) {
        return TRIAL_BROKEN;
    }
    plan.may_fail = false;
    if (!model_run(&core_calls, &plan)) {
        fputs("the heap does not recover\n", stderr);
        return TRIAL_BROKEN;
    }
    return stay && probe ? TRIAL_UNTOUCHED : TRIAL_KEPT;
}

static int trial_in_child(unsigned long nth, bool stay)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(trial(nth, stay));
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("fork");
        exit(2);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    const struct argument known[] = {
        {"--seed", &seed}, {"--ops", &operations}, {"--most", &most},       {"--first", &first},
        {"--last", &last}, {"--guard", &guard},    {"--hardens", &hardens}, {NULL, NULL},
    };
    if (!arguments_read(argc, argv, known)) {
        return 2;
    }
    printf("--seed %lu --ops %lu --most %lu --guard %lu --hardens %lu\n", seed, operations, most,
           guard, hardens);
    unsigned broken = 0;
    for (unsigned long nth = first; nth <= last; nth++) {
        int alone = trial_in_child(nth, false);
        int onwards = trial_in_child(nth, true);
        if (alone != TRIAL_KEPT || (onwards != TRIAL_KEPT && onwards != TRIAL_UNTOUCHED)) {
            fprintf(stderr, "request %lu: %d alone, %d with all later ones\n", nth, alone, onwards);
            broken++;
        }
        if (onwards == TRIAL_UNTOUCHED) {
            printf("%lu requests made to fail, %u trials broken\n", nth - 1, broken);
            return broken == 0 ? 0 : 1;
        }
    }
    printf("not at the end after %lu requests, %u trials broken\n", last, broken);
    return broken == 0 ? 0 : 1;
}
