// SPDX-License-Identifier: GPL-2.0
/* Every allocation of the index fails once: an error comes back, nothing else
 * has changed, nothing leaks.
 */
#define pr_fmt(fmt) fmt

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "prefix.h"
#include "selftest.h"

#define expect	ipvsdummy_expect

#define FULL	16	/* addresses there already */

static struct ipvsdummy_watched_addr *add(struct ipvsdummy_index *index, u8 nr,
					  u8 plen, bool *came)
{
	struct ipvsdummy_ifaddr ifaddr = {
		.family = AF_INET, .ifindex = 1, .plen = plen,
	};
	u8 *bytes = (u8 *)&ifaddr.local;

	bytes[0] = 10;
	bytes[2] = nr / 4;
	bytes[3] = nr;
	ifaddr.peer = ifaddr.local;
	return ipvsdummy_index_add(index, &ifaddr, came);
}

/* The @nth allocation of adding fails */
static bool fail_add(unsigned int nth, u8 plen)
{
	struct ipvsdummy_watched_addr *addrs[FULL], *addr;
	struct ipvsdummy_index index = {}, before;
	unsigned int i, allocated;
	bool came, good = true;

	ipvsdummy_index_init(&index);
	for (i = 0; i < FULL; i++)
		addrs[i] = add(&index, i, 24, &came);
	before = index;
	allocated = unit_allocated;

	came = true;
	unit_fail_in = nth;
	addr = add(&index, 4 * FULL, plen, &came);
	good &= expect(!unit_fail_in, "only %u allocations", nth - 1) &&
		expect(addr == ERR_PTR(-ENOMEM) && !came, "no error") &&
		expect(unit_allocated == allocated, "leak") &&
		expect(!memcmp(&index, &before, sizeof(index)), "changed");

	for (i = 0; i < FULL; i++)
		good &= expect(add(&index, i, 24, &came) == addrs[i] && !came &&
			       addrs[i]->prefix->refs == 4 &&
			       addrs[i]->prefix->live == 4, "address %u", i);
	addr = add(&index, 4 * FULL, plen, &came);
	good &= expect(!IS_ERR(addr) && came &&
		       index.count == FULL + 1, "the next time");
	ipvsdummy_index_destroy(&index);
	return expect(!unit_allocated, "leak") && good;
}

static bool test_add(void)
{
	return fail_add(1, 23) && fail_add(2, 23);
}

static bool test_add_host(void)
{
	return fail_add(1, 32);
}

static bool test_random(void)
{
	unsigned int nth, allocations;
	u8 bytes[4096];
	u32 x = 88172645;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		bytes[i] = x >> 24;
	}
	unit_fail_in = UINT_MAX;
	if (!ipvsdummy_selftest_replay(bytes, sizeof(bytes)))
		return false;
	allocations = UINT_MAX - unit_fail_in;
	if (!expect(allocations > FULL, "%u allocations", allocations))
		return false;

	for (nth = 1; nth <= allocations; nth++) {
		unit_fail_in = nth;
		if (!ipvsdummy_selftest_replay(bytes, sizeof(bytes)) ||
		    !expect(!unit_allocated, "leak"))
			return expect(false, "allocation %u failed", nth);
	}
	return true;
}

static const struct ipvsdummy_selftest tests[] = {
	{ "add", test_add },
	{ "add_host", test_add_host },
	{ "random", test_random },
};

int main(void)
{
	unsigned int i, failed = 0;

	setlinebuf(stdout);
	printf("KTAP version 1\n1..%zu\n", ARRAY_SIZE(tests));
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		bool good = tests[i].run();

		failed += !good;
		unit_fail_in = 0;
		printf("%s %u %s\n", good ? "ok" : "not ok", i + 1,
		       tests[i].name);
	}
	return !!failed;
}
