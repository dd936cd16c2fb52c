// SPDX-License-Identifier: GPL-2.0
/* The guard: what may be bound to an ipvsdummy link over every path that there
 * is, what is refused, and what is told about it.
 *
 * VM: nics=1 timeout=180
 */
#include "kselftest_harness.h"

#include <linux/ipv6.h>
#include <linux/sockios.h>
#include <netinet/icmp6.h>
#include <sys/ioctl.h>

#include "plan-test.h"

FIXTURE(bind) {
	struct lab lab;
	struct follower follower;
};

FIXTURE_VARIANT(bind) {
	const struct net_plan *plan;
};

FIXTURE_VARIANT_ADD(bind, ipv4) {
	.plan = &ipv4,
};

FIXTURE_VARIANT_ADD(bind, ipv6) {
	.plan = &ipv6,
};

FIXTURE_SETUP(bind)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", variant->plan->own_plen));
	follow(&self->lab, &self->follower);
}

FIXTURE_TEARDOWN(bind)
{
}

TEST_F(bind, unrelated)
{
	ASSERT_EQ(0, addr_add(&self->lab.rt, "vip0", variant->plan->far));
	EXPECT_EQ(1, addr_bound(&self->lab.rt, "vip0", variant->plan->far));
	ASSERT_EQ(0, addr_del(&self->lab.rt, "vip0", variant->plan->far));
	EXPECT_STREQ("nothing", unexpected(&self->lab, &self->follower));
	EXPECT_STREQ("", conflicts(&self->lab));
}

TEST_F(bind, host_rejected)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_NE(NULL, strstr(lab->rt.ack, "host"));
	EXPECT_EQ(EADDRINUSE, addr_replace(&lab->rt, "vip0", plan->own));
	EXPECT_NE(NULL, strstr(lab->rt.ack, "host"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own_plen));
	EXPECT_EQ(0, addr_bound(&lab->rt, "vip0", plan->own));
	EXPECT_EQ(EADDRNOTAVAIL, addr_del(&lab->rt, "vip0", plan->own));

	EXPECT_STREQ(text("%s x1", line("rejected", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("%s x3\n", line("rejected", plan->own, "host reject",
					  plan->own_host)),
		     conflicts(lab));
}

TEST_F(bind, host_skipped)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, SKIP_IT, KEEP));
	EXPECT_EQ(EEXIST, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_NE(NULL, strstr(lab->rt.ack, "host"));
	EXPECT_EQ(0, addr_bound(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(text("%s x1", line("skipped", plan->own, "host skip",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_F(bind, host_flagged)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, FLAG, KEEP));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(line("flagged", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* Where host allows onlink decides, where that allows too nothing is said */
TEST_F(bind, allowed)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, ALLOW, KEEP));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(line("flagged", plan->own, "onlink flag", plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(line("resolved", plan->own, "onlink flag", plan->prefix),
		     say_next(lab, &self->follower));

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, ALLOW));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("", conflicts(lab));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->own));
}

TEST_F(bind, onlink_flagged)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_STREQ(text("%s\n", line("flagged", plan->onlink, "onlink flag",
				       plan->prefix)), conflicts(lab));

	/* Binding it in the place of itself changes nothing */
	EXPECT_EQ(0, addr_replace(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(line("resolved", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("", conflicts(lab));
}

TEST_F(bind, onlink_rejected)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_NE(NULL, strstr(lab->rt.ack, "onlink"));
	EXPECT_EQ(0, addr_bound(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(text("%s x1", line("rejected", plan->onlink,
					"onlink reject", plan->prefix)),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->far));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_F(bind, audited)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", IPVSDUMMY_MODE_AUDIT, SKIP_IT,
				 REJECT));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(line("flagged", plan->own, "host flag would skip",
			  plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(line("flagged", plan->onlink, "onlink flag would reject",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->own));
}

/* Who binds what is bound is told so, and not that it is refused: holders take
 * EEXIST for success
 */
TEST_F(bind, bound_already)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(EEXIST, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_EQ(EEXIST, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_EQ(0, addr_replace(&lab->rt, "vip0", plan->onlink));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("%s\n", line("flagged", plan->onlink, "onlink flag",
				       plan->prefix)), conflicts(lab));
}

/* A refusal is over at once when the bind succeeds */
TEST_F(bind, cause_gone)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_STREQ(text("%s x1", line("rejected", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "w0", plan->own_plen));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(text("%s x1", line("resolved", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	/* and it is bound in spite of what comes back */
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->own_plen));
	EXPECT_STREQ(line("flagged", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
}

/* A refused VIP that is bound after the policy has changed */
TEST_F(bind, refused_then_bound)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_STREQ(text("%s x1", line("rejected", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, FLAG, KEEP));
	EXPECT_STREQ(text("%s x1", line("resolved", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(line("flagged", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
}

/* The validator does not see what the kernel adds of its own accord. IPv4 shows
 * it the peer in the place of the VIP, IPv6 the VIP.
 */
TEST_F(bind, peer)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	int err;

	err = addr_add_peer(&lab->rt, "vip0", plan->own, plan->far_peer);
	if (plan == &ipv6) {
		EXPECT_EQ(EADDRINUSE, err);
		return;
	}
	EXPECT_EQ(0, err);
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(line("flagged", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_do(&lab->rt, RTM_DELADDR, 0, "vip0", plan->own,
			     plan->far_peer, 0));
	EXPECT_STREQ(line("resolved", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
}

/* The route to a peer in a watched prefix takes that address from it */
TEST_F(bind, peer_onlink)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, addr_add_peer(&lab->rt, "vip0", plan->far, plan->onlink));
	EXPECT_STREQ(line("flagged", plan->far, "onlink flag", plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(0, addr_do(&lab->rt, RTM_DELADDR, 0, "vip0", plan->far,
			     plan->onlink, 0));
	EXPECT_STREQ(line("resolved", plan->far, "onlink flag", plan->prefix),
		     say_next(lab, &self->follower));
}

/* A prefix around a watched one takes its route; no validator sees it */
TEST_F(bind, short_prefix)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->wide));
	EXPECT_STREQ(line("flagged", plan->wide_local, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", plan->wide));
	EXPECT_STREQ(line("resolved", plan->wide_local, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));

	/* The same address by itself is no matter */
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->wide_local));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_F(bind, ends_of_prefix)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->network));
	EXPECT_STREQ(line("flagged", plan->network, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->broadcast));
	EXPECT_STREQ(line("flagged", plan->broadcast, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
}

/* A /31 or /127 has two hosts, a /32 or /128 one */
TEST_F(bind, long_prefixes)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->pair));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->single));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->pair_other));
	EXPECT_STREQ(line("flagged", plan->pair_other, "onlink flag",
			  plan->pair_prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->single));
	EXPECT_STREQ(text("%s x1", line("rejected", plan->single,
					"host reject", plan->single_host)),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->single_other));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	/* Of two prefixes the longer one matches */
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->wide));
	EXPECT_STREQ(line("flagged", plan->single_other, "onlink flag",
			  plan->wide_prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
}

/* Every host has its own of these */
TEST_F(bind, host_scope)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->local_plen));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, REJECT, REJECT));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->local));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->local_other));
	if (plan == &ipv4) {
		ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->loopback));
		EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->loopback));
	}
	EXPECT_STREQ(text("vip0 %s: allow", plan->loopback),
		     check(lab, "vip0", plan->loopback));
	EXPECT_STREQ(text("vip0 %s: allow", plan->local),
		     check(lab, "vip0", plan->local));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* What another ipvsdummy link holds is no match, and neither are addresses of
 * interfaces that are not watched
 */
TEST_F(bind, others_hold_it)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "s1", plan->far));
	ASSERT_EQ(0, link_add(&lab->rt, "d0", "dummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "d0", plan->far_peer));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->far));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->far_peer));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* A watched address and a VIP in one go: there is no moment in between */
TEST_F(bind, at_once)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	unsigned int i;
	uint32_t seq;
	char *end;

	for (i = 0; i < 20; i++) {
		seq = lab->rt.seq + 1;
		end = lab->rt.request;
		nlh = addr_request(&lab->rt, end, RTM_NEWADDR,
				   NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
				   index_of("w0"), plan->single, NULL, 0);
		end = mnl_nlmsg_get_payload_tail(nlh);
		nlh = addr_request(&lab->rt, end, RTM_NEWADDR,
				   NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
				   index_of("vip0"), plan->single, NULL, 0);
		end = mnl_nlmsg_get_payload_tail(nlh);
		nlh = addr_request(&lab->rt, end, RTM_DELADDR, NLM_F_ACK,
				   index_of("w0"), plan->single, NULL, 0);
		end = mnl_nlmsg_get_payload_tail(nlh);
		nlh = addr_request(&lab->rt, end, RTM_NEWADDR,
				   NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
				   index_of("vip0"), plan->single, NULL, 0);
		end = mnl_nlmsg_get_payload_tail(nlh);
		nlh = addr_request(&lab->rt, end, RTM_DELADDR, NLM_F_ACK,
				   index_of("vip0"), plan->single, NULL, 0);
		end = mnl_nlmsg_get_payload_tail(nlh);
		nl_send(&lab->rt, lab->rt.request, end - lab->rt.request);
		ASSERT_EQ(0, nl_wait(&lab->rt, seq, NULL, NULL));
		ASSERT_EQ(EADDRINUSE, nl_wait(&lab->rt, seq + 1, NULL, NULL));
		ASSERT_EQ(0, nl_wait(&lab->rt, seq + 2, NULL, NULL));
		ASSERT_EQ(0, nl_wait(&lab->rt, seq + 3, NULL, NULL));
		ASSERT_EQ(0, nl_wait(&lab->rt, seq + 4, NULL, NULL));
		ASSERT_STREQ(text("%s x1", line("rejected", plan->single,
						"host reject",
						plan->single_host)),
			     say_next(lab, &self->follower));
		ASSERT_STREQ(text("%s x1", line("resolved", plan->single,
						"host reject",
						plan->single_host)),
			     say_next(lab, &self->follower));
	}
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

static char *append(struct lab *lab, char *end, const char *dev,
		    const char *address)
{
	struct nlmsghdr *nlh;

	nlh = addr_request(&lab->rt, end, RTM_NEWADDR,
			   NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, index_of(dev),
			   address, NULL, 0);
	return mnl_nlmsg_get_payload_tail(nlh);
}

/* A retry that finds another reason, before it was judged again or after */
TEST_F(bind, retried_at_once)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	unsigned int i;
	uint32_t seq;
	char *end;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, REJECT, REJECT));
		seq = lab->rt.seq + 1;
		end = append(lab, lab->rt.request, "vip0", plan->onlink);
		end = append(lab, end, "w0", plan->onlink);
		end = append(lab, end, "vip0", plan->onlink);
		nl_send(&lab->rt, lab->rt.request, end - lab->rt.request);
		ASSERT_EQ(EADDRINUSE, nl_wait(&lab->rt, seq, NULL, NULL));
		ASSERT_EQ(0, nl_wait(&lab->rt, seq + 1, NULL, NULL));
		ASSERT_EQ(EADDRINUSE, nl_wait(&lab->rt, seq + 2, NULL, NULL));
		ASSERT_EQ(0, strncmp("rejected vip0 ",
				     say_next(lab, &self->follower), 14));
		ASSERT_EQ(0, strncmp("changed vip0 ",
				     say_next(lab, &self->follower), 13));
		ASSERT_EQ(0, addr_del(&lab->rt, "w0", plan->onlink));
		ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, ALLOW, ALLOW));
		ASSERT_EQ(0, strncmp("resolved vip0 ",
				     say_next(lab, &self->follower), 14));
	}
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* Setting a link down takes its IPv6 addresses, unless they are kept */
TEST_F(bind, down_and_up)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	const char *flagged = line("flagged", plan->onlink, "onlink flag",
				   plan->prefix);

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_STREQ(flagged, say_next(lab, &self->follower));
	EXPECT_EQ(0, link_up(&lab->rt, "vip0", true));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(0, link_up(&lab->rt, "vip0", false));
	if (plan == &ipv4) {
		EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
		return;
	}
	EXPECT_STREQ(line("resolved", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));

	set_sysctl("net/ipv6/conf/vip0/keep_addr_on_down", "1");
	ASSERT_EQ(0, link_up(&lab->rt, "vip0", true));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, link_up(&lab->rt, "vip0", false));
	EXPECT_EQ(0, link_up(&lab->rt, "vip0", true));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("%s\n", line("flagged", plan->onlink, "onlink flag",
				       plan->prefix)), conflicts(lab));
}

/* Addresses in two VRFs have nothing to do with each other */
TEST_F(bind, vrf)
{
	const struct net_plan *plan = variant->plan;
	const char *onlink = text(plan->nth_onlink, 1);
	struct lab *lab = &self->lab;
	int i;

	if (link_add_vrf(&lab->rt, "red", 10))
		SKIP(return, "no VRF in this kernel");
	ASSERT_EQ(0, link_up(&lab->rt, "red", true));
	/* Else IPv6 addresses go when their link changes its VRF */
	set_sysctl("net/ipv6/conf/all/keep_addr_on_down", "1");
	lab_watch_dummy(lab, "w1");
	ASSERT_EQ(0, link_master(&lab->rt, "w1", index_of("red")));
	ASSERT_EQ(0, addr_add(&lab->rt, "w1", text(plan->nth_plen, 1)));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", onlink));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("vip0 %s: allow", onlink),
		     check(lab, "vip0", onlink));

	ASSERT_EQ(0, link_master(&lab->rt, "vip0", index_of("red")));
	EXPECT_STREQ(text("flagged vip0 %s: onlink flag, w1 %s", onlink,
			  text(plan->nth_prefix, 1)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ(text("vip0 %s: onlink flag, w1 %s", onlink,
			  text(plan->nth_prefix, 1)),
		     check(lab, "vip0", onlink));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0",
				       text(plan->nth_plen, 1)));
	EXPECT_EQ(0, strncmp("rejected vip0 ",
			     say_next(lab, &self->follower), 14));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	/* A VIP that leaves is no matter of watched addresses that went */
	ASSERT_EQ(0, link_master(&lab->rt, "vip0", 0));
	for (i = 0; i < 3; i++)
		ASSERT_STRNE("no event", say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(line("flagged", plan->own, "host flag", plan->own_host),
		     strtok(conflicts(lab), "\n"));
}

/* A watched interface that is down changes its VRF, and nothing else tells */
TEST_F_TIMEOUT(bind, vrf_of_watched, 40)
{
	const struct net_plan *plan = variant->plan;
	const char *onlink = text(plan->nth_onlink, 1);
	const char *prefix = text(plan->nth_prefix, 1);
	struct lab *lab = &self->lab;

	if (link_add_vrf(&lab->rt, "red", 10))
		SKIP(return, "no VRF in this kernel");
	set_sysctl("net/ipv6/conf/all/keep_addr_on_down", "1");
	lab_watch_dummy(lab, "w1");
	ASSERT_EQ(0, addr_add(&lab->rt, "w1", text(plan->nth_plen, 1)));
	ASSERT_EQ(0, link_up(&lab->rt, "w1", false));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", onlink));
	EXPECT_STREQ(text("flagged vip0 %s: onlink flag, w1 %s", onlink,
			  prefix), say_next(lab, &self->follower));
	ASSERT_EQ(0, link_master(&lab->rt, "w1", index_of("red")));
	EXPECT_STREQ(text("resolved vip0 %s: onlink flag, w1 %s", onlink,
			  prefix), say_held(lab, &self->follower));
	ASSERT_EQ(0, link_master(&lab->rt, "w1", 0));
	EXPECT_STREQ(text("flagged vip0 %s: onlink flag, w1 %s", onlink,
			  prefix), say_next(lab, &self->follower));
}

FIXTURE(bind4) {
	struct lab lab;
	struct follower follower;
	int ioctls;
};

FIXTURE_SETUP(bind4)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", "10.0.2.15/24"));
	follow(&self->lab, &self->follower);
	self->ioctls = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, self->ioctls);
}

FIXTURE_TEARDOWN(bind4)
{
}

/* An address may be there twice, with two prefixes: one conflict, which is over
 * when the last has gone
 */
TEST_F(bind4, twice)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99/32"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99/24"));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99/16"));
	EXPECT_EQ(3, addr_bound(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.99/32"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.99/16"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24\n",
		     conflicts(lab));
	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.99/24"));
	EXPECT_STREQ("resolved vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* ... or when the one has gone that it was about */
TEST_F(bind4, twice_of_which_one)
{
	const char *flagged = "flagged vip0 10.0.9.1: onlink flag, w0 10.0.2.0/24";
	const char *resolved = "resolved vip0 10.0.9.1: onlink flag, w0 10.0.2.0/24";
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.9.1/32"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.9.1/16"));
	EXPECT_STREQ(flagged, say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.9.1/16"));
	EXPECT_STREQ(resolved, say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.9.1/16"));
	EXPECT_STREQ(flagged, say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.9.1/32"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.9.1/32"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.9.1/8"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.9.1/8"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.9.1/16"));
	EXPECT_STREQ(resolved, say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.9.1/32"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* Nor is it over when another one goes, be its prefix as long */
TEST_F(bind4, twice_of_which_the_other)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.9.1/16"));
	EXPECT_STREQ("flagged vip0 10.0.9.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_add_peer(&lab->rt, "vip0", "10.0.9.1",
				   "172.50.60.106/16"));
	EXPECT_EQ(2, addr_bound(&lab->rt, "vip0", "10.0.9.1"));
	ASSERT_EQ(0, addr_do(&lab->rt, RTM_DELADDR, 0, "vip0", "10.0.9.1",
			     "172.50.60.106/16", 0));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("flagged vip0 10.0.9.1: onlink flag, w0 10.0.2.0/24\n",
		     conflicts(lab));
}

/* The peer that the validator takes for the VIP decides nothing about it */
TEST_F(bind4, twice_as_peer)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add_peer(&lab->rt, "vip0", "10.0.2.99",
				   "172.50.60.106"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	/* once more, plain; and only the peer form goes */
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, addr_do(&lab->rt, RTM_DELADDR, 0, "vip0", "10.0.2.99",
			     "172.50.60.106", 0));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("resolved vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
}

/* Of what it clashes with as either, the longest match is told, whichever came
 * first
 */
TEST_F(bind4, twice_which_match)
{
	const char *longer = "changed vip0 172.50.60.105: onlink flag, w0 10.0.4.0/31";
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add_peer(&lab->rt, "vip0", "172.50.60.105",
				   "10.0.2.98"));
	EXPECT_STREQ("flagged vip0 172.50.60.105: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_add_peer(&lab->rt, "vip0", "172.50.60.105",
				   "10.0.4.1"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.4.0/31"));
	EXPECT_STREQ(longer, say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_do(&lab->rt, RTM_DELADDR, 0, "vip0",
			     "172.50.60.105", "10.0.4.1", 0));
	EXPECT_STREQ("changed vip0 172.50.60.105: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_add_peer(&lab->rt, "vip0", "172.50.60.105",
				   "10.0.4.1"));
	EXPECT_STREQ(longer, say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* Refused with another prefix it stays bound and flagged, and counts that */
TEST_F(bind4, twice_refused)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.99/24"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24 x1\n",
		     conflicts(lab));
}

/* The kernel announces a promoted secondary as if it were new */
TEST_F(bind4, promotion)
{
	struct lab *lab = &self->lab;

	set_sysctl("net/ipv4/conf/all/promote_secondaries", "1");
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.98/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.100/24"));
	EXPECT_STREQ("flagged vip0 10.0.2.98: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("flagged vip0 10.0.2.100: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.98/24"));
	EXPECT_STREQ("resolved vip0 10.0.2.98: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", "10.0.2.99"));

	/* Without promotion they go together */
	set_sysctl("net/ipv4/conf/all/promote_secondaries", "0");
	set_sysctl("net/ipv4/conf/vip0/promote_secondaries", "0");
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.99/24"));
	EXPECT_STREQ("resolved vip0 10.0.2.100: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("resolved vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_F_TIMEOUT(bind4, promotion_of_watched, 40)
{
	struct lab *lab = &self->lab;

	set_sysctl("net/ipv4/conf/all/promote_secondaries", "1");
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.16/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	ASSERT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_next(lab, &self->follower));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.16"));
	ASSERT_STREQ("rejected vip0 10.0.2.16: host reject, w0 10.0.2.16/32 x1",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_del(&lab->rt, "w0", "10.0.2.15/24"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	/* What went is over when it has been held; the rest stays */
	EXPECT_STREQ("resolved vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_held(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.16"));
}

static int set_by_ioctl(int fd, unsigned long request, const char *address)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct ifreq ifr = { .ifr_name = "vip0" };

	inet_pton(AF_INET, address, &sin.sin_addr);
	memcpy(&ifr.ifr_addr, &sin, sizeof(sin));
	return ioctl(fd, request, &ifr) ? errno : 0;
}

TEST_F(bind4, ioctl_address)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(EADDRINUSE,
		  set_by_ioctl(self->ioctls, SIOCSIFADDR, "10.0.2.15"));
	EXPECT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_bound(&lab->rt, "vip0", "10.0.2.15"));
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFADDR, "172.50.60.105"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	/* It gets the prefix of its class, here 10.0.0.0/8 */
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFADDR, "10.9.0.1"));
	EXPECT_STREQ("flagged vip0 10.9.0.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFADDR, "10.0.2.99"));
	EXPECT_STREQ("resolved vip0 10.9.0.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
}

/* These delete and insert again, and do not look at what came of it */
TEST_F(bind4, ioctl_netmask)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.9.0.1"));
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFNETMASK, "255.0.0.0"));
	EXPECT_STREQ("flagged vip0 10.9.0.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFNETMASK,
				  "255.255.255.255"));
	EXPECT_STREQ("resolved vip0 10.9.0.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFDSTADDR, "10.0.2.98"));
	EXPECT_STREQ("flagged vip0 10.9.0.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_do(&lab->rt, RTM_DELADDR, 0, "vip0", "10.9.0.1",
			     "10.0.2.98", 0));
	EXPECT_STREQ("resolved vip0 10.9.0.1: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));

	/* A refusal takes the VIP, and is told */
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_EQ(0, set_by_ioctl(self->ioctls, SIOCSIFNETMASK,
				  "255.255.255.0"));
	EXPECT_STREQ("resolved vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("rejected vip0 10.0.2.99: onlink reject, w0 10.0.2.0/24 x1",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_bound(&lab->rt, "vip0", "10.0.2.99"));
}

FIXTURE(bind6) {
	struct lab lab;
	struct follower follower;
};

FIXTURE_SETUP(bind6)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", "2001:db8:2::15/64"));
	follow(&self->lab, &self->follower);
}

FIXTURE_TEARDOWN(bind6)
{
}

TEST_F(bind6, ioctl_address)
{
	struct in6_ifreq {
		struct in6_addr addr;
		uint32_t prefixlen;
		int ifindex;
	} ifr = { .prefixlen = 128, .ifindex = index_of("vip0") };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct lab *lab = &self->lab;

	inet_pton(AF_INET6, "2001:db8:2::15", &ifr.addr);
	EXPECT_NE(0, ioctl(fd, SIOCSIFADDR, &ifr));
	EXPECT_EQ(EADDRINUSE, errno);
	EXPECT_STREQ("rejected vip0 2001:db8:2::15: host reject, w0 2001:db8:2::15/128 x1",
		     say_next(lab, &self->follower));
	inet_pton(AF_INET6, "2001:db8:2::99", &ifr.addr);
	EXPECT_EQ(0, ioctl(fd, SIOCSIFADDR, &ifr));
	EXPECT_STREQ("flagged vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64",
		     say_next(lab, &self->follower));

	/* Here the validator is asked even if it is bound already */
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_NE(0, ioctl(fd, SIOCSIFADDR, &ifr));
	EXPECT_EQ(EEXIST, errno);
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("rejected vip0 2001:db8:2::15: host reject, w0 2001:db8:2::15/128 x1\n"
		     "flagged vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64\n",
		     conflicts(lab));
}

/* Once with one prefix is all that IPv6 has */
TEST_F(bind6, twice)
{
	struct lab *lab = &self->lab;

	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "2001:db8:2::99"));
	EXPECT_STREQ("flagged vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64",
		     say_next(lab, &self->follower));
	EXPECT_EQ(EEXIST, addr_add(&lab->rt, "vip0", "2001:db8:2::99/64"));
	EXPECT_EQ(EEXIST, addr_add_peer(&lab->rt, "vip0", "2001:db8:2::99",
					"2001:db8:9::1"));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_EQ(EEXIST, addr_add(&lab->rt, "vip0", "2001:db8:2::99/64"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(0, addr_del(&lab->rt, "vip0", "2001:db8:2::99"));
	EXPECT_STREQ("resolved vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64",
		     say_next(lab, &self->follower));
}

/* The kernel makes temporary addresses without asking a validator */
TEST_F(bind6, temporary)
{
	struct lab *lab = &self->lab;
	struct addr_search search = { .ip = parse_ip("2001:db8:2::98") };
	char made[INET6_ADDRSTRLEN + 4];
	struct msg msg;

	set_sysctl("net/ipv6/conf/vip0/use_tempaddr", "2");
	ASSERT_EQ(0, link_up(&lab->rt, "vip0", true));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "2001:db8:2::98/64"));
	ASSERT_STREQ("flagged vip0 2001:db8:2::98: onlink flag, w0 2001:db8:2::/64",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	ASSERT_EQ(0, addr_do(&lab->rt, RTM_NEWADDR,
			     NLM_F_CREATE | NLM_F_REPLACE, "vip0",
			     "2001:db8:2::98/64", NULL,
			     IFA_F_MANAGETEMPADDR));
	search.ifindex = index_of("vip0");
	addr_search(&lab->rt, &search);
	ASSERT_EQ(1, search.temporary);

	ASSERT_TRUE(next_event(lab, &self->follower, &msg, NL_PATIENCE));
	EXPECT_STREQ(line("flagged", say_address(&msg, A(ADDRESS)),
			  "onlink flag", "2001:db8:2::/64"), say(&msg));
	EXPECT_STRNE("2001:db8:2::98", say_address(&msg, A(ADDRESS)));
	snprintf(made, sizeof(made), "%s/64", say_address(&msg, A(ADDRESS)));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	/* It goes with its maker, on the same unseen ways, but on 5.10 */
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "2001:db8:2::98/64"));
	search.temporary = 0;
	addr_search(&lab->rt, &search);
	if (search.temporary)
		ASSERT_EQ(0, addr_del(&lab->rt, "vip0", made));
	EXPECT_TRUE(next_event(lab, &self->follower, &msg, NL_PATIENCE));
	EXPECT_EQ(IPVSDUMMY_EVENT_RESOLVED, NUM(&msg, EVENT));
	EXPECT_TRUE(next_event(lab, &self->follower, &msg, NL_PATIENCE));
	EXPECT_EQ(IPVSDUMMY_EVENT_RESOLVED, NUM(&msg, EVENT));
	EXPECT_STREQ("", conflicts(lab));
}

/* Advertise 2001:db8:7::/64 to a veth's other end, as a router does */
static void advertise(const char *from)
{
	struct {
		struct nd_router_advert head;
		struct nd_opt_prefix_info prefix;
	} ra = {
		.head = {
			.nd_ra_type = ND_ROUTER_ADVERT,
			.nd_ra_curhoplimit = 64,
		},
		.prefix = {
			.nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION,
			.nd_opt_pi_len = 4,
			.nd_opt_pi_prefix_len = 64,
			.nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK |
						    ND_OPT_PI_FLAG_AUTO,
			.nd_opt_pi_valid_time = htonl(3600),
			.nd_opt_pi_preferred_time = htonl(1800),
		},
	};
	struct sockaddr_in6 all = {
		.sin6_family = AF_INET6,
		.sin6_scope_id = index_of(from),
	};
	int hops = 255, fd;

	inet_pton(AF_INET6, "ff02::1", &all.sin6_addr);
	inet_pton(AF_INET6, "2001:db8:7::", &ra.prefix.nd_opt_pi_prefix);
	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
				 sizeof(hops)) ||
	    (sendto(fd, &ra, sizeof(ra), 0, (void *)&all, sizeof(all)) < 0 &&
	     errno != EADDRNOTAVAIL &&	/* it has not got one yet, */
	     errno != ENETUNREACH))	/* or is not quite up */
		die("router advertisement: %m");
	close(fd);
}

/* A watched interface gets an address in softirq, without RTNL */
TEST_F(bind6, router_advertisement)
{
	struct lab *lab = &self->lab;
	struct msg msg;
	int64_t deadline;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "2001:db8:7::99"));
	set_sysctl("net/ipv6/conf/default/addr_gen_mode", "0");
	ASSERT_EQ(0, link_add_veth(&lab->rt, "w1", "router"));
	set_sysctl("net/ipv6/conf/w1/accept_ra", "2");
	set_sysctl("net/ipv6/conf/w1/accept_ra_from_local", "1");
	ASSERT_EQ(0, watch_add(lab, "w1"));
	ASSERT_EQ(0, link_up(&lab->rt, "w1", true));
	ASSERT_EQ(0, link_up(&lab->rt, "router", true));

	deadline = now_ms() + NL_PATIENCE;
	do
		advertise("router");
	while (!next_event(lab, &self->follower, &msg, 500) &&
	       now_ms() < deadline);
	EXPECT_STREQ("flagged vip0 2001:db8:7::99: onlink flag, w1 2001:db8:7::/64",
		     say(&msg));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_HARNESS_MAIN
