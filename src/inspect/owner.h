/* Whose memory a root's pointer stands in: a thread's stack, registers or thread-local storage, or
 * none of these. Takes no lock; for the scan's copy of the process. */
#ifndef INSPECT_OWNER_H
#define INSPECT_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/scan.h"
#include "inspect/tls.h"
#include "inspect/why.h"
#include "stack/callsite.h"

/* Found out before, since it takes the loader's lock. */
struct owner_facts {
    struct call_site site; /* of the thread that asks; pc 0: not known */
    uintptr_t static_tls;  /* bytes of thread-local storage below a thread pointer */
    struct tls_modules tls;
};

struct owner {
    enum leak_root root;
    int tid;
    struct call_site site;        /* with ROOT_STACK, the thread's registers; pc 0: not known */
    struct tls_module tls_module; /* with ROOT_TLS; number 0: not known */
    size_t tls_offset;            /* of the place, in that module's storage */
};

/* ROOT_MAPPING where nobody's. */
void owner_find(uintptr_t place, const struct owner_facts *facts, const struct scan_scene *scene,
                struct owner *out);

/* Thread-local storage of a library that was loaded later is a block, the loader's. True if the
 * place is in such a one. */
MUST_USE bool owner_find_in_tls_block(uintptr_t place, const struct owner_facts *facts,
                                      const struct scan_scene *scene, struct owner *out);

void owner_facts_find(struct owner_facts *out);

#endif
