#include "stack/guard.h"

THREAD_LOCAL volatile bool stack_is_inside;
