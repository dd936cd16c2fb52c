// SPDX-License-Identifier: GPL-2.0
/* Per-netns state: little for every netns, the guard only for those that have
 * an ipvsdummy link.
 */
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "compat.h"
#include "ipvsdummy.h"

struct workqueue_struct *ipvsdummy_wq;
u64 ipvsdummy_instance;

static unsigned int net_id __read_mostly;

/**
 * ipvsdummy_net - the module's part of a netns
 * @net: the netns
 *
 * Return: it; valid as long as the netns is.
 */
struct ipvsdummy_net *ipvsdummy_net(const struct net *net)
{
	return net_generic(net, net_id);
}

static void cancel_works(struct ipvsdummy_guard *guard)
{
	cancel_delayed_work_sync(&guard->work);
	cancel_work_sync(&guard->event_work);
	ipvsdummy_wire_cancel(guard);
}

static void free_guard(struct work_struct *work)
{
	struct ipvsdummy_guard *guard =
		container_of(work, struct ipvsdummy_guard, free_work);

	/* Readers under RCU may still queue work, and so may each work that began
	 * while there was a link. Those that begin later do nothing.
	 */
	synchronize_rcu();
	cancel_works(guard);
	cancel_works(guard);
	ipvsdummy_wire_destroy(guard);
	ipvsdummy_index_destroy(&guard->index);
	kvfree(guard->ring);
	mem_cgroup_put(guard->memcg);
	kfree(guard);
}

static void send_events(struct work_struct *work)
{
	ipvsdummy_events_send(container_of(work, struct ipvsdummy_guard,
					   event_work));
}

static struct ipvsdummy_guard *create_guard(struct net *net)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_guard *guard;

	guard = kzalloc(sizeof(*guard), GFP_KERNEL_ACCOUNT);
	if (!guard)
		return NULL;
	guard->ring = kvcalloc(IPVSDUMMY_RING_SIZE, sizeof(*guard->ring),
			       GFP_KERNEL_ACCOUNT);
	if (!guard->ring) {
		kfree(guard);
		return NULL;
	}

	/* The node's own pays for itself: its conflicts must not fail to be known */
	if (!net_eq(net, &init_net))
		guard->memcg = get_mem_cgroup_from_mm(current->mm);
	guard->net = net;
	ipvsdummy_index_init(&guard->index);
	INIT_LIST_HEAD(&guard->links);
	INIT_LIST_HEAD(&guard->quiet_links);
	INIT_LIST_HEAD(&guard->gateways);
	INIT_LIST_HEAD(&guard->refused);
	hash_init(guard->watched);
	guard->conflicts = RB_ROOT;
	INIT_DELAYED_WORK(&guard->work, ipvsdummy_guard_work);
	INIT_WORK(&guard->event_work, send_events);
	INIT_WORK(&guard->free_work, free_guard);
	guard->sent = pn->seq;
	guard->first = pn->seq + 1;
	pn->guarded = true;
	if (ipvsdummy_wire_start(guard))
		goto free;
	ipvsdummy_lladdr_start(guard);
	if (ipvsdummy_watch_start(guard))
		goto stop;
	rcu_assign_pointer(pn->guard, guard);
	ipvsdummy_gateway_guard(guard);
	return guard;

stop:
	ipvsdummy_watch_stop(guard);
	ipvsdummy_lladdr_stop(guard);
	ipvsdummy_wire_stop(guard);
free:
	queue_work(ipvsdummy_wq, &guard->free_work);
	return NULL;
}

/**
 * ipvsdummy_guard_get - have a guard for one more link
 * @net: the link's netns
 *
 * Context: RTNL; may sleep.
 * Return: the guard, made if there is none yet; NULL without memory.
 */
struct ipvsdummy_guard *ipvsdummy_guard_get(struct net *net)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(net);

	ASSERT_RTNL();
	if (!guard)
		guard = create_guard(net);
	if (guard)
		WRITE_ONCE(guard->n_links, guard->n_links + 1);
	return guard;
}

/**
 * ipvsdummy_guard_put - a link is gone
 * @guard: of the netns that it was in
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_guard_put(struct ipvsdummy_guard *guard)
{
	ASSERT_RTNL();
	WRITE_ONCE(guard->n_links, guard->n_links - 1);
	if (guard->n_links)
		return;

	ipvsdummy_wire_stop(guard);
	ipvsdummy_groups_leave(guard);
	ipvsdummy_watch_stop(guard);
	ipvsdummy_lladdr_stop(guard);
	/* The next guard's events must not overtake the last of this one */
	cancel_work_sync(&guard->event_work);
	ipvsdummy_events_send(guard);
	RCU_INIT_POINTER(ipvsdummy_net(guard->net)->guard, NULL);
	queue_work(ipvsdummy_wq, &guard->free_work);
}

/**
 * ipvsdummy_guard_kick - have the guard's work done soon
 * @guard: the guard
 *
 * Context: any, under RTNL or RCU.
 */
void ipvsdummy_guard_kick(struct ipvsdummy_guard *guard)
{
	mod_delayed_work(ipvsdummy_wq, &guard->work, 0);
}

/**
 * ipvsdummy_guard_retry - something found no memory
 * @guard: the guard
 *
 * All is looked at again after IPVSDUMMY_RETRY, and until there is memory: what is
 * watched, and what is in conflict, must not depend on a moment.
 *
 * Context: RTNL.
 */
void ipvsdummy_guard_retry(struct ipvsdummy_guard *guard)
{
	ASSERT_RTNL();
	if (guard->short_of_memory)
		return;
	guard->short_of_memory = true;
	guard->retry_at = jiffies + IPVSDUMMY_RETRY;
	ipvsdummy_guard_kick(guard);
}

/**
 * ipvsdummy_guard_work_begin - a worker begins with what may need memory
 * @guard: the guard
 *
 * It is charged as it would be had it been done at once. But nothing is waited for,
 * and nobody killed, to make room in a cgroup: RTNL is everybody's.
 *
 * Context: RTNL.
 */
void ipvsdummy_guard_work_begin(struct ipvsdummy_guard *guard)
{
	ASSERT_RTNL();
	if (!guard->memcg)
		return;
	ipvsdummy_charge_to(guard->memcg);
	guard->index.gfp = GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT;
}

/**
 * ipvsdummy_guard_work_end - undo ipvsdummy_guard_work_begin()
 * @guard: the guard
 *
 * Context: RTNL, since then.
 */
void ipvsdummy_guard_work_end(struct ipvsdummy_guard *guard)
{
	ASSERT_RTNL();
	if (!guard->memcg)
		return;
	ipvsdummy_charge_to(NULL);
	guard->index.gfp = GFP_KERNEL_ACCOUNT;
}

static int __net_init netns_init(struct net *net)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);

	spin_lock_init(&pn->lock);
	INIT_LIST_HEAD(&pn->names);
	pn->sightings_max = IPVSDUMMY_SIGHTINGS;
	pn->claim_timeout = IPVSDUMMY_CLAIM_SECS * HZ;
	ratelimit_state_init(&pn->log, 5 * HZ, 20);
	return ipvsdummy_gateway_start(net);
}

static void __net_exit netns_exit(struct net *net)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_name *name, *next;

	/* Its links are gone; wait for the guard that they left, which may listen
	 * to routes
	 */
	if (pn->guarded)
		flush_workqueue(ipvsdummy_wq);
	ipvsdummy_gateway_stop(net);
	list_for_each_entry_safe(name, next, &pn->names, node)
		kfree(name);
	kvfree(pn->peers);
}

static struct pernet_operations netns_ops = {
	.init = netns_init,
	.exit = netns_exit,
	.id = &net_id,
	.size = sizeof(struct ipvsdummy_net),
};

/**
 * ipvsdummy_netns_init - have state in every netns
 *
 * Return: 0 or a negative errno.
 */
int __init ipvsdummy_netns_init(void)
{
	int err;

	/* With debugging, locks are large */
	BUILD_BUG_ON(!IS_ENABLED(CONFIG_DEBUG_SPINLOCK) &&
		     sizeof(struct ipvsdummy_net) > 256);

	do
		ipvsdummy_instance = get_random_u64();
	while (!ipvsdummy_instance);

	ipvsdummy_wq = alloc_workqueue("ipvsdummy", WQ_UNBOUND, 0);
	if (!ipvsdummy_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&netns_ops);
	if (err)
		destroy_workqueue(ipvsdummy_wq);
	return err;
}

/**
 * ipvsdummy_netns_exit - undo ipvsdummy_netns_init()
 */
void ipvsdummy_netns_exit(void)
{
	unregister_pernet_subsys(&netns_ops);
	destroy_workqueue(ipvsdummy_wq);
	rcu_barrier();
}
