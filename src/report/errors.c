#include "report/errors.h"

#include "base/hash.h"
#include "os/own.h"

enum { BUCKETS = 256 };

struct entry {
    struct told_error error;
    struct entry *beside; /* in the same bucket */
};

static struct entry *buckets[BUCKETS];
static struct told_error *first;
static struct told_error **end = &first, **last = &first; /* behind the last one, and at it */
static uint32_t kept;

static struct entry **bucket_of(const struct finding *finding)
{
    uint64_t key = hash_mix(((uint64_t)finding->access_stack << 32) | finding->block.alloc_stack);
    key ^= ((uint64_t)finding->block.free_stack << 16) | ((uint64_t)finding->kind << 8) |
           (uint64_t)finding->detected;
    return &buckets[hash_mix(key) % BUCKETS];
}

static bool is_equal(const struct finding *one, const struct finding *other)
{
    return one->kind == other->kind && one->detected == other->detected &&
           one->function == other->function &&
           (one->call == other->call || one->detected == DETECTED_GUARD) && /* the stack tells */
           one->access == other->access && one->access_stack == other->access_stack &&
           one->block.alloc_stack == other->block.alloc_stack &&
           one->block.free_stack == other->block.free_stack;
}

struct told_error *errors_find(const struct finding *finding)
{
    for (struct entry *entry = *bucket_of(finding); entry; entry = entry->beside) {
        if (is_equal(&entry->error.finding, finding)) {
            return &entry->error;
        }
    }
    return NULL;
}

struct told_error *errors_add(const struct finding *finding)
{
    struct entry *entry = kept < ERRORS_MOST ? own_alloc(sizeof *entry) : NULL;
    if (!entry) {
        return NULL;
    }
    entry->error.finding = *finding;
    entry->error.count = 1;
    struct entry **bucket = bucket_of(finding);
    entry->beside = *bucket;
    *bucket = entry;
    last = end;
    *end = &entry->error;
    end = &entry->error.next;
    kept++;
    return &entry->error;
}

void errors_hide_last(void)
{
    *last = NULL;
    end = last;
}

const struct told_error *errors_first(void)
{
    return first;
}

uint32_t errors_kept(void)
{
    return kept;
}

void errors_forget(void)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct entry *entry = buckets[i], *next; entry; entry = next) {
            next = entry->beside;
            own_free(entry, sizeof *entry);
        }
        buckets[i] = NULL;
    }
    first = NULL;
    end = last = &first;
    kept = 0;
}
