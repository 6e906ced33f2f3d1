/* The compiler's own header; weakly where the program does not link the library. */
#ifndef API_LSAN_H
#define API_LSAN_H

#ifdef PRELOADED
#pragma weak __lsan_disable
#pragma weak __lsan_enable
#pragma weak __lsan_ignore_object
#pragma weak __lsan_register_root_region
#pragma weak __lsan_unregister_root_region
#pragma weak __lsan_do_leak_check
#pragma weak __lsan_do_recoverable_leak_check
#endif
#include <sanitizer/lsan_interface.h>

#endif
