/* Strings that do not end in their block, of all lengths and at every distance from a word's begin:
 * each call is told, whatever bytes they are made of, and whatever stands behind the block. What
 * differs before it matters is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#ifndef TURNS
#define TURNS 3
#endif

enum { LENGTHS = 72, BEFORE = 9, MORE = 8 };

static size_t (*volatile length)(const char *) = strlen;
static size_t (*volatile length_within)(const char *, size_t) = strnlen;
static int (*volatile compare)(const char *, const char *) = strcmp;
static int (*volatile compare_within)(const char *, const char *, size_t) = strncmp;
static int (*volatile compare_letters)(const char *, const char *) = strcasecmp;
static int (*volatile collate)(const char *, const char *) = strcoll;
static char *(*volatile find)(const char *, int) = strchr;

static void require(int condition, const char *what, size_t bytes)
{
    if (!condition) {
        printf("%s of %zu bytes\n", what, bytes);
        exit(3);
    }
}

/* None of these needs more than the `bytes` that both have. */
static void try_in_reach(const char *text, char *other, size_t bytes)
{
    require(length_within(text, bytes) == bytes, "strnlen", bytes);
    require(compare_within(text, other, bytes) == 0, "strncmp", bytes);
    for (size_t i = 0; i < bytes; i++) {
        char right = other[i];
        other[i] = '\2';
        require(compare(text, other) != 0, "strcmp", bytes);
        require(compare(other, text) != 0, "strcmp", bytes);
        require(compare_letters(text, other) != 0, "strcasecmp", bytes);
        require(compare_within(text, other, bytes + 40) != 0, "strncmp", bytes);
        other[i] = '\0';
        require(compare(text, other) != 0, "strcmp", bytes);
        require(compare_within(other, text, bytes + 40) != 0, "strncmp", bytes);
        other[i] = right;
    }
}

/* `other` begins with the same bytes and goes on, or ends there. */
static void try_beyond(const char *text, const char *other, size_t bytes)
{
    length(text);                            /* @strlen */
    length_within(text, bytes + 1);          /* @strnlen */
    compare(text, other);                    /* @strcmp */
    compare(other, text);                    /* @strcmp_second */
    compare_within(text, other, bytes + 1);  /* @strncmp */
    compare_within(other, text, bytes + 40); /* @strncmp_second */
    compare_letters(text, other);            /* @strcasecmp */
    collate(text, other);                    /* @strcoll */
    collate(other, text);                    /* @strcoll_second */
    find(text, '\2');                        /* @strchr */
}

/* Nothing is left of a block there, and no call before opened the guard, if there is one. */
static void try_behind(size_t bytes)
{
    for (int call = 0; call < 5; call++) {
        char *block = malloc(bytes), *behind = block + bytes; /* @alloc_behind */
        memset(block, 'k', bytes);
        behind[-1] = '\0'; /* an end, but in front */
        switch (call) {
        case 0:
            length(behind); /* @strlen_behind */
            break;
        case 1:
            compare(behind, "k"); /* @strcmp_behind */
            break;
        case 2:
            compare("k", behind); /* @strcmp_second_behind */
            break;
        case 3:
            collate(behind, "k"); /* @strcoll_behind */
            break;
        default:
            collate("k", behind); /* @strcoll_second_behind */
        }
        free(block);
    }
}

/* In one block, the first of no length. */
static void try_pair(const char *empty, const char *text)
{
    if (empty < text) {
        collate(empty, text); /* @strcoll_one_block */
        collate(text, empty); /* @strcoll_one_block_second */
        require(compare(empty, text) < 0, "strcmp", 0);
        require(compare(text, empty) > 0, "strcmp", 0);
    }
}

static void try_bytes(size_t before, size_t bytes, int byte)
{
    char *block = malloc(before + bytes), *other = malloc(bytes + MORE); /* @alloc */
    memset(block, 0, before);
    memset(block + before, byte, bytes);
    memset(other, byte, bytes + MORE - 1);
    other[bytes + MORE - 1] = '\0';
    try_in_reach(block + before, other, bytes);
    for (int turn = 0; turn < TURNS; turn++) {
        char behind = turn == 2 ? block[before + bytes] : '\0';
        if (turn == 1) {
            other[bytes] = '\0';
        } else if (turn == 2) {
            block[before + bytes] = '\0'; /* an end, but not in the block */
        }
        try_beyond(block + before, other, bytes); /* @beyond */
        try_pair(block, block + before);
        if (turn == 2) {
            block[before + bytes] = behind;
        }
    }
    free(block);
    free(other);
}

int main(void)
{
    static const int fillings[] = {'\1', 'k', 0x80, 0xff};
    for (size_t bytes = 1; bytes <= LENGTHS; bytes++) {
        for (size_t before = 0; before < BEFORE; before++) {
            for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
                try_bytes(before, bytes, fillings[i]);
            }
        }
        try_behind(bytes);
    }
    return 0;
}
