/* SPDX-License-Identifier: GPL-2.0 */
/* The inside of the module: state, and what its files offer each other.
 *
 * Locks: RTNL protects links, policies, the set of watched interfaces and the
 * index. Conflicts and counters are written under RTNL and the netns' lock and
 * read under either. The ring and the sequence number live under the netns'
 * lock alone. The guard of a netns is found under RTNL or RCU.
 */
#ifndef _IPVSDUMMY_H
#define _IPVSDUMMY_H

#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/rbtree.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "judge.h"
#include "selftest.h"

struct in_ifaddr;
struct inet6_ifaddr;
struct ipvsdummy_watched;

#define IPVSDUMMY_CONFLICTS_MAX	65536		/* in one netns */
#define IPVSDUMMY_NAMES_MAX	256		/* watched names in one netns */
#define IPVSDUMMY_RING_SIZE	4096		/* events; a power of two */

#ifndef IPVSDUMMY_EXPIRE_SECS	/* a test cannot wait that long */
#define IPVSDUMMY_EXPIRE_SECS	300
#endif

#define IPVSDUMMY_HOLD		(5 * HZ)	/* before what went is over */
#define IPVSDUMMY_REPEAT	(10 * HZ)	/* between equal events */
#define IPVSDUMMY_EXPIRE	(IPVSDUMMY_EXPIRE_SECS * HZ)	/* not retried */

/**
 * struct ipvsdummy_net - what every netns has
 * @lock: see above
 * @seq: number of the newest event
 * @guard: the rest; comes with the first link and goes with the last
 * @names: struct ipvsdummy_name, whether or not there is an interface; RTNL
 * @n_names: their number; RTNL
 * @guarded: had a guard once; RTNL
 */
struct ipvsdummy_net {
	spinlock_t lock;	/* conflicts, counters, ring and seq */
	u64 seq;
	struct ipvsdummy_guard __rcu *guard;
	struct list_head names;
	unsigned int n_names;
	bool guarded;
};

/**
 * struct ipvsdummy_info - what is told about a conflict
 * @addr: the VIP
 * @verdict: what it clashes with, and what was done
 * @match_ifname: name of @verdict.match_ifindex
 * @ifindex: the ipvsdummy link
 * @family: AF_INET or AF_INET6
 * @event: enum ipvsdummy_event; of a conflict, its state
 * @seq: number of the event, or of the conflict's last one
 * @time: its time, ns since the epoch
 * @since: beginning of the conflict, ns since the epoch
 * @count: attempts refused, or what was lost
 */
struct ipvsdummy_info {
	union nf_inet_addr addr;
	struct ipvsdummy_verdict verdict;
	char match_ifname[IFNAMSIZ];
	int ifindex;
	u8 family;
	u8 event;
	u64 seq;
	u64 time;
	u64 since;
	u64 count;
};

/**
 * struct ipvsdummy_conflict - an address in conflict, bound or refused
 * @node: in the guard's conflicts, by ifindex, family and address
 * @refused_node: in the guard's refused list; empty if bound
 * @link: whose it is
 * @info: what is told about it
 * @attempted: last bind refused, in jiffies
 * @reported: last event of that, in jiffies
 * @best: of what the last scan saw, the verdict that goes first
 * @scan: number of that scan
 * @plen: prefix length that it is bound with
 * @multi: bound with more than one prefix or peer, or with a peer
 * @held: with what is gone, the last scan saw the same verdict
 * @outranked: but also one that goes before it
 */
struct ipvsdummy_conflict {
	struct rb_node node;
	struct list_head refused_node;
	struct ipvsdummy_link *link;
	struct ipvsdummy_info info;
	union {
		struct {	/* refused */
			unsigned long attempted;
			unsigned long reported;
		};
		struct {	/* bound */
			struct ipvsdummy_verdict best;
			u32 scan;
			u8 plen;
			bool multi;
			bool held;
			bool outranked;
		};
	};
};

/**
 * struct ipvsdummy_record - an event in the ring
 * @info: as it was at the time
 * @ifname: name of the link at the time
 */
struct ipvsdummy_record {
	struct ipvsdummy_info info;
	char ifname[IFNAMSIZ];
};

enum {
	IPVSDUMMY_GUARD_DIRTY,	/* a watched interface is to be read again */
	IPVSDUMMY_GUARD_RESCAN,	/* every VIP is to be judged again */
};

/**
 * struct ipvsdummy_guard - what a netns with ipvsdummy links has
 * @net: the netns
 * @links: struct ipvsdummy_link; RTNL
 * @n_links: their number; RTNL
 * @watched: struct ipvsdummy_watched by ifindex; RTNL, readers RCU
 * @index: their addresses; RTNL
 * @flags: bits from above, set from anywhere
 * @work: does what @flags, held and expiring conflicts ask for
 * @v6_binder: task whose IPv6 bind was validated last; RTNL
 * @v6_dev: the link that it binds to
 * @v6_addr: what it binds
 * @conflicts: struct ipvsdummy_conflict
 * @n_conflicts: their number
 * @refused: those that are not bound, the last attempted last
 * @scan: number of the last scan
 * @ring: struct ipvsdummy_record at the event's number modulo its size
 * @first: number of the first event that was put into @ring
 * @sent: last event that was multicast
 * @event_work: multicasts; takes no RTNL
 * @log: limits what goes to the kernel log
 * @unrecorded: conflicts that found no place
 * @unreported: those not told in an event yet
 * @missed: one of them may find a place now
 * @missed_at: when that was last told, in jiffies
 * @unwatched: addresses of watched interfaces that found no place
 * @free_work: frees the guard once nobody sees it any more
 */
struct ipvsdummy_guard {
	struct net *net;
	struct list_head links;
	unsigned int n_links;

	DECLARE_HASHTABLE(watched, 6);
	struct ipvsdummy_index index;

	unsigned long flags;
	struct delayed_work work;

	const struct task_struct *v6_binder;
	const struct net_device *v6_dev;
	struct in6_addr v6_addr;

	struct rb_root conflicts;
	unsigned int n_conflicts;
	struct list_head refused;
	u32 scan;

	struct ipvsdummy_record *ring;
	u64 first;
	u64 sent;
	struct work_struct event_work;
	struct ratelimit_state log;

	u64 unrecorded;
	u64 unreported;
	bool missed;
	unsigned long missed_at;
	u64 unwatched;

	struct work_struct free_work;
};

/**
 * struct ipvsdummy_counters - of a link and class
 * @rejected: binds refused with EADDRINUSE
 * @skipped: binds refused with EEXIST
 * @flagged: times an address was flagged
 * @active: conflicts recorded now
 */
struct ipvsdummy_counters {
	u64 rejected;
	u64 skipped;
	u64 flagged;
	u32 active;
};

/**
 * struct ipvsdummy_link - a link's private data
 * @node: in the guard's links
 * @dev: the link
 * @guard: of its netns; NULL only if there was no memory when it moved here
 * @policy: RTNL
 * @rules: RTNL
 * @counters: by class
 * @unrecorded: conflicts that found no place
 * @n_conflicts: conflicts recorded now
 * @events: events caused
 */
struct ipvsdummy_link {
	struct list_head node;
	struct net_device *dev;
	struct ipvsdummy_guard *guard;
	struct ipvsdummy_policy policy;
	struct ipvsdummy_rules rules;
	struct ipvsdummy_counters counters[IPVSDUMMY_CLASSES];
	u64 unrecorded;
	unsigned int n_conflicts;
	u64 events;
};

/**
 * struct ipvsdummy_name - interface names that the operator watches or excludes
 * @node: in the netns' names
 * @name: the name; with a trailing asterisk, the beginning of names
 * @exclude: not to be watched, whatever they are
 */
struct ipvsdummy_name {
	struct list_head node;
	char name[IFNAMSIZ];
	bool exclude;
};

/* netns.c */
extern struct workqueue_struct *ipvsdummy_wq;
extern u64 ipvsdummy_instance;

int ipvsdummy_netns_init(void);
void ipvsdummy_netns_exit(void);
struct ipvsdummy_net *ipvsdummy_net(const struct net *net);
struct ipvsdummy_guard *ipvsdummy_guard_get(struct net *net);
void ipvsdummy_guard_put(struct ipvsdummy_guard *guard);
void ipvsdummy_guard_kick(struct ipvsdummy_guard *guard);

/* Under RTNL */
static inline struct ipvsdummy_guard *ipvsdummy_guard(const struct net *net)
{
	return rtnl_dereference(ipvsdummy_net(net)->guard);
}

/* Others than the host's administrator must not fill its log */
static inline bool ipvsdummy_may_log(struct ipvsdummy_guard *guard)
{
	return guard->net->user_ns == &init_user_ns && __ratelimit(&guard->log);
}

/* link.c */
int ipvsdummy_link_init(void);
void ipvsdummy_link_exit(void);
int ipvsdummy_link_parse_devices(void);
bool ipvsdummy_is_link(const struct net_device *dev);

/* watch.c */
int ipvsdummy_watch_start(struct ipvsdummy_guard *guard);
void ipvsdummy_watch_stop(struct ipvsdummy_guard *guard);
void ipvsdummy_watch_device(struct net_device *dev);
void ipvsdummy_watch_upper(struct net_device *lower, struct net_device *upper);
void ipvsdummy_unwatch_device(struct net_device *dev);
void ipvsdummy_watch_ifa(struct net_device *dev, const struct in_ifaddr *ifa,
			 bool up);
void ipvsdummy_watch_dirty(struct net_device *dev);
void ipvsdummy_watch_refresh(struct ipvsdummy_guard *guard);
u8 ipvsdummy_watch_reason(const struct net_device *dev);
int ipvsdummy_watch_add(struct net *net, const char *name, bool exclude);
int ipvsdummy_watch_del(struct net *net, const char *name);

/* addrs.c: the kernel's own address lists */
typedef void (*ipvsdummy_ifaddr_fn)(void *ctx,
				    const struct ipvsdummy_ifaddr *ifaddr);

void ipvsdummy_ifaddr_from_v4(struct ipvsdummy_ifaddr *ifaddr,
			      const struct net_device *dev,
			      const struct in_ifaddr *ifa);
void ipvsdummy_ifaddr_from_v6(struct ipvsdummy_ifaddr *ifaddr,
			      const struct net_device *dev,
			      const struct inet6_ifaddr *ifa);
void ipvsdummy_walk_ifaddrs(const struct net_device *dev,
			    ipvsdummy_ifaddr_fn fn, void *ctx);
unsigned int ipvsdummy_count_ifaddrs(const struct net_device *dev);

/* guard.c */
int ipvsdummy_guard_init(void);
void ipvsdummy_guard_exit(void);
void ipvsdummy_guard_rescan(struct ipvsdummy_guard *guard);
void ipvsdummy_guard_work(struct work_struct *work);

/* conflict.c */
int ipvsdummy_conflict_init(void);
void ipvsdummy_conflict_exit(void);
struct ipvsdummy_conflict *
ipvsdummy_conflict_find(const struct ipvsdummy_link *link, u8 family,
			const union nf_inet_addr *addr);
struct ipvsdummy_conflict *
ipvsdummy_conflict_after(struct ipvsdummy_guard *guard, int ifindex, u8 family,
			 const union nf_inet_addr *addr);
void ipvsdummy_conflict_refuse(struct ipvsdummy_link *link,
			       const struct ipvsdummy_ifaddr *vip,
			       const struct ipvsdummy_verdict *verdict);
void ipvsdummy_conflict_flag(struct ipvsdummy_link *link,
			     struct ipvsdummy_conflict *conflict,
			     const struct ipvsdummy_ifaddr *vip,
			     const struct ipvsdummy_verdict *verdict,
			     gfp_t gfp);
void ipvsdummy_conflict_bound_again(struct ipvsdummy_conflict *conflict,
				    const struct ipvsdummy_ifaddr *vip,
				    const struct ipvsdummy_verdict *verdict);
bool ipvsdummy_conflict_unbound(struct ipvsdummy_conflict *conflict,
				const struct ipvsdummy_ifaddr *vip);
void ipvsdummy_conflict_change(struct ipvsdummy_conflict *conflict,
			       const struct ipvsdummy_verdict *verdict);
void ipvsdummy_conflict_resolve(struct ipvsdummy_conflict *conflict);
void ipvsdummy_conflict_resolve_link(struct ipvsdummy_link *link);
void ipvsdummy_conflict_see(struct ipvsdummy_conflict *conflict,
			    const struct ipvsdummy_ifaddr *vip,
			    const struct ipvsdummy_verdict *verdict,
			    const struct ipvsdummy_verdict *with_gone);
void ipvsdummy_conflict_scanned(struct ipvsdummy_guard *guard);
void ipvsdummy_conflict_rename_match(struct ipvsdummy_guard *guard,
				     const struct net_device *dev);
unsigned long ipvsdummy_conflict_expire(struct ipvsdummy_guard *guard,
					unsigned long now);
void ipvsdummy_events_send(struct ipvsdummy_guard *guard);
u64 ipvsdummy_events_oldest(const struct ipvsdummy_guard *guard);

static inline bool ipvsdummy_conflict_bound(const struct ipvsdummy_conflict *c)
{
	return list_empty(&c->refused_node);
}

/* netlink.c */
int ipvsdummy_netlink_init(void);
void ipvsdummy_netlink_exit(void);
void ipvsdummy_netlink_multicast(struct net *net,
				 const struct ipvsdummy_record *record);
void ipvsdummy_netlink_overrun(struct net *net);

#endif
