/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ALONE_LINUX_BITMAP_H
#define _ALONE_LINUX_BITMAP_H

#include <limits.h>

#define BITMAP_WORD	(sizeof(long) * CHAR_BIT)

#define DECLARE_BITMAP(name, bits) \
	unsigned long name[((bits) + BITMAP_WORD - 1) / BITMAP_WORD]

static inline unsigned long bitmap_bit(unsigned long bit)
{
	return 1UL << bit % BITMAP_WORD;
}

static inline void __set_bit(unsigned long bit, unsigned long *map)
{
	map[bit / BITMAP_WORD] |= bitmap_bit(bit);
}

static inline void __clear_bit(unsigned long bit, unsigned long *map)
{
	map[bit / BITMAP_WORD] &= ~bitmap_bit(bit);
}

static inline unsigned long find_last_bit(const unsigned long *map,
					  unsigned long size)
{
	unsigned long bit;

	for (bit = size; bit-- > 0;)
		if (map[bit / BITMAP_WORD] & bitmap_bit(bit))
			return bit;
	return size;
}

#endif
