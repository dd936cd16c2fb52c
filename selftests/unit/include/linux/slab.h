/* SPDX-License-Identifier: GPL-2.0 */
/* Allocation, with the failures that a test asks for. */
#ifndef _UNIT_LINUX_SLAB_H
#define _UNIT_LINUX_SLAB_H

#include <linux/err.h>
#include <linux/types.h>
#include <string.h>

#define GFP_KERNEL_ACCOUNT	GFP_KERNEL

extern unsigned int unit_allocated;	/* now */
extern unsigned int unit_fail_in;	/* calls to the one that fails; 0: none */

void *kmalloc(size_t size, gfp_t gfp);
void kfree(const void *p);

static inline void *kvcalloc(size_t n, size_t size, gfp_t gfp)
{
	void *p = kmalloc(n * size, gfp);

	return p ? memset(p, 0, n * size) : NULL;
}

static inline void kvfree(const void *p)
{
	kfree(p);
}

#endif
