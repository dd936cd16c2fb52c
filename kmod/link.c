// SPDX-License-Identifier: GPL-2.0
/* The link kind: what drivers/net/dummy.c is, and no slower. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/net_tstamp.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "ipvsdummy.h"

static char *devices;
module_param(devices, charp, 0);
MODULE_PARM_DESC(devices, "Links to create at load, separated by commas");

static netdev_tx_t link_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_lstats_add(dev, skb->len);

	skb_tx_timestamp(skb);
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static void link_get_stats64(struct net_device *dev,
			     struct rtnl_link_stats64 *stats)
{
	dev_lstats_read(dev, &stats->tx_packets, &stats->tx_bytes);
}

static int link_dev_init(struct net_device *dev)
{
	dev->lstats = netdev_alloc_pcpu_stats(struct pcpu_lstats);
	if (!dev->lstats)
		return -ENOMEM;

	netdev_lockdep_set_classes(dev);
	return 0;
}

static void link_dev_uninit(struct net_device *dev)
{
	struct ipvsdummy_link *link = netdev_priv(dev);

	ipvsdummy_rules_destroy(&link->rules);
	free_percpu(dev->lstats);
}

/* Lets packet sockets join multicast groups, as dummy does */
static void link_set_rx_mode(struct net_device *dev)
{
}

static int link_change_carrier(struct net_device *dev, bool new_carrier)
{
	if (new_carrier)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	return 0;
}

static const struct net_device_ops link_netdev_ops = {
	.ndo_init		= link_dev_init,
	.ndo_uninit		= link_dev_uninit,
	.ndo_start_xmit		= link_xmit,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_rx_mode	= link_set_rx_mode,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_get_stats64	= link_get_stats64,
	.ndo_change_carrier	= link_change_carrier,
};

static void link_get_drvinfo(struct net_device *dev,
			     struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
}

static const struct ethtool_ops link_ethtool_ops = {
	.get_drvinfo	= link_get_drvinfo,
	.get_ts_info	= ethtool_op_get_ts_info,
};

static void link_setup(struct net_device *dev)
{
	struct ipvsdummy_link *link = netdev_priv(dev);

	ether_setup(dev);

	dev->netdev_ops = &link_netdev_ops;
	dev->ethtool_ops = &link_ethtool_ops;
	dev->needs_free_netdev = true;

	dev->flags |= IFF_NOARP;
	dev->flags &= ~IFF_MULTICAST;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE;
	ipvsdummy_set_lltx(dev);
	ipvsdummy_allow_live_rename(dev);
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST;
	dev->features |= NETIF_F_GSO_SOFTWARE;
	dev->features |= NETIF_F_HW_CSUM | NETIF_F_HIGHDMA;
	dev->features |= NETIF_F_GSO_ENCAP_ALL;
	dev->hw_features |= dev->features;
	dev->hw_enc_features |= dev->features;
	eth_hw_addr_random(dev);

	dev->min_mtu = 0;
	dev->max_mtu = 0;

	link->dev = dev;
	link->policy = ipvsdummy_default_policy;
	ipvsdummy_rules_init(&link->rules);
}

static int link_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		if (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN)
			return -EINVAL;
		if (!is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS])))
			return -EADDRNOTAVAIL;
	}
	return 0;
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind		= "ipvsdummy",
	.priv_size	= sizeof(struct ipvsdummy_link),
	.setup		= link_setup,
	.validate	= link_validate,
};

/**
 * ipvsdummy_is_link - is a device one of ours?
 * @dev: any device
 *
 * Return: whether it is.
 */
bool ipvsdummy_is_link(const struct net_device *dev)
{
	return dev->netdev_ops == &link_netdev_ops;
}

/* Copy the next name of a comma list; where it ended, NULL if it is no name */
static const char *next_name(const char *list, char *name)
{
	size_t len = strcspn(list, ",");

	if (len >= IFNAMSIZ)
		return NULL;
	memcpy(name, list, len);
	name[len] = '\0';
	if (!dev_valid_name(name) || strchr(name, '%'))
		return NULL;
	return list + len;
}

/**
 * ipvsdummy_link_parse_devices - check the parameter devices
 *
 * Return: 0, or -EINVAL if it is malformed, which has been logged.
 */
int __init ipvsdummy_link_parse_devices(void)
{
	char name[IFNAMSIZ], earlier[IFNAMSIZ];
	const char *pos, *end, *before;

	if (!devices || !*devices)
		return 0;

	for (pos = devices; ; pos = end + 1) {
		end = next_name(pos, name);
		if (!end) {
			pr_err("devices=%s: no interface name at offset %d\n",
			       devices, (int)(pos - devices));
			return -EINVAL;
		}
		for (before = devices; before < pos; before++) {
			before = next_name(before, earlier);
			if (!strcmp(earlier, name)) {
				pr_err("devices=%s: %s is given twice\n",
				       devices, name);
				return -EINVAL;
			}
		}
		if (!*end)
			return 0;
	}
}

static int __init create_link(const char *name)
{
	struct net_device *dev;
	int err;

	ASSERT_RTNL();
	if (__dev_get_by_name(&init_net, name)) {
		pr_warn("devices: %s exists already, left alone\n", name);
		return 0;
	}

	dev = alloc_netdev(sizeof(struct ipvsdummy_link), name, NET_NAME_USER,
			   link_setup);
	if (!dev)
		return -ENOMEM;
	dev->rtnl_link_ops = &link_ops;
	err = register_netdevice(dev);
	if (err) {
		pr_err("devices: %s: error %d\n", name, err);
		free_netdev(dev);
	}
	return err;
}

/**
 * ipvsdummy_link_init - offer the link kind, and make the links of the
 * parameter devices
 *
 * Return: 0 or a negative errno.
 */
int __init ipvsdummy_link_init(void)
{
	const char *pos = devices ?: "";
	char name[IFNAMSIZ];
	int err;

	err = rtnl_link_register(&link_ops);
	if (err)
		return err;

	rtnl_lock();
	while (*pos && !err) {
		pos = next_name(pos, name);
		err = create_link(name);
		if (*pos)
			pos++;
	}
	rtnl_unlock();
	if (err)
		rtnl_link_unregister(&link_ops);
	return err;
}

/**
 * ipvsdummy_link_exit - undo ipvsdummy_link_init(); deletes every link
 */
void ipvsdummy_link_exit(void)
{
	rtnl_link_unregister(&link_ops);
}
