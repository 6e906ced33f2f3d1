/* Allocation-heavy work for tests/bench/leaks: binary trees come and go beside a hash table of
 * strings that grows, is asked and shrinks. Prints a sum, the same each time. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 15, TREES = 60, BUCKETS = 1 << 15, WORDS = 300000 };

struct tree {
    struct tree *left, *right;
};

struct entry {
    struct entry *next;
    char *word;
    unsigned long count;
};

static void *need(void *memory)
{
    if (!memory) {
        abort();
    }
    return memory;
}

static struct tree *grow(int levels)
{
    struct tree *tree = need(malloc(sizeof *tree));
    tree->left = levels > 1 ? grow(levels - 1) : NULL;
    tree->right = levels > 1 ? grow(levels - 1) : NULL;
    return tree;
}

static unsigned long fell(struct tree *tree)
{
    if (!tree) {
        return 0;
    }
    unsigned long nodes = 1 + fell(tree->left) + fell(tree->right);
    free(tree);
    return nodes;
}

static uint32_t hash(const char *word)
{
    uint32_t value = 2166136261u; /* FNV-1a */
    for (; *word; word++) {
        value = (value ^ (unsigned char)*word) * 16777619u;
    }
    return value;
}

static void count(struct entry **buckets, const char *word)
{
    struct entry **place = &buckets[hash(word) % BUCKETS];
    while (*place && strcmp((*place)->word, word) != 0) {
        place = &(*place)->next;
    }
    if (!*place) {
        *place = need(calloc(1, sizeof **place));
        (*place)->word = need(strdup(word));
    }
    (*place)->count++;
}

static unsigned long empty(struct entry **buckets)
{
    unsigned long sum = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct entry *entry = buckets[i], *next; entry; entry = next) {
            next = entry->next;
            sum += entry->count * strlen(entry->word);
            free(entry->word);
            free(entry);
        }
    }
    free(buckets);
    return sum;
}

int main(void)
{
    unsigned long sum = 0;
    struct tree *lasting = grow(LEVELS + 2);
    for (int i = 0; i < TREES; i++) {
        sum += fell(grow(LEVELS));
    }
    struct entry **buckets = need(calloc(BUCKETS, sizeof *buckets));
    for (uint64_t i = 0, random = 1; i < WORDS; i++) {
        char word[32];
        random = random * 6364136223846793005u + 1442695040888963407u;
        snprintf(word, sizeof word, "word-%lu", (unsigned long)(random >> 33) % 90000);
        count(buckets, word);
    }
    sum += empty(buckets) + fell(lasting);
    printf("%lu\n", sum);
    return 0;
}
