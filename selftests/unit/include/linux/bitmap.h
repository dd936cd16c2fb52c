/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _UNIT_LINUX_BITMAP_H
#define _UNIT_LINUX_BITMAP_H

#include_next <linux/bitmap.h>

static inline unsigned long find_last_bit(const unsigned long *addr,
					  unsigned long size)
{
	unsigned long bit;

	for (bit = size; bit-- > 0;)
		if (test_bit(bit, addr))
			return bit;
	return size;
}

#endif
