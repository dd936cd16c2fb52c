// SPDX-License-Identifier: GPL-2.0
/* A library to preload: kills the program right before its sendto() number
 * KILL_AT, by SIGKILL or signal number KILL_BY.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t sendto(int fd, const void *buf, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	const char *at = getenv("KILL_AT"), *by = getenv("KILL_BY");
	static int count;

	if (at && ++count == atoi(at))
		raise(by ? atoi(by) : SIGKILL);
	return syscall(SYS_sendto, fd, buf, len, flags, to, to_len);
}
