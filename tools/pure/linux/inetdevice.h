/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PURE_LINUX_INETDEVICE_H
#define _PURE_LINUX_INETDEVICE_H

#include <linux/kernel.h>
#include <linux/types.h>

static inline __be32 inet_make_mask(int plen)
{
	return plen ? cpu_to_be32(~0U << (32 - plen)) : 0;
}

#endif
