// libpq, and the calls of Linux beside it that Swift's Glibc module leaves out.
#include <libpq-fe.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/// Names the calling thread, as `ps -T` shows it; at most 15 bytes. prctl is variadic, which Swift cannot call.
static inline int clibpq_name_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}
