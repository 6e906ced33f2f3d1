#include "stack/guard.h"

THREAD_LOCAL volatile bool stack_is_inside;
THREAD_LOCAL bool stack_holds_signals;
