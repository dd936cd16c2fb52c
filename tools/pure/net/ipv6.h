/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PURE_NET_IPV6_H
#define _PURE_NET_IPV6_H

#include <linux/in6.h>
#include <linux/types.h>
#include <string.h>

#define IPV6_ADDR_LOOPBACK	0x0010U
#define IPV6_ADDR_LINKLOCAL	0x0020U

static inline bool ipv6_addr_equal(const struct in6_addr *a,
				   const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline void ipv6_addr_prefix(struct in6_addr *net,
				    const struct in6_addr *addr, int plen)
{
	struct in6_addr result = {};
	int whole = plen / 8;

	memcpy(&result, addr, whole);
	if (plen % 8)
		result.s6_addr[whole] = addr->s6_addr[whole] &
					(0xff00 >> plen % 8);
	*net = result;
}

static inline bool ipv6_prefix_equal(const struct in6_addr *a,
				     const struct in6_addr *b,
				     unsigned int plen)
{
	struct in6_addr net_a, net_b;

	ipv6_addr_prefix(&net_a, a, plen);
	ipv6_addr_prefix(&net_b, b, plen);
	return ipv6_addr_equal(&net_a, &net_b);
}

/* Only unicast, and only the types asked for */
static inline int ipv6_addr_type(const struct in6_addr *addr)
{
	static const struct in6_addr loopback = { .s6_addr[15] = 1 };

	if (ipv6_addr_equal(addr, &loopback))
		return IPV6_ADDR_LOOPBACK;
	if (addr->s6_addr[0] == 0xfe && (addr->s6_addr[1] & 0xc0) == 0x80)
		return IPV6_ADDR_LINKLOCAL;
	return 0;
}

#endif
