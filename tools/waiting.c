// SPDX-License-Identifier: GPL-2.0
/* Signals come only while there is nothing to do but to wait: for events, or for
 * the reader of standard output. So none comes amid something, and none is missed.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "fail.h"
#include "waiting.h"

/* No line is longer */
#define LINE_ROOM	(256 * 1024)

#define FDS_MAX		8

/* How often there is something else to do while nobody reads, ms */
#define MEANWHILE_MSEC	1000

static int signals = -1;
static bool over;
static void (*meanwhile)(void *data);
static void *meanwhile_data;

/* Returns whether there was one */
static bool take_signals(void)
{
	struct signalfd_siginfo info;
	bool taken = false;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		over |= info.ssi_signo != SIGCHLD;
		taken = true;
	}
	return taken;
}

/**
 * waiting_for - wait until something can be read or written, or a signal comes
 * @fds: what to look after, as for poll(2)
 * @count: their number
 * @timeout: ms, negative for none
 *
 * Return: how many of them are ready; -1 if there was a signal.
 */
int waiting_for(struct pollfd *fds, nfds_t count, int timeout)
{
	struct pollfd all[FDS_MAX];
	int ready;

	memcpy(all, fds, count * sizeof(*fds));
	all[count] = (struct pollfd) { .fd = signals, .events = POLLIN };
	ready = poll(all, count + 1, timeout);
	if (ready < 0)
		return ready;
	memcpy(fds, all, count * sizeof(*fds));
	if (all[count].revents && take_signals())
		return -1;
	return ready;
}

/* Has SIGINT or SIGTERM come? */
bool waiting_is_over(void)
{
	return over;
}

/* A pipe or a socket that can be written to takes so much and does not block */
static ssize_t write_out(void *cookie, const char *text, size_t size)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };
	size_t written = 0, chunk;
	ssize_t ret;
	int ready;

	(void)cookie;
	while (written < size) {
		ready = waiting_for(&fd, 1, over ? 0 : MEANWHILE_MSEC);
		if (ready <= 0) {
			if (!ready && !over)
				meanwhile(meanwhile_data);
			errno = EINTR;
			if (over && !fd.revents)
				break;
			continue;
		}
		chunk = size - written;
		if (chunk > PIPE_BUF)
			chunk = PIPE_BUF;
		ret = write(STDOUT_FILENO, text + written, chunk);
		if (ret >= 0)
			written += ret;
		else if (errno != EINTR && errno != EAGAIN)
			break;
	}
	return written;
}

/**
 * waiting_init - from now on signals come while waiting only
 * @callback: called now and then while standard output cannot be written to; it prints
 *	nothing there
 * @data: for @callback
 *
 * SIGINT and SIGTERM end all waiting, SIGCHLD interrupts it. What is printed is
 * written when it is flushed.
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int waiting_init(void (*callback)(void *data), void *data)
{
	static const cookie_io_functions_t functions = { .write = write_out };
	sigset_t blocked;
	FILE *out;

	meanwhile = callback;
	meanwhile_data = data;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signals = signalfd(-1, &blocked, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals < 0)
		return fail("signals", "%s", strerror(errno));

	out = fopencookie(NULL, "w", functions);
	if (out)
		stdout = out;
	if (!out || setvbuf(out, NULL, _IOFBF, LINE_ROOM))
		return fail("standard output", "%s", strerror(errno));
	return 0;
}
