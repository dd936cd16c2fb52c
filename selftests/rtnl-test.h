/* SPDX-License-Identifier: GPL-2.0 */
/* Network namespaces, links and addresses for tests, over rtnetlink. */
#ifndef RTNL_TEST_H
#define RTNL_TEST_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>

#include "nl-test.h"

/* Be in a new netns. Return: a file descriptor of it */
static inline int netns_new(void)
{
	int fd;

	if (unshare(CLONE_NEWNET))
		die("unshare: %m");
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("/proc/self/ns/net: %m");
	return fd;
}

static inline void netns_enter(int fd)
{
	if (setns(fd, CLONE_NEWNET))
		die("setns: %m");
}

static inline void write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value))
		die("%s: %m", path);
	close(fd);
}

static inline void set_sysctl(const char *name, const char *value)
{
	write_file(text("/proc/sys/%s", name), value);
}

/**
 * struct ip - an address with the length of its prefix
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 * @size: bytes of it
 * @bytes: it, in network byte order
 */
struct ip {
	uint8_t family;
	uint8_t plen;
	uint8_t size;
	uint8_t bytes[16];
};

static inline struct ip parse_ip(const char *word)
{
	const char *slash = strchr(word, '/');
	struct ip ip = {};
	char address[64];

	snprintf(address, sizeof(address), "%.*s",
		 slash ? (int)(slash - word) : 63, word);
	ip.family = strchr(word, ':') ? AF_INET6 : AF_INET;
	ip.size = ip.family == AF_INET ? 4 : 16;
	ip.plen = slash ? atoi(slash + 1) : ip.size * 8;
	if (inet_pton(ip.family, address, ip.bytes) != 1)
		die("%s is no address", word);
	return ip;
}

static inline int index_of(const char *name)
{
	int ifindex = if_nametoindex(name);

	if (!ifindex)
		die("no interface %s", name);
	return ifindex;
}

/* Put a request about an address behind what @request holds */
static inline struct nlmsghdr *
addr_request(struct nl *nl, void *request, uint16_t type, uint16_t flags,
	     int ifindex, const char *local, const char *peer,
	     uint32_t ifa_flags)
{
	struct ip ip = parse_ip(local), other = parse_ip(peer ?: local);
	struct ifaddrmsg head = {
		.ifa_family = ip.family,
		.ifa_prefixlen = other.plen,
		.ifa_index = ifindex,
	};
	struct nlmsghdr *nlh;

	nlh = nl_begin_at(nl, request, type, flags, &head, sizeof(head));
	mnl_attr_put(nlh, IFA_LOCAL, ip.size, ip.bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, other.size, other.bytes);
	if (ifa_flags)
		mnl_attr_put_u32(nlh, IFA_FLAGS, ifa_flags);
	return nlh;
}

/* Return: 0 or an errno, as all below */
static inline int addr_do(struct nl *nl, uint16_t type, uint16_t flags,
			  const char *dev, const char *local, const char *peer,
			  uint32_t ifa_flags)
{
	return nl_talk(nl, addr_request(nl, nl->request, type, flags,
					index_of(dev), local, peer, ifa_flags),
		       NULL, NULL);
}

static inline int addr_add(struct nl *nl, const char *dev, const char *local)
{
	return addr_do(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, dev, local,
		       NULL, 0);
}

static inline int addr_add_peer(struct nl *nl, const char *dev,
				const char *local, const char *peer)
{
	return addr_do(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, dev, local,
		       peer, 0);
}

static inline int addr_replace(struct nl *nl, const char *dev,
			       const char *local)
{
	return addr_do(nl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, dev,
		       local, NULL, 0);
}

static inline int addr_del(struct nl *nl, const char *dev, const char *local)
{
	return addr_do(nl, RTM_DELADDR, 0, dev, local, NULL, 0);
}

/* As addr_add() or addr_del() of @n addresses that @fmt makes of a number.
 * Return: how many of them failed with @err; any other errno ends the test.
 */
static inline unsigned int addr_many(struct nl *nl, uint16_t type,
				     const char *dev, const char *fmt,
				     unsigned int first, unsigned int n,
				     int err)
{
	uint16_t flags = type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0;
	unsigned int i, batch, failed = 0;
	int ifindex = index_of(dev);
	struct nlmsghdr *nlh;
	char local[64], *end;
	uint32_t seq;
	int got;

	while (n) {
		seq = nl->seq + 1;
		batch = n < 64 ? n : 64;
		end = nl->request;
		for (i = 0; i < batch; i++, first++) {
			/* IPv4 counts in two bytes, IPv6 in one word */
			if (strchr(fmt, ':'))
				snprintf(local, sizeof(local), fmt, first);
			else
				snprintf(local, sizeof(local), fmt, first >> 8,
					 first & 255);
			nlh = addr_request(nl, end, type, flags | NLM_F_ACK,
					   ifindex, local, NULL, 0);
			end = mnl_nlmsg_get_payload_tail(nlh);
		}
		nl_send(nl, nl->request, end - nl->request);
		for (i = 0; i < batch; i++) {
			got = nl_wait(nl, seq + i, NULL, NULL);
			if (got && got != err)
				die("%s: address %u: %s", dev,
				    first - batch + i, strerror(got));
			failed += !!got;
		}
		n -= batch;
	}
	return failed;
}

struct addr_search {
	struct ip ip;
	int ifindex;
	unsigned int found;
	unsigned int temporary;
};

static inline void addr_seen(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *local = NULL;
	struct addr_search *search = data;

	if ((int)head->ifa_index != search->ifindex)
		return;
	if (head->ifa_flags & IFA_F_TEMPORARY)
		search->temporary++;
	mnl_attr_for_each(attr, nlh, sizeof(*head))
		if (mnl_attr_get_type(attr) == IFA_LOCAL ||
		    (mnl_attr_get_type(attr) == IFA_ADDRESS && !local))
			local = attr;
	if (local && mnl_attr_get_payload_len(local) == search->ip.size &&
	    !memcmp(mnl_attr_get_payload(local), search->ip.bytes,
		    search->ip.size))
		search->found++;
}

static inline void addr_search(struct nl *nl, struct addr_search *search)
{
	struct ifaddrmsg head = { .ifa_family = search->ip.family };

	if (nl_talk(nl, nl_begin(nl, RTM_GETADDR, NLM_F_DUMP, &head,
				 sizeof(head)), addr_seen, search))
		die("RTM_GETADDR");
}

/* Return: how often the device has the address */
static inline unsigned int addr_bound(struct nl *nl, const char *dev,
				      const char *local)
{
	struct addr_search search = {
		.ip = parse_ip(local),
		.ifindex = index_of(dev),
	};

	addr_search(nl, &search);
	return search.found;
}

/* Begin a request to make a link; the caller may add to its data */
static inline struct nlmsghdr *link_begin(struct nl *nl, const char *name)
{
	struct ifinfomsg head = {};
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head,
		       sizeof(head));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nlh;
}

static inline int link_add(struct nl *nl, const char *name, const char *kind)
{
	struct nlmsghdr *nlh = link_begin(nl, name);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	mnl_attr_nest_end(nlh, info);
	return nl_talk(nl, nlh, NULL, NULL);
}

static inline int link_add_vrf(struct nl *nl, const char *name, uint32_t table)
{
	struct nlmsghdr *nlh = link_begin(nl, name);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	struct nlattr *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "vrf");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_VRF_TABLE, table);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nl_talk(nl, nlh, NULL, NULL);
}

static inline int link_add_veth(struct nl *nl, const char *name,
				const char *peer)
{
	struct nlmsghdr *nlh = link_begin(nl, name);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	struct nlattr *data, *nest;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	nest = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, peer);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nl_talk(nl, nlh, NULL, NULL);
}

static inline int link_del(struct nl *nl, const char *name)
{
	struct ifinfomsg head = { .ifi_index = index_of(name) };

	return nl_talk(nl, nl_begin(nl, RTM_DELLINK, 0, &head, sizeof(head)),
		       NULL, NULL);
}

static inline int link_up(struct nl *nl, const char *name, bool up)
{
	struct ifinfomsg head = {
		.ifi_index = index_of(name),
		.ifi_flags = up ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};

	return nl_talk(nl, nl_begin(nl, RTM_NEWLINK, 0, &head, sizeof(head)),
		       NULL, NULL);
}

static inline int link_change(struct nl *nl, const char *name, uint16_t type,
			      const void *value, size_t size)
{
	struct ifinfomsg head = { .ifi_index = index_of(name) };
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, RTM_NEWLINK, 0, &head, sizeof(head));
	mnl_attr_put(nlh, type, size, value);
	return nl_talk(nl, nlh, NULL, NULL);
}

static inline int link_rename(struct nl *nl, const char *name,
			      const char *other)
{
	return link_change(nl, name, IFLA_IFNAME, other, strlen(other) + 1);
}

static inline int link_move(struct nl *nl, const char *name, int netns)
{
	return link_change(nl, name, IFLA_NET_NS_FD, &netns, sizeof(netns));
}

/* Put a link below another one, or below none with 0 */
static inline int link_master(struct nl *nl, const char *name, int ifindex)
{
	return link_change(nl, name, IFLA_MASTER, &ifindex, sizeof(ifindex));
}

#endif
