// SPDX-License-Identifier: GPL-2.0
/* The multicast group and the numbering: every event once, in order, without a
 * gap; what is told about conflicts that begin late, change and end; and that
 * events add up to what the dump says.
 *
 * VM: nics=1 timeout=240
 */
#include "kselftest_harness.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "plan-test.h"

#define AUDIT	IPVSDUMMY_MODE_AUDIT
#define ENFORCE	IPVSDUMMY_MODE_ENFORCE

FIXTURE(events) {
	struct lab lab;
	struct follower follower;
};

FIXTURE_VARIANT(events) {
	const struct net_plan *plan;
};

FIXTURE_VARIANT_ADD(events, ipv4) {
	.plan = &ipv4,
};

FIXTURE_VARIANT_ADD(events, ipv6) {
	.plan = &ipv6,
};

FIXTURE_SETUP(events)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	set_sysctl("net/ipv4/conf/all/promote_secondaries", "1");
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", variant->plan->own_plen));
	follow(&self->lab, &self->follower);
}

FIXTURE_TEARDOWN(events)
{
}

/* "172.50.60.105/32" */
static const char *whole(const char *address)
{
	return text("%s/%u", address, parse_ip(address).plen);
}

/* A watched interface gains the address, or the prefix, of what is bound */
TEST_F(events, late_address)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->far));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->far));
	EXPECT_STREQ(line("flagged", plan->far, "host flag", whole(plan->far)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->far));
}

TEST_F(events, late_prefix)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->far_peer));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->far_plen));
	EXPECT_STREQ(line("flagged", plan->far_peer, "onlink flag",
			  plan->far_prefix),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* An interface becomes watched: it gets the name, or the name gets watched */
TEST_F(events, late_watch)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->far_peer));
	ASSERT_EQ(0, link_add(&lab->rt, "d0", "dummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "d0", plan->far_plen));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, watch_add(lab, "d0"));
	EXPECT_STREQ(text("flagged vip0 %s: onlink flag, d0 %s",
			  plan->far_peer, plan->far_prefix),
		     say_next(lab, &self->follower));

	/* It goes by its name, and is back before that is believed */
	ASSERT_EQ(0, link_rename(&lab->rt, "d0", "d1"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("flagged vip0 %s: onlink flag, d1 %s\n",
			  plan->far_peer, plan->far_prefix), conflicts(lab));
	ASSERT_EQ(0, watch_add(lab, "d1"));
	ASSERT_EQ(0, watch_del(lab, "d0"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	ASSERT_EQ(0, watch_add(lab, "d2"));
	ASSERT_EQ(0, link_add(&lab->rt, "d3", "dummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "d3", text(plan->nth_plen, 1)));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", text(plan->nth_onlink, 1)));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, link_rename(&lab->rt, "d3", "d2"));
	EXPECT_STREQ(text("flagged vip0 %s: onlink flag, d2 %s",
			  text(plan->nth_onlink, 1), text(plan->nth_prefix, 1)),
		     say_next(lab, &self->follower));
}

/* What a conflict was about goes: that is believed after 5 s, and a return
 * before that is as if nothing had been
 */
TEST_F_TIMEOUT(events, hold, 60)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	struct msg msg;
	int64_t gone;
	int i;

	lab_watch_dummy(lab, "w1");
	ASSERT_EQ(0, addr_add(&lab->rt, "w1", text(plan->nth_plen, 1)));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", text(plan->nth_onlink, 1)));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0",
				       text(plan->nth_plen, 1)));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->network));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	for (i = 0; i < 5; i++)
		ASSERT_TRUE(next_event(lab, &self->follower, &msg,
				       NL_PATIENCE));

	gone = now_ms();
	ASSERT_EQ(0, addr_del(&lab->rt, "w0", plan->own_plen));
	ASSERT_EQ(0, addr_del(&lab->rt, "w1", text(plan->nth_plen, 1)));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_FALSE(next_event(lab, &self->follower, &msg, 1000));

	/* What goes itself meanwhile is over at once, and only once */
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", plan->network));
	EXPECT_STREQ(line("resolved", plan->network, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));

	/* One comes back, the other does not */
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->own_plen));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("resolved vip0 %s: onlink flag, w1 %s",
			  text(plan->nth_onlink, 1), text(plan->nth_prefix, 1)),
		     say_held(lab, &self->follower));
	EXPECT_LT(HOLD_MS - 50, now_ms() - gone);
	EXPECT_GT(2 * HOLD_MS, now_ms() - gone);
	EXPECT_EQ(0, strncmp("resolved vip0 ",
			     say_next(lab, &self->follower), 14));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("%s\n%s\n",
			  text("%s x1", line("rejected", plan->own,
					     "host reject", plan->own_host)),
			  line("flagged", plan->onlink, "onlink flag",
			       plan->prefix)), conflicts(lab));
}

/* An address goes in many ways */
TEST_F_TIMEOUT(events, ways_to_go, 60)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	int64_t gone;
	int i, netns;

	netns = netns_new();
	netns_enter(lab->netns);
	for (i = 1; i <= 5; i++) {
		lab_watch_dummy(lab, text("w%u", i));
		ASSERT_EQ(0, addr_add(&lab->rt, text("w%u", i),
				      text(plan->nth_plen, i)));
	}
	for (i = 1; i <= 5; i++) {
		ASSERT_EQ(0, addr_add(&lab->rt, "vip0",
				      text(plan->nth_onlink, i)));
		ASSERT_STREQ(text("flagged vip0 %s: onlink flag, w%u %s",
				  text(plan->nth_onlink, i), i,
				  text(plan->nth_prefix, i)),
			     say_next(lab, &self->follower));
	}

	gone = now_ms();
	EXPECT_EQ(0, addr_del(&lab->rt, "w1", text(plan->nth_plen, 1)));
	EXPECT_EQ(0, watch_del(lab, "w2"));
	EXPECT_EQ(0, link_del(&lab->rt, "w3"));
	EXPECT_EQ(0, link_move(&lab->rt, "w4", netns));
	EXPECT_EQ(0, link_up(&lab->rt, "w5", false));
	EXPECT_EQ(0, link_rename(&lab->rt, "w5", "x5"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	for (i = 1; i <= 5; i++)
		EXPECT_EQ(0, strncmp("resolved vip0 ",
				     say_held(lab, &self->follower), 14));
	EXPECT_LT(HOLD_MS - 50, now_ms() - gone);
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("", conflicts(lab));
}

/* The same address on another interface is another match, told when the first
 * is sure to be gone
 */
TEST_F_TIMEOUT(events, interface_replaced, 60)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	struct msg msg;
	int64_t gone;
	int ifindex;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_TRUE(next_event(lab, &self->follower, &msg, NL_PATIENCE));
	ifindex = index_of("w0");
	EXPECT_EQ(ifindex, (int)NUM(&msg, MATCH_IFINDEX));
	gone = now_ms();
	ASSERT_EQ(0, link_del(&lab->rt, "w0"));
	ASSERT_EQ(0, link_add(&lab->rt, "w0", "dummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->own_plen));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_TRUE(next_event(lab, &self->follower, &msg, NL_PATIENCE));
	EXPECT_LT(HOLD_MS - 50, now_ms() - gone);
	EXPECT_STREQ(line("changed", plan->onlink, "onlink flag",
			  plan->prefix), say(&msg));
	EXPECT_EQ(index_of("w0"), (int)NUM(&msg, MATCH_IFINDEX));
	EXPECT_NE(ifindex, (int)NUM(&msg, MATCH_IFINDEX));
}

TEST_F_TIMEOUT(events, class_changes, 60)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	struct msg began, msg;
	int64_t gone;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, FLAG, KEEP));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->own2_plen));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_TRUE(next_event(lab, &self->follower, &began, NL_PATIENCE));
	EXPECT_STREQ(line("flagged", plan->own, "host flag", plan->own_host),
		     say(&began));
	EXPECT_EQ(NUM(&began, TIME), NUM(&began, SINCE));

	gone = now_ms();
	ASSERT_EQ(0, addr_del(&lab->rt, "w0", plan->own_plen));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_TRUE(next_event(lab, &self->follower, &msg, NL_PATIENCE));
	EXPECT_LT(HOLD_MS - 50, now_ms() - gone);
	EXPECT_STREQ(line("changed", plan->own, "onlink flag", plan->prefix),
		     say(&msg));
	EXPECT_EQ(NUM(&began, SINCE), NUM(&msg, SINCE));
	EXPECT_LT(NUM(&began, TIME) + HOLD_MS * 999000ULL, NUM(&msg, TIME));

	/* Worse news are told at once */
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->own_plen));
	EXPECT_STREQ(line("changed", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* Audit tells what enforce had done; going there unbinds nothing */
TEST_F(events, audit)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", AUDIT, KEEP, KEEP));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(line("flagged", plan->own, "host flag would reject",
			  plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, SKIP_IT, KEEP));
	EXPECT_STREQ(line("changed", plan->own, "host flag would skip",
			  plan->own_host),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", ENFORCE, KEEP, KEEP));
	EXPECT_STREQ(line("changed", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->own));
}

/* A stricter policy flags what is bound, and leaves it bound */
TEST_F(events, stricter)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, ALLOW, ALLOW));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	EXPECT_STREQ(line("flagged", plan->own, "onlink flag", plan->prefix),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, REJECT, KEEP));
	EXPECT_STREQ(line("changed", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", plan->own));

	/* and a laxer one takes that back at once */
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, ALLOW, ALLOW));
	EXPECT_STREQ(line("resolved", plan->own, "host flag", plan->own_host),
		     say_next(lab, &self->follower));
}

/* A refusal ends when the policy would refuse no more */
TEST_F(events, laxer)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;

	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_STREQ(text("%s x1", line("rejected", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, SKIP_IT, KEEP));
	EXPECT_STREQ(text("%s x1", line("changed", plan->own, "host skip",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ(text("%s x1\n", line("skipped", plan->own, "host skip",
					  plan->own_host)), conflicts(lab));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, FLAG, KEEP));
	EXPECT_STREQ(text("%s x1", line("resolved", plan->own, "host skip",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("", conflicts(lab));
}

TEST_F(events, link_deleted)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	struct msg msg;
	unsigned int i;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->many_plen));
	addr_many(&lab->rt, RTM_NEWADDR, "vip0", plan->many, 256, 50, 0);
	for (i = 0; i < 50; i++)
		ASSERT_EQ(0, strncmp("flagged vip0 ",
				     say_next(lab, &self->follower), 13));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_STREQ(text("%s x1", line("rejected", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, addr_add(&lab->rt, "s1", plan->onlink));
	ASSERT_EQ(0, strncmp("flagged s1 ", say_next(lab, &self->follower),
			     11));
	ASSERT_EQ(0, link_del(&lab->rt, "vip0"));
	for (i = 0; i < 51; i++) {
		ASSERT_TRUE(next_event(lab, &self->follower, &msg,
				       NL_PATIENCE));
		EXPECT_EQ(0, strncmp("resolved vip0 ", say(&msg), 14));
	}
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("flagged s1 %s: onlink flag, w0 %s\n", plan->onlink,
			  plan->prefix), conflicts(lab));

	/* With the last link goes the guard, after all was told */
	ASSERT_EQ(0, link_del(&lab->rt, "s1"));
	EXPECT_STREQ(text("resolved s1 %s: onlink flag, w0 %s", plan->onlink,
			  plan->prefix), say_next(lab, &self->follower));
	ASSERT_EQ(0, link_add(&lab->rt, "vip0", "ipvsdummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	EXPECT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
}

/* A link that moves to another netns keeps its policy and leaves its conflicts
 * behind
 */
TEST_F(events, link_moved)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab, other;
	struct follower follower;
	struct msg msg;

	lab_open_watching(&other);
	ASSERT_EQ(0, link_del(&other.rt, "vip0"));
	ASSERT_EQ(0, addr_add(&other.rt, "w0", plan->far_plen));
	follow(&other, &follower);
	netns_enter(lab->netns);

	ASSERT_EQ(0, link_policy(lab, "vip0", AUDIT, SKIP_IT, REJECT));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->own));
	ASSERT_STREQ(line("flagged", plan->own, "host flag would skip",
			  plan->own_host),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_move(&lab->rt, "vip0", other.netns));
	EXPECT_STREQ(line("resolved", plan->own, "host flag would skip",
			  plan->own_host),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	netns_enter(other.netns);
	link_get(&other, "vip0", &msg);
	EXPECT_EQ(AUDIT, NUM(&msg, MODE));
	EXPECT_EQ(SKIP_IT, msg.class[IPVSDUMMY_CLASS_HOST].num[A(CLASS_ACTION)]);
	EXPECT_EQ(REJECT,
		  msg.class[IPVSDUMMY_CLASS_ONLINK].num[A(CLASS_ACTION)]);
	EXPECT_EQ(0, msg.class[IPVSDUMMY_CLASS_HOST].num[A(CLASS_ACTIVE)]);
	EXPECT_EQ(0, NUM(&msg, ADDRESSES));
	EXPECT_EQ(0, addr_add(&other.rt, "vip0", plan->own));
	EXPECT_EQ(0, addr_add(&other.rt, "vip0", plan->far));
	EXPECT_STREQ(line("flagged", plan->far, "host flag would skip",
			  whole(plan->far)), say_next(&other, &follower));
	EXPECT_STREQ("nothing", unexpected(&other, &follower));
}

/* The same address in two netns is no conflict, and nobody hears of others */
TEST_F(events, two_netns)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab, other;
	struct follower follower;

	lab_open_watching(&other);
	follow(&other, &follower);
	ASSERT_EQ(0, addr_add(&other.rt, "vip0", plan->own));
	ASSERT_EQ(0, addr_add(&other.rt, "w0", plan->far));
	EXPECT_STREQ("nothing", unexpected(&other, &follower));
	EXPECT_STREQ("", conflicts(&other));

	netns_enter(lab->netns);
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->far));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", plan->own));
	EXPECT_STREQ(text("%s x1", line("rejected", plan->own, "host reject",
					plan->own_host)),
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));

	netns_enter(other.netns);
	EXPECT_STREQ("nothing", unexpected(&other, &follower));
}

/* Names are those of the time */
TEST_F(events, renamed)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	struct list list;

	set_sysctl("net/ipv6/conf/all/keep_addr_on_down", "1");
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", plan->onlink));
	ASSERT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix),
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, watch_add(lab, "w9"));
	ASSERT_EQ(0, link_up(&lab->rt, "w0", false));
	ASSERT_EQ(0, link_rename(&lab->rt, "w0", "w9"));
	ASSERT_EQ(0, link_up(&lab->rt, "w9", true));
	ASSERT_EQ(0, link_rename(&lab->rt, "vip0", "vip9"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ(text("flagged vip9 %s: onlink flag, w9 %s\n",
			  plan->onlink, plan->prefix), conflicts(lab));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip9", plan->onlink));
	EXPECT_STREQ(text("resolved vip9 %s: onlink flag, w9 %s",
			  plan->onlink, plan->prefix),
		     say_next(lab, &self->follower));
	events_after(lab, 0, &list);
	EXPECT_STREQ(line("flagged", plan->onlink, "onlink flag",
			  plan->prefix), say(&list.msgs[0]));
}

/* A DHCP client or networkd takes the address and gives it again: thousands of
 * VIPs have nothing to say to that. There are fewer of IPv6, since the kernel
 * walks all addresses with every one that it adds.
 */
TEST_F_TIMEOUT(events, flapping, 90)
{
	const struct net_plan *plan = variant->plan;
	struct lab *lab = &self->lab;
	unsigned int i, n = plan == &ipv4 ? 5000 : 1000;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->many_plen));
	for (i = 0; i < n; i += 50) {
		addr_many(&lab->rt, RTM_NEWADDR, "vip0", plan->many, 256 + i,
			  50, 0);
		while (self->follower.seq < i + 50)
			ASSERT_EQ(0, strncmp("flagged vip0 ",
					     say_next(lab, &self->follower),
					     13));
	}
	ASSERT_EQ(n, self->follower.seq);

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, addr_del(&lab->rt, "w0", plan->many_plen));
		EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
		ASSERT_EQ(0, addr_add(&lab->rt, "w0", plan->many_plen));
		ASSERT_EQ(0, link_up(&lab->rt, "w0", false));
		ASSERT_EQ(0, link_up(&lab->rt, "w0", true));
		if (plan == &ipv6)
			ASSERT_EQ(0, addr_add(&lab->rt, "w0",
					      plan->many_plen));
		EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	}
	EXPECT_EQ(n + 12, newest_seq(lab));
}

FIXTURE(events4) {
	struct lab lab;
	struct follower follower;
};

FIXTURE_SETUP(events4)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", "10.0.2.15/24"));
	follow(&self->lab, &self->follower);
}

FIXTURE_TEARDOWN(events4)
{
}

/* A holder that tries for ever is told about at once, then every 10 s at most,
 * each address by itself
 */
TEST_F_TIMEOUT(events4, repeats, 60)
{
	struct lab *lab = &self->lab;
	int64_t first, deadline;
	struct msg msg, began;
	unsigned int i, n;

	first = now_ms();
	for (i = 0; i < 20; i++)
		ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_TRUE(next_event(lab, &self->follower, &began, NL_PATIENCE));
	EXPECT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say(&began));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	EXPECT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x20\n",
		     conflicts(lab));
	link_get(lab, "vip0", &msg);
	EXPECT_STREQ("vip0 enforce addrs 0 events 1 host:reject 20+0+0=1 onlink:flag 0+0+0=0",
		     say(&msg));

	/* Others are other addresses and other links */
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.16/24"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.16"));
	EXPECT_STREQ("rejected vip0 10.0.2.16: host reject, w0 10.0.2.16/32 x1",
		     say_next(lab, &self->follower));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "s1", "10.0.2.15"));
	EXPECT_STREQ("rejected s1 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_next(lab, &self->follower));

	n = 20;
	deadline = now_ms() + 2 * REPEAT_MS;
	do {
		ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
		n++;
	} while (!next_event(lab, &self->follower, &msg, 500) &&
		 now_ms() < deadline);
	EXPECT_LT(REPEAT_MS - 50, now_ms() - first);
	EXPECT_STREQ(text("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x%u",
			  n), say(&msg));
	EXPECT_EQ(NUM(&began, SINCE), NUM(&msg, SINCE));
	EXPECT_LT(NUM(&began, TIME) + REPEAT_MS * 999000ULL, NUM(&msg, TIME));
	for (i = 0; i < 5; i++)
		ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

/* Who does not read loses events, is told so, and gets them from the ring */
TEST_F(events4, overrun)
{
	struct lab *lab = &self->lab;
	struct follower *slow = &self->follower;
	unsigned int i, overruns = 0;
	int size = 1;
	struct list list;
	uint8_t data[4096];
	struct msg msg;
	uint64_t seq = 0;
	ssize_t len;

	ASSERT_EQ(0, setsockopt(nl_fd(&slow->nl), SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.0.%u.%u", 2 * 256 + 20,
		  200, 0);
	addr_many(&lab->rt, RTM_DELADDR, "vip0", "10.0.%u.%u", 2 * 256 + 20,
		  200, 0);
	for (i = 0; i < 1000; i++) {
		len = recv(nl_fd(&slow->nl), data, sizeof(data), MSG_DONTWAIT);
		if (len < 0 && errno == EAGAIN)
			break;
		if (len < 0) {
			ASSERT_EQ(ENOBUFS, errno);
			overruns++;
			continue;
		}
		parse_msg(lab, (void *)data, &msg);
		if (NUM(&msg, SEQ) != seq + 1)
			break;
		seq++;
	}
	EXPECT_LT(0, overruns);
	EXPECT_LT(0, seq);
	EXPECT_GT(400, seq);
	events_after(lab, seq, &list);
	ASSERT_EQ(400 - seq, list.n);
	EXPECT_EQ(seq + 1, NUM(&list.msgs[0], SEQ));
	EXPECT_STREQ("resolved vip0 10.0.2.219: onlink flag, w0 10.0.2.0/24",
		     say(&list.msgs[list.n - 1]));
}

/* When more happens at once than the ring holds, what was not sent in time is
 * lost: all who follow are told so, however much their sockets hold
 */
TEST_F_TIMEOUT(events4, overtaken, 60)
{
	struct lab *lab = &self->lab;
	struct follower *follower = &self->follower;
	unsigned int n = 20000, overruns = 0;
	int size = 1 << 26;
	struct list list;
	uint8_t data[4096];
	uint64_t seq = n;
	struct msg msg;
	ssize_t len;

	close(nl_fd(&follower->nl));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.2.0.1/16"));
	ASSERT_EQ(n, addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.2.%u.%u", 256,
			       n, EADDRINUSE));
	follow(lab, follower);
	ASSERT_EQ(n, follower->seq);
	ASSERT_EQ(0, setsockopt(nl_fd(&follower->nl), SOL_SOCKET,
				SO_RCVBUFFORCE, &size, sizeof(size)));
	ASSERT_EQ(0, link_del(&lab->rt, "vip0"));
	while (seq < 2 * n && nl_readable(&follower->nl, NL_PATIENCE)) {
		len = recv(nl_fd(&follower->nl), data, sizeof(data), 0);
		if (len < 0) {
			ASSERT_EQ(ENOBUFS, errno);
			overruns++;
			continue;
		}
		parse_msg(lab, (void *)data, &msg);
		if (NUM(&msg, SEQ) <= n)
			continue;
		ASSERT_LT(seq, NUM(&msg, SEQ));
		seq = NUM(&msg, SEQ);
	}
	EXPECT_EQ(2 * n, seq);
	EXPECT_LT(0, overruns);
	events_after(lab, n, &list);
	ASSERT_EQ(1 + 4096, list.n);
	EXPECT_STREQ(text("lost %u", n - 4096), say(&list.msgs[0]));
}

/* What finds no place in the table is counted and told, and gets it as soon as
 * there is one
 */
TEST_F_TIMEOUT(events4, table_full, 120)
{
	static const char found[] =
		"flagged s1 10.0.2.99: onlink flag, w0 10.0.2.0/24\n"
		"flagged s1 2001:db8:3::2: onlink flag, w0 2001:db8:3::/64\n";
	struct lab *lab = &self->lab;
	int64_t deadline;
	struct list list;
	struct msg msg;

	/* It could not keep up */
	close(nl_fd(&self->follower.nl));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, REJECT));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "2001:db8:3:0:1::1/64"));
	ASSERT_EQ(65536, addr_many(&lab->rt, RTM_NEWADDR, "vip0",
				   "2001:db8:3::%x", 0, 65536, EADDRINUSE));
	status_get(lab, &msg);
	EXPECT_STREQ("seq 65536 ring 4096 from 61441 conflicts 65536 of 65536+0 links 2",
		     say(&msg));

	/* Refused and bound as ever, but told once for all of them */
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	EXPECT_EQ(0, addr_add(&lab->rt, "s1", "10.0.2.99"));
	EXPECT_EQ(0, addr_add(&lab->rt, "s1", "2001:db8:3::2"));
	events_after(lab, 65536, &list);
	ASSERT_EQ(1, list.n);
	EXPECT_STREQ("lost vip0 1", say(&list.msgs[0]));
	status_get(lab, &msg);
	EXPECT_STREQ("seq 65537 ring 4096 from 61442 conflicts 65536 of 65536+3 links 2",
		     say(&msg));
	link_get(lab, "vip0", &msg);
	EXPECT_EQ(65537, NUM(&msg, EVENTS));
	EXPECT_STREQ(" host:reject 1+0+0=0",
		     say_class(&msg, IPVSDUMMY_CLASS_HOST));
	EXPECT_STREQ(" onlink:reject 65536+0+0=65536",
		     say_class(&msg, IPVSDUMMY_CLASS_ONLINK));

	/* Room for them: they are found bound, and flagged */
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, KEEP, ALLOW));
	deadline = now_ms() + NL_PATIENCE;
	while (strcmp(found, conflicts(lab)) && now_ms() < deadline)
		;
	EXPECT_STREQ(found, conflicts(lab));
}

/* The next line of the kernel log about a link that no other test has */
static const char *next_log_line(int kmsg)
{
	static const char begin[] = ";ipvsdummy: log0: ";
	struct pollfd pollfd = { .fd = kmsg, .events = POLLIN };
	int64_t deadline = now_ms() + NL_PATIENCE;
	char record[1024], *start;
	ssize_t size;

	while (now_ms() < deadline) {
		size = read(kmsg, record, sizeof(record) - 1);
		if (size < 0) {
			poll(&pollfd, 1, 1000);
			continue;
		}
		record[size] = '\0';
		start = strstr(record, begin);
		if (!start)
			continue;
		start += strlen(begin);
		return text("%.*s", (int)strcspn(start, "\n"), start);
	}
	return "no line";
}

static void refuse_in_user_namespace(void)
{
	struct lab lab = {};

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		_exit(4);
	lab_sockets(&lab);
	if (link_add(&lab.rt, "log0", "ipvsdummy"))
		die("log0");
	lab_watch_dummy(&lab, "w0");
	if (addr_add(&lab.rt, "w0", "10.0.2.15/24") ||
	    addr_add(&lab.rt, "log0", "10.0.2.15") != EADDRINUSE)
		die("not refused");
	/* All is told before a guard goes */
	if (link_del(&lab.rt, "log0") || newest_seq(&lab) != 2)
		die("not told");
	_exit(0);
}

/* One stable line an event, of netns that the host's root owns */
TEST_F(events4, kernel_log)
{
	struct lab *lab = &self->lab;
	int kmsg, status;
	pid_t child;

	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, kmsg);
	ASSERT_LE(0, lseek(kmsg, 0, SEEK_END));
	ASSERT_EQ(0, link_add(&lab->rt, "log0", "ipvsdummy"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "log0", "10.0.2.15"));
	EXPECT_STREQ("rejected 10.0.2.15: host, address of w0",
		     next_log_line(kmsg));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "log0", "10.0.2.15"));
	ASSERT_EQ(0, addr_add(&lab->rt, "log0", "10.0.2.99"));
	EXPECT_STREQ("flagged 10.0.2.99: onlink, prefix 10.0.2.0/24 of w0",
		     next_log_line(kmsg));

	child = fork();
	if (!child)
		refuse_in_user_namespace();
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_TRUE(!WEXITSTATUS(status) || WEXITSTATUS(status) == 4);

	ASSERT_EQ(0, addr_del(&lab->rt, "log0", "10.0.2.99"));
	EXPECT_STREQ("resolved 10.0.2.99: onlink, prefix 10.0.2.0/24 of w0",
		     next_log_line(kmsg));
	ASSERT_EQ(0, link_policy(lab, "log0", AUDIT, KEEP, KEEP));
	EXPECT_STREQ("resolved 10.0.2.15: host, address of w0",
		     next_log_line(kmsg));
	ASSERT_EQ(0, addr_add(&lab->rt, "log0", "10.0.2.15"));
	EXPECT_STREQ("flagged 10.0.2.15: host, address of w0, would reject",
		     next_log_line(kmsg));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "2001:db8:2::15/64"));
	ASSERT_EQ(0, addr_add(&lab->rt, "log0", "2001:db8:2::99"));
	EXPECT_STREQ("flagged 2001:db8:2::99: onlink, prefix 2001:db8:2::/64 of w0",
		     next_log_line(kmsg));
}

/* Many at once fill the events, but not the log */
TEST_F(events4, kernel_log_limited)
{
	struct lab *lab = &self->lab;
	unsigned int i, lines = 0;
	char record[1024];
	ssize_t size;
	int kmsg;

	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, kmsg);
	ASSERT_LE(0, lseek(kmsg, 0, SEEK_END));
	for (i = 0; i < 200; i += 50) {
		addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.0.%u.%u",
			  2 * 256 + 20 + i, 50, 0);
		while (self->follower.seq < i + 50)
			ASSERT_EQ(0, strncmp("flagged vip0 ",
					     say_next(lab, &self->follower),
					     13));
	}
	while ((size = read(kmsg, record, sizeof(record) - 1)) > 0) {
		record[size] = '\0';
		lines += !!strstr(record, ";ipvsdummy: vip0: flagged ");
	}
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LT(0, lines);
	EXPECT_GT(100, lines);
}

/* A follower's view: what it makes of the dump it began with, and of events */
struct view {
	struct follower follower;
	struct msg msgs[64];
	unsigned int n;
	uint64_t dumped;
	char fault[256];
};

static struct msg *view_find(struct view *view, const struct msg *msg)
{
	unsigned int i;

	for (i = 0; i < view->n; i++)
		if (NUM(&view->msgs[i], IFINDEX) == NUM(msg, IFINDEX) &&
		    NUM(&view->msgs[i], FAMILY) == NUM(msg, FAMILY) &&
		    !memcmp(view->msgs[i].bin[A(ADDRESS)],
			    msg->bin[A(ADDRESS)], 16))
			return &view->msgs[i];
	return NULL;
}

static uint64_t state_of(const struct msg *msg)
{
	switch (NUM(msg, ACTION)) {
	case IPVSDUMMY_ACTION_REJECT:
		return IPVSDUMMY_EVENT_REJECTED;
	case IPVSDUMMY_ACTION_SKIP:
		return IPVSDUMMY_EVENT_SKIPPED;
	}
	return IPVSDUMMY_EVENT_FLAGGED;
}

static void view_fold(struct view *view, const struct msg *msg)
{
	struct msg *known = view_find(view, msg);
	uint64_t event = NUM(msg, EVENT);
	bool odd = false;

	/* It was in the dump already */
	if (known && NUM(known, SEQ) >= NUM(msg, SEQ))
		return;
	/* What was over when the dump came to it is not in there, and what
	 * happened to it before that is told nevertheless.
	 */
	if (!known)
		odd = event == IPVSDUMMY_EVENT_CHANGED &&
		      NUM(msg, SEQ) > view->dumped;
	else if (state_of(known) == IPVSDUMMY_EVENT_FLAGGED)
		odd = event != IPVSDUMMY_EVENT_CHANGED &&
		      event != IPVSDUMMY_EVENT_RESOLVED;
	if (odd)
		snprintf(view->fault, sizeof(view->fault), "%s after %s",
			 say(msg), known ? say(known) : "nothing");
	if (event == IPVSDUMMY_EVENT_RESOLVED) {
		if (known)
			*known = view->msgs[--view->n];
		return;
	}
	if (!known)
		known = &view->msgs[view->n++];
	*known = *msg;
}

static void view_catch_up(struct lab *lab, struct view *view, uint64_t seq)
{
	struct msg msg;

	while (view->follower.seq < seq) {
		if (!next_event(lab, &view->follower, &msg, NL_PATIENCE))
			die("no event %llu", (unsigned long long)seq);
		view_fold(view, &msg);
	}
}

static void view_open(struct lab *lab, struct view *view)
{
	int size = 1 << 24;
	struct list list;

	memset(view, 0, sizeof(*view));
	follow(lab, &view->follower);
	if (setsockopt(nl_fd(&view->follower.nl), SOL_SOCKET, SO_RCVBUFFORCE,
		       &size, sizeof(size)))
		die("SO_RCVBUFFORCE: %m");
	family_dump(lab, IPVSDUMMY_CMD_CONFLICT_GET, &list);
	memcpy(view->msgs, list.msgs, list.n * sizeof(*list.msgs));
	view->n = list.n;
	view->dumped = newest_seq(lab);
	list_free(&list);
}

/* Return: the first thing that a view and the dump do not agree on, or "" */
static const char *view_differs(struct view *view, const struct list *list)
{
	static const uint8_t same[] = {
		A(SEQ), A(TIME), A(SINCE), A(CLASS), A(ACTION), A(WOULD),
		A(MATCH_IFINDEX), A(MATCH_PREFIXLEN),
	};
	const struct msg *known, *msg;
	unsigned int i, j;

	if (view->fault[0])
		return view->fault;
	for (i = 0; i < list->n; i++) {
		msg = &list->msgs[i];
		known = view_find(view, msg);
		if (!known)
			return text("unknown: %s", say(msg));
		for (j = 0; j < ARRAY_SIZE(same); j++)
			if (known->num[same[j]] != msg->num[same[j]])
				return text("attribute %u: %s, dumped %s",
					    same[j], say(known), say(msg));
		if (state_of(known) != NUM(msg, EVENT) ||
		    memcmp(known->bin[A(MATCH_PREFIX)],
			   msg->bin[A(MATCH_PREFIX)], 16) ||
		    NUM(known, COUNT) > NUM(msg, COUNT))
			return text("%s, dumped %s", say(known), say(msg));
	}
	if (view->n != list->n)
		return text("%u conflicts, dumped %u", view->n, list->n);
	return "";
}

/* Dump the conflicts with no event in between. Return: the newest event's
 * number
 */
static uint64_t quiet_dump(struct lab *lab, struct list *list)
{
	uint64_t seq;

	for (;;) {
		seq = newest_seq(lab);
		family_dump(lab, IPVSDUMMY_CMD_CONFLICT_GET, list);
		if (newest_seq(lab) == seq)
			return seq;
		list_free(list);
	}
}

/* A model of two links, two watched interfaces, and a few addresses */
#define N_HOSTS		3
#define N_PREFIXES	2
#define N_VIPS		8

static const char * const host_pool[2][N_HOSTS] = {
	{ "10.0.2.1/24", "10.0.2.2/24", "10.0.3.1/24" },
	{ "2001:db8:2::1/64", "2001:db8:2::2/64", "2001:db8:3::1/64" },
};

static const uint8_t prefix_of_host[N_HOSTS] = { 0, 0, 1 };

static const char * const prefix_pool[2][N_PREFIXES] = {
	{ "10.0.2.0/24", "10.0.3.0/24" },
	{ "2001:db8:2::/64", "2001:db8:3::/64" },
};

/* An IPv4 address may be there with two prefixes */
static const char * const vip_pool[2][N_VIPS] = {
	{ "10.0.2.1", "10.0.2.2/24", "10.0.2.9", "10.0.2.9/24", "10.0.3.1",
	  "10.0.3.9/30", "10.0.4.9", "10.0.4.9/16" },
	{ "2001:db8:2::1", "2001:db8:2::2/64", "2001:db8:2::9",
	  "2001:db8:2::a/64", "2001:db8:3::1", "2001:db8:3::9/126",
	  "2001:db8:4::9", "2001:db8:4::a/32" },
};

/* Which host of the pool a VIP is, and which prefixes it is in or around */
static const struct {
	int8_t host;
	uint8_t prefixes;
} clash[N_VIPS] = {
	{ 0, 1 }, { 1, 1 }, { -1, 1 }, { -1, 1 }, { 2, 2 }, { -1, 2 },
	{ -1, 0 }, { -1, 3 },
};

static const char * const watched_dev[2] = { "w0", "w1" };
static const char * const vip_dev[2] = { "vip0", "s1" };

struct policy {
	int mode;
	int action[IPVSDUMMY_CLASS_ONLINK + 1];
};

static const struct policy default_policy = { ENFORCE, { 0, REJECT, FLAG } };

struct model {
	bool watched[2];
	bool host[2][2][N_HOSTS];
	bool vip[2][2][N_VIPS];
	struct policy policy[2];
};

static bool has_host(const struct model *model, int dev, int family, int host)
{
	return model->watched[dev] && host >= 0 &&
	       model->host[dev][family][host];
}

static bool has_prefix(const struct model *model, int dev, int family,
		       int prefix)
{
	int host;

	for (host = 0; host < N_HOSTS; host++)
		if (prefix_of_host[host] == prefix &&
		    has_host(model, dev, family, host))
			return true;
	return false;
}

/* "flagged vip0 10.0.2.1: host flag would reject, w0 10.0.2.1/32", or "" */
static const char *model_says(const struct model *model, int link, int family,
			      int vip)
{
	const int *action = model->policy[link].action;
	const char *address, *would = "";
	int dev, prefix, class = 0;
	const char *match;

	address = text("%.*s", (int)strcspn(vip_pool[family][vip], "/"),
		       vip_pool[family][vip]);
	for (dev = 0; dev < 2; dev++) {
		if (action[IPVSDUMMY_CLASS_HOST] == ALLOW ||
		    !has_host(model, dev, family, clash[vip].host))
			continue;
		class = IPVSDUMMY_CLASS_HOST;
		match = whole(address);
		goto found;
	}
	for (prefix = 0; prefix < N_PREFIXES; prefix++) {
		for (dev = 0; dev < 2; dev++) {
			if (action[IPVSDUMMY_CLASS_ONLINK] == ALLOW ||
			    !(clash[vip].prefixes & 1 << prefix) ||
			    !has_prefix(model, dev, family, prefix))
				continue;
			class = IPVSDUMMY_CLASS_ONLINK;
			match = prefix_pool[family][prefix];
			goto found;
		}
	}
	return "";

found:
	if (model->policy[link].mode == AUDIT && action[class] != FLAG)
		would = text(" would %s", action_word(action[class]));
	return text("flagged %s %s: %s flag%s, %s %s", vip_dev[link], address,
		    class_word(class), would, watched_dev[dev], match);
}

/* Return: the first thing that the model and the dump do not agree on, or "" */
static const char *model_differs(const struct model *model,
				 const struct list *list)
{
	bool explained[64] = {};
	char says[TEXT_SIZE];
	unsigned int i, n;

	/* Every flagged VIP of the model, two of which may be one address */
	for (n = 0; n < 2 * 2 * N_VIPS; n++) {
		int link = n & 1, family = n >> 1 & 1, vip = n >> 2;

		if (!model->vip[link][family][vip])
			continue;
		snprintf(says, sizeof(says), "%s",
			 model_says(model, link, family, vip));
		if (!*says)
			continue;
		for (i = 0; i < list->n; i++)
			if (!strncmp(says, say(&list->msgs[i]), strlen(says)))
				break;
		if (i == list->n)
			return text("missing: %s", says);
		explained[i] = true;
	}
	for (i = 0; i < list->n; i++)
		if (!explained[i] &&
		    NUM(&list->msgs[i], EVENT) == IPVSDUMMY_EVENT_FLAGGED)
			return text("without reason: %s", say(&list->msgs[i]));
	return "";
}

static int change_vip(struct lab *lab, bool *there, const char *dev,
		      const char *vip, bool again)
{
	int err;

	if (*there && again)
		return addr_add(&lab->rt, dev, vip) == EEXIST ? 0 : EINVAL;
	if (*there) {
		*there = false;
		return addr_del(&lab->rt, dev, vip);
	}
	err = addr_add(&lab->rt, dev, vip);
	*there = !err;
	return err == EADDRINUSE || err == EEXIST ? 0 : err;
}

static int change_host(struct lab *lab, bool *there, const char *dev,
		       const char *host)
{
	*there = !*there;
	if (*there)
		return addr_add(&lab->rt, dev, host);
	return addr_del(&lab->rt, dev, host);
}

static int change_policy(struct lab *lab, struct policy *policy,
			 const char *dev, unsigned int *seed)
{
	policy->mode = rand_r(seed) % 2;
	policy->action[IPVSDUMMY_CLASS_HOST] = rand_r(seed) % 4;
	policy->action[IPVSDUMMY_CLASS_ONLINK] = rand_r(seed) % 3;
	return link_policy(lab, dev, policy->mode,
			   policy->action[IPVSDUMMY_CLASS_HOST],
			   policy->action[IPVSDUMMY_CLASS_ONLINK]);
}

/* Change something about one of the links and one of the interfaces */
static void step(struct lab *lab, struct model *model, int link,
		 unsigned int *seed)
{
	int vip = rand_r(seed) % N_VIPS, host = rand_r(seed) % N_HOSTS;
	int family = rand_r(seed) % 2, chance = rand_r(seed) % 100, err = 0;

	if (chance < 45) {
		err = change_vip(lab, &model->vip[link][family][vip],
				 vip_dev[link], vip_pool[family][vip],
				 chance < 5);
	} else if (chance < 78) {
		err = change_host(lab, &model->host[link][family][host],
				  watched_dev[link], host_pool[family][host]);
	} else if (chance < 90) {
		err = change_policy(lab, &model->policy[link], vip_dev[link],
				    seed);
	} else if (!link) {
		/* The first of both stays */
	} else if (chance < 96) {
		err = model->watched[1] ? watch_del(lab, "w1") :
					  watch_add(lab, "w1");
		model->watched[1] = !model->watched[1];
	} else if (chance < 98) {
		err = link_del(&lab->rt, "w1") ?:
		      link_add(&lab->rt, "w1", "dummy");
		memset(model->host[1], 0, sizeof(model->host[1]));
	} else {
		err = link_del(&lab->rt, "s1") ?:
		      link_add(&lab->rt, "s1", "ipvsdummy");
		memset(model->vip[1], 0, sizeof(model->vip[1]));
		model->policy[1] = default_policy;
	}
	if (err)
		die("chance %d: %s", chance, strerror(err));
}

FIXTURE(adds_up) {
	struct lab lab;
	struct model *model;
	unsigned int seed;
	struct view early;
	struct view late;
};

FIXTURE_SETUP(adds_up)
{
	const char *seed = getenv("SEED");

	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	lab_watch_dummy(&self->lab, "w1");
	set_sysctl("net/ipv4/conf/all/promote_secondaries", "1");
	view_open(&self->lab, &self->early);
	self->model = mmap(NULL, sizeof(*self->model), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->model);
	self->model->watched[0] = true;
	self->model->watched[1] = true;
	self->model->policy[0] = default_policy;
	self->model->policy[1] = default_policy;
	self->seed = seed ? atoi(seed) : time(NULL);
	TH_LOG("SEED=%u", self->seed);
}

FIXTURE_TEARDOWN(adds_up)
{
}

/* Both views agree with the dump at once, and the model when all that is held
 * back is over
 */
static const char *settle(struct lab *lab, struct view *early,
			  struct view *late, const struct model *model)
{
	int64_t deadline = now_ms() + NL_PATIENCE;
	const char *differs;
	struct list list;
	uint64_t seq;

	do {
		seq = quiet_dump(lab, &list);
		view_catch_up(lab, early, seq);
		view_catch_up(lab, late, seq);
		differs = view_differs(early, &list);
		if (!*differs)
			differs = view_differs(late, &list);
		if (*differs)
			return text("view: %s", differs);
		differs = model_differs(model, &list);
		list_free(&list);
	} while (*differs && now_ms() < deadline &&
		 nl_readable(&early->follower.nl, deadline - now_ms()));
	return differs;
}

/* Whoever follows from the beginning, whoever follows from the middle, and the
 * dump agree at all times; in the end all agree with what there is
 */
TEST_F_TIMEOUT(adds_up, one_by_one, 120)
{
	struct lab *lab = &self->lab;
	struct list list;
	unsigned int i;
	uint64_t seq;

	for (i = 0; i < 600; i++) {
		step(lab, self->model, rand_r(&self->seed) % 2, &self->seed);
		if (i == 300)
			view_open(lab, &self->late);
		if (i % 10)
			continue;
		seq = quiet_dump(lab, &list);
		view_catch_up(lab, &self->early, seq);
		ASSERT_STREQ("", view_differs(&self->early, &list));
		if (i > 300) {
			view_catch_up(lab, &self->late, seq);
			ASSERT_STREQ("", view_differs(&self->late, &list));
		}
		list_free(&list);
	}
	EXPECT_STREQ("", settle(lab, &self->early, &self->late, self->model));
}

/* As above with many hands: one for each link, and one that reads all the time
 */
TEST_F_TIMEOUT(adds_up, together, 120)
{
	struct lab *lab = &self->lab, own = *lab;
	int hand, status, running = 3;
	pid_t reader = 0, child;
	unsigned int i;
	struct msg msg;

	for (hand = 0; hand < running; hand++) {
		child = fork();
		ASSERT_LE(0, child);
		if (child) {
			reader = child;
			continue;
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		lab_sockets(&own);
		self->seed += hand;
		for (i = 0; i < 600 && hand < 2; i++)
			step(&own, self->model, hand, &self->seed);
		while (hand == 2)
			free(snapshot(&own));
		_exit(0);
	}

	view_open(lab, &self->late);
	while (running > 1) {
		while (next_event(lab, &self->early.follower, &msg, 100))
			view_fold(&self->early, &msg);
		while (next_event(lab, &self->late.follower, &msg, 0))
			view_fold(&self->late, &msg);
		while (running > 1 && waitpid(-1, &status, WNOHANG) > 0) {
			EXPECT_TRUE(WIFEXITED(status) && !WEXITSTATUS(status));
			running--;
		}
	}
	kill(reader, SIGKILL);
	ASSERT_EQ(reader, waitpid(reader, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_STREQ("", settle(lab, &self->early, &self->late, self->model));
}

TEST_HARNESS_MAIN
