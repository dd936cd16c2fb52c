// SPDX-License-Identifier: GPL-2.0
/* What stands in for the kernel. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/inet.h>
#include <linux/slab.h>

unsigned int unit_allocated;
unsigned int unit_fail_in;

void *kmalloc(size_t size, gfp_t gfp)
{
	void *p;

	(void)gfp;
	if (unit_fail_in && !--unit_fail_in)
		return NULL;
	p = malloc(size);
	if (!p)
		abort();
	memset(p, 0x5a, size);
	unit_allocated++;
	return p;
}

void kfree(const void *p)
{
	unit_allocated -= !!p;
	free((void *)p);
}

static int pton(int family, const char *src, u8 *dst, int delim,
		const char **end)
{
	char text[INET6_ADDRSTRLEN];
	size_t len = strchrnul(src, delim) - src;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, src, len);
	text[len] = '\0';
	*end = src + len;
	return inet_pton(family, text, dst) == 1;
}

int in4_pton(const char *src, int srclen, u8 *dst, int delim, const char **end)
{
	(void)srclen;
	return pton(AF_INET, src, dst, delim, end);
}

int in6_pton(const char *src, int srclen, u8 *dst, int delim, const char **end)
{
	(void)srclen;
	return pton(AF_INET6, src, dst, delim, end);
}
