#include "report/sift.h"

#include <string.h>

#include "os/own.h"
#include "report/detail.h"
#include "report/suppressions.h"

static void count(struct leak_sum totals[LEAK_KINDS], const struct leak_group *group)
{
    totals[group->kind].blocks += group->blocks;
    totals[group->kind].bytes += group->bytes;
    totals[LEAK_INDIRECT].blocks += group->indirect_blocks;
    totals[LEAK_INDIRECT].bytes += group->indirect_bytes;
}

/* A leak that is told. */
static void count_told(struct sifted *out, const struct leak_group *group)
{
    count(out->leaks.of, group);
    out->leaks.count++;
    out->leaks.blocks += group->blocks;
    out->leaks.bytes += group->bytes;
    out->leaks.indirect_blocks += group->indirect_blocks;
    out->leaks.indirect_bytes += group->indirect_bytes;
}

static bool is_asked(unsigned kinds, const struct leak_group *group)
{
    return (kinds >> group->kind & 1) != 0;
}

/* Takes out what suppressions hide. All are matched before the first is hidden: a budget is for
 * the sum of what its suppression stands for. */
static void hide(struct sifted *out)
{
    size_t kept = 0;
    suppressions_forget_leaks();
    for (size_t i = 0; i < out->room; i++) {
        out->told[i].match = suppressions_match_leak(&out->told[i]);
    }
    for (size_t i = 0; i < out->room; i++) {
        struct told_leak *leak = &out->told[i];
        if (leak->match && suppressions_hide_leak(leak->match, leak)) {
            detail_free_leak(leak);
        } else {
            count_told(out, &leak->group);
            out->told[kept++] = *leak;
        }
    }
}

void sift_leaks(const struct leak_report *found, unsigned kinds, struct sifted *out)
{
    *out = (struct sifted){.leaks = *found};
    out->leaks.groups = NULL;
    out->leaks.count = 0;
    out->leaks.blocks = out->leaks.bytes = 0;
    out->leaks.indirect_blocks = out->leaks.indirect_bytes = 0;
    memset(out->leaks.of, 0, sizeof out->leaks.of);
    for (size_t i = 0; i < found->count; i++) {
        if (is_asked(kinds, &found->groups[i])) {
            out->room++;
        } else {
            count(out->left_out, &found->groups[i]);
        }
    }
    out->told = out->room > 0 ? own_alloc(out->room * sizeof *out->told) : NULL;
    size_t at = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct leak_group *group = &found->groups[i];
        if (!is_asked(kinds, group)) {
            continue;
        }
        if (out->told) {
            out->told[at++].group = *group;
        } else {
            count_told(out, group);
        }
    }
    if (out->told) {
        detail_fill_leaks(out->told, out->room);
        hide(out);
    }
}

void sift_drop(struct sifted *sifted)
{
    for (size_t i = 0; sifted->told && i < sifted->leaks.count; i++) {
        detail_free_leak(&sifted->told[i]);
    }
    own_free(sifted->told, sifted->room * sizeof *sifted->told);
    *sifted = (struct sifted){0};
}
