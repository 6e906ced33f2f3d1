#include "report/leaks_told.h"

#include "os/own.h"

struct told {
    uint32_t alloc_stack;
    enum leak_kind kind;
    uint64_t blocks, bytes;
    struct told *next;
};

static struct told *all;

static bool is_same(const struct told *told, const struct leak_group *group)
{
    return told->alloc_stack == group->alloc_stack && told->kind == group->kind &&
           told->blocks == group->blocks && told->bytes == group->bytes;
}

bool leaks_told_add(const struct leak_group *group)
{
    for (const struct told *told = all; told; told = told->next) {
        if (is_same(told, group)) {
            return false;
        }
    }
    struct told *told = own_alloc(sizeof *told);
    if (told) {
        *told = (struct told){group->alloc_stack, group->kind, group->blocks, group->bytes, all};
        all = told;
    }
    return true;
}

void leaks_told_forget(void)
{
    while (all) {
        struct told *told = all;
        all = told->next;
        own_free(told, sizeof *told);
    }
}
