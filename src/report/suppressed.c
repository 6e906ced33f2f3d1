#include "report/suppressed.h"

#include <stddef.h>

#include "report/suppressions.h"
#include "report/words.h"

enum { UNUSED_SHOWN_MOST = 8 };

static bool is_used(const struct suppression *entry)
{
    return entry->found.groups > 0 || entry->found.errors > 0;
}

/* Those of files are somebody's to clean up; the program's own come with it. */
static bool is_stale(const struct suppression *entry)
{
    return entry->file && !is_used(entry);
}

bool suppressed_any(const struct suppression *first)
{
    for (const struct suppression *entry = first; entry; entry = entry->next) {
        if (is_used(entry)) {
            return true;
        }
    }
    return false;
}

void suppressed_name(struct strbuf *out, const struct suppression *entry)
{
    words_safe(out, entry->name);
    strbuf_str(out, " (");
    if (entry->file) {
        words_safe(out, entry->file);
        strbuf_printf(out, ":%u)", entry->line);
    } else {
        strbuf_str(out, "the program's own)");
    }
}

void suppressed_budget(struct strbuf *out, const struct suppression *entry)
{
    strbuf_str(out, "at most ");
    if (entry->most_bytes != UINT64_MAX) {
        words_bytes(out, entry->most_bytes);
    }
    if (entry->most_blocks != UINT64_MAX) {
        strbuf_str(out, entry->most_bytes != UINT64_MAX ? ", " : "");
        words_count(out, entry->most_blocks, "block");
    }
}

static void tally_text(struct strbuf *out, const struct suppression_tally *tally)
{
    if (tally->groups > 0) {
        words_bytes(out, tally->bytes);
        strbuf_str(out, " in ");
        words_count(out, tally->blocks, "block");
    }
    if (tally->errors > 0) {
        strbuf_str(out, tally->groups > 0 ? ", " : "");
        words_count(out, tally->errors, "error");
    }
}

static void hidden_text(struct strbuf *out, const struct suppression *first)
{
    const struct suppression_tally sum = suppressions_hidden(first);
    if (sum.groups == 0 && sum.errors == 0) {
        return;
    }
    strbuf_str(out, "  suppressed: ");
    tally_text(out, &sum);
    strbuf_char(out, '\n');
    for (const struct suppression *entry = first; entry; entry = entry->next) {
        if (entry->hidden.groups > 0 || entry->hidden.errors > 0) {
            strbuf_str(out, "    ");
            tally_text(out, &entry->hidden);
            strbuf_str(out, " by ");
            suppressed_name(out, entry);
            strbuf_char(out, '\n');
        }
    }
}

static unsigned count_stale(const struct suppression *first)
{
    unsigned count = 0;
    for (const struct suppression *entry = first; entry; entry = entry->next) {
        count += is_stale(entry);
    }
    return count;
}

static void stale_text(struct strbuf *out, const struct suppression *first)
{
    unsigned count = count_stale(first), shown = 0;
    if (count == 0) {
        return;
    }
    strbuf_printf(out, "  suppressions that hid nothing: %u\n", count);
    for (const struct suppression *entry = first; entry && shown < UNUSED_SHOWN_MOST;
         entry = entry->next) {
        if (is_stale(entry)) {
            strbuf_str(out, "    ");
            suppressed_name(out, entry);
            strbuf_char(out, '\n');
            shown++;
        }
    }
    if (count > shown) {
        strbuf_printf(out, "    and %u more\n", count - shown);
    }
}

void suppressed_text(struct strbuf *out, const struct suppression *first)
{
    hidden_text(out, first);
    stale_text(out, first);
}

void suppressed_json_name(struct json *json, const struct suppression *entry)
{
    json_text_at(json, "name", entry->name);
    if (entry->file) {
        json_text_at(json, "file", entry->file);
        json_unsigned_at(json, "line", entry->line);
    }
    if (entry->has_budget && entry->most_bytes != UINT64_MAX) {
        json_unsigned_at(json, "most_bytes", entry->most_bytes);
    }
    if (entry->has_budget && entry->most_blocks != UINT64_MAX) {
        json_unsigned_at(json, "most_blocks", entry->most_blocks);
    }
}

void suppressed_json(struct json *json, const struct suppression *first)
{
    json_open_at(json, "suppressed", '[');
    for (const struct suppression *entry = first; entry; entry = entry->next) {
        if (is_used(entry)) {
            json_open(json, '{');
            suppressed_json_name(json, entry);
            json_unsigned_at(json, "groups", entry->hidden.groups);
            json_unsigned_at(json, "blocks", entry->hidden.blocks);
            json_unsigned_at(json, "bytes", entry->hidden.bytes);
            json_unsigned_at(json, "errors", entry->hidden.errors);
            json_close(json, '}');
        }
    }
    json_close(json, ']');
    json_open_at(json, "unused_suppressions", '[');
    for (const struct suppression *entry = first; entry; entry = entry->next) {
        if (is_stale(entry)) {
            json_open(json, '{');
            suppressed_json_name(json, entry);
            json_close(json, '}');
        }
    }
    json_close(json, ']');
}
