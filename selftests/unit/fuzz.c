// SPDX-License-Identifier: GPL-2.0
/* libFuzzer finds the bytes that the module's own random test does not. */
#include <stdio.h>
#include <stdlib.h>

#include <linux/slab.h>

#include "frame.h"
#include "selftest.h"

/* Its name in libFuzzer */
int fuzz(const u8 *bytes, size_t len) asm("LLVMFuzzerTestOneInput");

static void read_frames(const u8 *bytes, size_t len)
{
	static const u8 source[ETH_ALEN] = { 2 };
	struct ipvsdummy_frame frame;
	struct in6_addr from = {};

	ipvsdummy_frame_arp(&frame, source, bytes, len);
	ipvsdummy_frame_nd(&frame, source, &from, 255, bytes, len);
}

int fuzz(const u8 *bytes, size_t len)
{
	read_frames(bytes, len);
	if (!ipvsdummy_selftest_replay(bytes, len) || unit_allocated) {
		fflush(stdout);
		abort();
	}
	return 0;
}
