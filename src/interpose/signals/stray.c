#include "interpose/signals/stray.h"

#include <errno.h>

#include <dlfcn.h>

#include "alloc/door.h"
#include "base/strbuf.h"
#include "os/fault.h"
#include "os/io.h"
#include "os/keys.h"
#include "os/message.h"
#include "report/wild.h"

/* In a static program our code cannot be told from the program's. */
static bool is_own_code(uintptr_t pc)
{
#ifdef PIC
    struct dl_find_object object;
    uintptr_t here = (uintptr_t)stray_permit;
    return _dl_find_object((void *)pc, &object) == 0 && here >= (uintptr_t)object.dlfo_map_start &&
           here < (uintptr_t)object.dlfo_map_end;
#else
    return pc == 0;
#endif
}

/* Where the interrupted thread's door is open and it lacks the right, a signal handler came in
 * between and allocates: the kernel took its rights. A write by our own library that came past all
 * doors is our mistake and none of the program's: it is done, and counted. */
bool stray_permit(int number, const siginfo_t *info, void *context)
{
    if (!os_keys_denied(number, info)) {
        return false;
    }
    if (os_fault_is_read(context)) {
        return os_keys_permit(context, KEYS_READ);
    }
    if (thread_current) {
        return os_keys_permit(context, KEYS_WRITE);
    }
    if (is_own_code(os_fault_pc(context)) && os_keys_permit(context, KEYS_WRITE)) {
        os_keys_forgive();
        return true;
    }
    return false;
}

void stray_say(uintptr_t address)
{
    int saved = errno;
    char text[320];
    struct strbuf line;
    strbuf_init(&line, text, sizeof text);
    strbuf_printf(&line, "==%d== coalmine: the program writes at 0x%lx: ", os_pid(),
                  (unsigned long)address);
    {
        struct block_info block;
        DOOR(door);
        wild_describe_record(&line, address, &block);
    }
    strbuf_str(&line, "\n");
    os_message_write(os_message_standard_error(), text, line.length);
    errno = saved;
}
