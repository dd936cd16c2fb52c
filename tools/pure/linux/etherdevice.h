/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PURE_LINUX_ETHERDEVICE_H
#define _PURE_LINUX_ETHERDEVICE_H

#include <linux/if_ether.h>
#include <linux/types.h>
#include <string.h>

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

#endif
