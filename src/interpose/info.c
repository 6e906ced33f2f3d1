/* glibc's questions about the heap, answered from our figures. */
#include <errno.h>
#include <limits.h>
#include <malloc.h>

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "alloc/stats.h"
#include "base/strbuf.h"
#include "interpose/entry.h"
#include "os/io.h"

static struct heap_stats figures(void)
{
    return entry_is_open() ? heap_stats() : (struct heap_stats){0};
}

EXPORTED struct mallinfo2 mallinfo2(void)
{
    struct heap_stats stats = figures();
    return (struct mallinfo2){
        .arena = stats.arena_bytes,
        .uordblks = stats.live_bytes,
        .fordblks = stats.arena_bytes > stats.live_bytes ? stats.arena_bytes - stats.live_bytes : 0,
        .usmblks = stats.peak_bytes,
    };
}

static int clamp(size_t n)
{
    return n > INT_MAX ? INT_MAX : (int)n;
}

EXPORTED struct mallinfo mallinfo(void)
{
    struct mallinfo2 wide = mallinfo2();
    return (struct mallinfo){
        .arena = clamp(wide.arena),
        .uordblks = clamp(wide.uordblks),
        .fordblks = clamp(wide.fordblks),
        .usmblks = clamp(wide.usmblks),
    };
}

EXPORTED int malloc_trim(size_t pad)
{
    (void)pad;
    bool is_ready = entry_is_open();
    DOOR(door);
    return is_ready && heap_trim();
}

/* Every parameter is about how glibc's own allocator works: accepted, and of no effect. */
EXPORTED int mallopt(int parameter, int value)
{
    (void)parameter, (void)value;
    return 1;
}

EXPORTED void malloc_stats(void)
{
    struct heap_stats stats = figures();
    char text[256];
    struct strbuf buf;
    strbuf_init(&buf, text, sizeof text);
    strbuf_printf(&buf,
                  "in use:    %lu bytes in %lu blocks\npeak:      %lu bytes\n"
                  "from the system: %lu bytes\nallocations: %lu, frees: %lu\n",
                  stats.live_bytes, stats.live_blocks, stats.peak_bytes, stats.arena_bytes,
                  stats.allocations, stats.frees);
    os_write_all(2, text, buf.length);
}

EXPORTED int malloc_info(int options, FILE *stream)
{
    if (options != 0) {
        errno = EINVAL;
        return -1;
    }
    struct heap_stats stats = figures();
    int done =
        fprintf(stream,
                "<malloc version=\"1\">\n<total type=\"rest\" count=\"%lu\" size=\"%lu\"/>\n"
                "<system type=\"current\" size=\"%lu\"/>\n<system type=\"max\" size=\"%lu\"/>\n"
                "</malloc>\n",
                stats.live_blocks, stats.live_bytes, stats.arena_bytes, stats.peak_bytes);
    return done < 0 ? -1 : 0;
}
