/* Streams as such: opened, moved in, flushed, closed. One that was closed is a freed block, and the
 * C library would end the program at it without a word of where that was. */
#include "interpose/libc/stream.h"

#define OPENS(name) \
    EXPORTED FILE *name(const char *restrict path, const char *restrict mode) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        text_judge(&call, mode); \
        return libc_##name(path, mode); \
    }
OPENS(fopen)
OPENS(popen)

#define OPENS_ANEW(name) \
    EXPORTED FILE *name(const char *restrict path, const char *restrict mode, FILE *restrict file) \
    { \
        struct call call = CALL(name); \
        text_judge(&call, path); \
        text_judge(&call, mode); \
        stream_judge_changed(&call, file); \
        return libc_##name(path, mode, file); \
    }
OPENS_ANEW(freopen)
OPENS_ANEW(freopen64)

#define OF_STREAM(type, name) \
    EXPORTED type name(FILE *file) \
    { \
        struct call call = CALL(name); \
        stream_judge_changed(&call, file); \
        return libc_##name(file); \
    }
OF_STREAM(int, fclose)
OF_STREAM(int, pclose)
OF_STREAM(int, fflush)
OF_STREAM(int, fflush_unlocked)
OF_STREAM(long, ftell)
OF_STREAM(off_t, ftello)

EXPORTED void rewind(FILE *file)
{
    struct call call = CALL(rewind);
    stream_judge_changed(&call, file);
    libc_rewind(file);
}

EXPORTED int fseek(FILE *file, long offset, int from)
{
    struct call call = CALL(fseek);
    stream_judge_changed(&call, file);
    return libc_fseek(file, offset, from);
}

EXPORTED int fseeko(FILE *file, off_t offset, int from)
{
    struct call call = CALL(fseeko);
    stream_judge_changed(&call, file);
    return libc_fseeko(file, offset, from);
}

/* The buffer is used later, when nobody looks. */
EXPORTED int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t bytes)
{
    struct call call = CALL(setvbuf);
    stream_judge_changed(&call, file);
    call_writes(&call, buffer, buffer && mode != _IONBF ? bytes : 0);
    return libc_setvbuf(file, buffer, mode, bytes);
}

EXPORTED void setbuf(FILE *restrict file, char *restrict buffer)
{
    struct call call = CALL(setbuf);
    stream_judge_changed(&call, file);
    call_writes(&call, buffer, buffer ? BUFSIZ : 0);
    libc_setbuf(file, buffer);
}

SECOND_NAME(fopen64, fopen);
SECOND_NAME(fseeko64, fseeko);
SECOND_NAME(ftello64, ftello);
SECOND_NAME(_IO_fopen, fopen);
SECOND_NAME(_IO_fclose, fclose);
