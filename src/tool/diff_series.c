#include "tool/diff_series.h"

#include <stdlib.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/diff_key.h"

enum { DIP_SHARE = 8, MS_PER_S = 1000 };

struct keyed {
    char *key;
    size_t file;
    const struct diff_entry *entry;
};

int64_t series_bytes_gained(const struct series *series, size_t files)
{
    return (int64_t)(series->bytes[files - 1] - series->bytes[0]);
}

int64_t series_blocks_gained(const struct series *series, size_t files)
{
    return (int64_t)(series->blocks[files - 1] - series->blocks[0]);
}

static enum change change_of(const struct series *series, size_t files)
{
    bool was = series->blocks[0] > 0, is = series->blocks[files - 1] > 0;
    if (was != is) {
        return is ? CHANGE_APPEARED : CHANGE_WENT;
    }
    int64_t bytes = series_bytes_gained(series, files);
    int64_t gained = bytes != 0 ? bytes : series_blocks_gained(series, files);
    return gained > 0 ? CHANGE_GREW : gained < 0 ? CHANGE_SHRANK : CHANGE_NONE;
}

static bool is_steady(const struct series *series, size_t files)
{
    size_t growing = 0, intervals = files - 1;
    uint64_t dips = 0;
    for (size_t i = 0; i < intervals; i++) {
        uint64_t before = series->bytes[i], after = series->bytes[i + 1];
        growing += after > before;
        dips += after < before ? before - after : 0;
    }
    int64_t gained = series_bytes_gained(series, files);
    return growing >= 2 && 2 * growing >= intervals && gained > 0 &&
           dips <= (uint64_t)gained / DIP_SHARE;
}

/* Slope of the line through the points (x, bytes) with the least squares of errors; 0 where all x
 * are the same. */
static double slope(const double *x, const uint64_t *bytes, size_t count)
{
    double mean_x = 0, mean_y = 0, above = 0, below = 0;
    for (size_t i = 0; i < count; i++) {
        mean_x += x[i] / (double)count;
        mean_y += (double)bytes[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        above += (x[i] - mean_x) * ((double)bytes[i] - mean_y);
        below += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return below > 0 ? above / below : 0;
}

/* Seconds since the first file, or all 0 where the times are not known or run backwards. A clock
 * that is never set wins over the time of day, while it is the same. */
static void times_of(const struct diff_file *files, size_t count, double *seconds)
{
    bool by_clock = true, by_time = true;
    for (size_t i = 0; i < count; i++) {
        size_t before = i > 0 ? i - 1 : 0;
        by_clock &= files[i].clock_ms >= 0 && files[i].clock_ms >= files[before].clock_ms &&
                    files[i].pid == files[0].pid;
        by_time &= files[i].seconds >= 0 && files[i].seconds >= files[before].seconds;
    }
    for (size_t i = 0; i < count; i++) {
        seconds[i] = by_clock  ? (double)(files[i].clock_ms - files[0].clock_ms) / MS_PER_S
                     : by_time ? (double)(files[i].seconds - files[0].seconds)
                               : 0;
    }
}

static void judge(struct series_list *list, const struct diff_file *files)
{
    double *seconds = have_room(list->files, sizeof *seconds);
    double *intervals = have_room(list->files, sizeof *intervals);
    times_of(files, list->files, seconds);
    for (size_t i = 0; i < list->files; i++) {
        intervals[i] = (double)i;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct series *series = &list->series[i];
        series->change = change_of(series, list->files);
        series->is_steady = is_steady(series, list->files);
        series->per_interval = slope(intervals, series->bytes, list->files);
        series->per_second = slope(seconds, series->bytes, list->files);
    }
    free(intervals);
    free(seconds);
}

static int by_key(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = strcmp(a->key, b->key);
    return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

static struct keyed *key_all(const struct diff_file *files, size_t count, size_t *total)
{
    *total = 0;
    for (size_t f = 0; f < count; f++) {
        *total += files[f].count;
    }
    struct keys *keys = keys_start(files, count);
    struct keyed *all = have_room(*total, sizeof *all);
    size_t at = 0;
    for (size_t f = 0; f < count; f++) {
        for (size_t i = 0; i < files[f].count; i++) {
            const struct diff_entry *entry = &files[f].entries[i];
            all[at++] = (struct keyed){keys_make(keys, entry), f, entry};
        }
    }
    keys_end(keys);
    qsort(all, *total, sizeof *all, by_key);
    return all;
}

static uint64_t size_of(int64_t gained)
{
    return gained < 0 ? (uint64_t)-gained : (uint64_t)gained;
}

static size_t sorted_files; /* for qsort(), which hands nothing on */

/* Errors before leaks, what is more before what is less. */
static int rank_of(const struct series *series)
{
    bool is_more = series->change == CHANGE_APPEARED || series->change == CHANGE_GREW;
    bool is_error = series->latest->kind == DIFF_ERROR;
    return (is_error ? 0 : 1) + (is_more ? 0 : series->change == CHANGE_NONE ? 4 : 2);
}

static int by_weight(const void *left, const void *right)
{
    const struct series *a = left, *b = right;
    if (a->is_steady != b->is_steady) {
        return a->is_steady ? -1 : 1;
    }
    if (a->is_steady && a->per_interval != b->per_interval) {
        return a->per_interval > b->per_interval ? -1 : 1;
    }
    if (rank_of(a) != rank_of(b)) {
        return rank_of(a) - rank_of(b);
    }
    uint64_t of_a = size_of(series_bytes_gained(a, sorted_files));
    uint64_t of_b = size_of(series_bytes_gained(b, sorted_files));
    if (of_a == of_b) {
        of_a = size_of(series_blocks_gained(a, sorted_files));
        of_b = size_of(series_blocks_gained(b, sorted_files));
    }
    return (of_a < of_b) - (of_a > of_b);
}

void series_make(struct series_list *out, const struct diff_file *files, size_t count)
{
    size_t total;
    struct keyed *all = key_all(files, count, &total);
    *out = (struct series_list){.files = count};
    out->series = have_room(total, sizeof *out->series);
    out->numbers = have_room(total * count * 2, sizeof *out->numbers);
    uint64_t *numbers = out->numbers;
    for (size_t i = 0; i < total; i++) {
        if (i == 0 || strcmp(all[i].key, all[i - 1].key) != 0) {
            out->series[out->count++] =
                (struct series){.blocks = numbers, .bytes = numbers + count};
            numbers += 2 * count;
        }
        struct series *series = &out->series[out->count - 1];
        series->latest = all[i].entry;
        series->blocks[all[i].file] += all[i].entry->blocks;
        series->bytes[all[i].file] += all[i].entry->bytes;
    }
    for (size_t i = 0; i < total; i++) {
        free(all[i].key);
    }
    free(all);
    judge(out, files);
    sorted_files = count;
    qsort(out->series, out->count, sizeof *out->series, by_weight);
}

void series_free(struct series_list *list)
{
    free(list->series);
    free(list->numbers);
    *list = (struct series_list){0};
}
