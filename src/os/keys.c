#include "os/keys.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SEGV_PKUERR
#define SEGV_PKUERR 4
#endif

bool os_keys_used;

static int key;
static bool refused;
static atomic_bool uncovered;
static atomic_ulong forgiven;
static void (*fake_covered)(const void *at, size_t bytes);
static THREAD_LOCAL enum os_keys_rights fake_rights;

/* Two bits for each key: no access, and no writing (Intel's manual, volume 3, 4.6.2). */
static uint32_t no_access(void)
{
    return UINT32_C(1) << 2 * key;
}

static uint32_t no_writing(void)
{
    return UINT32_C(2) << 2 * key;
}

static enum os_keys_rights rights_in(uint32_t word)
{
    return word & no_access() ? KEYS_NOTHING : word & no_writing() ? KEYS_READ : KEYS_WRITE;
}

static uint32_t with_rights(uint32_t word, enum os_keys_rights rights)
{
    word &= ~(no_access() | no_writing());
    word |= rights < KEYS_WRITE ? no_writing() : 0;
    return word | (rights < KEYS_READ ? no_access() : 0);
}

#if defined(__x86_64__)
#include <cpuid.h>

/* RDPKRU and WRPKRU by their bytes: compilers know the names only with -mpku. */
static uint32_t read_register(void)
{
    uint32_t word, upper;
    __asm__ volatile(".byte 0x0f, 0x01, 0xee" : "=a"(word), "=d"(upper) : "c"(0) : "memory");
    return word;
}

static void write_register(uint32_t word)
{
    __asm__ volatile(".byte 0x0f, 0x01, 0xef" : : "a"(word), "c"(0), "d"(0) : "memory");
}

/* The frame of a signal holds the register in its XSAVE area, of the standard format (Intel's
 * manual, volume 1, 13.4); the kernel says in bytes that the processor leaves free what is in it
 * (struct _fpx_sw_bytes, asm/sigcontext.h). */
enum { SOFTWARE_BYTES = 464, HEADER = 512, PKRU_FEATURE = 9, MAGIC = 0x46505853 };

static uint32_t register_offset; /* in that area; set once */

static bool find_offset(void)
{
    uint32_t size = 0, offset = 0, c, d;
    bool known = __get_cpuid_count(0xd, PKRU_FEATURE, &size, &offset, &c, &d);
    register_offset = offset;
    return known && size >= sizeof(uint32_t);
}

/* NULL: not saved there. */
static unsigned char *saved_area(const ucontext_t *context)
{
    unsigned char *area = (unsigned char *)context->uc_mcontext.fpregs;
    struct {
        uint32_t magic, extended_bytes;
        uint64_t features;
        uint32_t bytes;
    } said;
    if (!area) {
        return NULL;
    }
    memcpy(&said, area + SOFTWARE_BYTES, sizeof said);
    bool holds = said.magic == MAGIC && said.features >> PKRU_FEATURE & 1 &&
                 register_offset + sizeof(uint32_t) <= said.bytes;
    return holds ? area : NULL;
}

/* A register that is zero may be left out: a bit in the header says which are there. */
static bool change_saved(const ucontext_t *context, enum os_keys_rights rights)
{
    unsigned char *area = saved_area(context);
    uint64_t present;
    uint32_t word;
    if (!area) {
        return false;
    }
    memcpy(&present, area + HEADER, sizeof present);
    memcpy(&word, area + register_offset, sizeof word);
    word = present >> PKRU_FEATURE & 1 ? word : 0;
    if (rights_in(word) >= rights) {
        return false;
    }
    word = with_rights(word, rights);
    present |= UINT64_C(1) << PKRU_FEATURE;
    memcpy(area + register_offset, &word, sizeof word);
    memcpy(area + HEADER, &present, sizeof present);
    return true;
}
#else
static uint32_t read_register(void)
{
    return 0;
}

static void write_register(uint32_t word UNUSED)
{
}

static bool find_offset(void)
{
    return false;
}

static bool change_saved(const ucontext_t *context UNUSED, enum os_keys_rights rights UNUSED)
{
    return false;
}
#endif

bool os_keys_start(void)
{
    int saved = errno;
    long got = syscall(SYS_pkey_alloc, 0, 0);
    key = got > 0 ? (int)got : 0;
    os_keys_used = got > 0 && find_offset();
    refused = !os_keys_used;
    if (got > 0 && !os_keys_used) {
        syscall(SYS_pkey_free, key);
    }
    errno = saved;
    return os_keys_used;
}

void os_keys_cover(void *at, size_t bytes, bool is_open)
{
    if (LIKELY(!os_keys_used)) {
        return;
    }
    if (fake_covered) {
        fake_covered(at, bytes);
        return;
    }
    int saved = errno;
    int protection = is_open ? PROT_READ | PROT_WRITE : PROT_NONE;
    if (syscall(SYS_pkey_mprotect, at, bytes, protection, key) != 0) {
        atomic_store(&uncovered, true);
    }
    errno = saved;
}

struct os_keys_trouble os_keys_trouble(void)
{
    return (struct os_keys_trouble){refused, atomic_load(&uncovered), atomic_load(&forgiven)};
}

void os_keys_forgive(void)
{
    atomic_fetch_add(&forgiven, 1);
}

enum os_keys_rights os_keys_set(enum os_keys_rights rights)
{
    if (UNLIKELY(fake_covered != NULL)) {
        enum os_keys_rights before = fake_rights;
        fake_rights = rights;
        return before;
    }
    uint32_t word = read_register();
    enum os_keys_rights before = rights_in(word);
    if (before != rights) {
        write_register(with_rights(word, rights));
    }
    return before;
}

bool os_keys_denied(int number, const siginfo_t *info)
{
    return os_keys_used && number == SIGSEGV && info->si_code == SEGV_PKUERR &&
           (int)info->si_pkey == key;
}

bool os_keys_permit(void *context, enum os_keys_rights rights)
{
    return change_saved(context, rights);
}

void os_keys_fake(void (*covered)(const void *at, size_t bytes))
{
    os_keys_used = true;
    key = 1;
    fake_covered = covered;
    fake_rights = KEYS_WRITE;
}
