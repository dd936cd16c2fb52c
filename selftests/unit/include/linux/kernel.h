/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _UNIT_LINUX_KERNEL_H
#define _UNIT_LINUX_KERNEL_H

#include_next <linux/kernel.h>

static inline u32 reciprocal_scale(u32 value, u32 limit)
{
	return (u64)value * limit >> 32;
}

#endif
