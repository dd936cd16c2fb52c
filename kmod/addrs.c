// SPDX-License-Identifier: GPL-2.0
/* The kernel's own address lists, seen alike for IPv4 and IPv6. They are the
 * truth about what is bound; nothing here is kept.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "ipvsdummy.h"

static void set_device(struct ipvsdummy_ifaddr *ifaddr,
		       const struct net_device *dev)
{
	memset(ifaddr, 0, sizeof(*ifaddr));
	ifaddr->ifindex = dev->ifindex;
	ifaddr->vrf = l3mdev_master_ifindex((struct net_device *)dev);
}

/**
 * ipvsdummy_ifaddr_from_v4 - see an IPv4 address as every address
 * @ifaddr: the result
 * @dev: the device that has it
 * @ifa: the address
 */
void ipvsdummy_ifaddr_from_v4(struct ipvsdummy_ifaddr *ifaddr,
			      const struct net_device *dev,
			      const struct in_ifaddr *ifa)
{
	set_device(ifaddr, dev);
	ifaddr->local.ip = ifa->ifa_local;
	ifaddr->peer.ip = ifa->ifa_address;
	ifaddr->family = AF_INET;
	ifaddr->plen = ifa->ifa_prefixlen;
}

/**
 * ipvsdummy_ifaddr_from_v6 - see an IPv6 address as every address
 * @ifaddr: the result
 * @dev: the device that has it
 * @ifa: the address
 */
void ipvsdummy_ifaddr_from_v6(struct ipvsdummy_ifaddr *ifaddr,
			      const struct net_device *dev,
			      const struct inet6_ifaddr *ifa)
{
	set_device(ifaddr, dev);
	ifaddr->local.in6 = ifa->addr;
	ifaddr->peer.in6 = ipv6_addr_any(&ifa->peer_addr) ? ifa->addr :
							    ifa->peer_addr;
	ifaddr->family = AF_INET6;
	ifaddr->plen = ifa->prefix_len;
}

/**
 * ipvsdummy_walk_ifaddrs - call a function for every address of a device
 * @dev: the device
 * @fn: the function; may sleep
 * @ctx: its first argument
 *
 * Context: RTNL. IPv6 addresses are added without it (router advertisements)
 * but never removed.
 */
void ipvsdummy_walk_ifaddrs(const struct net_device *dev,
			    ipvsdummy_ifaddr_fn fn, void *ctx)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct inet6_dev *in6_dev = __in6_dev_get(dev);
	struct ipvsdummy_ifaddr ifaddr;
	struct inet6_ifaddr *ifa6;
	struct in_ifaddr *ifa;

	ASSERT_RTNL();
	if (in_dev) {
		in_dev_for_each_ifa_rtnl(ifa, in_dev) {
			ipvsdummy_ifaddr_from_v4(&ifaddr, dev, ifa);
			fn(ctx, &ifaddr);
		}
	}
	if (in6_dev) {
		list_for_each_entry_rcu(ifa6, &in6_dev->addr_list, if_list,
					lockdep_rtnl_is_held()) {
			ipvsdummy_ifaddr_from_v6(&ifaddr, dev, ifa6);
			fn(ctx, &ifaddr);
		}
	}
}

static void count(void *ctx, const struct ipvsdummy_ifaddr *ifaddr)
{
	unsigned int *n = ctx;

	++*n;
}

/**
 * ipvsdummy_count_ifaddrs - how many addresses does a device have?
 * @dev: the device
 *
 * Context: RTNL.
 * Return: their number.
 */
unsigned int ipvsdummy_count_ifaddrs(const struct net_device *dev)
{
	unsigned int n = 0;

	ipvsdummy_walk_ifaddrs(dev, count, &n);
	return n;
}

/**
 * ipvsdummy_has_v4 - is it one of a device's addresses?
 * @dev: the device
 * @ip: an IPv4 address
 *
 * Of an address that several devices have the FIB shows the first only, unless it
 * is asked for one of them (fib_lookup_good_nhc()). This walks no list.
 *
 * Context: RCU.
 * Return: whether it is.
 */
bool ipvsdummy_has_v4(const struct net_device *dev, __be32 ip)
{
	struct flowi4 flow = { .daddr = ip, .flowi4_oif = dev->ifindex };
	struct fib_result result;

	return !fib_lookup(dev_net(dev), &flow, &result,
			   FIB_LOOKUP_IGNORE_LINKSTATE) &&
	       result.type == RTN_LOCAL;
}

/**
 * ipvsdummy_is_local - does this host have an address?
 * @dev: an interface of its netns and L3 master
 * @family: AF_INET or AF_INET6
 * @addr: the address
 *
 * IPv6 addresses stay tentative as long as their link is down.
 *
 * Context: RCU.
 * Return: whether it does.
 */
bool ipvsdummy_is_local(struct net_device *dev, u8 family,
			const union nf_inet_addr *addr)
{
	if (family == AF_INET)
		return inet_addr_type_dev_table(dev_net(dev), dev, addr->ip) ==
		       RTN_LOCAL;
	return ipv6_chk_addr_and_flags(dev_net(dev), &addr->in6, dev, true, 0,
				       0);
}
