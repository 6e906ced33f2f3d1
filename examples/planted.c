/* Four mistakes to look for: planted [overflow|late-write|double-free|leak]...
 * Without arguments, all of them in turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct account {
    char owner[12];
    int balance;
};

/* Room for the letters, none for the terminator. */
static char *copy_name(const char *name)
{
    char *copy = malloc(strlen(name));
    strcpy(copy, name);
    return copy;
}

static void overflow(void)
{
    char *name = copy_name("a name of 23 characters");
    printf("hello, %s\n", name);
    free(name);
}

static struct account *open_account(const char *owner)
{
    struct account *account = calloc(1, sizeof *account);
    snprintf(account->owner, sizeof account->owner, "%s", owner);
    return account;
}

static void close_account(struct account *account)
{
    free(account);
}

/* Pays into an account that was closed. */
static void late_write(void)
{
    struct account *account = open_account("ada");
    close_account(account);
    account->balance += 100;
}

static void double_free(void)
{
    struct account *account = open_account("grace");
    close_account(account);
    close_account(account);
}

/* Forgets the only pointer. */
static void leak(void)
{
    struct account *account = open_account("edsger");
    account = open_account("barbara");
    close_account(account);
}

static const struct {
    const char *name;
    void (*plant)(void);
} mistakes[] = {
    {"overflow", overflow},
    {"late-write", late_write},
    {"double-free", double_free},
    {"leak", leak},
};

enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

/* False if there is no mistake of that name. */
static int plant(const char *name)
{
    for (int i = 0; i < MISTAKES; i++) {
        if (strcmp(mistakes[i].name, name) == 0) {
            mistakes[i].plant();
            return 1;
        }
    }
    fprintf(stderr, "planted: no mistake called '%s'\n", name);
    return 0;
}

int main(int argc, char **argv)
{
    int known = 1;
    for (int i = 1; i < argc; i++) {
        known &= plant(argv[i]);
    }
    for (int i = 0; argc == 1 && i < MISTAKES; i++) {
        mistakes[i].plant();
    }
    return known ? EXIT_SUCCESS : EXIT_FAILURE;
}
