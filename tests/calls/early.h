/* What a function may do before the program, and even before libraries are ready. */
static int try_other_calls(void)
{
    char text[64], line[64];
    struct timespec now = {0};
    int ends[2];
    strncpy(text, "/early/words", sizeof text);
    strcat(text, "!");
    snprintf(line, sizeof line, "%s %d", strrchr(text, '/'), 7);
    return strcmp(line, "/words! 7") == 0 && strstr(text, "ly/") == text + 4 &&
           strspn(text, "/early") == 7 && clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
           pipe(ends) == 0 && write(ends[1], text, 13) == 13 && read(ends[0], line, 40) == 13 &&
           memcmp(line, text, 13) == 0 && close(ends[0]) == 0 && close(ends[1]) == 0;
}

static int try_calls(void)
{
    char text[64], copy[64];
    memset(text, 0, 0); /* in order whatever there is: no reason to call libc's too early */
    memset(text, 'x', sizeof text);
    memcpy(text, "early words", 12);
    strcpy(copy, text);
    memmove(copy + 1, copy, 5);
    memmove(copy, copy + 1, 5);
    return strlen(text) == 11 && strnlen(text, 5) == 5 && strcmp(copy, "earlywords") != 0 &&
           strncmp(text, copy, 3) == 0 && memcmp(text, copy, 4) == 0 &&
           memchr(text, ' ', 12) == text + 5 && strchr(text, 'w') == text + 6 &&
           strchr(text, '?') == NULL && mempcpy(copy, text, 5) == copy + 5 && try_other_calls();
}
