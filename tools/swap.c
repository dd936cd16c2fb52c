// SPDX-License-Identifier: GPL-2.0
/* Three links can be there: the one with the name, the old one, and the new
 * one. A VIP is local as long as one of them has it, and the new one has
 * everything before the old one loses anything. What is there tells what is to
 * be done next, so whoever is killed leaves something to go on from.
 *
 * The holder does not know: it binds and unbinds all the while. A listener that
 * was there before the addresses were read hears of it, and everything that
 * happens to the old link happens to the new one too, in the same order.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "rtnl.h"
#include "swap.h"
#include "text.h"

/* A holder that binds without a pause must not keep us for ever: the names are
 * changed in spite of it, and what it did last is made up for.
 */
#define DRAINS_MAX	16

/* How often somebody may take the name before we do */
#define TRIES_MAX	100

/* Flags that the administrator sets; IFF_UP is a matter of its own */
#define FLAGS_KEPT	(IFF_NOARP | IFF_MULTICAST | IFF_ALLMULTI |	\
			 IFF_PROMISC | IFF_DEBUG | IFF_NOTRAILERS)

/* Flags of an address that are not the kernel's to find out */
#define ADDRESS_FLAGS_LOST	(IFA_F_SECONDARY | IFA_F_PERMANENT |	\
				 IFA_F_TENTATIVE | IFA_F_DADFAILED |	\
				 IFA_F_DEPRECATED)

/**
 * struct swap - how far it is
 * @plan: what is to be done
 * @result: what has been done
 * @new_name: of the new link, before it gets the name
 * @old_name: of the old link, after it lost the name
 * @dev: the link with the name
 * @new: the link called @new_name
 * @old: the link called @old_name
 * @ask: for requests
 * @listen: for what happens meanwhile
 * @batch: requests about addresses
 * @source: link whose addresses are being mirrored
 * @target: the link that they are mirrored to
 * @created: the new link was made by us, and has not taken the name yet
 * @dressed: the new link looks like the old one
 * @downed: we set the source down, which takes its IPv6 addresses
 * @flushed: the kernel has said that it is down
 * @deleted: we deleted the source, and everything on it
 */
struct swap {
	const struct swap_plan *plan;
	struct swap_result *result;
	char new_name[IFNAMSIZ];
	char old_name[IFNAMSIZ];
	struct rtnl_link dev;
	struct rtnl_link new;
	struct rtnl_link old;
	struct nl ask;
	struct nl listen;
	struct batch batch;
	int source;
	int target;
	bool created;
	bool dressed;
	bool downed;
	bool flushed;
	bool deleted;
};

static const int tolerate_none[] = { 0 };

/* What is replayed may have been done before */
static const int tolerate_address[] = { EEXIST, EADDRNOTAVAIL, 0 };

static int fail_errno(const struct swap *s, const char *what, int err)
{
	return fail(s->plan->dev, "%s: %s", what, nl_error(&s->ask, err));
}

/* The same for the same name, so that the next run finds it: FNV-1a */
static void derive_name(char name[static IFNAMSIZ], const char *prefix,
			const char *dev)
{
	uint32_t hash = 2166136261;

	for (; *dev; dev++)
		hash = (hash ^ (unsigned char)*dev) * 16777619;
	snprintf(name, IFNAMSIZ, "%s%08x", prefix, hash);
}

static bool is_of(const struct rtnl_link *link, const char *kind)
{
	return link->index && !strcmp(link->kind, kind);
}

static const struct nlattr *link_attr(const struct rtnl_link *link, int type)
{
	return nl_attr(&link->message.nlh, sizeof(struct ifinfomsg), type);
}

static struct nlmsghdr *begin_set(struct swap *s, int index)
{
	struct ifinfomsg *head;
	struct nlmsghdr *nlh;

	nlh = nl_begin(&s->ask, RTM_NEWLINK, 0, sizeof(*head));
	head = mnl_nlmsg_get_payload(nlh);
	head->ifi_index = index;
	return nlh;
}

static void put_set(struct swap *s, int index, unsigned int flags,
		    unsigned int change, const char *name)
{
	struct ifinfomsg head = {
		.ifi_index = index,
		.ifi_flags = flags,
		.ifi_change = change,
	};
	struct nlmsghdr *nlh;

	nlh = batch_put(&s->batch, RTM_NEWLINK, 0, &head, sizeof(head));
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	batch_end(&s->batch);
}

static int delete_link(struct swap *s, int index)
{
	struct ifinfomsg *head;
	struct nlmsghdr *nlh;
	int err;

	nlh = nl_begin(&s->ask, RTM_DELLINK, 0, sizeof(*head));
	head = mnl_nlmsg_get_payload(nlh);
	head->ifi_index = index;
	err = nl_talk(&s->ask, NULL, NULL);
	return err == -ENODEV ? 0 : err;
}

/* A label begins with the name of its link, and ends with the user's part */
static void put_label(struct swap *s, struct nlmsghdr *nlh,
		      const struct nlattr *attr)
{
	char old[IFNAMSIZ], label[2 * IFNAMSIZ];
	const char *part;

	nl_copy_string(old, sizeof(old), attr);
	part = strchr(old, ':');
	snprintf(label, sizeof(label), "%s%s", s->plan->dev, part ?: "");
	label[IFNAMSIZ - 1] = '\0';
	mnl_attr_put_strz(nlh, IFA_LABEL, label);
}

static bool has_expired(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	const struct ifa_cacheinfo *info;

	attr = nl_attr(nlh, sizeof(struct ifaddrmsg), IFA_CACHEINFO);
	if (!attr || mnl_attr_get_payload_len(attr) < sizeof(*info))
		return false;
	info = mnl_attr_get_payload(attr);
	return !info->ifa_valid;
}

/* Do to the target what a message tells of the source */
static int mirror_address(struct swap *s, const struct nlmsghdr *nlh)
{
	static const int kept[] = {
		IFA_LOCAL, IFA_ADDRESS, IFA_FLAGS,
		/* of one that comes, too */
		IFA_LABEL, IFA_BROADCAST, IFA_CACHEINFO, IFA_RT_PRIORITY,
		RTNL_IFA_PROTO,
	};
	struct ifaddrmsg head = *(struct ifaddrmsg *)mnl_nlmsg_get_payload(nlh);
	bool add = nlh->nlmsg_type == RTM_NEWADDR;
	size_t i, count = add ? sizeof(kept) / sizeof(*kept) : 3;
	const struct nlattr *attr;
	struct nlmsghdr *copy;
	int err;

	if (add && has_expired(nlh))
		return 0;
	err = batch_reserve(&s->batch, nlh->nlmsg_len);
	if (err)
		return err;
	head.ifa_index = s->target;
	head.ifa_flags = 0;
	copy = batch_put(&s->batch, nlh->nlmsg_type,
			 add ? NLM_F_CREATE | NLM_F_REPLACE : 0,
			 &head, sizeof(head));
	for (i = 0; i < count; i++) {
		attr = nl_attr(nlh, sizeof(head), kept[i]);
		if (!attr)
			continue;
		if (kept[i] == IFA_LABEL)
			put_label(s, copy, attr);
		else if (kept[i] == IFA_FLAGS)
			mnl_attr_put_u32(copy, IFA_FLAGS, nl_number(attr, 0) &
					 ~ADDRESS_FLAGS_LOST);
		else
			mnl_attr_put(copy, kept[i],
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	batch_end(&s->batch);
	return 0;
}

/* A link that is renamed tells of its addresses again, with a number in the
 * label of each but the first
 */
static bool is_renamed(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	char label[IFNAMSIZ];

	attr = nl_attr(nlh, sizeof(struct ifaddrmsg), IFA_LABEL);
	if (!attr)
		return false;
	nl_copy_string(label, sizeof(label), attr);
	return !strncmp(label, SWAP_OLD_PREFIX, strlen(SWAP_OLD_PREFIX)) &&
	       strchr(label, ':');
}

static bool is_wanted(const struct swap *s, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *head = nl_head(nlh, sizeof(*head));

	if (!head || (int)head->ifa_index != s->source)
		return false;
	if (nlh->nlmsg_type == RTM_NEWADDR)
		return !is_renamed(nlh);
	/* What goes because of us is to stay */
	return !s->deleted && !(s->flushed && head->ifa_family == AF_INET6);
}

static void see_link(struct swap *s, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *head = nl_head(nlh, sizeof(*head));

	if (head && s->downed && head->ifi_index == s->source &&
	    !(head->ifi_flags & IFF_UP))
		s->flushed = true;
}

/* Mirror what has happened since the last time; returns how much that was */
static int drain(struct swap *s)
{
	int err = 0, count = 0;

	batch_init(&s->batch, &s->ask, tolerate_address);
	for (;;) {
		const struct nlmsghdr *nlh = &s->listen.answer.nlh;
		ssize_t len = nl_receive(&s->listen);
		int left = len;

		if (len == -EAGAIN)
			break;
		if (len < 0)
			return len;
		for (; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type == RTM_NEWLINK)
				see_link(s, nlh);
			if (nlh->nlmsg_type != RTM_NEWADDR &&
			    nlh->nlmsg_type != RTM_DELADDR)
				continue;
			if (!is_wanted(s, nlh))
				continue;
			err = mirror_address(s, nlh);
			if (err)
				return err;
			count++;
		}
	}
	err = batch_send(&s->batch);
	return err ? err : count;
}

static int drain_dry(struct swap *s)
{
	int drains = DRAINS_MAX;
	int ret;

	do {
		ret = drain(s);
	} while (ret > 0 && --drains);
	return ret < 0 ? ret : 0;
}

/* Whatever is on the source gets onto the target, and is kept so by drain() */
static int mirror(struct swap *s, int source, int target)
{
	struct messages addresses = {};
	size_t i;
	int err;

	s->target = target;
	if (s->source == source)
		return drain_dry(s);
	s->source = source;
	s->downed = false;
	s->flushed = false;
	s->deleted = false;

	err = rtnl_addresses(&s->ask, source, &addresses);
	batch_init(&s->batch, &s->ask, tolerate_address);
	for (i = 0; !err && i < addresses.count; i++)
		err = mirror_address(s, addresses.message[i]);
	if (!err)
		err = batch_send(&s->batch);
	if (addresses.count > s->result->addresses)
		s->result->addresses = addresses.count;
	messages_free(&addresses);
	return err ? err : drain_dry(s);
}

static int copy_route(struct swap *s, const struct nlmsghdr *nlh)
{
	struct rtmsg head = *(struct rtmsg *)mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct nlmsghdr *copy;
	int err;

	err = batch_reserve(&s->batch, nlh->nlmsg_len);
	if (err)
		return err;
	head.rtm_flags &= RTNH_F_ONLINK;
	copy = batch_put(&s->batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND,
			 &head, sizeof(head));
	mnl_attr_put_u32(copy, RTA_OIF, s->target);
	mnl_attr_for_each(attr, nlh, sizeof(head)) {
		switch (mnl_attr_get_type(attr)) {
		case RTA_OIF:
		case RTA_CACHEINFO:
			continue;
		}
		mnl_attr_put(copy, attr->nla_type & NLA_TYPE_MASK,
			     mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
	batch_end(&s->batch);
	return 0;
}

/* The routes that somebody made over the source, in addition to those that come
 * with its addresses: AnyIP prefixes, for one.
 */
static int copy_routes(struct swap *s, int source, int target,
		       const int *tolerate)
{
	struct messages routes = {};
	size_t i;
	int err;

	s->target = target;
	err = rtnl_routes(&s->ask, source, &routes);
	batch_init(&s->batch, &s->ask, tolerate);
	for (i = 0; !err && i < routes.count; i++)
		err = copy_route(s, routes.message[i]);
	if (!err)
		err = batch_send(&s->batch);
	if (routes.count > s->result->routes)
		s->result->routes = routes.count;
	messages_free(&routes);
	return err;
}

/* Make the value of a setting the same, if it can be */
static void copy_setting(int from_dir, int to_dir, const char *name)
{
	char value[256], other[sizeof(value)];
	int from, to;
	ssize_t len;

	from = openat(from_dir, name, O_RDONLY | O_CLOEXEC);
	to = openat(to_dir, name, O_RDWR | O_CLOEXEC);
	if (from >= 0 && to >= 0) {
		len = read(from, value, sizeof(value));
		if (len > 0 && (read(to, other, sizeof(other)) != len ||
				memcmp(value, other, len)) &&
		    pwrite(to, value, len, 0) < 0)
			/* It is read-only, and so is its value */
			errno = 0;
	}
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
}

/* The settings in /proc/sys/net, where they can be written */
static void copy_settings(const char *family, const char *from, const char *to)
{
	char path[64];
	struct dirent *entry;
	int to_dir;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s", family, to);
	to_dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s", family, from);
	dir = opendir(path);
	while (dir && to_dir >= 0 && (entry = readdir(dir)))
		/* This one makes addresses; it is set with the link's own */
		if (*entry->d_name != '.' &&
		    strcmp(entry->d_name, "addr_gen_mode"))
			copy_setting(dirfd(dir), to_dir, entry->d_name);
	if (dir)
		closedir(dir);
	if (to_dir >= 0)
		close(to_dir);
}

/* How IPv6 makes a link-local address when the link goes up; -1 without IPv6 */
static int gen_mode(const struct rtnl_link *link)
{
	const struct nlattr *attr, *family, *item;

	attr = link_attr(link, IFLA_AF_SPEC);
	if (!attr)
		return -1;
	mnl_attr_for_each_nested(family, attr) {
		if (mnl_attr_get_type(family) != AF_INET6)
			continue;
		mnl_attr_for_each_nested(item, family)
			if (mnl_attr_get_type(item) ==
			    IFLA_INET6_ADDR_GEN_MODE)
				return nl_number(item, 0);
	}
	return -1;
}

static void put_gen_mode(struct nlmsghdr *nlh, int mode)
{
	struct nlattr *families, *family;

	if (mode < 0)
		return;
	families = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	family = mnl_attr_nest_start(nlh, AF_INET6);
	mnl_attr_put_u8(nlh, IFLA_INET6_ADDR_GEN_MODE, mode);
	mnl_attr_nest_end(nlh, family);
	mnl_attr_nest_end(nlh, families);
}

static int create_new(struct swap *s)
{
	struct nlattr *info;
	struct nlmsghdr *nlh;
	int err;

	nlh = nl_begin(&s->ask, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
		       sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, s->new_name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, s->plan->to);
	mnl_attr_nest_end(nlh, info);
	err = nl_talk(&s->ask, NULL, NULL);
	if (!err)
		s->created = true;
	return err ? err : rtnl_link_get(&s->ask, s->new_name, &s->new);
}

/* Before there are addresses: what would take them away if it came later */
static int dress_new(struct swap *s)
{
	static const int copied[] = {
		IFLA_ADDRESS, IFLA_BROADCAST, IFLA_MTU, IFLA_TXQLEN, IFLA_GROUP,
		IFLA_IFALIAS, IFLA_CARRIER, IFLA_MASTER,
	};
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	copy_settings("ipv4", s->dev.name, s->new_name);
	copy_settings("ipv6", s->dev.name, s->new_name);

	begin_set(s, s->new.index);
	nlh = nl_grow(&s->ask, s->dev.message.nlh.nlmsg_len);
	if (!nlh)
		return -ENOMEM;
	for (i = 0; i < sizeof(copied) / sizeof(*copied); i++) {
		attr = link_attr(&s->dev, copied[i]);
		if (attr)
			mnl_attr_put(nlh, copied[i],
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	/* Its link-local address is on the old link already */
	put_gen_mode(nlh, gen_mode(&s->dev) < 0 ? -1 : IN6_ADDR_GEN_MODE_NONE);
	err = nl_talk(&s->ask, NULL, NULL);
	if (!err)
		s->dressed = true;
	return err;
}

/* A dummy that is up may not be renamed by old kernels, so it goes up last */
static int set_new_up(struct swap *s)
{
	struct ifinfomsg *head;
	struct nlmsghdr *nlh;

	if (!(s->dev.flags & IFF_UP) || !strcmp(s->plan->to, "dummy"))
		return 0;
	nlh = begin_set(s, s->new.index);
	head = mnl_nlmsg_get_payload(nlh);
	head->ifi_flags = IFF_UP;
	head->ifi_change = IFF_UP;
	return nl_talk(&s->ask, NULL, NULL);
}

/* The other names of the old link; a name can be only at one place */
static int put_alt_names(struct swap *s, uint16_t type, uint16_t flags,
			 int index)
{
	struct ifinfomsg head = { .ifi_index = index };
	const struct nlattr *attr, *name;
	struct nlattr *names;
	struct nlmsghdr *nlh;
	int err;

	err = batch_reserve(&s->batch, s->old.message.nlh.nlmsg_len);
	if (err)
		return err;
	attr = link_attr(&s->old, IFLA_PROP_LIST);
	nlh = batch_put(&s->batch, type, flags, &head, sizeof(head));
	names = mnl_attr_nest_start(nlh, IFLA_PROP_LIST);
	mnl_attr_for_each_nested(name, attr)
		if (mnl_attr_get_type(name) == IFLA_ALT_IFNAME)
			mnl_attr_put(nlh, IFLA_ALT_IFNAME,
				     mnl_attr_get_payload_len(name),
				     mnl_attr_get_payload(name));
	mnl_attr_nest_end(nlh, names);
	batch_end(&s->batch);
	return 0;
}

static int move_alt_names(struct swap *s, int target)
{
	int err;

	if (!link_attr(&s->old, IFLA_PROP_LIST))
		return 0;
	batch_init(&s->batch, &s->ask, tolerate_none);
	err = put_alt_names(s, RTM_DELLINKPROP, 0, s->old.index);
	if (!err)
		err = put_alt_names(s, RTM_NEWLINKPROP, NLM_F_CREATE |
				    NLM_F_EXCL | NLM_F_APPEND, target);
	return err ? err : batch_send(&s->batch);
}

/* After the addresses: what would have had an effect on them */
static int finish_link(struct swap *s, int target)
{
	unsigned int up = (s->old.flags | s->dev.flags) & IFF_UP;
	struct ifinfomsg *head;
	struct nlmsghdr *nlh;
	int err;

	nlh = begin_set(s, target);
	head = mnl_nlmsg_get_payload(nlh);
	head->ifi_flags = (s->old.flags & FLAGS_KEPT) | up;
	head->ifi_change = FLAGS_KEPT | up;
	err = nl_talk(&s->ask, NULL, NULL);
	if (err || gen_mode(&s->old) < 0)
		return err;
	nlh = begin_set(s, target);
	put_gen_mode(nlh, gen_mode(&s->old));
	return nl_talk(&s->ask, NULL, NULL);
}

/* Take over all that a link has that is left over, and delete it */
static int absorb(struct swap *s, struct rtnl_link *link, int target)
{
	static const int tolerate[] = { EEXIST, 0 };
	int err;

	err = mirror(s, link->index, target);
	if (err)
		return fail_errno(s, "addresses", err);
	if (link == &s->old) {
		err = finish_link(s, target);
		if (!err)
			err = move_alt_names(s, target);
		if (err)
			return fail_errno(s, "link", err);
	}
	err = copy_routes(s, link->index, target, tolerate);
	if (err)
		return fail_errno(s, "routes", err);
	err = mirror(s, link->index, target);
	if (err)
		return fail_errno(s, "addresses", err);
	err = delete_link(s, link->index);
	if (err)
		return fail_errno(s, link->name, err);
	/* Bound in the last moment by whoever looked the name up before */
	s->deleted = true;
	err = mirror(s, link->index, target);
	if (err && err != -ENOBUFS)
		return fail_errno(s, "addresses", err);
	s->source = 0;
	return 0;
}

/* Have a link that takes everything over, with nothing on it that could be
 * refused
 */
static int have_new(struct swap *s)
{
	int err = 0;

	if (!s->new.index)
		err = create_new(s);
	if (!err && !s->dressed)
		err = dress_new(s);
	if (err)
		return fail_errno(s, s->plan->to, err);
	return s->plan->prepare ? s->plan->prepare(s->new_name, s->plan->data) :
				  0;
}

static int look(struct swap *s)
{
	int err;

	err = rtnl_link_get(&s->ask, s->plan->dev, &s->dev);
	if (!err)
		err = rtnl_link_get(&s->ask, s->new_name, &s->new);
	if (!err)
		err = rtnl_link_get(&s->ask, s->old_name, &s->old);
	return err;
}

/* Both renames right after one another, so that the name is missing only as
 * long as the kernel takes from one request to the next. Setting the old link
 * down costs it its IPv6 addresses, but the new one has them.
 */
static int swap_names(struct swap *s, bool down)
{
	static const int tolerate[] = { EBUSY, EEXIST, 0 };

	batch_init(&s->batch, &s->ask, tolerate);
	if (down) {
		s->downed = true;
		put_set(s, s->dev.index, 0, IFF_UP, NULL);
	}
	put_set(s, s->dev.index, 0, 0, s->old_name);
	put_set(s, s->new.index, 0, 0, s->plan->dev);
	return batch_send(&s->batch);
}

static int take_name(struct swap *s)
{
	int index = s->dev.index;
	int err;

	err = swap_names(s, false);
	if (!err)
		err = look(s);
	/* The name is where it was: the kernel renames no link that is up */
	if (!err && s->dev.index == index)
		err = swap_names(s, true);
	s->created = false;
	return err;
}

static int replace(struct swap *s)
{
	static const int tolerate[] = { EEXIST, ENETDOWN, 0 };
	int err;

	err = have_new(s);
	if (err)
		return err;
	err = set_new_up(s);
	if (err)
		return fail_errno(s, s->plan->to, err);
	err = mirror(s, s->dev.index, s->new.index);
	if (err)
		return fail_errno(s, "addresses", err);
	err = copy_routes(s, s->dev.index, s->new.index, tolerate);
	if (err)
		return fail_errno(s, "routes", err);
	err = mirror(s, s->dev.index, s->new.index);
	if (err)
		return fail_errno(s, "addresses", err);
	err = take_name(s);
	if (err)
		return fail_errno(s, "name", err);
	return 0;
}

/* Killed between the two renames: the new link is complete */
static int restore_name(struct swap *s)
{
	static const int tolerate[] = { EEXIST, 0 };
	int index = s->new.index ? s->new.index : s->old.index;
	int err;

	batch_init(&s->batch, &s->ask, tolerate);
	put_set(s, index, 0, 0, s->plan->dev);
	err = batch_send(&s->batch);
	return err ? fail_errno(s, "name", err) : 0;
}

static int fail_other_name(const struct swap *s)
{
	char name[TEXT_ESCAPED(IFNAMSIZ)];

	text_escape(name, sizeof(name), s->dev.name);
	return fail(s->plan->dev, "another name of %s", name);
}

/* Say what is wrong with what is there, if anything is */
static int check(const struct swap *s)
{
	const struct swap_plan *plan = s->plan;

	if (s->dev.index && strcmp(s->dev.name, plan->dev))
		return fail_other_name(s);
	if (s->dev.index && !is_of(&s->dev, plan->from) &&
	    !is_of(&s->dev, plan->to))
		return fail(plan->dev, "not of kind %s", plan->from);
	if (!s->dev.index && !s->new.index && !s->old.index)
		return fail(plan->dev, "%s", strerror(ENODEV));
	if ((s->new.index && !is_of(&s->new, plan->to)) ||
	    (s->old.index && !is_of(&s->old, plan->from)))
		return fail(plan->dev, "%s is left over (ipvsdummyctl %s %s)",
			    s->new.index ? s->new_name : s->old_name,
			    plan->opposite, plan->dev);
	return 0;
}

/* One step, by what is there; sets done when there is nothing more to do */
static int step(struct swap *s, bool *done)
{
	int err = look(s);

	if (err)
		return fail_errno(s, "links", err);
	err = check(s);
	if (err)
		return err;
	if (!s->dev.index)
		return restore_name(s);

	if (is_of(&s->dev, s->plan->to)) {
		*done = !s->new.index && !s->old.index;
		if (*done)
			return 0;
		if (s->plan->prepare)
			err = s->plan->prepare(s->plan->dev, s->plan->data);
		if (!err)
			err = absorb(s, s->old.index ? &s->old : &s->new,
				     s->dev.index);
		return err;
	}
	/* Somebody made the link anew while the name was free */
	if (s->old.index) {
		s->dressed = s->new.index;
		err = have_new(s);
		return err ? err : absorb(s, &s->old, s->new.index);
	}
	return replace(s);
}

static int open_sockets(struct swap *s)
{
	static const uint32_t groups[] = {
		RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	};
	size_t i;
	int err;

	err = nl_open_rtnl(&s->ask);
	if (!err)
		err = nl_open_rtnl_listener(&s->listen);
	for (i = 0; !err && i < sizeof(groups) / sizeof(*groups); i++)
		err = nl_join(&s->listen, groups[i]);
	return err;
}

/**
 * swap - put a link of another kind in the place of a link
 * @plan: what is to be done
 * @result: filled in
 *
 * Return: 0, or an exit code when the reason has been said. Nothing was changed
 * then, or what is there is complete and the same call goes on from it.
 */
int swap(const struct swap_plan *plan, struct swap_result *result)
{
	static struct swap s;
	unsigned int tries = TRIES_MAX;
	bool done = false;
	int ret;

	memset(result, 0, sizeof(*result));
	memset(&s, 0, sizeof(s));
	s.plan = plan;
	s.result = result;
	derive_name(s.new_name, SWAP_NEW_PREFIX, plan->dev);
	derive_name(s.old_name, SWAP_OLD_PREFIX, plan->dev);
	ret = open_sockets(&s);
	if (ret)
		return fail("netlink", "%s", strerror(-ret));

	while (!(ret = step(&s, &done)) && !done && --tries)
		;
	result->nothing = done && tries == TRIES_MAX;
	if (ret && s.created)
		delete_link(&s, s.new.index);
	else if (!ret && !done)
		ret = fail(plan->dev, "somebody keeps making it anew");
	nl_close(&s.listen);
	nl_close(&s.ask);
	return ret;
}
