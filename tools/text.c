// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text.h"

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL

/**
 * text_escape - make a string safe for terminals, logs and column counters
 * @dst: where to
 * @size: room at @dst; what does not fit is cut off
 * @src: any bytes: interface names may hold all but slash, colon and space
 *
 * What is not printable ASCII becomes \xNN, and so does the backslash, so that
 * no two names look the same.
 */
void text_escape(char *dst, size_t size, const char *src)
{
	char *end = dst + size;

	for (; *src; src++) {
		unsigned char c = *src;
		char escaped[TEXT_ESCAPED(1)] = { c };

		if (c < ' ' || c > '~' || c == '\\')
			snprintf(escaped, sizeof(escaped), "\\x%02x", c);
		if (strlen(escaped) >= (size_t)(end - dst))
			break;
		dst = stpcpy(dst, escaped);
	}
	*dst = '\0';
}

/**
 * text_escaped - make a string of any length safe
 * @src: any bytes
 *
 * Return: it, escaped, to be freed; NULL if there is no memory.
 */
char *text_escaped(const char *src)
{
	size_t size = TEXT_ESCAPED(strlen(src));
	char *dst = malloc(size);

	if (dst)
		text_escape(dst, size, src);
	return dst;
}

/**
 * text_to_address - parse an address
 * @addr: filled in, in network byte order
 * @text: an IPv4 or an IPv6 address
 *
 * Return: whether it is one.
 */
bool text_to_address(struct blob *addr, const char *text)
{
	if (inet_pton(AF_INET, text, addr->data) == 1)
		addr->len = sizeof(struct in_addr);
	else if (inet_pton(AF_INET6, text, addr->data) == 1)
		addr->len = sizeof(struct in6_addr);
	else
		return false;
	return true;
}

/**
 * text_address - format an address
 * @dst: where to
 * @addr: an IPv4 address, or an IPv6 one if it has not 4 bytes
 */
void text_address(char dst[static INET6_ADDRSTRLEN], const struct blob *addr)
{
	int family = addr->len == sizeof(struct in_addr) ? AF_INET : AF_INET6;

	inet_ntop(family, addr->data, dst, INET6_ADDRSTRLEN);
}

void text_prefix(char dst[static TEXT_PREFIX], const struct blob *addr,
		 uint32_t plen)
{
	text_address(dst, addr);
	sprintf(dst + strlen(dst), "/%u", plen & 0xff);
}

void text_lladdr(char dst[static TEXT_LLADDR], const struct blob *lladdr)
{
	unsigned int i;

	*dst = '\0';
	for (i = 0; i < lladdr->len; i++)
		dst += sprintf(dst, "%s%02x", i ? ":" : "", lladdr->data[i]);
}

/* RFC 3339 */
void text_time_utc(char dst[static TEXT_TIME], uint64_t ns)
{
	time_t sec = ns / NSEC_PER_SEC;
	unsigned int ms = ns % NSEC_PER_SEC / NSEC_PER_MSEC;
	struct tm tm;
	size_t len;

	len = strftime(dst, TEXT_TIME, "%FT%T", gmtime_r(&sec, &tm));
	snprintf(dst + len, TEXT_TIME - len, ".%03uZ", ms);
}

void text_time_local(char dst[static TEXT_TIME], uint64_t ns)
{
	time_t sec = ns / NSEC_PER_SEC;
	unsigned int ms = ns % NSEC_PER_SEC / NSEC_PER_MSEC;
	struct tm tm;
	size_t len;

	len = strftime(dst, TEXT_TIME, "%F %T", localtime_r(&sec, &tm));
	snprintf(dst + len, TEXT_TIME - len, ".%03u", ms);
}
