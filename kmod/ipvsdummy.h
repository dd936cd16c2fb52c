/* SPDX-License-Identifier: GPL-2.0 */
/* The inside of the module: state, and what its files offer each other.
 *
 * Locks: RTNL protects links, policies, the set of watched interfaces and the
 * index. Conflicts and counters are written under RTNL and the netns' lock and
 * read under either. The ring, the sequence number and what the routes told
 * live under the netns' lock alone. The guard of a netns is found under RTNL or
 * RCU.
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

#include "frame.h"
#include "judge.h"
#include "selftest.h"
#include "sight.h"

struct in_ifaddr;
struct inet6_ifaddr;
struct ipvsdummy_watched;
struct mem_cgroup;

#define IPVSDUMMY_CONFLICTS_MAX	65536		/* in one netns */
#define IPVSDUMMY_GATEWAYS_MAX	256		/* in one netns */
#define IPVSDUMMY_NAMES_MAX	256		/* watched names in one netns */
#define IPVSDUMMY_RING_SIZE	4096		/* events; a power of two */
#define IPVSDUMMY_PEERS_MAX	1024		/* in one netns */
#define IPVSDUMMY_SIGHTINGS	4096		/* unless set otherwise */
#define IPVSDUMMY_CLAIMS_MAX	4096		/* of addresses bound */
#define IPVSDUMMY_ANSWERS_MAX	1024		/* to questions, or silence */
#define IPVSDUMMY_QUESTIONS_MAX	1024		/* at a time */
#define IPVSDUMMY_OWNERS_MAX	4		/* that answer one at once */
#define IPVSDUMMY_PROBES_PER_SEC 128		/* of all questions */
#define IPVSDUMMY_GROUPS_MAX	64		/* joined */
#define IPVSDUMMY_TEXT_SIZE	160		/* what a conflict is about */

#ifndef IPVSDUMMY_EXPIRE_SECS	/* a test cannot wait that long */
#define IPVSDUMMY_EXPIRE_SECS	300
#endif

#define IPVSDUMMY_HOLD		(5 * HZ)	/* before what went is over */
#define IPVSDUMMY_RETRY		(5 * HZ)	/* what found no memory */
#define IPVSDUMMY_REPEAT	(10 * HZ)	/* between equal events */
#define IPVSDUMMY_EXPIRE	(IPVSDUMMY_EXPIRE_SECS * HZ)	/* not retried */
#define IPVSDUMMY_CLAIM_SECS	600	/* of silence, unless set otherwise */
#define IPVSDUMMY_REMEMBER	(600 * HZ)	/* what was answered, or silence */

/**
 * struct ipvsdummy_net - what every netns has
 * @lock: see above
 * @seq: number of the newest event
 * @guard: the rest; comes with the first link and goes with the last
 * @names: struct ipvsdummy_name, whether or not there is an interface; RTNL
 * @n_names: their number; RTNL
 * @peers: stations whose claims are no conflict; RTNL
 * @n_peers: their number; RTNL
 * @sightings_max: how many addresses of others are remembered; RTNL
 * @claim_timeout: silence after which a claim is over, in jiffies
 * @guarded: had a guard once; RTNL
 * @log: limits what goes to the kernel log; not the guard's, which can be had anew
 * @deaf: the routes are to be told, for the first time or again; set under RTNL
 * @fib_nb: is told of routes
 * @nexthop_nb: is told of next-hop objects
 * @hops: next hops of default routes, the newest last
 * @n_hops: their number
 * @lost_hops: those that found no place, and were not counted yet
 * @hops_missing: some found no memory
 * @last_hop: number of the newest
 */
struct ipvsdummy_net {
	spinlock_t lock;	/* conflicts, counters, ring, seq and hops */
	u64 seq;
	struct ipvsdummy_guard __rcu *guard;
	struct list_head names;
	unsigned int n_names;
	struct ipvsdummy_peer *peers;
	unsigned int n_peers;
	unsigned int sightings_max;
	unsigned long claim_timeout;
	bool guarded;
	struct ratelimit_state log;

	bool deaf;
	struct notifier_block fib_nb;
	struct notifier_block nexthop_nb;
	struct list_head hops;
	unsigned int n_hops;
	unsigned int lost_hops;
	bool hops_missing;
	u64 last_hop;
};

/**
 * struct ipvsdummy_peer - stations whose claims are no conflict
 * @prefix: their own address lies in it
 * @lladdr: it is this one, if @family is 0
 * @family: AF_INET, AF_INET6 or 0
 * @plen: length of @prefix
 */
struct ipvsdummy_peer {
	union nf_inet_addr prefix;
	u8 lladdr[ETH_ALEN];
	u8 family;
	u8 plen;
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
 * @reported: last event, in jiffies
 * @told_at: last event that was only about another owner, in jiffies; 0 if none
 * @told: the owner told last
 * @untold: that of another owner was put off
 * @best: of what the last scan saw, the verdict that goes first
 * @scan: number of that scan
 * @claimed: of class neigh, last sign of the owner, in jiffies
 * @asked: of class onlink, it was asked who has the address
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
	unsigned long reported;
	unsigned long claimed;
	unsigned long told_at;
	u8 told[ETH_ALEN];
	bool untold;
	bool asked;
	union {
		struct {	/* refused */
			unsigned long attempted;
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
	IPVSDUMMY_GUARD_ROUTES,	/* a default route is to be read again */
	IPVSDUMMY_GUARD_RESCAN,	/* every VIP is to be judged again */
	IPVSDUMMY_GUARD_ASK,	/* conflicts of class onlink are to be probed */
	IPVSDUMMY_GUARD_UNHEARD, /* a probe could not be sent, and was given up */
};

/**
 * struct ipvsdummy_question - a question on the wire: who has this address?
 * @node: in the wire's questions
 * @addr: the address
 * @owner: who answered
 * @n_owners: their number
 * @peers: a bit for each of them that turned out to be no owner, but a peer
 * @next: when there is something to do, in jiffies
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @ifindex: interface that it is asked on
 * @family: AF_INET or AF_INET6, 0 if the place is free
 * @lladdr: who is asked; zero if everybody is
 * @nonce: of neighbor solicitations
 * @sent: probes sent
 * @postponed: times that none could be sent
 * @state: enum question_state in probe.c
 */
struct ipvsdummy_question {
	struct hlist_node node;
	union nf_inet_addr addr;
	struct ipvsdummy_owner owner[IPVSDUMMY_OWNERS_MAX];
	u8 n_owners;
	u8 peers;
	unsigned long next;
	int vrf;
	int ifindex;
	u8 family;
	u8 lladdr[ETH_ALEN];
	u8 nonce[IPVSDUMMY_NONCE_LEN];
	u8 sent;
	u8 postponed;
	u8 state;
};

/**
 * struct ipvsdummy_group - a solicited-node group that was joined
 * @addr: the group
 * @ifindex: interface that it was joined on, 0 if the place is free
 * @wanted: for mark and sweep
 */
struct ipvsdummy_group {
	struct in6_addr addr;
	int ifindex;
	bool wanted;
};

/**
 * struct ipvsdummy_wire - what is known from the wire
 * @lock: protects all of it
 * @seen: addresses of others
 * @claims: addresses of our links, claimed by others; state is enum
 *	ipvsdummy_claim_state
 * @answers: what came of questions: an owner, or one without evidence if there
 *	was no answer, with the link-layer address of who was asked
 * @raised: there may be claims that are to be looked into
 * @questions: struct ipvsdummy_question by address
 * @question: the places for them
 * @n_questions: places in use
 * @work: looks into claims and answers
 * @probe_work: sends probes; takes no RTNL
 * @frames: frames seen
 * @n_claims: those that claimed an address of our links
 * @malformed: those that were not to be trusted
 * @probes: probes sent
 */
struct ipvsdummy_wire {
	spinlock_t lock;	/* tables and questions */
	struct ipvsdummy_sightings seen;
	struct ipvsdummy_sightings claims;
	struct ipvsdummy_sightings answers;
	bool raised;
	DECLARE_HASHTABLE(questions, 8);
	struct ipvsdummy_question *question;
	unsigned int n_questions;
	struct delayed_work work;
	struct delayed_work probe_work;
	atomic64_t frames;
	atomic64_t n_claims;
	atomic64_t malformed;
	atomic64_t probes;
};

/**
 * enum ipvsdummy_claim_state - what became of a claim
 * @IPVSDUMMY_CLAIMED_JUDGED: it was looked into
 * @IPVSDUMMY_CLAIMED_RAISED: it is to be looked into
 * @IPVSDUMMY_CLAIMED_HELD: it is found out whether it is a peer's
 * @IPVSDUMMY_CLAIMED_PEER: it is a peer's, or nothing to us
 */
enum ipvsdummy_claim_state {
	IPVSDUMMY_CLAIMED_JUDGED,
	IPVSDUMMY_CLAIMED_RAISED,
	IPVSDUMMY_CLAIMED_HELD,
	IPVSDUMMY_CLAIMED_PEER,
};

/**
 * struct ipvsdummy_guard - what a netns with ipvsdummy links has
 * @net: the netns
 * @memcg: of who made the first link, charged for what workers allocate; NULL if
 *	nobody is
 * @links: struct ipvsdummy_link; RTNL
 * @quiet_links: those that do not answer ARP as usual; RTNL, readers RCU
 * @n_links: number of @links; without one the guard is to be freed, and its works do
 *	nothing; RTNL, readers any
 * @watched: struct ipvsdummy_watched by ifindex; RTNL, readers RCU
 * @gateways: struct ipvsdummy_watched_addr; RTNL
 * @index: addresses of @watched, and @gateways; RTNL
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
 * @unrecorded: conflicts that found no place
 * @unreported: those not told in an event yet
 * @missed: one of them may find a place now
 * @missed_at: when that was last told, in jiffies
 * @unwatched: addresses of watched interfaces, and gateways, that found no place
 * @short_of_memory: all is to be looked at again at @retry_at; RTNL
 * @retry_at: in jiffies; RTNL
 * @own_lladdrs: of this host's interfaces, now or a moment ago; RTNL, readers
 *	RCU
 * @former_lladdrs: those that are no more, the first gone first; RTNL
 * @n_former: their number
 * @wire: what is known from the wire
 * @untold: a conflict's event was put off
 * @groups: solicited-node groups that were joined; RTNL
 * @free_work: frees the guard once nobody sees it any more
 */
struct ipvsdummy_guard {
	struct net *net;
	struct mem_cgroup *memcg;
	struct list_head links;
	struct list_head quiet_links;
	unsigned int n_links;

	DECLARE_HASHTABLE(watched, 6);
	struct list_head gateways;
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

	u64 unrecorded;
	u64 unreported;
	bool missed;
	unsigned long missed_at;
	u64 unwatched;
	bool short_of_memory;
	unsigned long retry_at;

	DECLARE_HASHTABLE(own_lladdrs, 8);
	struct list_head former_lladdrs;
	unsigned int n_former;
	struct ipvsdummy_wire wire;
	bool untold;
	struct ipvsdummy_group groups[IPVSDUMMY_GROUPS_MAX];

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
 * @quiet_node: in the guard's quiet links, if @quiet; RTNL, readers RCU
 * @quiet: it does not answer ARP as usual; RTNL
 * @arp_reply: enum ipvsdummy_arp_reply; RTNL, readers RCU
 * @probe: enum ipvsdummy_probe; RTNL
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
	struct list_head quiet_node;
	bool quiet;
	u8 arp_reply;
	u8 probe;
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
void ipvsdummy_guard_retry(struct ipvsdummy_guard *guard);
void ipvsdummy_guard_work_begin(struct ipvsdummy_guard *guard);
void ipvsdummy_guard_work_end(struct ipvsdummy_guard *guard);

/* Under RTNL */
static inline struct ipvsdummy_guard *ipvsdummy_guard(const struct net *net)
{
	return rtnl_dereference(ipvsdummy_net(net)->guard);
}

/* Others than the host's administrator must not fill its log */
static inline bool ipvsdummy_may_log(struct ipvsdummy_guard *guard)
{
	return guard->net->user_ns == &init_user_ns &&
	       __ratelimit(&ipvsdummy_net(guard->net)->log);
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
void ipvsdummy_watch_mark(struct list_head *addrs);
void ipvsdummy_watch_addr(struct ipvsdummy_guard *guard,
			  struct list_head *addrs, const struct net_device *dev,
			  const struct ipvsdummy_ifaddr *ifaddr);
void ipvsdummy_watch_sweep(struct ipvsdummy_guard *guard,
			   struct list_head *addrs);
u8 ipvsdummy_watch_reason(const struct net_device *dev);
bool ipvsdummy_is_watched(struct ipvsdummy_guard *guard,
			  const struct net_device *dev);
bool ipvsdummy_watches_v4(struct ipvsdummy_guard *guard, int vrf, __be32 ip);
int ipvsdummy_watch_add(struct net *net, const char *name, bool exclude);
int ipvsdummy_watch_del(struct net *net, const char *name);

/* gateway.c */
int ipvsdummy_gateway_start(struct net *net);
void ipvsdummy_gateway_stop(struct net *net);
void ipvsdummy_gateway_guard(struct ipvsdummy_guard *guard);
void ipvsdummy_gateway_listen(struct net *net);
void ipvsdummy_gateway_again(struct ipvsdummy_guard *guard);
void ipvsdummy_gateway_refresh(struct ipvsdummy_guard *guard);

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
bool ipvsdummy_is_local(struct net_device *dev, u8 family,
			const union nf_inet_addr *addr);
bool ipvsdummy_has_v4(const struct net_device *dev, __be32 ip);

/* guard.c */
int ipvsdummy_guard_init(void);
void ipvsdummy_guard_exit(void);
void ipvsdummy_guard_refresh(struct ipvsdummy_guard *guard);
void ipvsdummy_guard_rescan(struct ipvsdummy_guard *guard);
void ipvsdummy_guard_rejudge(struct ipvsdummy_guard *guard, u8 family,
			     const union nf_inet_addr *addr, bool claimed);
void ipvsdummy_guard_judge(struct ipvsdummy_link *link,
			   const struct ipvsdummy_ifaddr *vip, bool with_gone,
			   struct ipvsdummy_verdict *verdict);
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
void ipvsdummy_conflict_conclude(struct ipvsdummy_conflict *conflict);
unsigned long ipvsdummy_conflict_tell(struct ipvsdummy_guard *guard,
				      unsigned long now);
void ipvsdummy_conflict_ask(struct ipvsdummy_guard *guard);
void ipvsdummy_conflict_ask_again(struct ipvsdummy_guard *guard);
void ipvsdummy_conflict_rename_match(struct ipvsdummy_guard *guard,
				     const struct net_device *dev);
unsigned long ipvsdummy_conflict_expire(struct ipvsdummy_guard *guard,
					unsigned long now);
void ipvsdummy_events_send(struct ipvsdummy_guard *guard);
u64 ipvsdummy_events_oldest(const struct ipvsdummy_guard *guard);
void ipvsdummy_conflict_describe(char *text, u8 family,
				 const union nf_inet_addr *addr,
				 const struct ipvsdummy_verdict *verdict,
				 const char *ifname, bool brief);

static inline bool ipvsdummy_conflict_bound(const struct ipvsdummy_conflict *c)
{
	return list_empty(&c->refused_node);
}

/* lladdr.c: the link-layer addresses of this host */
void ipvsdummy_lladdr_update(struct ipvsdummy_guard *guard,
			     const struct net_device *dev);
void ipvsdummy_lladdr_remove(struct ipvsdummy_guard *guard,
			     const struct net_device *dev);
bool ipvsdummy_lladdr_is_own(struct ipvsdummy_guard *guard, const u8 *lladdr);
unsigned long ipvsdummy_lladdr_expire(struct ipvsdummy_guard *guard,
				      unsigned long now);
void ipvsdummy_lladdr_start(struct ipvsdummy_guard *guard);
void ipvsdummy_lladdr_stop(struct ipvsdummy_guard *guard);

/* peer.c */
void ipvsdummy_peers_change(struct net *net, struct ipvsdummy_peer *peers,
			    unsigned int n);
bool ipvsdummy_peer_is(struct ipvsdummy_guard *guard, int vrf, int ifindex,
		       const u8 *lladdr, u8 family,
		       const union nf_inet_addr *claimed);
unsigned long ipvsdummy_peers_wait(struct ipvsdummy_guard *guard, u8 family);
void ipvsdummy_peers_ask(struct ipvsdummy_guard *guard, int vrf, int ifindex,
			 u8 family);

/* neigh.c: who else has an address */
int ipvsdummy_neigh_init(void);
void ipvsdummy_neigh_exit(void);
bool ipvsdummy_neigh_lookup(const struct net_device *dev, u8 family,
			    const union nf_inet_addr *addr,
			    struct ipvsdummy_owner *owner,
			    unsigned long *confirmed);
enum ipvsdummy_owned ipvsdummy_neigh_find(void *ctx,
					  const struct ipvsdummy_ifaddr *vip,
					  struct ipvsdummy_owner *owner);
unsigned long ipvsdummy_neigh_expire(struct ipvsdummy_guard *guard,
				     unsigned long now);
void ipvsdummy_neigh_work(struct work_struct *work);
void ipvsdummy_neigh_raise_all(struct ipvsdummy_guard *guard);

/* wire.c: ARP and Neighbor Discovery as they pass by */
int ipvsdummy_wire_start(struct ipvsdummy_guard *guard);
void ipvsdummy_wire_stop(struct ipvsdummy_guard *guard);
void ipvsdummy_wire_cancel(struct ipvsdummy_guard *guard);
void ipvsdummy_wire_destroy(struct ipvsdummy_guard *guard);
int ipvsdummy_wire_resize(struct net *net, unsigned int sightings_max);
void ipvsdummy_wire_note(struct ipvsdummy_guard *guard, int vrf, u8 family,
			 const union nf_inet_addr *addr,
			 const struct ipvsdummy_owner *owner, bool local);
void ipvsdummy_wire_set_quiet(struct ipvsdummy_link *link, u8 arp_reply);

/* group.c */
void ipvsdummy_groups_update(struct ipvsdummy_guard *guard);
void ipvsdummy_groups_leave(struct ipvsdummy_guard *guard);

/* probe.c: questions on the wire */
bool ipvsdummy_probe_ask(struct ipvsdummy_guard *guard, int vrf, int ifindex,
			 u8 family, const union nf_inet_addr *addr,
			 const u8 *lladdr, bool at_once);
struct ipvsdummy_question *
ipvsdummy_probe_find(struct ipvsdummy_guard *guard, int vrf, u8 family,
		     const union nf_inet_addr *addr);
void ipvsdummy_probe_answered(struct ipvsdummy_guard *guard,
			      struct ipvsdummy_question *question,
			      const struct ipvsdummy_owner *owner);
void ipvsdummy_probe_conclude(struct ipvsdummy_guard *guard);
void ipvsdummy_probe_work(struct work_struct *work);

/* netlink.c */
int ipvsdummy_netlink_init(void);
void ipvsdummy_netlink_exit(void);
void ipvsdummy_netlink_multicast(struct net *net,
				 const struct ipvsdummy_record *record);
void ipvsdummy_netlink_overrun(struct net *net);

#endif
