/* Feeds a target without a fuzzer: the files named, then random inputs from a seed, some of them
 * made from the files by changing bytes. A target that finds something wrong aborts, and the seed
 * is on the terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "model.h"
#include "target.h"

enum { INPUT_MOST = 4096, FILES_MOST = 256 };

struct input {
    uint8_t bytes[INPUT_MOST];
    size_t length;
};

static struct input files[FILES_MOST];
static size_t file_count;

static bool read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || file_count == FILES_MOST) {
        fprintf(stderr, "cannot read %s\n", path);
        return false;
    }
    struct input *input = &files[file_count++];
    input->length = fread(input->bytes, 1, INPUT_MOST, file);
    fclose(file);
    return true;
}

static void run(const struct input *input)
{
    uint8_t *exact =
        malloc(input->length + 1); /* on its own, so that a sanitizer sees where it ends */
    if (!exact) {
        abort();
    }
    memcpy(exact, input->bytes, input->length);
    LLVMFuzzerTestOneInput(exact, input->length);
    free(exact);
}

static void make_random(struct input *input, uint64_t *random)
{
    input->length = random_next(random) % (random_next(random) % 8 == 0 ? INPUT_MOST : 256);
    for (size_t i = 0; i < input->length; i++) {
        input->bytes[i] = (uint8_t)random_next(random);
    }
    if (file_count > 0 && random_next(random) % 2 == 0) {
        *input = files[random_next(random) % file_count];
        for (size_t i = random_next(random) % 8 + 1; i > 0 && input->length > 0; i--) {
            input->bytes[random_next(random) % input->length] = (uint8_t)random_next(random);
        }
    }
}

int main(int argc, char **argv)
{
    unsigned long seed = arguments_fresh_seed(), runs = 2000;
    const struct argument known[] = {{"--seed", &seed}, {"--runs", &runs}, {NULL, NULL}};
    int named = 1;
    while (named < argc && argv[named][0] != '-') {
        if (!read_file(argv[named++])) {
            return 2;
        }
    }
    argv[named - 1] = argv[0];
    if (!arguments_read(argc - named + 1, argv + named - 1, known)) {
        return 2;
    }
    printf("--seed %lu --runs %lu, %zu files\n", seed, runs, file_count);
    fflush(stdout);
    for (size_t i = 0; i < file_count; i++) {
        run(&files[i]);
    }
    uint64_t random = seed;
    for (unsigned long i = 0; i < runs; i++) {
        static struct input input;
        make_random(&input, &random);
        run(&input);
    }
    puts("nothing found");
    return 0;
}
