/* What fills a structure, dates, arrays, patterns, character sets, addresses. */
#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <iconv.h>
#include <netdb.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "same.h"

static void try_pipe(struct run *run, void *function)
{
    int (*make)(int *) = function;
    int *ends = buffer(run, 2 * sizeof *ends);
    note(run, make(ends));
    note(run, write(ends[1], "x", 1));
    close(ends[0]);
    close(ends[1]);
}

static void try_pipe2(struct run *run, void *function)
{
    int (*make)(int *, int) = function;
    int *ends = buffer(run, 2 * sizeof *ends);
    note(run, make(ends, -1));
    note(run, make(ends, 0));
    close(ends[0]);
    close(ends[1]);
}

/* A structure whose contents change with time is cleared when its size is known to have fit. */
#define TRY_FILL(name, type, ...) \
    static void try_##name(struct run *run, void *function) \
    { \
        type *to = buffer(run, sizeof *to); \
        note(run, __VA_ARGS__); \
        memset(to, 0, sizeof *to); \
    }
TRY_FILL(clock_gettime, struct timespec, ((int (*)(int, void *))function)(CLOCK_MONOTONIC, to))
TRY_FILL(clock_bad, struct timespec, ((int (*)(int, void *))function)(99, to))
TRY_FILL(gettimeofday, struct timeval, ((int (*)(void *, void *))function)(to, NULL))
TRY_FILL(time, time_t, ((time_t(*)(time_t *))function)(to) == *to)
TRY_FILL(times, struct tms, ((clock_t(*)(struct tms *))function)(to) != -1)
TRY_FILL(sysinfo, struct sysinfo, ((int (*)(void *))function)(to))
TRY_FILL(getrusage, struct rusage, ((int (*)(int, void *))function)(RUSAGE_SELF, to))

static void try_clock_getres(struct run *run, void *function)
{
    note(run, ((int (*)(int, void *))function)(CLOCK_MONOTONIC, buffer(run, 16)));
    note(run, ((int (*)(int, void *))function)(CLOCK_MONOTONIC, NULL));
}

static void try_uname(struct run *run, void *function)
{
    note(run, ((int (*)(void *))function)(buffer(run, sizeof(struct utsname))));
}

static void try_limit(struct run *run, void *function)
{
    note(run, ((int (*)(int, void *))function)((int)pick(run, 20), buffer(run, 16)));
}

static void try_getitimer(struct run *run, void *function)
{
    note(run, ((int (*)(int, void *))function)((int)pick(run, 4), buffer(run, 32)));
}

static void try_nanosleep(struct run *run, void *function)
{
    struct timespec *time = buffer(run, sizeof *time);
    *time = (struct timespec){.tv_nsec = pick(run, 2) ? 1000 : -1};
    note(run, ((int (*)(const void *, void *))function)(time, buffer(run, sizeof *time)));
}

static void try_clock_nanosleep(struct run *run, void *function)
{
    struct timespec *time = buffer(run, sizeof *time);
    *time = (struct timespec){.tv_nsec = pick(run, 2) ? 1000 : -1};
    note(run, ((int (*)(int, int, const void *, void *))function)(CLOCK_MONOTONIC, 0, time, NULL));
}

static void try_getgroups(struct run *run, void *function)
{
    int (*get)(int, gid_t *) = function;
    int count = get(0, NULL);
    note(run, count);
    note(run, get(1000, buffer(run, (size_t)count * sizeof(gid_t))));
}

static void try_getgroups_chk(struct run *run, void *function)
{
    int (*get)(int, gid_t *, size_t) = function;
    note(run, get(100, buffer(run, 400), 400));
}

static time_t *time_of(struct run *run)
{
    time_t *time = buffer(run, sizeof *time);
    *time = (time_t)pick(run, 4000000000u);
    return time;
}

/* Its members; what is between them may be anything. */
static void note_date(struct run *run, const struct tm *date)
{
    int fields[] = {date->tm_sec,  date->tm_min,  date->tm_hour, date->tm_mday, date->tm_mon,
                    date->tm_year, date->tm_wday, date->tm_yday, date->tm_isdst};
    note_bytes(run, fields, sizeof fields);
    note(run, date->tm_gmtoff);
}

static void try_date_r(struct run *run, void *function)
{
    struct tm *(*break_down)(const time_t *, struct tm *) = function;
    struct tm *date = buffer(run, sizeof *date);
    note_place(run, date, break_down(time_of(run), date));
    note_date(run, date);
    memset(date, 0, sizeof *date);
}

static void try_date(struct run *run, void *function)
{
    note_date(run, ((struct tm * (*)(const time_t *)) function)(time_of(run)));
}

static void try_put_together(struct run *run, void *function)
{
    struct tm *date = memset(buffer(run, sizeof *date), 0, sizeof *date);
    date->tm_year = (int)pick(run, 200);
    date->tm_mday = (int)pick(run, 60);
    note(run, ((time_t(*)(struct tm *))function)(date));
    note_date(run, date);
    memset(date, 0, sizeof *date);
}

static struct tm *date_of(struct run *run)
{
    struct tm *date = memset(buffer(run, sizeof *date), 0, sizeof *date);
    date->tm_year = (int)pick(run, 200);
    date->tm_mon = (int)pick(run, 12);
    date->tm_mday = 1 + (int)pick(run, 28);
    date->tm_wday = (int)pick(run, 7);
    return date;
}

static void try_strftime(struct run *run, void *function)
{
    size_t (*print)(char *, size_t, const char *, const struct tm *) = function;
    size_t said = pick(run, 2) ? pick(run, 40) : 1000;
    char *to = buffer(run, said < 64 ? said : 64);
    size_t length = print(to, said, pick(run, 2) ? "%A %d.%m.%Y" : "%c", date_of(run));
    note(run, (long long)length);
    if (length == 0) {
        memset(to, 0, said < 64 ? said : 64); /* is then left undefined */
    }
}

static void try_strptime(struct run *run, void *function)
{
    char *(*parse)(const char *, const char *, struct tm *) = function;
    char *text = strcpy(buffer(run, 11), "2024-02-29");
    struct tm *date = memset(buffer(run, sizeof *date), 0, sizeof *date);
    note_place(run, text, parse(text, pick(run, 2) ? "%Y-%m-%d" : "%H:", date));
}

static void try_asctime_r(struct run *run, void *function)
{
    char *to = buffer(run, 26);
    note_place(run, to, ((char *(*)(const struct tm *, char *))function)(date_of(run), to));
}

static void try_ctime_r(struct run *run, void *function)
{
    char *to = buffer(run, 26);
    note_place(run, to, ((char *(*)(const time_t *, char *))function)(time_of(run), to));
}

static int compare(const void *a, const void *b)
{
    return *(const unsigned char *)a - *(const unsigned char *)b;
}

static int compare_with(const void *a, const void *b, void *sign)
{
    return compare(a, b) * *(int *)sign;
}

static void try_qsort(struct run *run, void *function)
{
    size_t size = 1 + pick(run, 12), count = pick(run, 50);
    ((void (*)(void *, size_t, size_t, void *))function)(buffer(run, size * count), count, size,
                                                         compare);
}

static void try_qsort_r(struct run *run, void *function)
{
    int sign = pick(run, 2) ? 1 : -1;
    size_t size = 1 + pick(run, 12), count = pick(run, 50);
    ((void (*)(void *, size_t, size_t, void *, void *))function)(buffer(run, size * count), count,
                                                                 size, compare_with, &sign);
}

static void try_bsearch(struct run *run, void *function)
{
    unsigned char key = (unsigned char)(0xa0 + pick(run, 30)), *array = buffer(run, 23);
    note_place(run, array,
               ((void *(*)(const void *, const void *, size_t, size_t, void *))function)(
                   &key, array, pick(run, 24), 1, compare));
}

static void try_regcomp(struct run *run, void *function)
{
    regex_t *pattern = buffer(run, sizeof *pattern);
    int result = ((int (*)(regex_t *, const char *, int))function)(
        pattern, strcpy(buffer(run, 8), pick(run, 2) ? "(a|b)*c" : "(a|b*c"), REG_EXTENDED);
    note(run, result);
    if (result == 0) {
        note(run, (long long)pattern->re_nsub);
        regfree(pattern);
    }
    memset(pattern, 0, sizeof *pattern);
}

static void try_regexec(struct run *run, void *function)
{
    regex_t pattern;
    size_t count = pick(run, 4);
    int flags = count > 0 && pick(run, 2) ? REG_STARTEND : 0;
    regmatch_t *matches = buffer(run, count * sizeof *matches);
    char *searched = text(run, 40);
    if (flags) {
        matches[0] = (regmatch_t){.rm_so = 0, .rm_eo = (regoff_t)strlen(searched)};
    }
    regcomp(&pattern, "([a-c]+)([x-z]*)", REG_EXTENDED);
    note(run, ((int (*)(const regex_t *, const char *, size_t, regmatch_t *, int))function)(
                  &pattern, searched, count, matches, flags));
    regfree(&pattern);
}

static void try_fnmatch(struct run *run, void *function)
{
    note(run, ((int (*)(const char *, const char *, int))function)("*[a-c]?x*", text(run, 30), 0));
}

static void try_iconv(struct run *run, void *function)
{
    size_t (*convert)(iconv_t, char **, size_t *, char **, size_t *) = function;
    iconv_t converter = iconv_open(pick(run, 2) ? "UTF-16LE" : "ISO-8859-1", "UTF-8");
    char *from = text(run, 40);
    size_t from_left = strlen(from), said = pick(run, 2) ? pick(run, 90) : 1000, to_left = said;
    char *to = buffer(run, said < 90 ? said : 90), *start = to;
    char *source = from;
    note(run, (long long)convert(converter, &source, &from_left, &to, &to_left));
    note_place(run, from, source);
    note_place(run, start, to);
    note(run, (long long)to_left);
    note(run, (long long)convert(converter, NULL, NULL, NULL, NULL));
    iconv_close(converter);
}

static void try_inet_ntop(struct run *run, void *function)
{
    const char *(*print)(int, const void *, char *, socklen_t) = function;
    int family = pick(run, 3) ? (pick(run, 2) ? AF_INET : AF_INET6) : AF_UNIX;
    socklen_t said = pick(run, 2) ? (socklen_t)pick(run, 40) : 1000;
    char *to = buffer(run, said < 46 ? said : 46);
    const char *made = print(family, buffer(run, family == AF_INET ? 4 : 16), to, said);
    note_place(run, to, made);
}

static void try_inet_pton(struct run *run, void *function)
{
    int (*parse)(int, const char *, void *) = function;
    note(run, parse(AF_INET, pick(run, 2) ? "10.0.255.7" : "10.0.256", buffer(run, 4)));
    note(run, parse(AF_INET6, pick(run, 2) ? "fe80::1:2" : "::g", buffer(run, 16)));
    note(run, parse(-1, "", NULL));
}

static void try_inet_aton(struct run *run, void *function)
{
    note(run, ((int (*)(const char *, void *))function)("10.1", buffer(run, 4)));
    note(run, ((int (*)(const char *, void *))function)(text(run, 9), buffer(run, 4)));
}

static void try_inet_addr(struct run *run, void *function)
{
    note(run, ((in_addr_t(*)(const char *))function)(pick(run, 2) ? "1.2.3.4" : text(run, 8)));
}

static void try_getaddrinfo(struct run *run, void *function)
{
    int (*find)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = function;
    struct addrinfo *wanted = memset(buffer(run, sizeof *wanted), 0, sizeof *wanted);
    struct addrinfo **out = buffer(run, sizeof *out);
    wanted->ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    wanted->ai_socktype = SOCK_STREAM;
    *out = NULL;
    int result = find(pick(run, 2) ? "127.0.0.1" : "not.a.number", "80", wanted, out);
    note(run, result);
    if (result == 0) {
        note_bytes(run, (*out)->ai_addr, (*out)->ai_addrlen);
        freeaddrinfo(*out);
    }
    *out = NULL;
}

static void try_getnameinfo(struct run *run, void *function)
{
    int (*name)(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int) =
        function;
    struct sockaddr_in *address = memset(buffer(run, sizeof *address), 0, sizeof *address);
    socklen_t said = pick(run, 2) ? (socklen_t)pick(run, 20) : 1000;
    address->sin_family = AF_INET;
    address->sin_port = htons(80);
    int result =
        name((struct sockaddr *)address, sizeof *address, buffer(run, said < 64 ? said : 64), said,
             buffer(run, 8), 8, NI_NUMERICHOST | NI_NUMERICSERV);
    note(run, result);
}

static void try_gethostbyname(struct run *run, void *function)
{
    struct hostent *found = ((struct hostent * (*)(const char *)) function)("127.0.0.1");
    note_bytes(run, found->h_addr_list[0], (size_t)found->h_length);
}

const struct trial other_trials[] = {
    {"pipe", try_pipe},
    {"__pipe", try_pipe},
    {"pipe2", try_pipe2},
    {"clock_gettime", try_clock_gettime},
    {"clock_gettime", try_clock_bad},
    {"clock_getres", try_clock_getres},
    {"gettimeofday", try_gettimeofday},
    {"__gettimeofday", try_gettimeofday},
    {"time", try_time},
    {"times", try_times},
    {"nanosleep", try_nanosleep},
    {"__nanosleep", try_nanosleep},
    {"clock_nanosleep", try_clock_nanosleep},
    {"uname", try_uname},
    {"sysinfo", try_sysinfo},
    {"getrusage", try_getrusage},
    {"getrlimit", try_limit},
    {"getrlimit64", try_limit},
    {"getitimer", try_getitimer},
    {"getgroups", try_getgroups},
    {"__getgroups_chk", try_getgroups_chk},
    {"localtime", try_date},
    {"gmtime", try_date},
    {"localtime_r", try_date_r},
    {"gmtime_r", try_date_r},
    {"__gmtime_r", try_date_r},
    {"mktime", try_put_together},
    {"timelocal", try_put_together},
    {"timegm", try_put_together},
    {"strftime", try_strftime},
    {"strptime", try_strptime},
    {"asctime_r", try_asctime_r},
    {"ctime_r", try_ctime_r},
    {"qsort", try_qsort},
    {"qsort_r", try_qsort_r},
    {"bsearch", try_bsearch},
    {"regcomp", try_regcomp},
    {"regexec", try_regexec},
    {"fnmatch", try_fnmatch},
    {"iconv", try_iconv},
    {"inet_ntop", try_inet_ntop},
    {"inet_pton", try_inet_pton},
    {"inet_aton", try_inet_aton},
    {"inet_addr", try_inet_addr},
    {"getaddrinfo", try_getaddrinfo},
    {"getnameinfo", try_getnameinfo},
    {"gethostbyname", try_gethostbyname},
    {NULL, NULL},
};
