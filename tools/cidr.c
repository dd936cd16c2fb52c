// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cidr.h"
#include "fail.h"
#include "text.h"

static unsigned int max_plen(const struct blob *prefix)
{
	return 8 * prefix->len;
}

/* Clears the bits after the prefix; returns whether one was set */
static bool mask(struct blob *prefix, uint32_t plen)
{
	unsigned int byte, keep;
	bool was_set = false;

	for (byte = plen / 8; byte < prefix->len; byte++) {
		keep = byte == plen / 8 ? 0xff00 >> plen % 8 & 0xff : 0;
		was_set |= prefix->data[byte] & ~keep;
		prefix->data[byte] &= keep;
	}
	return was_set;
}

/**
 * cidr_parse - parse a prefix
 * @prefix: gets its first address, in network byte order
 * @plen: gets its length
 * @text: ADDRESS/LENGTH; an address alone is a prefix of full length
 * @what: what is wanted there, with its article
 *
 * Return: whether it is one; if not it has been said.
 */
bool cidr_parse(struct blob *prefix, uint32_t *plen, const char *text,
		const char *what)
{
	char address[INET6_ADDRSTRLEN], right[TEXT_PREFIX];
	size_t len = strcspn(text, "/");
	const char *digits = text + len;

	snprintf(address, sizeof(address), "%.*s", (int)len, text);
	if (len >= sizeof(address) || !text_to_address(prefix, address)) {
		fail(text, "not %s", what);
		return false;
	}
	*plen = max_plen(prefix);
	if (!*digits)
		return true;

	digits++;
	len = strlen(digits);
	if (!len || strspn(digits, "0123456789") != len) {
		fail(text, "not %s", what);
		return false;
	}
	if (len > 3 || strtoul(digits, NULL, 10) > max_plen(prefix)) {
		fail(text, "prefix length is over %u", max_plen(prefix));
		return false;
	}
	*plen = strtoul(digits, NULL, 10);
	if (mask(prefix, *plen)) {
		text_prefix(right, prefix, *plen);
		fail(text, "host bits set, %s?", right);
		return false;
	}
	return true;
}
