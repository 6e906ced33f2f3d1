/* os/local_socket and os/private_files: what the control thread is made of. */
#include "os/local_socket.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/io.h"
#include "os/private_files.h"
#include "support/suite.h"

enum { SOON_MS = 20, LONG_MS = 20000 };

static char name[64];

static int listen_here(void)
{
    snprintf(name, sizeof name, "coalmine-test.%d", getpid());
    return os_local_listen(name, strlen(name));
}

static int connect_there(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path + 1, name, strlen(name));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(
        connect(fd, (struct sockaddr *)&address,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))),
        0);
    return fd;
}

START_TEST(test_a_client_is_accepted_and_may_ask)
{
    int listener = listen_here();
    ck_assert_int_ge(listener, 0);
    int client = connect_there();
    int served = os_local_accept(listener, LONG_MS);
    ck_assert_int_ge(served, 0);
    ck_assert(os_local_peer_may_ask(served)); /* it is this very user */
    ck_assert_int_eq(fcntl(served, F_GETFD), FD_CLOEXEC);
    char data[8];
    ck_assert_int_eq(write(client, "hello", 5), 5);
    ck_assert_int_eq(os_local_receive(served, data, sizeof data, os_clock_ms() + LONG_MS), 5);
    close(client);
    ck_assert_int_eq(os_local_receive(served, data, sizeof data, os_clock_ms() + LONG_MS), 0);
    errno = EDOM;
    ck_assert(!os_local_send(served, "x", 1, LONG_MS)); /* and no SIGPIPE */
    ck_assert_int_eq(errno, EDOM);
}
END_TEST

START_TEST(test_a_name_is_given_out_once)
{
    ck_assert_int_ge(listen_here(), 0);
    ck_assert_int_eq(listen_here(), -EADDRINUSE);
}
END_TEST

START_TEST(test_waiting_comes_to_an_end)
{
    int listener = listen_here();
    ck_assert_int_eq(os_local_accept(listener, SOON_MS), -EAGAIN);
    int client = connect_there();
    int served = os_local_accept(listener, LONG_MS);
    char byte;
    ck_assert_int_eq(os_local_receive(served, &byte, 1, os_clock_ms() + SOON_MS), -1);
    static char much[16 << 20];
    ck_assert(!os_local_send(served, much, sizeof much, SOON_MS));
    close(client);
}
END_TEST

static void *take_all(void *given)
{
    int fd = *(int *)given;
    static char data[4096];
    size_t total = 0;
    for (ssize_t got; (got = read(fd, data, sizeof data)) > 0; total += (size_t)got) {
    }
    return (void *)total;
}

START_TEST(test_much_is_sent_in_pieces)
{
    int listener = listen_here();
    int client = connect_there();
    int served = os_local_accept(listener, LONG_MS);
    pthread_t reader;
    pthread_create(&reader, NULL, take_all, &client);
    static char much[16 << 20];
    ck_assert(os_local_send(served, much, sizeof much, LONG_MS));
    close(served);
    void *total;
    pthread_join(reader, &total);
    ck_assert_uint_eq((size_t)total, sizeof much);
}
END_TEST

START_TEST(test_a_knock_wakes_who_waits)
{
    int listener = listen_here();
    os_local_knock(name, strlen(name));
    ck_assert_int_ge(os_local_accept(listener, LONG_MS), 0);
    os_local_knock("coalmine-test.nobody", 20);
}
END_TEST

struct thread_view {
    int pipe;   /* of the program; the other end is the test's */
    bool begun; /* the thread has its own table */
    bool empty; /* and sees nothing of the program's there */
    int lowest; /* what it opens first */
    bool borrowed;
    struct stat error; /* of what is borrowed */
};

static void *look(void *given)
{
    struct thread_view *view = given;
    view->begun = os_private_files_begin();
    view->empty = fcntl(view->pipe, F_GETFD) < 0 && fcntl(0, F_GETFD) < 0;
    view->lowest = open("/dev/null", O_RDONLY);
    view->borrowed =
        os_private_files_borrow_standard_error() && fstat(STDERR_FILENO, &view->error) == 0;
    os_private_files_return_standard_error();
    return NULL;
}

START_TEST(test_a_thread_has_descriptors_of_its_own)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    struct thread_view view = {.pipe = ends[0]};
    pthread_t thread;
    pthread_create(&thread, NULL, look, &view);
    pthread_join(thread, NULL);
    ck_assert(view.begun);
    ck_assert(view.empty);
    ck_assert_int_eq(view.lowest, 0);
    struct stat error;
    ck_assert_int_eq(fstat(STDERR_FILENO, &error), 0); /* the program's own is still there */
    ck_assert(view.borrowed);
    ck_assert_uint_eq(view.error.st_ino, error.st_ino);
}
END_TEST

static atomic_bool holding;

/* A pipe ends for its reader when the program has closed it, whatever our thread had. */
static void *hold_nothing(void *stop)
{
    bool begun = os_private_files_begin();
    atomic_store(&holding, true);
    while (!atomic_load((atomic_bool *)stop)) {
        os_sleep_us(1000);
    }
    return begun ? stop : NULL;
}

START_TEST(test_a_thread_keeps_no_file_of_the_programs_open)
{
    int ends[2];
    char byte;
    ck_assert_int_eq(pipe(ends), 0);
    pthread_t thread;
    atomic_bool stop = false;
    pthread_create(&thread, NULL, hold_nothing, &stop);
    while (!atomic_load(&holding)) {
        os_sleep_us(1000);
    }
    close(ends[1]);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    ck_assert_int_eq(poll(&end, 1, LONG_MS), 1);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0);
    atomic_store(&stop, true);
    void *begun;
    pthread_join(thread, &begun);
    ck_assert_ptr_nonnull(begun);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_a_client_is_accepted_and_may_ask);
    tcase_add_test(tests, test_a_name_is_given_out_once);
    tcase_add_test(tests, test_waiting_comes_to_an_end);
    tcase_add_test(tests, test_much_is_sent_in_pieces);
    tcase_add_test(tests, test_a_knock_wakes_who_waits);
    tcase_add_test(tests, test_a_thread_has_descriptors_of_its_own);
    tcase_add_test(tests, test_a_thread_keeps_no_file_of_the_programs_open);
}

int main(void)
{
    return suite_run("local_socket", add);
}
