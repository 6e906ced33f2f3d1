#include "alloc/run_list.h"

void run_list_add(struct run_list *list, struct granule *run)
{
    list->runs[list->count++] = run;
    list->bytes += run_bytes(run);
}

struct granule *run_list_remove(struct run_list *list, uint32_t at)
{
    struct granule *run = list->runs[at];
    list->count--;
    list->bytes -= run_bytes(run);
    for (uint32_t i = at; i < list->count; i++) {
        list->runs[i] = list->runs[i + 1];
    }
    return run;
}
