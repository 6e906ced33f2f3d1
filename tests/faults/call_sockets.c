/* send, recv and their messages. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
    int ends[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    char *p = calloc(1, 8); /* @alloc */
    printf("%zd ", send(ends[0], p, 10, 0)); /* @first */
    printf("%zd ", recv(ends[1], p, 100, 0)); /* @second */
    struct iovec piece = {p, 9};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    printf("%zd ", sendmsg(ends[0], &message, 0)); /* @third */
    printf("%zd ", recvmsg(ends[1], &message, 0)); /* @fourth */
    struct sockaddr *address = malloc(4); /* @address */
    address->sa_family = AF_UNIX;
    bind(ends[0], address, sizeof address->sa_family); /* to a name that the system makes up */
    socklen_t length = sizeof(struct sockaddr_un);
    getsockname(ends[0], address, &length); /* @fifth */
    printf("%u", (unsigned)length);
    free(address);
    free(p);
    return 0;
}
