/* A child's check tells what the child itself lost, by a mark of its parent's as well. */
#include <coalmine/coalmine.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expecting.h"

int main(void)
{
    uint32_t mark = coalmine_mark();
    lose(4, 10);
    pid_t child = fork();
    if (child == 0) {
        EXPECT_NUMBER(coalmine_leak_check(mark, NULL), 0);
        EXPECT_NUMBER(coalmine_leak_check(0, NULL), 0);
        lose(2, 20);
        EXPECT_NUMBER(coalmine_leak_check(mark, NULL), 2);
        return surprises ? 1 : 0;
    }
    int status;
    waitpid(child, &status, 0);
    EXPECT_NUMBER(WEXITSTATUS(status), 23);
    EXPECT_NUMBER(coalmine_leak_check(mark, NULL), 4);
    expected();
    return 0;
}
