/* The model against the core, without interposition: made to be built with sanitizers, which want
 * malloc for themselves. */
#include <stdio.h>

#include "alloc/allocate.h"
#include "alloc/stats.h"
#include "arguments.h"
#include "core.h"
#include "model.h"

int main(int argc, char **argv)
{
    unsigned long seed = arguments_fresh_seed(), operations = 100000, threads = 4, most = 2 << 20,
                  quarantine = 1 << 20, guard = GUARD_OFF, hardens = false;
    const struct argument known[] = {
        {"--seed", &seed},
        {"--ops", &operations},
        {"--threads", &threads},
        {"--most", &most},
        {"--quarantine", &quarantine},
        {"--guard", &guard},
        {"--hardens", &hardens},
        {NULL, NULL},
    };
    if (!arguments_read(argc, argv, known)) {
        return 2;
    }
    printf("--seed %lu --ops %lu --threads %lu --most %lu --quarantine %lu --guard %lu --hardens "
           "%lu\n",
           seed, operations, threads, most, quarantine, guard, hardens);
    fflush(stdout);
    core_guard = (enum guard_mode)guard;
    core_hardens = hardens;
    if (!core_start(quarantine, CORE_WHOLE_STACKS)) {
        fputs("the heap does not start\n", stderr);
        return 1;
    }
    const struct model_plan plan = {
        .seed = seed,
        .operations = operations,
        .threads = (unsigned)threads,
        .most_bytes = most,
    };
    bool kept = model_run(&core_calls, &plan);
    size_t damaged = block_check_all(DETECTED_API, NULL);
    struct heap_stats stats = heap_stats();
    printf("%s, %lu findings, %zu damaged, %llu blocks live\n", kept ? "kept" : "broken",
           core_all_findings(), damaged, (unsigned long long)stats.live_blocks);
    return kept && core_all_findings() == 0 && damaged == 0 && stats.live_blocks == 0 ? 0 : 1;
}
