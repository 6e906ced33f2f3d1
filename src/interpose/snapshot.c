/* coalmine_snapshot(): what is live, to a file, as the program asks for it. */
#define COALMINE_API __attribute__((visibility("default")))
#include <errno.h>

#include "alloc/door.h"
#include "coalmine/coalmine.h"
#include "inspect/snapshot.h"
#include "interpose/entry.h"
#include "os/io.h"
#include "report/now.h"

enum { PIECE_BYTES = 4096 };

static bool write_piece(void *context, const char *data, size_t length)
{
    return os_write_all(*(int *)context, data, length);
}

static int write_to(int fd, const struct snapshot *snapshot)
{
    char piece[PIECE_BYTES];
    struct strbuf out;
    strbuf_init_flush(&out, piece, sizeof piece, write_piece, &fd);
    now_snapshot(&out, snapshot);
    return strbuf_finish(&out) ? 0 : EIO;
}

int coalmine_snapshot(const char *path)
{
    int saved = errno, error = ENOMEM;
    struct snapshot snapshot;
    bool is_ready = entry_is_open();
    DOOR(door);
    if (is_ready && snapshot_take(&snapshot)) {
        int fd = os_open_write(path, true);
        error = fd < 0 ? -fd : write_to(fd, &snapshot);
        if (fd >= 0) {
            os_close(fd);
        }
        snapshot_free(&snapshot);
    }
    errno = error ? error : saved;
    return error == 0;
}
