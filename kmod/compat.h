/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that differs between kernels; no #if on a version elsewhere.
 * Feature tests come first: distributions backport, their numbers lie.
 */
#ifndef _IPVSDUMMY_COMPAT_H
#define _IPVSDUMMY_COMPAT_H

/* Old versions of dkms do not know BUILD_EXCLUSIVE_CONFIG */
#ifndef CONFIG_INET
#error "ipvsdummy needs a kernel with CONFIG_INET"
#endif
#ifndef CONFIG_NETFILTER_FAMILY_ARP
#error "ipvsdummy needs a kernel with CONFIG_NETFILTER_FAMILY_ARP"
#endif

#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <net/nexthop.h>
#ifdef __has_include	/* sparse has none */
#if __has_include("net/netdev_lock.h")	/* 6.15 */
#include <net/netdev_lock.h>
#endif
#endif

/* 6.12 made the lockless transmit feature bit a bit of struct net_device */
#ifdef NETIF_F_LLTX
static inline void ipvsdummy_set_lltx(struct net_device *dev)
{
	dev->features |= NETIF_F_LLTX;
}
#else
static inline void ipvsdummy_set_lltx(struct net_device *dev)
{
	dev->lltx = true;
}
#endif

/* 6.2 lets every link be renamed while it is up */
#ifdef IFF_LIVE_RENAME_OK
static inline void ipvsdummy_allow_live_rename(struct net_device *dev)
{
	dev->priv_flags |= IFF_LIVE_RENAME_OK;
}
#else
static inline void ipvsdummy_allow_live_rename(struct net_device *dev)
{
}
#endif

/* Who is charged for what a worker allocates; before 5.13 set_active_memcg() needs a
 * symbol that modules do not get
 */
static inline void ipvsdummy_charge_to(struct mem_cgroup *memcg)
{
#ifdef CONFIG_MEMCG
	current->active_memcg = memcg;
#endif
}

/* 5.11 gives it an extended ack */
static inline int
ipvsdummy_register_nexthop_notifier(struct net *net, struct notifier_block *nb)
{
	int (*plain)(struct net *net, struct notifier_block *nb) =
		(void *)register_nexthop_notifier;
	int (*acked)(struct net *net, struct notifier_block *nb,
		     struct netlink_ext_ack *extack) =
		(void *)register_nexthop_notifier;

	if (__same_type(register_nexthop_notifier, *plain))
		return plain(net, nb);
	return acked(net, nb, NULL);
}

/* Before NL_SET_ERR_MSG_FMT an extended ack keeps a pointer, so it can only
 * take a constant: @text stands in for the sentence that @fmt would make.
 */
#ifdef NL_SET_ERR_MSG_FMT
#define ipvsdummy_ack(extack, text, fmt, args...) do {	\
	(void)(text);					\
	NL_SET_ERR_MSG_FMT(extack, fmt, ##args);	\
} while (0)
#else
#define ipvsdummy_ack(extack, text, fmt, args...) do {	\
	no_printk(fmt, ##args);				\
	NL_SET_ERR_MSG(extack, text);			\
} while (0)
#endif

#endif
