// SPDX-License-Identifier: GPL-2.0
/* A library to preload: allocation number FAIL_NTH that the kernel makes for the
 * program, from main() on, fails. In the end the file FAIL_LEFT says how many more
 * it would have had to make: 0 means that one has failed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Both are open all the time, as opening them allocates, too. */
static int nth = -1;
static int left = -1;

static void __attribute__((constructor)) begin(void)
{
	const char *number = getenv("FAIL_NTH");

	nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	left = open(getenv("FAIL_LEFT"), O_WRONLY | O_CLOEXEC);
	unsetenv("LD_PRELOAD");
	if (nth < 0 || left < 0 ||
	    pwrite(nth, number, strlen(number), 0) < 0) {
		perror("fail-nth");
		_exit(99);
	}
}

static void __attribute__((destructor)) end(void)
{
	char number[16];
	ssize_t len;

	len = pread(nth, number, sizeof(number), 0);
	if (pwrite(nth, "0", 1, 0) < 0 || len < 0 ||
	    write(left, number, len) != len)
		_exit(99);
}
