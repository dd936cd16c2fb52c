// SPDX-License-Identifier: GPL-2.0
/* A library to preload: runs the command MEDDLE before each recvmsg() of the
 * program.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	const char *command = getenv("MEDDLE");

	unsetenv("LD_PRELOAD");
	if (command && system(command))
		return -1;
	return syscall(SYS_recvmsg, fd, msg, flags);
}
