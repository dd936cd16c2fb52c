/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ALONE_LINUX_SLAB_H
#define _ALONE_LINUX_SLAB_H

#include <linux/types.h>
#include <stdlib.h>

#define GFP_KERNEL_ACCOUNT	0

static inline void *kmalloc(size_t size, gfp_t gfp)
{
	(void)gfp;
	return malloc(size);
}

static inline void kfree(const void *ptr)
{
	free((void *)ptr);
}

#endif
