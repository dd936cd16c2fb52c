// SPDX-License-Identifier: GPL-2.0
/* The family: policy, dumps, events. Described by uapi/ipvsdummy.yaml. */
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/genetlink.h>
#include <net/l3mdev.h>

#include "ipvsdummy.h"

#define CLAIM_TIMEOUT_MAX	86400	/* seconds */

static struct genl_family family;

static const struct nla_policy
class_policy[IPVSDUMMY_A_CLASS_MAX + 1] = {
	[IPVSDUMMY_A_CLASS_CLASS] = NLA_POLICY_RANGE(NLA_U32,
						     IPVSDUMMY_CLASS_HOST,
						     IPVSDUMMY_CLASS_NEIGH),
	[IPVSDUMMY_A_CLASS_ACTION] = NLA_POLICY_MAX(NLA_U32,
						    IPVSDUMMY_ACTION_VERIFY),
};

static const struct nla_policy
rule_policy[IPVSDUMMY_A_RULE_MAX + 1] = {
	[IPVSDUMMY_A_RULE_PREFIX] = { .type = NLA_BINARY },
	[IPVSDUMMY_A_RULE_PREFIXLEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[IPVSDUMMY_A_RULE_ACTION] = NLA_POLICY_MAX(NLA_U32,
						   IPVSDUMMY_ACTION_VERIFY),
	[IPVSDUMMY_A_RULE_OP] = NLA_POLICY_MAX(NLA_U32,
					       IPVSDUMMY_RULE_OP_DEL),
};

static const struct nla_policy
peer_policy[IPVSDUMMY_A_PEER_MAX + 1] = {
	[IPVSDUMMY_A_PEER_PREFIX] = { .type = NLA_BINARY },
	[IPVSDUMMY_A_PEER_PREFIXLEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[IPVSDUMMY_A_PEER_LLADDR] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[IPVSDUMMY_A_PEER_OP] = NLA_POLICY_MAX(NLA_U32,
					       IPVSDUMMY_PEER_OP_DEL),
};

static const struct nla_policy policy[IPVSDUMMY_A_MAX + 1] = {
	[IPVSDUMMY_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPVSDUMMY_A_IFNAME] = { .type = NLA_NUL_STRING,
				 .len = IPVSDUMMY_IFNAME_MAX },
	[IPVSDUMMY_A_SEQ] = { .type = NLA_U64 },
	[IPVSDUMMY_A_MODE] = NLA_POLICY_MAX(NLA_U32, IPVSDUMMY_MODE_AUDIT),
	[IPVSDUMMY_A_CLASS_POLICY] = NLA_POLICY_NESTED(class_policy),
	/* Too long would be ERANGE here: get_addr() says what it wants */
	[IPVSDUMMY_A_ADDRESS] = { .type = NLA_BINARY },
	[IPVSDUMMY_A_WATCH_NAME] = { .type = NLA_NUL_STRING,
				     .len = IPVSDUMMY_IFNAME_MAX },
	[IPVSDUMMY_A_WATCH_EXCLUDE] = { .type = NLA_FLAG },
	[IPVSDUMMY_A_RULE] = NLA_POLICY_NESTED(rule_policy),
	[IPVSDUMMY_A_FLUSH_RULES] = { .type = NLA_FLAG },
	[IPVSDUMMY_A_EXPLAIN] = { .type = NLA_FLAG },
	[IPVSDUMMY_A_ARP_REPLY] = NLA_POLICY_MAX(NLA_U32,
						 IPVSDUMMY_ARP_REPLY_NEVER),
	[IPVSDUMMY_A_PROBE] = NLA_POLICY_MAX(NLA_U32, IPVSDUMMY_PROBE_ON),
	[IPVSDUMMY_A_PEER] = NLA_POLICY_NESTED(peer_policy),
	[IPVSDUMMY_A_FLUSH_PEERS] = { .type = NLA_FLAG },
	/* Over 32,767 a policy of this kind cannot say: wire_set() does */
	[IPVSDUMMY_A_SIGHTINGS_MAX] = { .type = NLA_U32 },
	[IPVSDUMMY_A_CLAIM_TIMEOUT] = { .type = NLA_U32 },
};

enum {
	MCGRP_CONFLICTS,
};

static const struct genl_multicast_group mcgrps[] = {
	[MCGRP_CONFLICTS] = { .name = IPVSDUMMY_MCGRP_CONFLICTS },
};

/* An attribute of which only the last would count is a mistake */
static int check_doubles(const struct nlmsghdr *nlh,
			 struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, IPVSDUMMY_A_MAX + 1);
	const struct nlattr *attr, *inner;
	unsigned int inner_seen;
	int rem, inner_rem;

	bitmap_zero(seen, IPVSDUMMY_A_MAX + 1);
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		if (nla_type(attr) != IPVSDUMMY_A_CLASS_POLICY &&
		    nla_type(attr) != IPVSDUMMY_A_RULE &&
		    nla_type(attr) != IPVSDUMMY_A_PEER) {
			if (__test_and_set_bit(nla_type(attr), seen))
				goto twice;
			continue;
		}
		inner_seen = 0;
		nla_for_each_nested(inner, attr, inner_rem) {
			if (inner_seen & BIT(nla_type(inner)))
				goto twice;
			inner_seen |= BIT(nla_type(inner));
		}
	}
	return 0;

twice:
	NL_SET_ERR_MSG_ATTR(extack, attr, "Attribute is given twice");
	return -EEXIST;
}

static int check_setter(struct sk_buff *skb, struct genl_info *info)
{
	if (!netlink_ns_capable(skb, genl_info_net(info)->user_ns,
				CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(info->extack,
			       "CAP_NET_ADMIN over the network namespace needed");
		return -EPERM;
	}
	return check_doubles(info->nlhdr, info->extack);
}

/* Context: RTNL. Return: the link that a request names, or ERR_PTR */
static struct ipvsdummy_link *find_link(struct net *net,
					const struct nlattr *ifindex,
					const struct nlattr *ifname,
					struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	ASSERT_RTNL();
	if (!ifindex && !ifname) {
		NL_SET_ERR_MSG(extack, "Neither ifindex nor ifname is given");
		return ERR_PTR(-EINVAL);
	}
	if (ifindex)
		dev = __dev_get_by_index(net, nla_get_u32(ifindex));
	else
		dev = __dev_get_by_name(net, nla_data(ifname));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(extack, ifindex ?: ifname,
				    "No such link in this network namespace");
		return ERR_PTR(-ENODEV);
	}
	if (ifindex && ifname && strcmp(dev->name, nla_data(ifname))) {
		NL_SET_ERR_MSG_ATTR(extack, ifname,
				    "ifindex and ifname name two links");
		return ERR_PTR(-EINVAL);
	}
	if (!ipvsdummy_is_link(dev)) {
		NL_SET_ERR_MSG_ATTR(extack, ifindex ?: ifname,
				    "The link is not of kind ipvsdummy");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

static struct ipvsdummy_link *find_info_link(struct genl_info *info)
{
	return find_link(genl_info_net(info), info->attrs[IPVSDUMMY_A_IFINDEX],
			 info->attrs[IPVSDUMMY_A_IFNAME], info->extack);
}

/* Return: the family of an address by its length, or -EINVAL */
static int get_addr(const struct nlattr *attr, union nf_inet_addr *addr,
		    struct netlink_ext_ack *extack)
{
	size_t len = attr ? nla_len(attr) : 0;

	if (len != sizeof(struct in_addr) && len != sizeof(struct in6_addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "An address of 4 or 16 bytes is needed");
		return -EINVAL;
	}
	nla_memcpy(addr, attr, sizeof(*addr));
	return len == sizeof(struct in_addr) ? AF_INET : AF_INET6;
}

static size_t addr_size(u8 family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, IPVSDUMMY_A_PAD);
}

static int put_position(struct sk_buff *skb, u64 seq)
{
	return put_u64(skb, IPVSDUMMY_A_INSTANCE, ipvsdummy_instance) ||
	       put_u64(skb, IPVSDUMMY_A_SEQ, seq);
}

static int put_link_name(struct sk_buff *skb, int ifindex, const char *ifname)
{
	return nla_put_u32(skb, IPVSDUMMY_A_IFINDEX, ifindex) ||
	       nla_put_string(skb, IPVSDUMMY_A_IFNAME, ifname);
}

static int put_address(struct sk_buff *skb, u8 family,
		       const union nf_inet_addr *addr)
{
	return nla_put_u32(skb, IPVSDUMMY_A_FAMILY, family) ||
	       nla_put(skb, IPVSDUMMY_A_ADDRESS, addr_size(family), addr);
}

static int put_owner(struct sk_buff *skb, const struct ipvsdummy_owner *owner)
{
	if (!owner->evidence)
		return 0;
	if (nla_put(skb, IPVSDUMMY_A_LLADDR, ETH_ALEN, owner->lladdr) ||
	    (owner->claim &&
	     nla_put_u32(skb, IPVSDUMMY_A_CLAIM, owner->claim)) ||
	    (owner->vlan && nla_put_u32(skb, IPVSDUMMY_A_VLAN, owner->vlan)) ||
	    (owner->station &&
	     nla_put_u32(skb, IPVSDUMMY_A_STATION, owner->station)))
		return -EMSGSIZE;
	return 0;
}

static int put_verdict(struct sk_buff *skb, u8 family,
		       const struct ipvsdummy_verdict *verdict,
		       const char *match_ifname)
{
	if (nla_put_u32(skb, IPVSDUMMY_A_ACTION, verdict->action))
		return -EMSGSIZE;
	if (!verdict->class)
		return 0;
	if (verdict->match_ifindex &&
	    (nla_put_u32(skb, IPVSDUMMY_A_MATCH_IFINDEX,
			 verdict->match_ifindex) ||
	     nla_put_string(skb, IPVSDUMMY_A_MATCH_IFNAME, match_ifname)))
		return -EMSGSIZE;
	if (nla_put_u32(skb, IPVSDUMMY_A_CLASS, verdict->class) ||
	    nla_put_u32(skb, IPVSDUMMY_A_EVIDENCE, verdict->evidence) ||
	    nla_put_u32(skb, IPVSDUMMY_A_SEVERITY,
			ipvsdummy_severity(verdict)) ||
	    nla_put(skb, IPVSDUMMY_A_MATCH_PREFIX, addr_size(family),
		    &verdict->match_prefix) ||
	    nla_put_u32(skb, IPVSDUMMY_A_MATCH_PREFIXLEN, verdict->match_plen))
		return -EMSGSIZE;
	if (verdict->would &&
	    nla_put_u32(skb, IPVSDUMMY_A_WOULD, verdict->would))
		return -EMSGSIZE;
	return put_owner(skb, &verdict->owner);
}

static int put_info(struct sk_buff *skb, const struct ipvsdummy_info *info,
		    const char *ifname)
{
	if (put_position(skb, info->seq) ||
	    put_u64(skb, IPVSDUMMY_A_TIME, info->time) ||
	    nla_put_u32(skb, IPVSDUMMY_A_EVENT, info->event))
		return -EMSGSIZE;
	if (info->count && put_u64(skb, IPVSDUMMY_A_COUNT, info->count))
		return -EMSGSIZE;
	if (info->ifindex && put_link_name(skb, info->ifindex, ifname))
		return -EMSGSIZE;
	if (!info->family)
		return 0;
	if (put_u64(skb, IPVSDUMMY_A_SINCE, info->since) ||
	    put_address(skb, info->family, &info->addr) ||
	    put_verdict(skb, info->family, &info->verdict, info->match_ifname))
		return -EMSGSIZE;
	return 0;
}

/* Return: 0, or -EMSGSIZE with nothing put */
static int put_info_msg(struct sk_buff *skb, u32 portid, u32 seq, int flags,
			u8 cmd, const struct ipvsdummy_info *info,
			const char *ifname)
{
	void *hdr = genlmsg_put(skb, portid, seq, &family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (put_info(skb, info, ifname)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * ipvsdummy_netlink_overrun - tell followers that they missed events
 * @net: their netns
 */
void ipvsdummy_netlink_overrun(struct net *net)
{
	genl_set_err(&family, net, 0, MCGRP_CONFLICTS, -ENOBUFS);
}

/**
 * ipvsdummy_netlink_multicast - tell followers of an event
 * @net: their netns
 * @record: the event
 *
 * Context: may sleep.
 */
void ipvsdummy_netlink_multicast(struct net *net,
				 const struct ipvsdummy_record *record)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&family, net, MCGRP_CONFLICTS))
		return;
	skb = genlmsg_new(512, GFP_KERNEL);
	if (!skb) {
		ipvsdummy_netlink_overrun(net);
		return;
	}
	if (put_info_msg(skb, 0, 0, 0, IPVSDUMMY_CMD_EVENT_NTF, &record->info,
			 record->ifname)) {
		nlmsg_free(skb);
		ipvsdummy_netlink_overrun(net);
		return;
	}
	genlmsg_multicast_netns(&family, net, skb, 0, MCGRP_CONFLICTS,
				GFP_KERNEL);
}

static int put_wire(struct sk_buff *skb, const struct ipvsdummy_net *pn,
		    struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_wire *wire = guard ? &guard->wire : NULL;
	u64 evicted = 0, unclaimed = 0;
	u32 sightings = 0;

	if (wire) {
		spin_lock_bh(&wire->lock);
		sightings = wire->seen.used;
		evicted = wire->seen.evicted;
		unclaimed = wire->claims.evicted;
		spin_unlock_bh(&wire->lock);
	}
	return nla_put_u32(skb, IPVSDUMMY_A_PEERS, pn->n_peers) ||
	       nla_put_u32(skb, IPVSDUMMY_A_PEERS_MAX, IPVSDUMMY_PEERS_MAX) ||
	       nla_put_u32(skb, IPVSDUMMY_A_SIGHTINGS, sightings) ||
	       nla_put_u32(skb, IPVSDUMMY_A_SIGHTINGS_MAX,
			   pn->sightings_max) ||
	       nla_put_u32(skb, IPVSDUMMY_A_CLAIM_TIMEOUT,
			   pn->claim_timeout / HZ) ||
	       put_u64(skb, IPVSDUMMY_A_FRAMES,
		       wire ? atomic64_read(&wire->frames) : 0) ||
	       put_u64(skb, IPVSDUMMY_A_CLAIMS,
		       wire ? atomic64_read(&wire->n_claims) : 0) ||
	       put_u64(skb, IPVSDUMMY_A_MALFORMED,
		       wire ? atomic64_read(&wire->malformed) : 0) ||
	       put_u64(skb, IPVSDUMMY_A_EVICTED, evicted) ||
	       put_u64(skb, IPVSDUMMY_A_UNCLAIMED, unclaimed) ||
	       put_u64(skb, IPVSDUMMY_A_PROBES,
		       wire ? atomic64_read(&wire->probes) : 0);
}

static int put_status(struct sk_buff *skb, struct net *net)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_guard *guard;
	u64 seq, oldest, unrecorded = 0, unwatched = 0;
	u32 conflicts = 0, links = 0;
	int err;

	rtnl_lock();
	guard = ipvsdummy_guard(net);
	spin_lock_bh(&pn->lock);
	seq = pn->seq;
	oldest = seq + 1;
	if (guard) {
		oldest = ipvsdummy_events_oldest(guard);
		conflicts = guard->n_conflicts;
		unrecorded = guard->unrecorded;
		unwatched = guard->unwatched;
		links = guard->n_links;
	}
	spin_unlock_bh(&pn->lock);
	err = put_wire(skb, pn, guard);
	rtnl_unlock();

	return err || nla_put_string(skb, IPVSDUMMY_A_VERSION, IPVSDUMMY_VERSION) ||
	       put_position(skb, seq) ||
	       nla_put_u32(skb, IPVSDUMMY_A_RING_SIZE,
			   guard ? IPVSDUMMY_RING_SIZE : 0) ||
	       put_u64(skb, IPVSDUMMY_A_RING_OLDEST, oldest) ||
	       nla_put_u32(skb, IPVSDUMMY_A_CONFLICTS, conflicts) ||
	       nla_put_u32(skb, IPVSDUMMY_A_CONFLICTS_MAX,
			   IPVSDUMMY_CONFLICTS_MAX) ||
	       put_u64(skb, IPVSDUMMY_A_UNRECORDED, unrecorded) ||
	       put_u64(skb, IPVSDUMMY_A_UNWATCHED, unwatched) ||
	       nla_put_u32(skb, IPVSDUMMY_A_LINKS, links);
}

static int put_class(struct sk_buff *skb, u8 class, u8 action,
		     const struct ipvsdummy_counters *counters)
{
	struct nlattr *nest = nla_nest_start(skb, IPVSDUMMY_A_CLASS_POLICY);

	if (!nest ||
	    nla_put_u32(skb, IPVSDUMMY_A_CLASS_CLASS, class) ||
	    (class != IPVSDUMMY_CLASS_RULE &&
	     nla_put_u32(skb, IPVSDUMMY_A_CLASS_ACTION, action)) ||
	    nla_put_u64_64bit(skb, IPVSDUMMY_A_CLASS_REJECTED,
			      counters->rejected, IPVSDUMMY_A_CLASS_PAD) ||
	    nla_put_u64_64bit(skb, IPVSDUMMY_A_CLASS_SKIPPED,
			      counters->skipped, IPVSDUMMY_A_CLASS_PAD) ||
	    nla_put_u64_64bit(skb, IPVSDUMMY_A_CLASS_FLAGGED,
			      counters->flagged, IPVSDUMMY_A_CLASS_PAD) ||
	    nla_put_u32(skb, IPVSDUMMY_A_CLASS_ACTIVE, counters->active))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_link(struct sk_buff *skb, struct ipvsdummy_link *link)
{
	const struct ipvsdummy_policy *policy = &link->policy;
	u8 class;

	if (put_position(skb, ipvsdummy_net(dev_net(link->dev))->seq) ||
	    put_link_name(skb, link->dev->ifindex, link->dev->name) ||
	    nla_put_u32(skb, IPVSDUMMY_A_MODE, policy->mode) ||
	    nla_put_u32(skb, IPVSDUMMY_A_ADDRESSES,
			ipvsdummy_count_ifaddrs(link->dev)) ||
	    put_u64(skb, IPVSDUMMY_A_EVENTS, link->events) ||
	    put_u64(skb, IPVSDUMMY_A_UNRECORDED, link->unrecorded) ||
	    nla_put_u32(skb, IPVSDUMMY_A_RULES, link->rules.count) ||
	    nla_put_u32(skb, IPVSDUMMY_A_RULES_MAX, IPVSDUMMY_RULES_MAX) ||
	    nla_put_u32(skb, IPVSDUMMY_A_ARP_REPLY, link->arp_reply) ||
	    nla_put_u32(skb, IPVSDUMMY_A_PROBE, link->probe))
		return -EMSGSIZE;
	for (class = IPVSDUMMY_CLASS_HOST; class < IPVSDUMMY_CLASSES; class++)
		if (put_class(skb, class, policy->action[class],
			      &link->counters[class]))
			return -EMSGSIZE;
	return 0;
}

/* Begin a reply to a request; the caller fills and ends it */
static struct sk_buff *new_reply(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static int send_reply(struct sk_buff *skb, void *hdr, struct genl_info *info,
		      int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int status_get(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb;
	void *hdr;
	int err;

	err = check_doubles(info->nlhdr, info->extack);
	if (err)
		return err;
	skb = new_reply(info, IPVSDUMMY_CMD_STATUS_GET, &hdr);
	if (!skb)
		return -ENOMEM;
	err = put_status(skb, genl_info_net(info)) ? -EMSGSIZE : 0;
	return send_reply(skb, hdr, info, err);
}

static int link_get(struct sk_buff *request, struct genl_info *info)
{
	struct ipvsdummy_link *link;
	struct sk_buff *skb;
	void *hdr;
	int err;

	err = check_doubles(info->nlhdr, info->extack);
	if (err)
		return err;
	skb = new_reply(info, IPVSDUMMY_CMD_LINK_GET, &hdr);
	if (!skb)
		return -ENOMEM;
	rtnl_lock();
	link = find_info_link(info);
	err = IS_ERR(link) ? PTR_ERR(link) : put_link(skb, link);
	rtnl_unlock();
	return send_reply(skb, hdr, info, err);
}

/**
 * struct dump_ctx - how far a dump is
 * @ifindex: link of the last message, or the one to dump
 * @family: of the last address or prefix, 0 before the first
 * @plen: of the last prefix
 * @one_link: only of @ifindex
 * @names: with the interfaces done, now names
 * @done: how many interfaces or names were dumped
 * @seq: of the last event
 * @addr: the last address or prefix
 */
struct dump_ctx {
	int ifindex;
	u8 family;
	u8 plen;
	bool one_link;
	bool names;
	unsigned int done;
	u64 seq;
	union nf_inet_addr addr;
};

static struct dump_ctx *dump_ctx(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_ctx) > sizeof(cb->ctx));
	return (struct dump_ctx *)cb->ctx;
}

static const struct nlattr *dump_attr(struct netlink_callback *cb, int type)
{
	return nlmsg_find_attr(cb->nlh, GENL_HDRLEN, type);
}

static int dump_start(struct netlink_callback *cb)
{
	return check_doubles(cb->nlh, cb->extack);
}

static void *put_dump_hdr(struct sk_buff *skb, struct netlink_callback *cb,
			  u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &family, NLM_F_MULTI, cmd);
}

/* Context: RTNL. Return: the link of the lowest ifindex from @ifindex on */
static struct ipvsdummy_link *link_from(const struct net *net, int ifindex)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(net);
	struct ipvsdummy_link *pos, *link = NULL;

	if (!guard)
		return NULL;
	list_for_each_entry(pos, &guard->links, node)
		if (pos->dev->ifindex >= ifindex &&
		    (!link || pos->dev->ifindex < link->dev->ifindex))
			link = pos;
	return link;
}

static int link_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump_ctx *ctx = dump_ctx(cb);
	struct ipvsdummy_link *link;
	void *hdr;

	rtnl_lock();
	while ((link = link_from(sock_net(skb->sk), ctx->ifindex + 1))) {
		hdr = put_dump_hdr(skb, cb, IPVSDUMMY_CMD_LINK_GET);
		if (!hdr)
			break;
		if (put_link(skb, link)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		ctx->ifindex = link->dev->ifindex;
	}
	rtnl_unlock();
	return skb->len;
}

static int set_policy(const struct genl_info *info,
		      struct ipvsdummy_policy *policy)
{
	struct nlattr *tb[IPVSDUMMY_A_CLASS_MAX + 1];
	unsigned int seen = 0;
	struct nlattr *attr;
	u32 class, action;
	int rem, err;

	if (info->attrs[IPVSDUMMY_A_MODE])
		policy->mode = nla_get_u32(info->attrs[IPVSDUMMY_A_MODE]);

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != IPVSDUMMY_A_CLASS_POLICY)
			continue;
		err = nla_parse_nested(tb, IPVSDUMMY_A_CLASS_MAX, attr,
				       class_policy, info->extack);
		if (err)
			return err;
		if (!tb[IPVSDUMMY_A_CLASS_CLASS] ||
		    !tb[IPVSDUMMY_A_CLASS_ACTION]) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "A class policy needs class and action");
			return -EINVAL;
		}
		class = nla_get_u32(tb[IPVSDUMMY_A_CLASS_CLASS]);
		action = nla_get_u32(tb[IPVSDUMMY_A_CLASS_ACTION]);
		if (seen & BIT(class)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "Class is given twice");
			return -EEXIST;
		}
		seen |= BIT(class);
		if (class == IPVSDUMMY_CLASS_RULE) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "Each rule has its own action");
			return -EDOM;
		}
		if (!ipvsdummy_action_fits(class, action)) {
			if (action == IPVSDUMMY_ACTION_SKIP)
				NL_SET_ERR_MSG_ATTR(info->extack, attr,
						    "Action skip is for class host only");
			else
				NL_SET_ERR_MSG_ATTR(info->extack, attr,
						    "Action verify is for class onlink only");
			return -EDOM;
		}
		policy->action[class] = action;
	}
	return 0;
}

static int parse_rule(const struct nlattr *nest,
		      struct ipvsdummy_rule_change *change,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPVSDUMMY_A_RULE_MAX + 1];
	struct ipvsdummy_rule *wanted = &change->wanted;
	int err;

	err = nla_parse_nested(tb, IPVSDUMMY_A_RULE_MAX, nest, rule_policy,
			       extack);
	if (err)
		return err;
	if (!tb[IPVSDUMMY_A_RULE_PREFIX] || !tb[IPVSDUMMY_A_RULE_PREFIXLEN]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "A rule needs a prefix");
		return -EINVAL;
	}
	err = get_addr(tb[IPVSDUMMY_A_RULE_PREFIX], &wanted->prefix, extack);
	if (err < 0)
		return err;
	wanted->family = err;
	wanted->plen = nla_get_u32(tb[IPVSDUMMY_A_RULE_PREFIXLEN]);
	if (wanted->plen > ipvsdummy_max_plen(wanted->family)) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "Prefix length is over 32");
		return -ERANGE;
	}

	if (tb[IPVSDUMMY_A_RULE_OP])
		change->op = nla_get_u32(tb[IPVSDUMMY_A_RULE_OP]);
	if (tb[IPVSDUMMY_A_RULE_ACTION]) {
		wanted->action = nla_get_u32(tb[IPVSDUMMY_A_RULE_ACTION]);
	} else if (change->op != IPVSDUMMY_RULE_OP_DEL) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "A rule needs an action");
		return -EINVAL;
	}
	if (!ipvsdummy_action_fits(IPVSDUMMY_CLASS_RULE, wanted->action)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "A rule can allow, flag or reject");
		return -EDOM;
	}
	return 0;
}

static int change_rule(struct ipvsdummy_rules *rules,
		       struct ipvsdummy_rule_change *change,
		       const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	int err;

	err = parse_rule(nest, change, extack);
	if (err)
		return err;
	err = ipvsdummy_rules_prepare(change);
	if (!err)
		err = ipvsdummy_rules_make(rules, change);

	switch (err) {
	case -EINVAL:
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "Host bits are set in the prefix");
		break;
	case -EEXIST:
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "There is a rule of this prefix already");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "There is no rule of this prefix");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG_ATTR(extack, nest, "Too many rules");
		break;
	}
	return err;
}

/* Make all changes of a request, or none */
static int set_rules(const struct genl_info *info,
		     struct ipvsdummy_rules *rules)
{
	bool flush = info->attrs[IPVSDUMMY_A_FLUSH_RULES];
	struct ipvsdummy_rules before = *rules;
	struct ipvsdummy_rule_change *change, *next;
	LIST_HEAD(changes);
	struct nlattr *nest;
	int rem, err = 0;

	if (flush)
		ipvsdummy_rules_init(rules);
	nlmsg_for_each_attr(nest, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nest) != IPVSDUMMY_A_RULE)
			continue;
		change = kzalloc(sizeof(*change), GFP_KERNEL_ACCOUNT);
		if (!change) {
			err = -ENOMEM;
			break;
		}
		list_add(&change->node, &changes);
		err = change_rule(rules, change, nest, info->extack);
		if (err)
			break;
		cond_resched();
	}

	/* The last one first, as it has to be undone */
	list_for_each_entry_safe(change, next, &changes, node) {
		if (err)
			ipvsdummy_rules_undo(rules, change);
		ipvsdummy_rules_settle(change);
		kfree(change);
	}
	if (flush && err)
		*rules = before;
	else if (flush)
		ipvsdummy_rules_destroy(&before);
	return err;
}

static int link_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ipvsdummy_policy new;
	struct ipvsdummy_link *link;
	int err;

	err = check_setter(skb, info);
	if (err)
		return err;

	rtnl_lock();
	link = find_info_link(info);
	if (IS_ERR(link)) {
		err = PTR_ERR(link);
		goto unlock;
	}
	new = link->policy;
	err = set_policy(info, &new);
	if (!err)
		err = set_rules(info, &link->rules);
	if (err)
		goto unlock;
	link->policy = new;
	if (info->attrs[IPVSDUMMY_A_ARP_REPLY])
		WRITE_ONCE(link->arp_reply,
			   nla_get_u32(info->attrs[IPVSDUMMY_A_ARP_REPLY]));
	if (info->attrs[IPVSDUMMY_A_PROBE])
		link->probe = nla_get_u32(info->attrs[IPVSDUMMY_A_PROBE]);
	if (link->guard) {
		ipvsdummy_wire_set_quiet(link, link->arp_reply);
		set_bit(IPVSDUMMY_GUARD_ASK, &link->guard->flags);
		ipvsdummy_guard_kick(link->guard);
		ipvsdummy_guard_refresh(link->guard);
		ipvsdummy_guard_rescan(link->guard);
	}
unlock:
	rtnl_unlock();
	return err;
}

/* Names the link of a dump of one link's, if the request does */
static int link_start(struct netlink_callback *cb)
{
	const struct nlattr *ifindex = dump_attr(cb, IPVSDUMMY_A_IFINDEX);
	const struct nlattr *ifname = dump_attr(cb, IPVSDUMMY_A_IFNAME);
	struct dump_ctx *ctx = dump_ctx(cb);
	struct ipvsdummy_link *link;
	int err;

	err = dump_start(cb);
	if (err || (!ifindex && !ifname))
		return err;

	rtnl_lock();
	link = find_link(sock_net(cb->skb->sk), ifindex, ifname, cb->extack);
	if (IS_ERR(link)) {
		err = PTR_ERR(link);
	} else {
		ctx->ifindex = link->dev->ifindex;
		ctx->one_link = true;
	}
	rtnl_unlock();
	return err;
}

static int conflict_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct dump_ctx *ctx = dump_ctx(cb);
	struct ipvsdummy_conflict *conflict;
	struct ipvsdummy_guard *guard;
	struct ipvsdummy_info *info;
	struct rb_node *node;

	rcu_read_lock();
	guard = rcu_dereference(pn->guard);
	if (!guard)
		goto unlock_rcu;

	spin_lock_bh(&pn->lock);
	conflict = ipvsdummy_conflict_after(guard, ctx->ifindex, ctx->family,
					    &ctx->addr);
	for (node = conflict ? &conflict->node : NULL; node;
	     node = rb_next(node)) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		info = &conflict->info;
		if (ctx->one_link && info->ifindex != ctx->ifindex)
			break;
		if (put_info_msg(skb, NETLINK_CB(cb->skb).portid,
				 cb->nlh->nlmsg_seq, NLM_F_MULTI,
				 IPVSDUMMY_CMD_CONFLICT_GET, info,
				 conflict->link->dev->name))
			break;
		ctx->ifindex = info->ifindex;
		ctx->family = info->family;
		ctx->addr = info->addr;
	}
	spin_unlock_bh(&pn->lock);
unlock_rcu:
	rcu_read_unlock();
	return skb->len;
}

static int event_start(struct netlink_callback *cb)
{
	const struct nlattr *seq = dump_attr(cb, IPVSDUMMY_A_SEQ);
	int err;

	err = dump_start(cb);
	if (err)
		return err;
	if (seq)
		dump_ctx(cb)->seq = nla_get_u64(seq);
	return 0;
}

static int event_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct dump_ctx *ctx = dump_ctx(cb);
	const struct ipvsdummy_record *record;
	u32 portid = NETLINK_CB(cb->skb).portid;
	struct ipvsdummy_guard *guard;
	u64 oldest;

	rcu_read_lock();
	guard = rcu_dereference(pn->guard);
	spin_lock_bh(&pn->lock);
	oldest = guard ? ipvsdummy_events_oldest(guard) : pn->seq + 1;
	if (ctx->seq < pn->seq && ctx->seq + 1 < oldest) {
		struct ipvsdummy_info lost = {
			.event = IPVSDUMMY_EVENT_LOST,
			.seq = oldest - 1,
			.time = ktime_get_real_ns(),
			.count = oldest - 1 - ctx->seq,
		};

		if (put_info_msg(skb, portid, cb->nlh->nlmsg_seq, NLM_F_MULTI,
				 IPVSDUMMY_CMD_EVENT_GET, &lost, ""))
			goto unlock;
		ctx->seq = lost.seq;
	}
	while (guard && ctx->seq < pn->seq) {
		record = &guard->ring[(ctx->seq + 1) % IPVSDUMMY_RING_SIZE];
		if (put_info_msg(skb, portid, cb->nlh->nlmsg_seq, NLM_F_MULTI,
				 IPVSDUMMY_CMD_EVENT_GET, &record->info,
				 record->ifname))
			break;
		ctx->seq++;
	}
unlock:
	spin_unlock_bh(&pn->lock);
	rcu_read_unlock();
	return skb->len;
}

static int put_rule(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct ipvsdummy_link *link,
		    const struct ipvsdummy_rule *rule)
{
	void *hdr = put_dump_hdr(skb, cb, IPVSDUMMY_CMD_RULE_GET);
	struct nlattr *nest;

	if (!hdr)
		return -EMSGSIZE;
	if (put_position(skb, ipvsdummy_net(sock_net(skb->sk))->seq) ||
	    put_link_name(skb, link->dev->ifindex, link->dev->name))
		goto cancel;
	nest = nla_nest_start(skb, IPVSDUMMY_A_RULE);
	if (!nest ||
	    nla_put(skb, IPVSDUMMY_A_RULE_PREFIX, addr_size(rule->family),
		    &rule->prefix) ||
	    nla_put_u32(skb, IPVSDUMMY_A_RULE_PREFIXLEN, rule->plen) ||
	    nla_put_u32(skb, IPVSDUMMY_A_RULE_ACTION, rule->action))
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

static int rule_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump_ctx *ctx = dump_ctx(cb);
	const struct ipvsdummy_rule *rule;
	struct ipvsdummy_rule last;
	struct ipvsdummy_link *link;

	rtnl_lock();
	while ((link = link_from(sock_net(skb->sk), ctx->ifindex))) {
		if (link->dev->ifindex != ctx->ifindex) {
			if (ctx->one_link)
				break;
			ctx->ifindex = link->dev->ifindex;
			ctx->family = 0;
		}
		last.prefix = ctx->addr;
		last.family = ctx->family;
		last.plen = ctx->plen;
		rule = ipvsdummy_rules_after(&link->rules,
					     ctx->family ? &last : NULL);
		if (!rule) {
			if (ctx->one_link)
				break;
			ctx->ifindex++;
			ctx->family = 0;
			continue;
		}
		if (put_rule(skb, cb, link, rule))
			break;
		ctx->addr = rule->prefix;
		ctx->family = rule->family;
		ctx->plen = rule->plen;
	}
	rtnl_unlock();
	return skb->len;
}

static int put_watched(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct net_device *dev, u8 reason,
		       const struct ipvsdummy_name *name)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(sock_net(skb->sk));
	void *hdr = put_dump_hdr(skb, cb, IPVSDUMMY_CMD_WATCH_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_position(skb, pn->seq))
		goto cancel;
	if (name && (nla_put_string(skb, IPVSDUMMY_A_WATCH_NAME, name->name) ||
		     (name->exclude &&
		      nla_put_flag(skb, IPVSDUMMY_A_WATCH_EXCLUDE))))
		goto cancel;
	if (dev && (put_link_name(skb, dev->ifindex, dev->name) ||
		    nla_put_u32(skb, IPVSDUMMY_A_WATCH_REASON, reason) ||
		    nla_put_u32(skb, IPVSDUMMY_A_ADDRESSES,
				ipvsdummy_count_ifaddrs(dev))))
		goto cancel;
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

static int watch_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);
	struct dump_ctx *ctx = dump_ctx(cb);
	struct ipvsdummy_name *name;
	struct net_device *dev;
	unsigned int i = 0;
	u8 reason;

	rtnl_lock();
	if (ctx->names)
		goto names;
	for_each_netdev(net, dev) {
		if (i++ < ctx->done)
			continue;
		reason = ipvsdummy_watch_reason(dev);
		if (reason && put_watched(skb, cb, dev, reason, NULL))
			goto unlock;
		ctx->done = i;
	}
	ctx->names = true;
	ctx->done = 0;
	i = 0;
names:
	list_for_each_entry(name, &ipvsdummy_net(net)->names, node) {
		if (i++ < ctx->done)
			continue;
		if (put_watched(skb, cb, NULL, 0, name))
			break;
		ctx->done = i;
	}
unlock:
	rtnl_unlock();
	return skb->len;
}

static int watch_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[IPVSDUMMY_A_WATCH_NAME];
	bool exclude = info->attrs[IPVSDUMMY_A_WATCH_EXCLUDE];
	bool add = info->genlhdr->cmd == IPVSDUMMY_CMD_WATCH_ADD;
	struct net *net = genl_info_net(info);
	struct ipvsdummy_guard *guard;
	int err;

	err = check_setter(skb, info);
	if (err)
		return err;
	if (!name) {
		NL_SET_ERR_MSG(info->extack, "watch-name is missing");
		return -EINVAL;
	}

	rtnl_lock();
	if (add)
		err = ipvsdummy_watch_add(net, nla_data(name), exclude);
	else
		err = ipvsdummy_watch_del(net, nla_data(name));
	guard = ipvsdummy_guard(net);
	if (!err && guard)
		ipvsdummy_guard_rescan(guard);
	rtnl_unlock();

	switch (err) {
	case -EINVAL:
		NL_SET_ERR_MSG_ATTR(info->extack, name, "No interface name");
		break;
	case -EEXIST:
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "Watched or excluded already");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "This name was not added");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack, "Too many watched names");
		break;
	}
	return err;
}

static int put_peer(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct ipvsdummy_peer *peer)
{
	void *hdr = put_dump_hdr(skb, cb, IPVSDUMMY_CMD_PEER_GET);
	struct nlattr *nest;

	if (!hdr)
		return -EMSGSIZE;
	if (put_position(skb, ipvsdummy_net(sock_net(skb->sk))->seq))
		goto cancel;
	nest = nla_nest_start(skb, IPVSDUMMY_A_PEER);
	if (!nest)
		goto cancel;
	if (peer->family ?
	    nla_put(skb, IPVSDUMMY_A_PEER_PREFIX, addr_size(peer->family),
		    &peer->prefix) ||
	    nla_put_u32(skb, IPVSDUMMY_A_PEER_PREFIXLEN, peer->plen) :
	    nla_put(skb, IPVSDUMMY_A_PEER_LLADDR, ETH_ALEN, peer->lladdr))
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

static int peer_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct ipvsdummy_net *pn = ipvsdummy_net(sock_net(skb->sk));
	struct dump_ctx *ctx = dump_ctx(cb);

	rtnl_lock();
	for (; ctx->done < pn->n_peers; ctx->done++)
		if (put_peer(skb, cb, &pn->peers[ctx->done]))
			break;
	rtnl_unlock();
	return skb->len;
}

static int parse_peer(const struct nlattr *nest, struct ipvsdummy_peer *peer,
		      u32 *op, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPVSDUMMY_A_PEER_MAX + 1];
	union nf_inet_addr prefix;
	int err;

	memset(peer, 0, sizeof(*peer));
	err = nla_parse_nested(tb, IPVSDUMMY_A_PEER_MAX, nest, peer_policy,
			       extack);
	if (err)
		return err;
	*op = tb[IPVSDUMMY_A_PEER_OP] ?
	      nla_get_u32(tb[IPVSDUMMY_A_PEER_OP]) : IPVSDUMMY_PEER_OP_ADD;
	if (!tb[IPVSDUMMY_A_PEER_PREFIX] == !tb[IPVSDUMMY_A_PEER_LLADDR]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "A peer needs a prefix or an lladdr");
		return -EINVAL;
	}
	if (tb[IPVSDUMMY_A_PEER_LLADDR]) {
		nla_memcpy(peer->lladdr, tb[IPVSDUMMY_A_PEER_LLADDR], ETH_ALEN);
		if (is_valid_ether_addr(peer->lladdr) &&
		    !tb[IPVSDUMMY_A_PEER_PREFIXLEN])
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "Not the link-layer address of a station");
		return -EINVAL;
	}

	err = get_addr(tb[IPVSDUMMY_A_PEER_PREFIX], &peer->prefix, extack);
	if (err < 0)
		return err;
	peer->family = err;
	peer->plen = tb[IPVSDUMMY_A_PEER_PREFIXLEN] ?
		     nla_get_u32(tb[IPVSDUMMY_A_PEER_PREFIXLEN]) :
		     ipvsdummy_max_plen(peer->family);
	if (peer->plen > ipvsdummy_max_plen(peer->family)) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "Prefix length is over 32");
		return -ERANGE;
	}
	ipvsdummy_mask_addr(&prefix, &peer->prefix, peer->family, peer->plen);
	if (!ipvsdummy_addr_equal(peer->family, &prefix, &peer->prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "Host bits are set in the prefix");
		return -EINVAL;
	}
	return 0;
}

static int change_peer(struct ipvsdummy_peer *peers, unsigned int *n,
		       const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	struct ipvsdummy_peer wanted;
	unsigned int i;
	u32 op;
	int err;

	err = parse_peer(nest, &wanted, &op, extack);
	if (err)
		return err;
	for (i = 0; i < *n; i++)
		if (!memcmp(&peers[i], &wanted, sizeof(wanted)))
			break;
	if (op == IPVSDUMMY_PEER_OP_DEL) {
		if (i == *n) {
			NL_SET_ERR_MSG_ATTR(extack, nest, "No such peer");
			return -ENOENT;
		}
		memmove(&peers[i], &peers[i + 1],
			(--*n - i) * sizeof(*peers));
		return 0;
	}
	if (i < *n) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "A peer already");
		return -EEXIST;
	}
	if (*n == IPVSDUMMY_PEERS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "Too many peers");
		return -ENOSPC;
	}
	peers[(*n)++] = wanted;
	return 0;
}

static int peer_set(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_peer *peers;
	struct nlattr *nest;
	unsigned int n = 0;
	int rem, err;

	err = check_setter(skb, info);
	if (err)
		return err;
	peers = kvcalloc(IPVSDUMMY_PEERS_MAX, sizeof(*peers),
			 GFP_KERNEL_ACCOUNT);
	if (!peers)
		return -ENOMEM;

	rtnl_lock();
	if (!info->attrs[IPVSDUMMY_A_FLUSH_PEERS] && pn->n_peers) {
		n = pn->n_peers;
		memcpy(peers, pn->peers, n * sizeof(*peers));
	}
	nlmsg_for_each_attr(nest, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nest) != IPVSDUMMY_A_PEER)
			continue;
		err = change_peer(peers, &n, nest, info->extack);
		if (err)
			break;
	}
	if (err)
		kvfree(peers);
	else
		ipvsdummy_peers_change(net, peers, n);
	rtnl_unlock();
	return err;
}

static int wire_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *max = info->attrs[IPVSDUMMY_A_SIGHTINGS_MAX];
	const struct nlattr *timeout = info->attrs[IPVSDUMMY_A_CLAIM_TIMEOUT];
	struct net *net = genl_info_net(info);
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_guard *guard;
	int err;

	err = check_setter(skb, info);
	if (err)
		return err;
	if (max && nla_get_u32(max) > IPVSDUMMY_SIGHTINGS_LIMIT) {
		NL_SET_ERR_MSG_ATTR(info->extack, max, "Too many sightings");
		return -ERANGE;
	}
	if (timeout && (!nla_get_u32(timeout) ||
			nla_get_u32(timeout) > CLAIM_TIMEOUT_MAX)) {
		NL_SET_ERR_MSG_ATTR(info->extack, timeout,
				    "Not between a second and a day");
		return -ERANGE;
	}

	rtnl_lock();
	if (max)
		err = ipvsdummy_wire_resize(net, nla_get_u32(max));
	if (!err && timeout)
		WRITE_ONCE(pn->claim_timeout, nla_get_u32(timeout) * HZ);
	guard = ipvsdummy_guard(net);
	if (!err && guard) {
		ipvsdummy_guard_rescan(guard);
		ipvsdummy_guard_kick(guard);	/* to see to expiry */
	}
	rtnl_unlock();
	return err;
}

/* Of an interface in the index; it may just be going */
static const char *match_ifname(const struct net *net, int ifindex)
{
	struct net_device *dev;

	dev = __dev_get_by_index((struct net *)net, ifindex);
	return dev ? dev->name : "";
}

struct reasons {
	struct sk_buff *skb;	/* NULL to count only */
	const struct net *net;
	u8 family;
	u32 count;
	bool full;
};

static void put_reason(void *ctx, const struct ipvsdummy_verdict *reason,
		       bool decides)
{
	struct reasons *reasons = ctx;
	struct sk_buff *skb = reasons->skb;
	int ifindex = reason->match_ifindex;
	struct nlattr *nest;

	reasons->count++;
	if (!skb || reasons->full)
		return;
	nest = nla_nest_start(skb, IPVSDUMMY_A_REASON);
	if (!nest ||
	    nla_put_u32(skb, IPVSDUMMY_A_REASON_CLASS, reason->class) ||
	    nla_put_u32(skb, IPVSDUMMY_A_REASON_ACTION, reason->action) ||
	    nla_put(skb, IPVSDUMMY_A_REASON_MATCH_PREFIX,
		    addr_size(reasons->family), &reason->match_prefix) ||
	    nla_put_u32(skb, IPVSDUMMY_A_REASON_MATCH_PREFIXLEN,
			reason->match_plen) ||
	    (decides && nla_put_flag(skb, IPVSDUMMY_A_REASON_DECIDES)) ||
	    nla_put_u32(skb, IPVSDUMMY_A_REASON_EVIDENCE, reason->evidence) ||
	    (reason->owner.evidence &&
	     nla_put(skb, IPVSDUMMY_A_REASON_LLADDR, ETH_ALEN,
		     reason->owner.lladdr)) ||
	    (ifindex &&
	     (nla_put_u32(skb, IPVSDUMMY_A_REASON_MATCH_IFINDEX, ifindex) ||
	      nla_put_string(skb, IPVSDUMMY_A_REASON_MATCH_IFNAME,
			     match_ifname(reasons->net, ifindex))))) {
		if (nest)
			nla_nest_cancel(skb, nest);
		reasons->full = true;
		return;
	}
	nla_nest_end(skb, nest);
}

/* How many there are goes first, in case they are more than fit */
static int put_reasons(struct sk_buff *skb, struct ipvsdummy_link *link,
		       const struct ipvsdummy_ifaddr *vip)
{
	const struct ipvsdummy_owners owners = {
		.find = ipvsdummy_neigh_find,
		.ctx = link,
	};
	struct reasons reasons = {
		.net = link->guard->net,
		.family = vip->family,
	};

	ipvsdummy_explain(&link->guard->index, &owners, &link->policy,
			  &link->rules, vip, put_reason, &reasons);
	if (nla_put_u32(skb, IPVSDUMMY_A_REASONS, reasons.count))
		return -EMSGSIZE;
	reasons.skb = skb;
	ipvsdummy_explain(&link->guard->index, &owners, &link->policy,
			  &link->rules, vip, put_reason, &reasons);
	return 0;
}

static int put_check(struct sk_buff *skb, struct ipvsdummy_link *link,
		     u8 family, const union nf_inet_addr *addr, bool explain)
{
	const struct net *net = dev_net(link->dev);
	struct ipvsdummy_ifaddr vip = {
		.local = *addr,
		.peer = *addr,
		.vrf = l3mdev_master_ifindex(link->dev),
		.family = family,
		.plen = ipvsdummy_max_plen(family),
	};
	struct ipvsdummy_verdict verdict;

	if (!link->guard)
		return -ENOMEM;
	ipvsdummy_guard_refresh(link->guard);
	ipvsdummy_guard_judge(link, &vip, false, &verdict);

	if (put_position(skb, ipvsdummy_net(net)->seq) ||
	    put_link_name(skb, link->dev->ifindex, link->dev->name) ||
	    put_address(skb, vip.family, &vip.local) ||
	    put_verdict(skb, vip.family, &verdict,
			match_ifname(net, verdict.match_ifindex)))
		return -EMSGSIZE;
	return explain ? put_reasons(skb, link, &vip) : 0;
}

static int check(struct sk_buff *request, struct genl_info *info)
{
	bool explain = info->attrs[IPVSDUMMY_A_EXPLAIN];
	struct ipvsdummy_link *link;
	union nf_inet_addr addr;
	struct sk_buff *skb;
	int err, addr_family;
	void *hdr;

	err = check_doubles(info->nlhdr, info->extack);
	if (err)
		return err;
	addr_family = get_addr(info->attrs[IPVSDUMMY_A_ADDRESS], &addr,
			       info->extack);
	if (addr_family < 0)
		return addr_family;

	skb = new_reply(info, IPVSDUMMY_CMD_CHECK, &hdr);
	if (!skb)
		return -ENOMEM;
	rtnl_lock();
	link = find_info_link(info);
	err = IS_ERR(link) ? PTR_ERR(link) :
	      put_check(skb, link, addr_family, &addr, explain);
	rtnl_unlock();
	return send_reply(skb, hdr, info, err);
}

static const struct genl_ops ops[] = {
	{
		.cmd = IPVSDUMMY_CMD_STATUS_GET,
		.doit = status_get,
	},
	{
		.cmd = IPVSDUMMY_CMD_LINK_GET,
		.doit = link_get,
		.start = dump_start,
		.dumpit = link_dump,
	},
	{
		.cmd = IPVSDUMMY_CMD_LINK_SET,
		.doit = link_set,
	},
	{
		.cmd = IPVSDUMMY_CMD_CONFLICT_GET,
		.start = link_start,
		.dumpit = conflict_dump,
	},
	{
		.cmd = IPVSDUMMY_CMD_EVENT_GET,
		.start = event_start,
		.dumpit = event_dump,
	},
	{
		.cmd = IPVSDUMMY_CMD_WATCH_GET,
		.start = dump_start,
		.dumpit = watch_dump,
	},
	{
		.cmd = IPVSDUMMY_CMD_WATCH_ADD,
		.doit = watch_set,
	},
	{
		.cmd = IPVSDUMMY_CMD_WATCH_DEL,
		.doit = watch_set,
	},
	{
		.cmd = IPVSDUMMY_CMD_CHECK,
		.doit = check,
	},
	{
		.cmd = IPVSDUMMY_CMD_RULE_GET,
		.start = link_start,
		.dumpit = rule_dump,
	},
	{
		.cmd = IPVSDUMMY_CMD_PEER_GET,
		.start = dump_start,
		.dumpit = peer_dump,
	},
	{
		.cmd = IPVSDUMMY_CMD_PEER_SET,
		.doit = peer_set,
	},
	{
		.cmd = IPVSDUMMY_CMD_WIRE_SET,
		.doit = wire_set,
	},
};

static struct genl_family family __ro_after_init = {
	.name = IPVSDUMMY_GENL_NAME,
	.version = IPVSDUMMY_GENL_VERSION,
	.maxattr = IPVSDUMMY_A_MAX,
	.policy = policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
};

/**
 * ipvsdummy_netlink_init - offer the family
 *
 * Return: 0 or a negative errno.
 */
int __init ipvsdummy_netlink_init(void)
{
	return genl_register_family(&family);
}

/**
 * ipvsdummy_netlink_exit - undo ipvsdummy_netlink_init()
 */
void ipvsdummy_netlink_exit(void)
{
	genl_unregister_family(&family);
}
