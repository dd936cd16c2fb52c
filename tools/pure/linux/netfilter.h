/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PURE_LINUX_NETFILTER_H
#define _PURE_LINUX_NETFILTER_H

#include <linux/in.h>
#include <linux/in6.h>

union nf_inet_addr {
	u32 all[4];
	__be32 ip;
	__be32 ip6[4];
	struct in_addr in;
	struct in6_addr in6;
};

#endif
