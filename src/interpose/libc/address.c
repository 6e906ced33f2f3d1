/* Names and addresses of hosts. */
#include <arpa/inet.h>
#include <netdb.h>

#include "interpose/libc/stream.h"

EXPORTED const char *inet_ntop(int family, const void *restrict address, char *restrict to,
                               socklen_t size)
{
    struct call call = CALL(inet_ntop);
    size_t bytes = family == AF_INET    ? sizeof(struct in_addr)
                   : family == AF_INET6 ? sizeof(struct in6_addr)
                                        : 0;
    call_reads(&call, address, bytes);
    DETOUR detour = detour_begin(&call, to, size);
    if (!libc_inet_ntop(family, address, detour.at, size)) {
        return NULL;
    }
    if (UNLIKELY(detour.judged)) {
        detour_end(&detour, libc_strlen(detour.at) + 1);
    }
    return to;
}

EXPORTED int inet_pton(int family, const char *restrict text, void *restrict to)
{
    struct call call = CALL(inet_pton);
    size_t bytes = family == AF_INET    ? sizeof(struct in_addr)
                   : family == AF_INET6 ? sizeof(struct in6_addr)
                                        : 0;
    text_judge(&call, text);
    call_writes(&call, to, bytes);
    return libc_inet_pton(family, text, to);
}

EXPORTED int inet_aton(const char *text, struct in_addr *to)
{
    struct call call = CALL(inet_aton);
    text_judge(&call, text);
    call_writes(&call, to, sizeof *to);
    return libc_inet_aton(text, to);
}

EXPORTED in_addr_t inet_addr(const char *text)
{
    struct call call = CALL(inet_addr);
    text_judge(&call, text);
    return libc_inet_addr(text);
}

EXPORTED int getaddrinfo(const char *restrict host, const char *restrict service,
                         const struct addrinfo *restrict wanted, struct addrinfo **restrict out)
{
    struct call call = CALL(getaddrinfo);
    text_judge(&call, host);
    text_judge(&call, service);
    call_reads(&call, wanted, sizeof *wanted);
    call_writes(&call, out, sizeof *out);
    return libc_getaddrinfo(host, service, wanted, out);
}

static void put_name(struct detour *detour, size_t most)
{
    if (UNLIKELY(detour->judged)) {
        size_t length = libc_strnlen(detour->at, most);
        detour_end(detour, length < most ? length + 1 : most);
    }
}

EXPORTED int getnameinfo(const struct sockaddr *restrict address, socklen_t length,
                         char *restrict host, socklen_t host_size, char *restrict service,
                         socklen_t service_size, int flags)
{
    struct call call = CALL(getnameinfo);
    call_reads(&call, address, length);
    DETOUR host_detour = detour_begin(&call, host, host_size);
    DETOUR service_detour = detour_begin(&call, service, service_size);
    int result = libc_getnameinfo(address, length, host_detour.at, host_size, service_detour.at,
                                  service_size, flags);
    if (result == 0) {
        put_name(&host_detour, host_size);
        put_name(&service_detour, service_size);
    }
    return result;
}

EXPORTED struct hostent *gethostbyname(const char *host)
{
    struct call call = CALL(gethostbyname);
    text_judge(&call, host);
    return libc_gethostbyname(host);
}
