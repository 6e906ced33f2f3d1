#include "interpose/libc/vector.h"

#include <errno.h>

#include "base/align.h"
#include "base/checked.h"
#include "os/pages.h"

enum { MOST_PIECES = 1024 }; /* IOV_MAX: with more the call fails */

/* Of the pieces that need another place, all that comes together; false if none does, or too much.
 */
static bool bytes_elsewhere(const struct vector *vector, size_t *out)
{
    bool any = false;
    *out = align_up(vector->count * sizeof *vector->at, OS_PAGE);
    for (size_t i = 0; i < vector->count; i++) {
        const struct iovec *piece = &vector->asked[i];
        if (call_fits(vector->call, piece->iov_base, piece->iov_len)) {
            continue;
        }
        any = true;
        if (!checked_add(*out, piece->iov_len, out)) {
            return false;
        }
    }
    return any && *out <= SIZE_MAX - OS_PAGE;
}

struct vector vector_begin(const struct call *call, const struct iovec *pieces, size_t count)
{
    struct vector vector = {
        .call = call, .asked = pieces, .at = (struct iovec *)pieces, .count = count};
    size_t bytes;
    if (!calls_are_judged() || count > MOST_PIECES) {
        return vector;
    }
    call_reads(call, pieces, count * sizeof *pieces);
    if (LIKELY(!bytes_elsewhere(&vector, &bytes))) {
        return vector;
    }
    vector.judged = true;
    char *instead = os_pages_map(align_up(bytes, OS_PAGE));
    if (!instead) {
        return vector;
    }
    vector.at = (struct iovec *)instead;
    vector.mapped_bytes = align_up(bytes, OS_PAGE);
    instead += align_up(count * sizeof *pieces, OS_PAGE);
    for (size_t i = 0; i < count; i++) {
        vector.at[i] = pieces[i];
        if (!call_fits(call, pieces[i].iov_base, pieces[i].iov_len)) {
            vector.at[i].iov_base = instead;
            instead += pieces[i].iov_len;
        }
    }
    return vector;
}

void vector_end(struct vector *vector, size_t bytes)
{
    int saved = errno;
    for (size_t i = 0; i < vector->count && vector->judged && bytes > 0; i++) {
        const struct iovec *piece = &vector->asked[i];
        size_t used = piece->iov_len < bytes ? piece->iov_len : bytes;
        call_writes(vector->call, piece->iov_base, used);
        if (vector->at[i].iov_base != piece->iov_base) {
            libc_memcpy(piece->iov_base, vector->at[i].iov_base, used);
        }
        bytes -= used;
    }
    errno = saved;
}

void vector_drop(struct vector *vector)
{
    if (UNLIKELY(vector->mapped_bytes > 0)) {
        os_pages_unmap(vector->at, vector->mapped_bytes);
    }
}

void vector_reads(const struct call *call, const struct iovec *pieces, size_t count)
{
    if (!calls_are_judged() || count > MOST_PIECES) {
        return;
    }
    call_reads(call, pieces, count * sizeof *pieces);
    for (size_t i = 0; i < count; i++) {
        call_reads(call, pieces[i].iov_base, pieces[i].iov_len);
    }
}
