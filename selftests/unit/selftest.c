// SPDX-License-Identifier: GPL-2.0
/* The module's own unit tests, in user space. */
#include <stdio.h>

#include <linux/slab.h>

#include "selftest.h"

int main(void)
{
	int i, failed = 0;

	setlinebuf(stdout);
	printf("KTAP version 1\n1..%d\n", IPVSDUMMY_SELFTESTS + 1);
	for (i = 0; i < IPVSDUMMY_SELFTESTS; i++) {
		bool good = ipvsdummy_selftests[i].run();

		failed += !good;
		printf("%s %d %s\n", good ? "ok" : "not ok", i + 1,
		       ipvsdummy_selftests[i].name);
	}
	printf("# %u checks\n", ipvsdummy_checks);
	failed += !!unit_allocated;
	printf("%s %d nothing left allocated\n", unit_allocated ? "not ok" :
								  "ok", i + 1);
	return !!failed;
}
