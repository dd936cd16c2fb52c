/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PURE_LINUX_IN_H
#define _PURE_LINUX_IN_H

#include_next <linux/in.h>
#include <linux/kernel.h>
#include <sys/socket.h>

static inline bool ipv4_is_loopback(__be32 addr)
{
	return be32_to_cpu(addr) >> 24 == 127;
}

static inline bool ipv4_is_multicast(__be32 addr)
{
	return be32_to_cpu(addr) >> 28 == 14;
}

static inline bool ipv4_is_lbcast(__be32 addr)
{
	return addr == cpu_to_be32(0xffffffff);
}

static inline bool ipv4_is_linklocal_169(__be32 addr)
{
	return be32_to_cpu(addr) >> 16 == (169 << 8 | 254);
}

#endif
