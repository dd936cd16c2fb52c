/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses, times and names as text. */
#ifndef IPVSDUMMY_TEXT_H
#define IPVSDUMMY_TEXT_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* Room for len bytes, all of them escaped, and the terminating zero */
#define TEXT_ESCAPED(len)	(4 * (len) + 1)

#define TEXT_NAME	TEXT_ESCAPED(RECORD_STRING - 1)
#define TEXT_PREFIX	(INET6_ADDRSTRLEN + sizeof("/128") - 1)
#define TEXT_LLADDR	(3 * BLOB_MAX)
#define TEXT_TIME	32

void text_escape(char *dst, size_t size, const char *src);
char *text_escaped(const char *src);
bool text_to_address(struct blob *addr, const char *text);
void text_address(char dst[static INET6_ADDRSTRLEN], const struct blob *addr);
void text_prefix(char dst[static TEXT_PREFIX], const struct blob *addr,
		 uint32_t plen);
void text_lladdr(char dst[static TEXT_LLADDR], const struct blob *lladdr);
void text_time_utc(char dst[static TEXT_TIME], uint64_t ns);
void text_time_local(char dst[static TEXT_TIME], uint64_t ns);

#endif
