#include "report/notes.h"

#include "alloc/generation.h"
#include "base/strbuf.h"
#include "inspect/watched.h"
#include "os/guards.h"
#include "os/keys.h"
#include "report/symbols.h"
#include "report/words.h"
#include "stack/stack.h"

static char room[4096];

/* The lines stand in `room` one after the other, each with its NUL. */
struct notes {
    const char **list;
    size_t count;
    size_t used; /* of `room` */
    struct strbuf line;
};

static struct strbuf *start(struct notes *notes)
{
    strbuf_init(&notes->line, room + notes->used, sizeof room - notes->used);
    return &notes->line;
}

static void end(struct notes *notes)
{
    if (notes->count < NOTES_MOST && notes->line.length > 0) {
        notes->list[notes->count++] = notes->line.data;
        notes->used += notes->line.length + 1;
        notes->used = notes->used < sizeof room ? notes->used : sizeof room - 1;
    }
}

static void counted(struct notes *notes, uint64_t count, const char *noun, const char *words)
{
    if (count > 0) {
        words_count(start(notes), count, noun);
        strbuf_str(&notes->line, words);
        end(notes);
    }
}

static void about_trouble(struct notes *notes, const struct leak_report *leaks)
{
    struct strbuf *line = start(notes);
    if (leaks->trouble == LEAKS_CRASHED) {
        strbuf_printf(line, "leaks were not looked for: the process that did died of signal %d",
                      leaks->signal);
    } else if (leaks->trouble == LEAKS_TIMED_OUT) {
        strbuf_str(line, "leaks were not looked for: the process that did took too long");
    } else {
        strbuf_str(line, "no memory to look for leaks");
    }
    end(notes);
}

static void about_runners(struct notes *notes, const struct leak_report *leaks)
{
    if (leaks->threads_unstopped == 0) {
        return;
    }
    struct strbuf *line = start(notes);
    words_count(line, leaks->threads_unstopped, "thread");
    strbuf_str(line, " could not be stopped for the leak scan");
    for (size_t i = 0; i < LEAK_RUNNERS_MOST && leaks->runners[i].tid != 0; i++) {
        strbuf_printf(line, "%s%d %s", i == 0 ? " (" : ", ", leaks->runners[i].tid,
                      leaks->runners[i].name);
    }
    strbuf_str(line, leaks->runners[0].tid != 0 ? "): " : ": ");
    strbuf_str(line, "what only registers pointed to may be called lost");
    end(notes);
}

static void about_leaks(struct notes *notes, const struct leak_report *leaks,
                        const struct told_leak *groups)
{
    if (leaks->failed) {
        about_trouble(notes, leaks);
        return;
    }
    if (leaks->count > 0 && !groups) {
        strbuf_str(start(notes), "no memory to show where leaked blocks were allocated");
        end(notes);
    }
    about_runners(notes, leaks);
    if (heap_has_inherited()) {
        strbuf_str(start(notes), "of what the parent process had allocated no leaks are told: it "
                                 "had other threads, or too many blocks to look through at a fork");
        end(notes);
    }
    if (leaks->unscanned_mappings) {
        strbuf_str(start(notes),
                   "no list of mappings (/proc/self/maps) for the leak scan: what only they "
                   "pointed to may be called lost");
        end(notes);
    }
}

/* True if the report shows a stack of a single frame. */
static bool shows_short_stack(const struct told_run *run)
{
    for (const struct told_error *error = run->errors; error; error = error->next) {
        if (error->alloc.count == 1 || error->access.count == 1 || error->release.count == 1) {
            return true;
        }
    }
    for (size_t i = 0; run->leak_groups && i < run->leaks->count; i++) {
        if (run->leak_groups[i].stack.count == 1) {
            return true;
        }
    }
    return false;
}

static void about_stacks(struct notes *notes, const struct told_run *run)
{
    struct stack_counts counts = stack_counts();
    counted(notes, counts.cut, "stack", " could not be read to the end");
    if (shows_short_stack(run)) {
        counted(notes, counts.unlearned, "stack", " of one frame, from before unwinding was ready");
    }
    if (symbols_describe_failure(start(notes))) {
        end(notes);
    }
}

/* Of what is told, more might be hidden. */
static void about_suppressions(struct notes *notes, const struct told_run *run)
{
    if (run->suppressions && symbols_are_missing()) {
        strbuf_str(start(notes), "suppressions by function or file need names, which were not to "
                                 "be had: only modules were compared");
        end(notes);
    }
}

static void about_errors(struct notes *notes, const struct notes_untold *untold)
{
    counted(notes, untold->too_many, "error", " not shown: too many different ones");
    counted(notes, untold->unkept, "error",
            " shown without being counted with its like: no memory");
    counted(notes, untold->recursive, "error",
            " not shown: found while another one was being told");
}

static void about_watches(struct notes *notes)
{
    struct watched_counts counts = watched_counts();
    if (counts.refused) {
        strbuf_str(start(notes), "the system refused a hardware watchpoint (perf_event_open): "
                                 "bytes between a block and its guard were not watched");
        end(notes);
    } else if (counts.left_out) {
        strbuf_str(start(notes), "some blocks or threads were left without a hardware watchpoint");
        end(notes);
    }
}

/* Of the three ways to guard, or none. */
static const char *why_unguarded(void)
{
    switch (os_guards_way()) {
    case GUARDS_MADVISE:
        return "no memory or address space for more";
    case GUARDS_MPROTECT:
        return "each takes two of the mappings that vm.max_map_count allows";
    default:
        return "the system has none";
    }
}

static void about_guards(struct notes *notes, const struct heap_stats *heap)
{
    if (heap->unguarded == 0) {
        return;
    }
    struct strbuf *line = start(notes);
    strbuf_printf(line, "%lu of ", (unsigned long)heap->unguarded);
    words_count(line, heap->guarded + heap->unguarded, "block");
    strbuf_printf(line, " had canaries only where guard pages were wanted: %s", why_unguarded());
    end(notes);
}

static void about_keys(struct notes *notes)
{
    struct os_keys_trouble trouble = os_keys_trouble();
    if (trouble.refused) {
        strbuf_str(start(notes), "records are not protected against stray writes: the processor "
                                 "or the kernel has no protection keys (protect_records=on)");
        end(notes);
    }
    if (trouble.uncovered) {
        strbuf_str(start(notes), "the system refused a protection key for some of the records");
        end(notes);
    }
    counted(notes, trouble.forgiven, "write",
            " of the allocator's own to protected records came past its door");
}

size_t notes_gather(const struct told_run *run, const struct notes_untold *untold,
                    const char *const *given, size_t given_count, const char *list[NOTES_MOST])
{
    struct notes notes = {.list = list};
    if (run->leaks) {
        about_leaks(&notes, run->leaks, run->leak_groups);
    }
    counted(&notes, run->heap.unquarantined, "freed block",
            " reused at once for want of memory: late writes to them go unseen");
    about_watches(&notes);
    about_guards(&notes, &run->heap);
    about_keys(&notes);
    if (run->error_count > 0 || (run->leaks && run->leaks->blocks > 0)) {
        about_stacks(&notes, run);
        about_errors(&notes, untold);
        about_suppressions(&notes, run);
    }
    for (size_t i = 0; i < given_count && notes.count < NOTES_MOST; i++) {
        list[notes.count++] = given[i];
    }
    return notes.count;
}
