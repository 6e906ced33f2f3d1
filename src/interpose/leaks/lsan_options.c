#include "interpose/leaks/lsan_options.h"

#include <string.h>

#include "base/strbuf.h"

extern const char *__lsan_default_options(void) __attribute__((weak));
extern int __lsan_is_turned_off(void) __attribute__((weak));

bool lsan_is_on = true;
bool lsan_checks_at_exit = true;

/* One "name=value" as it stands in the text; the value without its quotes. */
struct flag {
    const char *name, *value;
    size_t name_length, value_length;
};

struct target {
    struct options *options;
    options_complain *complain;
    void *context;
    bool wrong; /* there was something to complain about */
};

/* Finds the next flag and moves `at` past it. False at the end. Separators and quotes are
 * LeakSanitizer's. */
static bool next_flag(const char **at, struct flag *out)
{
    static const char separators[] = " ,:\n\t\r";
    const char *p = *at + strspn(*at, separators);
    *out = (struct flag){.name = p, .name_length = strcspn(p, "= ,:\n\t\r")};
    p += out->name_length;
    if (*p == '=') {
        p++;
        char quote[] = {*p, '\0'};
        bool quoted = *p == '"' || *p == '\'';
        p += quoted;
        out->value = p;
        out->value_length = strcspn(p, quoted ? quote : separators);
        p += out->value_length;
        p += quoted && *p;
    }
    *at = p;
    return out->name_length > 0;
}

static bool is_named(const struct flag *flag, const char *name)
{
    return flag->value && strlen(name) == flag->name_length &&
           strncmp(flag->name, name, flag->name_length) == 0;
}

static bool has_value(const struct flag *flag, const char *value)
{
    return strlen(value) == flag->value_length &&
           strncmp(flag->value, value, flag->value_length) == 0;
}

static bool is_off(const struct flag *flag)
{
    return has_value(flag, "0") || has_value(flag, "no") || has_value(flag, "false");
}

static void set(struct target *target, const char *name, const struct flag *flag,
                const char *suffix)
{
    char room[OPTIONS_PATH_MOST + 16];
    struct strbuf text;
    strbuf_init(&text, room, sizeof room);
    strbuf_printf(&text, "%s=%.*s%s", name, (int)flag->value_length, flag->value, suffix);
    target->wrong |= !options_set_one(target->options, room, target->complain, target->context);
}

static void take(struct target *target, const struct flag *flag)
{
    if (is_named(flag, "exitcode")) {
        set(target, "exitcode", flag, "");
    } else if (is_named(flag, "suppressions")) {
        set(target, "suppressions", flag, "");
    } else if (is_named(flag, "color")) {
        set(target, "color", flag, "");
    } else if (is_named(flag, "log_path") && !has_value(flag, "stderr") &&
               !has_value(flag, "stdout")) {
        set(target, "log", flag, ".%p"); /* LeakSanitizer adds the process id so */
    } else if (is_named(flag, "detect_leaks")) {
        lsan_is_on = !is_off(flag);
    } else if (is_named(flag, "leak_check_at_exit")) {
        lsan_checks_at_exit = !is_off(flag);
    }
}

bool lsan_options_read(struct options *options, options_complain *complain, void *context)
{
    struct target target = {options, complain, context, false};
    const char *text = __lsan_default_options ? __lsan_default_options() : NULL;
    struct flag flag;
    while (text && next_flag(&text, &flag)) {
        take(&target, &flag);
    }
    if (__lsan_is_turned_off && __lsan_is_turned_off() != 0) {
        lsan_is_on = false;
    }
    lsan_checks_at_exit = lsan_checks_at_exit && lsan_is_on;
    return !target.wrong;
}
