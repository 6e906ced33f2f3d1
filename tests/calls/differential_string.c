#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differential.h"

#define CHAR char
#define CODE int

static locale_t the_locale(void)
{
    static locale_t locale;
    locale = locale ? locale : newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
    return locale;
}

#include "differential_text.inc"

static long long try_duplicate_within(void *function, struct scene *s)
{
    return sum_of(((CHAR * (*)(const CHAR *, size_t)) function)((CHAR *)s->from, s->count));
}

/* Keeps the rest to itself: called until there is no token left. */
static long long try_token(void *function, struct scene *s)
{
    char *(*token)(char *, const char *) = function;
    long long sum = 0;
    for (char *p = token((char *)s->from, some); p; p = token(NULL, some)) {
        sum = sum * 7 % 1000003 + place(s, p);
    }
    return sum;
}

static long long try_separate(void *function, struct scene *s)
{
    char *(*separate)(char **, const char *) = function, *rest = (char *)s->from, *p;
    long long sum = 0;
    while ((p = separate(&rest, some)) != NULL) {
        sum = sum * 7 % 1000003 + place(s, p);
    }
    return sum;
}

static long long try_plain_integer(void *function, struct scene *s)
{
    return ((long (*)(const char *))function)((char *)s->from);
}

static long long try_plain_int(void *function, struct scene *s)
{
    return ((int (*)(const char *))function)((char *)s->from);
}

static long long try_plain_double(void *function, struct scene *s)
{
    return sum_of_number(((double (*)(const char *))function)((char *)s->from));
}

const struct trial string_trials[] = {
    TEXT_TRIALS("str", "stp"),
    NUMBER_TRIALS("str"),
    {"strndup", WISH_COUNTED, 1, try_duplicate_within},
    {"__strndup", WISH_COUNTED, 1, try_duplicate_within},
    {"__strdup", WISH_STRING, 1, try_duplicate},
    {"__stpcpy", WISH_STRING, 1, try_copy},
    {"__stpncpy", WISH_COUNTED, 1, try_copy_within},
    {"__strcasecmp", WISH_STRING, 1, try_compare},
    {"index", WISH_STRING, 1, try_find},
    {"rindex", WISH_STRING, 1, try_find},
    {"strcasestr", WISH_STRING, 1, try_find_part},
    {"__strcasestr", WISH_STRING, 1, try_find_part},
    {"strtok", WISH_STRING, 1, try_token},
    {"strtok_r", WISH_STRING, 1, try_tokens},
    {"__strtok_r", WISH_STRING, 1, try_tokens},
    {"strsep", WISH_STRING, 1, try_separate},
    {"__strsep_g", WISH_STRING, 1, try_separate},
    {"atoi", WISH_NUMBER, 1, try_plain_int},
    {"atol", WISH_NUMBER, 1, try_plain_integer},
    {"atoll", WISH_NUMBER, 1, try_plain_integer},
    {"atof", WISH_NUMBER, 1, try_plain_double},
    {NULL, WISH_BYTES, 1, NULL},
};
