#include "options/options.h"

#include <string.h>

#include "base/strbuf.h"
#include "options/table.h"
#include "options/value.h"
#include "os/panic.h"

enum {
    LINE_MOST = 512,  /* a complaint */
    QUOTED_MOST = 80, /* of the user's own text in it */
};

struct teller {
    options_complain *complain;
    void *context;
};

static void tell(const struct teller *teller, const struct strbuf *line)
{
    if (teller->complain) {
        teller->complain(teller->context, line->data);
    }
}

/* The user's text as one printable piece of a line. */
static void quote(struct strbuf *out, const char *text, size_t length)
{
    strbuf_char(out, '\'');
    for (size_t i = 0; i < length && i < QUOTED_MOST; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c == 127) {
            strbuf_printf(out, "\\x%02x", c);
        } else {
            strbuf_char(out, (char)c);
        }
    }
    strbuf_str(out, length > QUOTED_MOST ? "…'" : "'");
}

static void complain_unknown(const struct teller *teller, const char *name, size_t length)
{
    char room[LINE_MOST];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_str(&line, "unknown option ");
    quote(&line, name, length);
    const struct option *nearest = option_nearest(name, length);
    if (nearest) {
        strbuf_printf(&line, "; did you mean '%s'?", nearest->name);
    } else {
        strbuf_str(&line, "; 'coalmine options' lists all");
    }
    tell(teller, &line);
}

/* `value` is NULL where there was no '='. */
static void complain_value(const struct teller *teller, const struct option *option,
                           const char *value)
{
    char room[LINE_MOST];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_printf(&line, "option %s: ", option->name);
    if (value) {
        quote(&line, value, strlen(value));
        strbuf_str(&line, " is not allowed; it takes ");
    } else {
        strbuf_printf(&line, "no value; write %s=VALUE with ", option->name);
    }
    option_allowed(&line, option);
    tell(teller, &line);
}

static bool assign(struct options *options, const char *name, size_t name_length, const char *value,
                   const struct teller *teller)
{
    const struct option *option = option_find(name, name_length);
    if (!option) {
        complain_unknown(teller, name, name_length);
        return false;
    }
    if (!value || !value_set(options, option, value)) {
        complain_value(teller, option, value);
        return false;
    }
    options->given |= (uint64_t)1 << (option - option_table);
    return true;
}

bool options_set_one(struct options *options, const char *assignment, options_complain *complain,
                     void *context)
{
    struct teller teller = {complain, context};
    size_t name_length = strcspn(assignment, "=");
    const char *value = assignment[name_length] ? assignment + name_length + 1 : NULL;
    return assign(options, assignment, name_length, value, &teller);
}

static const char separators[] = ": \t\n\v\f\r";

/* Takes quotes off; stops at a separator outside of quotes. False: a quote is never closed. */
static bool unquote(struct strbuf *out, const char **text)
{
    char open = 0;
    const char *p = *text;
    for (; *p && (open || !strchr(separators, *p)); p++) {
        if (open && *p == open) {
            open = 0;
        } else if (!open && (*p == '\'' || *p == '"')) {
            open = *p;
        } else {
            strbuf_char(out, *p);
        }
    }
    *text = p;
    return !open;
}

static void complain_quote(const struct teller *teller, const char *name, size_t name_length)
{
    char room[LINE_MOST];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_str(&line, "option ");
    quote(&line, name, name_length);
    strbuf_str(&line, ": its value opens a quote and never closes it");
    tell(teller, &line);
}

/* One "name=value"; moves the text past it. */
static bool parse_one(struct options *options, const char **text, const struct teller *teller)
{
    const char *name = *text;
    size_t length = strcspn(name, "=: \t\n\v\f\r");
    *text += length;
    if (**text != '=') {
        return assign(options, name, length, NULL, teller);
    }
    ++*text;
    char room[OPTIONS_PATH_MOST + 1]; /* room for one byte too many, which is told as such */
    struct strbuf value;
    strbuf_init(&value, room, sizeof room);
    if (!unquote(&value, text)) {
        complain_quote(teller, name, length);
        return false;
    }
    return assign(options, name, length, room, teller);
}

bool options_parse(struct options *options, const char *text, options_complain *complain,
                   void *context)
{
    struct teller teller = {complain, context};
    bool valid = true;
    text = text ? text : "";
    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        valid &= parse_one(options, &text, &teller);
    }
    return valid;
}

void options_defaults(struct options *options)
{
    memset(options, 0, sizeof *options);
    for (size_t i = 0; i < option_count; i++) {
        INVARIANT(value_set(options, &option_table[i], option_table[i].standard));
    }
}

struct preset {
    const char *mode, *name, *value;
};

static const struct preset presets[] = {
#define OPTION(...)
#define PRESET(mode, name, value) {#mode, #name, value},
#include "options/options.def"
};

void options_finish(struct options *options)
{
    char room[16];
    struct strbuf mode;
    strbuf_init(&mode, room, sizeof room);
    value_text(&mode, options, option_find("mode", 4));
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        const struct option *option = option_find(presets[i].name, strlen(presets[i].name));
        bool given = (options->given >> (option - option_table) & 1) != 0;
        if (!given && strcmp(presets[i].mode, room) == 0) {
            INVARIANT(value_set(options, option, presets[i].value));
        }
    }
    options->stacks_of_frees = options->mode == MODE_DEBUG || options->mode == MODE_GUARD;
}

void options_each(const struct options *options,
                  void (*visit)(void *context, const char *name, const char *value), void *context)
{
    char room[OPTIONS_PATH_MOST];
    for (size_t i = 0; i < option_count; i++) {
        struct strbuf value;
        strbuf_init(&value, room, sizeof room);
        value_text(&value, options, &option_table[i]);
        visit(context, option_table[i].name, room);
    }
}
