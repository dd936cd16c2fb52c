// SPDX-License-Identifier: GPL-2.0
/* Judging in user space, by the module's own pure code, from the interfaces,
 * addresses, routes and neighbours as rtnetlink shows them. Which interfaces are
 * watched is found out as kmod/watch.c does.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "judge.h"
#include "routes.h"
#include "rtnl.h"
#include "standalone.h"

#define KIND_MAX	16
#define MAX_DEPTH	10	/* as in kmod/watch.c */

/**
 * struct device - an interface
 * @ifindex: its index
 * @name: its name
 * @kind: its kind, empty of most hardware
 * @master: ifindex of its master, 0 if none
 * @lower: ifindex of what it is stacked on, in this namespace, 0 if nothing
 * @physical: it has a parent device
 * @vlan: its VLAN, 0 if it is of none
 * @lladdr: its link-layer address, 0 if it has none of Ethernet's
 */
struct device {
	int ifindex;
	char name[IF_NAMESIZE];
	char kind[KIND_MAX];
	int master;
	int lower;
	bool physical;
	u16 vlan;
	u8 lladdr[ETH_ALEN];
};

/**
 * struct neighbour - an address that a station has
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @owner: the station
 */
struct neighbour {
	union nf_inet_addr addr;
	u8 family;
	struct ipvsdummy_owner owner;
};

/**
 * struct standalone - what the module would know
 * @policy: the default one
 * @rules: none
 * @index: addresses of watched interfaces, and gateways
 * @vrf: ifindex of the L3 master of the link asked about, 0 if none
 * @devices: the interfaces there are
 * @count: their number
 * @routes: the default routes
 * @neighbours: what stations on watched interfaces have
 * @neighbour_count: how many
 */
struct standalone {
	struct ipvsdummy_policy policy;
	struct ipvsdummy_rules rules;
	struct ipvsdummy_index index;
	int vrf;
	struct device *devices;
	size_t count;
	struct routes routes;
	struct neighbour *neighbours;
	size_t neighbour_count;
};

static bool is_kind(const struct device *device, const char *const *kinds)
{
	for (; *kinds; kinds++)
		if (!strcmp(device->kind, *kinds))
			return true;
	return false;
}

/* Of these IFLA_LINK is a neighbour in the kernel's stack; of a veth it is the
 * other end, of a tunnel what its packets leave by.
 */
static bool stacks_on_its_link(const struct device *device)
{
	static const char *const kinds[] = {
		"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec", NULL
	};

	return is_kind(device, kinds);
}

/* Kernels before 5.14 do not say it */
static bool has_device_in_sysfs(const char *name)
{
	char path[sizeof("/sys/class/net//device") + IF_NAMESIZE];

	sprintf(path, "/sys/class/net/%s/device", name);
	return !access(path, F_OK);
}

static void parse_info(struct device *device, const struct nlattr *info)
{
	const struct nlattr *attr, *data = NULL;

	mnl_attr_for_each_nested(attr, info) {
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			nl_copy_string(device->kind, sizeof(device->kind),
				       attr);
		if (mnl_attr_get_type(attr) == IFLA_INFO_DATA)
			data = attr;
	}
	if (!data || strcmp(device->kind, "vlan"))
		return;
	mnl_attr_for_each_nested(attr, data)
		if (mnl_attr_get_type(attr) == IFLA_VLAN_ID)
			device->vlan = nl_number(attr, 0);
}

/* Returns whether it is one of Ethernet */
static bool copy_lladdr(u8 lladdr[ETH_ALEN], const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != ETH_ALEN)
		return false;
	memcpy(lladdr, mnl_attr_get_payload(attr), ETH_ALEN);
	return true;
}

static int got_device(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = nl_head(nlh, sizeof(*ifi));
	struct standalone *alone = data;
	const struct nlattr *attr;
	bool link_is_elsewhere = false;
	struct device *device;

	if (!ifi)
		return 0;
	device = reallocarray(alone->devices, alone->count + 1,
			      sizeof(*device));
	if (!device)
		return -ENOMEM;
	alone->devices = device;
	device += alone->count++;
	*device = (struct device) { .ifindex = ifi->ifi_index };

	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			nl_copy_string(device->name, sizeof(device->name),
				       attr);
			break;
		case IFLA_MASTER:
			device->master = nl_number(attr, 0);
			break;
		case IFLA_LINK:
			device->lower = nl_number(attr, 0);
			break;
		case IFLA_LINK_NETNSID:
			link_is_elsewhere = true;
			break;
		case RTNL_IFLA_PARENT_DEV_NAME:
			device->physical = true;
			break;
		case IFLA_LINKINFO:
			parse_info(device, attr);
			break;
		case IFLA_ADDRESS:
			copy_lladdr(device->lladdr, attr);
			break;
		}
	}
	if (link_is_elsewhere || !stacks_on_its_link(device))
		device->lower = 0;
	if (!device->physical)
		device->physical = has_device_in_sysfs(device->name);
	return 0;
}

static const struct device *find_device(const struct standalone *alone,
					int ifindex)
{
	size_t i;

	for (i = 0; i < alone->count; i++)
		if (alone->devices[i].ifindex == ifindex)
			return &alone->devices[i];
	return NULL;
}

static bool rests_on_hardware(const struct standalone *alone,
			      const struct device *device, int depth)
{
	static const char *const overlays[] = { "vxlan", NULL };
	const struct device *lower;
	size_t i;

	if (device->physical)
		return true;
	if (depth == MAX_DEPTH || is_kind(device, overlays))
		return false;
	for (i = 0; i < alone->count; i++) {
		lower = &alone->devices[i];
		if ((lower->ifindex == device->lower ||
		     lower->master == device->ifindex) &&
		    rests_on_hardware(alone, lower, depth + 1))
			return true;
	}
	return false;
}

static const char *const holders[] = { "ipvsdummy", NULL };

static bool is_watched(const struct standalone *alone,
		       const struct device *device)
{
	return !is_kind(device, holders) && rests_on_hardware(alone, device, 0);
}

static int vrf_of(const struct standalone *alone, const struct device *device)
{
	static const char *const vrf[] = { "vrf", NULL };
	const struct device *master;

	if (is_kind(device, vrf))
		return device->ifindex;
	master = find_device(alone, device->master);
	return master && is_kind(master, vrf) ? master->ifindex : 0;
}

static void copy_address(union nf_inet_addr *addr, u8 family,
			 const struct nlattr *attr)
{
	size_t size = family == AF_INET ? sizeof(addr->ip) : sizeof(addr->in6);

	if (attr && mnl_attr_get_payload_len(attr) == size)
		memcpy(addr, mnl_attr_get_payload(attr), size);
}

static int got_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = nl_head(nlh, sizeof(*ifa));
	const struct nlattr *attr, *local = NULL, *address = NULL;
	struct ipvsdummy_ifaddr ifaddr = {};
	struct standalone *alone = data;
	const struct device *device;
	bool came;

	if (!ifa)
		return 0;
	device = find_device(alone, ifa->ifa_index);
	if ((ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6) ||
	    !device || !is_watched(alone, device))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = attr;
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = attr;
	}
	ifaddr.family = ifa->ifa_family;
	ifaddr.plen = ifa->ifa_prefixlen;
	ifaddr.ifindex = device->ifindex;
	ifaddr.vrf = vrf_of(alone, device);
	/* Without a peer IPv6 shows no local address, IPv4 shows it twice */
	copy_address(&ifaddr.local, ifaddr.family, local ? local : address);
	copy_address(&ifaddr.peer, ifaddr.family, address ? address : local);
	return PTR_ERR_OR_ZERO(ipvsdummy_index_add(&alone->index, &ifaddr,
						   &came));
}

static int got_route(const struct nlmsghdr *nlh, void *data)
{
	struct standalone *alone = data;

	return routes_add(&alone->routes, nlh);
}

/* Whatever interface leads to it, watched or not */
static int add_gateway(void *ctx, int ifindex, u8 family, const void *addr)
{
	const struct device *device = find_device(ctx, ifindex);
	struct ipvsdummy_ifaddr gateway = {
		.ifindex = ifindex,
		.family = family,
		.plen = ipvsdummy_max_plen(family),
		.gateway = true,
	};
	struct standalone *alone = ctx;
	bool came;

	if (!device || is_kind(device, holders))
		return 0;
	memcpy(&gateway.local, addr, gateway.plen / 8);
	gateway.peer = gateway.local;
	gateway.vrf = vrf_of(alone, device);
	return PTR_ERR_OR_ZERO(ipvsdummy_index_add(&alone->index, &gateway,
						   &came));
}

static bool is_own(const struct standalone *alone, const u8 *lladdr)
{
	size_t i;

	for (i = 0; i < alone->count; i++)
		if (ether_addr_equal(alone->devices[i].lladdr, lladdr))
			return true;
	return false;
}

/* 00-00-5E-00-01 of IPv4 and 00-00-5E-00-02 of IPv6, RFC 9568 section 7.3 */
static bool is_vrrp(const u8 *lladdr)
{
	static const u8 oui[] = { 0x00, 0x00, 0x5e, 0x00 };

	return !memcmp(lladdr, oui, sizeof(oui)) &&
	       (lladdr[4] == 1 || lladdr[4] == 2);
}

static int got_neighbour(const struct nlmsghdr *nlh, void *data)
{
	const u16 confirmed = NUD_REACHABLE | NUD_PERMANENT;
	const u16 known = confirmed | NUD_STALE | NUD_DELAY | NUD_PROBE;
	const struct nlattr *attr, *dst = NULL, *lladdr = NULL;
	const struct ndmsg *nd = nl_head(nlh, sizeof(*nd));
	struct neighbour neighbour = {}, *more;
	struct standalone *alone = data;
	const struct device *device;

	if (!nd)
		return 0;
	device = find_device(alone, nd->ndm_ifindex);
	if ((nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) ||
	    nd->ndm_type != RTN_UNICAST || !(nd->ndm_state & known) ||
	    !device || !is_watched(alone, device))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		if (mnl_attr_get_type(attr) == NDA_DST)
			dst = attr;
		if (mnl_attr_get_type(attr) == NDA_LLADDR)
			lladdr = attr;
	}
	if (!dst || !copy_lladdr(neighbour.owner.lladdr, lladdr) ||
	    is_own(alone, neighbour.owner.lladdr))
		return 0;
	neighbour.family = nd->ndm_family;
	copy_address(&neighbour.addr, neighbour.family, dst);
	neighbour.owner.ifindex = nd->ndm_ifindex;
	neighbour.owner.evidence = IPVSDUMMY_EVIDENCE_NEIGH;
	neighbour.owner.confirmed = nd->ndm_state & confirmed;
	neighbour.owner.vlan = device->vlan;
	if (is_vrrp(neighbour.owner.lladdr))
		neighbour.owner.station = IPVSDUMMY_STATION_VRRP;

	more = reallocarray(alone->neighbours, alone->neighbour_count + 1,
			    sizeof(*more));
	if (!more)
		return -ENOMEM;
	alone->neighbours = more;
	more[alone->neighbour_count++] = neighbour;
	return 0;
}

/* Is the address in a prefix of this interface? */
static bool is_onlink(const struct standalone *alone,
		      const struct ipvsdummy_ifaddr *vip, int ifindex)
{
	const struct ipvsdummy_watched_prefix *prefix;

	prefix = ipvsdummy_index_covering(&alone->index, vip->vrf, vip->family,
					  &vip->local,
					  ipvsdummy_max_plen(vip->family),
					  false);
	while (prefix && prefix->ifindex != ifindex)
		prefix = ipvsdummy_index_next_covering(&alone->index,
						       &vip->local, prefix);
	return prefix;
}

/* One that is confirmed before all, else the one of the lowest ifindex */
static enum ipvsdummy_owned find_owner(void *ctx,
				       const struct ipvsdummy_ifaddr *vip,
				       struct ipvsdummy_owner *owner)
{
	const struct ipvsdummy_owner *best = NULL, *other;
	const struct standalone *alone = ctx;
	const struct neighbour *neighbour;
	size_t i;

	for (i = 0; i < alone->neighbour_count; i++) {
		neighbour = &alone->neighbours[i];
		other = &neighbour->owner;
		if (neighbour->family != vip->family ||
		    !ipvsdummy_addr_equal(vip->family, &neighbour->addr,
					  &vip->local) ||
		    !is_onlink(alone, vip, other->ifindex))
			continue;
		if (!best || other->confirmed > best->confirmed ||
		    (other->confirmed == best->confirmed &&
		     other->ifindex < best->ifindex))
			best = other;
	}
	if (!best)
		return IPVSDUMMY_OWNED_UNKNOWN;
	*owner = *best;
	return IPVSDUMMY_OWNED;
}

static void forget_devices(void *data)
{
	struct standalone *alone = data;

	alone->count = 0;
}

static void forget_addresses(void *data)
{
	struct standalone *alone = data;

	ipvsdummy_index_destroy(&alone->index);
	ipvsdummy_index_init(&alone->index);
}

static void forget_routes(void *data)
{
	struct standalone *alone = data;

	routes_free(&alone->routes);
}

static void forget_neighbours(void *data)
{
	struct standalone *alone = data;

	alone->neighbour_count = 0;
}

/* In this order: each needs what those before it have found */
static const struct {
	uint16_t type;
	size_t head;
	nl_callback *got;
	nl_restart *forget;
} dumps[] = {
	{ RTM_GETLINK, sizeof(struct ifinfomsg), got_device, forget_devices },
	{ RTM_GETADDR, sizeof(struct ifaddrmsg), got_address,
	  forget_addresses },
	{ RTM_GETROUTE, sizeof(struct rtmsg), got_route, forget_routes },
	{ RTM_GETNEIGH, sizeof(struct ndmsg), got_neighbour,
	  forget_neighbours },
};

static int read_all(struct standalone *alone)
{
	bool inconsistent = false;
	static struct nl nl;
	size_t i;
	int err;

	err = nl_open_rtnl(&nl);
	for (i = 0; !err && i < sizeof(dumps) / sizeof(*dumps); i++) {
		nl_begin(&nl, dumps[i].type, NLM_F_DUMP, dumps[i].head);
		err = nl_dump(&nl, dumps[i].got, dumps[i].forget, alone);
		inconsistent |= nl.inconsistent;
	}
	nl_close(&nl);
	if (!err)
		err = routes_gateways(&alone->routes, add_gateway, alone);
	if (!err && inconsistent)
		fail(NULL, "links or addresses change all the time, some may be missing");
	return err;
}

/**
 * standalone_open - see what the module would see
 * @dev: the link to be judged for; it need not be there
 *
 * Return: it, with the default policy and no rule, to be closed; NULL with
 * errno set.
 */
struct standalone *standalone_open(const char *dev)
{
	struct standalone *alone = calloc(1, sizeof(*alone));
	size_t i;
	int err;

	if (!alone)
		return NULL;
	alone->policy = ipvsdummy_default_policy;
	ipvsdummy_index_init(&alone->index);
	ipvsdummy_rules_init(&alone->rules);
	err = read_all(alone);
	if (err) {
		standalone_close(alone);
		errno = -err;
		return NULL;
	}
	for (i = 0; i < alone->count; i++)
		if (!strcmp(alone->devices[i].name, dev))
			alone->vrf = vrf_of(alone, &alone->devices[i]);
	return alone;
}

void standalone_set_mode(struct standalone *alone, uint32_t mode)
{
	alone->policy.mode = mode;
}

/**
 * standalone_set_action - judge by another policy than the default
 * @alone: opened
 * @class: enum ipvsdummy_class; what has no action is left alone
 * @action: enum ipvsdummy_action
 */
void standalone_set_action(struct standalone *alone, uint32_t class,
			   uint32_t action)
{
	if (class < IPVSDUMMY_CLASSES)
		alone->policy.action[class] = action;
}

static void put_owner(struct record *verdict,
		      const struct ipvsdummy_owner *owner)
{
	verdict->has[IPVSDUMMY_A_LLADDR] = true;
	verdict->lladdr.len = ETH_ALEN;
	memcpy(verdict->lladdr.data, owner->lladdr, ETH_ALEN);
	verdict->has[IPVSDUMMY_A_VLAN] = owner->vlan;
	verdict->vlan = owner->vlan;
	verdict->has[IPVSDUMMY_A_STATION] = owner->station;
	verdict->station = owner->station;
}

/**
 * standalone_judge - what would the module say?
 * @alone: opened
 * @address: about this address
 * @verdict: filled in, as a check's answer
 */
void standalone_judge(const struct standalone *alone,
		      const struct blob *address, struct record *verdict)
{
	struct ipvsdummy_ifaddr vip = {
		.vrf = alone->vrf,
		.family = address->len == sizeof(struct in_addr) ? AF_INET :
								   AF_INET6,
	};
	const struct ipvsdummy_owners owners = {
		.find = find_owner, .ctx = (void *)alone,
	};
	const struct device *device;
	struct ipvsdummy_verdict v;

	memcpy(&vip.local, address->data, address->len);
	vip.peer = vip.local;
	vip.plen = ipvsdummy_max_plen(vip.family);
	ipvsdummy_judge(&alone->index, &owners, &alone->policy, &alone->rules,
			&vip, false, &v);

	*verdict = (struct record) {
		.has[IPVSDUMMY_A_ADDRESS] = true,
		.address = *address,
		.has[IPVSDUMMY_A_ACTION] = true,
		.action = v.action,
	};
	if (!v.class)
		return;
	verdict->has[IPVSDUMMY_A_CLASS] = true;
	verdict->class = v.class;
	verdict->has[IPVSDUMMY_A_SEVERITY] = true;
	verdict->severity = ipvsdummy_severity(&v);
	verdict->has[IPVSDUMMY_A_EVIDENCE] = true;
	verdict->evidence = v.evidence;
	verdict->has[IPVSDUMMY_A_WOULD] = v.would;
	verdict->would = v.would;
	verdict->has[IPVSDUMMY_A_MATCH_PREFIX] = true;
	verdict->match_prefix.len = address->len;
	memcpy(verdict->match_prefix.data, &v.match_prefix, address->len);
	verdict->has[IPVSDUMMY_A_MATCH_PREFIXLEN] = true;
	verdict->match_prefixlen = v.match_plen;
	if (v.class == IPVSDUMMY_CLASS_NEIGH)
		put_owner(verdict, &v.owner);
	device = find_device(alone, v.match_ifindex);
	if (device) {
		verdict->has[IPVSDUMMY_A_MATCH_IFNAME] = true;
		memcpy(verdict->match_ifname, device->name, IF_NAMESIZE);
	}
}

void standalone_close(struct standalone *alone)
{
	ipvsdummy_index_destroy(&alone->index);
	ipvsdummy_rules_destroy(&alone->rules);
	routes_free(&alone->routes);
	free(alone->neighbours);
	free(alone->devices);
	free(alone);
}
