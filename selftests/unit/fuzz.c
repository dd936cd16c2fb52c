// SPDX-License-Identifier: GPL-2.0
/* libFuzzer finds the bytes that the module's own random test does not. */
#include <stdio.h>
#include <stdlib.h>

#include <linux/slab.h>

#include "selftest.h"

/* Its name in libFuzzer */
int fuzz(const u8 *bytes, size_t len) asm("LLVMFuzzerTestOneInput");

int fuzz(const u8 *bytes, size_t len)
{
	if (!ipvsdummy_selftest_replay(bytes, len) || unit_allocated) {
		fflush(stdout);
		abort();
	}
	return 0;
}
