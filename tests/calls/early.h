/* What a function may do before the program, and even before libraries are ready. */
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
           strchr(text, '?') == NULL && mempcpy(copy, text, 5) == copy + 5;
}
