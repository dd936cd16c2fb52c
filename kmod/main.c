// SPDX-License-Identifier: GPL-2.0
/* Init and exit: the order of things. A link exists only after everything
 * that guards it, and goes before any of it.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "ipvsdummy.h"

static int __init ipvsdummy_init(void)
{
	int err;

	if (!ipvsdummy_selftest())
		return -ENOTRECOVERABLE;
	err = ipvsdummy_link_parse_devices();
	if (err)
		return err;
	err = ipvsdummy_conflict_init();
	if (err)
		return err;
	err = ipvsdummy_netns_init();
	if (err)
		goto exit_conflict;
	err = ipvsdummy_netlink_init();
	if (err)
		goto exit_netns;
	err = ipvsdummy_guard_init();
	if (err)
		goto exit_netlink;
	err = ipvsdummy_neigh_init();
	if (err)
		goto exit_guard;
	err = ipvsdummy_link_init();
	if (err)
		goto exit_neigh;
	return 0;

exit_neigh:
	ipvsdummy_neigh_exit();
exit_guard:
	ipvsdummy_guard_exit();
exit_netlink:
	ipvsdummy_netlink_exit();
exit_netns:
	ipvsdummy_netns_exit();
exit_conflict:
	ipvsdummy_conflict_exit();
	return err;
}

static void __exit ipvsdummy_exit(void)
{
	ipvsdummy_link_exit();
	ipvsdummy_neigh_exit();
	ipvsdummy_guard_exit();
	ipvsdummy_netlink_exit();
	ipvsdummy_netns_exit();
	ipvsdummy_conflict_exit();
}

module_init(ipvsdummy_init);
module_exit(ipvsdummy_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Dummy link that guards the virtual addresses it holds");
MODULE_AUTHOR("The ipvsdummy developers");
MODULE_VERSION(IPVSDUMMY_VERSION);
MODULE_ALIAS_RTNL_LINK("ipvsdummy");
MODULE_ALIAS_GENL_FAMILY(IPVSDUMMY_GENL_NAME);
