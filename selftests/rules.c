// SPDX-License-Identifier: GPL-2.0
/* Rules of links, names of watched interfaces, and what a check explains.
 *
 * VM: nics=1 timeout=180
 */
#include "kselftest_harness.h"

#include "plan-test.h"

FIXTURE(rules) {
	struct lab lab;
	struct follower follower;
};

FIXTURE_SETUP(rules)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", "2001:db8:2::15/64"));
	follow(&self->lab, &self->follower);
}

FIXTURE_TEARDOWN(rules)
{
}

static char *rules_of(struct lab *lab)
{
	return say_dump(lab, IPVSDUMMY_CMD_RULE_GET);
}

TEST_F(rules, add_replace_del)
{
	struct lab *lab = &self->lab;
	struct msg msg;

	EXPECT_EQ(0, rule_change(lab, "vip0", "10.0.2.0/24 allow"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "2001:db8::/32 flag"));
	EXPECT_EQ(0, rule_change(lab, "s1", "::/0 reject"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "10.0.0.0/8 reject"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "0.0.0.0/0 flag"));
	EXPECT_STREQ("vip0 0.0.0.0/0 flag\nvip0 10.0.0.0/8 reject\n"
		     "vip0 10.0.2.0/24 allow\nvip0 2001:db8::/32 flag\n"
		     "s1 ::/0 reject\n", rules_of(lab));
	EXPECT_EQ(EEXIST, rule_change(lab, "vip0", "10.0.0.0/8 flag"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "=10.0.0.0/8 flag"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "=10.0.3.0/24 allow"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "-0.0.0.0/0"));
	EXPECT_EQ(ENOENT, rule_change(lab, "vip0", "-0.0.0.0/0"));
	EXPECT_STREQ("vip0 10.0.0.0/8 flag\nvip0 10.0.2.0/24 allow\n"
		     "vip0 10.0.3.0/24 allow\nvip0 2001:db8::/32 flag\n"
		     "s1 ::/0 reject\n", rules_of(lab));
	link_get(lab, "vip0", &msg);
	EXPECT_EQ(4, NUM(&msg, RULES));

	/* They go with their link */
	ASSERT_EQ(0, link_del(&lab->rt, "vip0"));
	EXPECT_STREQ("s1 ::/0 reject\n", rules_of(lab));
}

TEST_F(rules, dump_of_one_link)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct list list;

	ASSERT_EQ(0, link_add(&lab->rt, "vip1", "ipvsdummy"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.0.0/8 allow"));
	ASSERT_EQ(0, rule_change(lab, "s1", "10.0.0.0/9 allow"));
	ASSERT_EQ(0, rule_change(lab, "vip1", "10.0.0.0/10 allow"));
	nlh = family_begin(lab, IPVSDUMMY_CMD_RULE_GET, NLM_F_DUMP);
	mnl_attr_put_strz(nlh, A(IFNAME), "s1");
	ASSERT_EQ(0, family_talk(lab, nlh, &list));
	ASSERT_EQ(1, list.n);
	EXPECT_STREQ("s1 10.0.0.0/9 allow", say(&list.msgs[0]));
	ASSERT_EQ(0, rule_change(lab, "s1", "-10.0.0.0/9"));
	nlh = family_begin(lab, IPVSDUMMY_CMD_RULE_GET, NLM_F_DUMP);
	mnl_attr_put_u32(nlh, A(IFINDEX), index_of("s1"));
	ASSERT_EQ(0, family_talk(lab, nlh, &list));
	EXPECT_EQ(0, list.n);
}

/* All changes of a request are made, in their order, or none */
TEST_F(rules, all_or_nothing)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;

	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.0.0/8 reject"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.1.0.0/16 allow"));

	nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	mnl_attr_put_u32(nlh, A(MODE), IPVSDUMMY_MODE_AUDIT);
	put_rule(nlh, "=10.0.0.0/8 flag");
	put_rule(nlh, "-10.1.0.0/16");
	put_rule(nlh, "10.2.0.0/16 allow");
	put_rule(nlh, "-10.0.0.0/8");
	put_rule(nlh, "10.0.0.0/8 allow");
	put_rule(nlh, "-10.3.0.0/16");
	EXPECT_EQ(ENOENT, family_talk(lab, nlh, NULL));
	EXPECT_STREQ("vip0 10.0.0.0/8 reject\nvip0 10.1.0.0/16 allow\n",
		     rules_of(lab));

	nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	mnl_attr_put(nlh, A(FLUSH_RULES), 0, NULL);
	put_rule(nlh, "10.0.0.0/8 allow");
	put_rule(nlh, "-10.1.0.0/16");
	EXPECT_EQ(ENOENT, family_talk(lab, nlh, NULL));
	EXPECT_STREQ("vip0 10.0.0.0/8 reject\nvip0 10.1.0.0/16 allow\n",
		     rules_of(lab));

	nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	put_rule(nlh, "10.0.0.0/9 allow");
	put_rule(nlh, "=10.0.0.0/9 flag");
	put_rule(nlh, "10.4.0.0/16 flag");
	put_rule(nlh, "-10.4.0.0/16");
	mnl_attr_put(nlh, A(FLUSH_RULES), 0, NULL);
	EXPECT_EQ(0, family_talk(lab, nlh, NULL));
	EXPECT_STREQ("vip0 10.0.0.0/9 flag\n", rules_of(lab));
}

/* More than one request, or one part of a dump, can hold */
TEST_F_TIMEOUT(rules, many, 60)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh = NULL;
	struct list list;
	unsigned int i;

	for (i = 0; i < 8192; i++) {
		if (i % 32 == 0) {
			nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);
			mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
		}
		put_rule(nlh, text("10.%u.%u.%u allow", i >> 8, i & 255,
				   i & 1));
		if (i % 32 == 31)
			ASSERT_EQ(0, family_talk(lab, nlh, NULL));
	}
	EXPECT_EQ(ENOSPC, rule_change(lab, "vip0", "11.0.0.0/8 allow"));
	EXPECT_STRNE("", lab->gn.ack);
	EXPECT_EQ(0, rule_change(lab, "s1", "11.0.0.0/8 allow"));
	family_dump(lab, IPVSDUMMY_CMD_RULE_GET, &list);
	ASSERT_EQ(8193, list.n);
	for (i = 0; i < 8192; i++)
		ASSERT_STREQ(text("vip0 10.%u.%u.%u/32 allow", i >> 8, i & 255,
				  i & 1), say(&list.msgs[i]));
	list_free(&list);
	EXPECT_EQ(0, rule_change(lab, "vip0", "-10.7.7.1"));
	EXPECT_EQ(0, rule_change(lab, "vip0", "11.0.0.0/8 reject"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "11.1.2.3"));
}

/* What is bound is judged again, what is refused, too */
TEST_F(rules, rejudge)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.2.64/26 allow"));
	EXPECT_STREQ("resolved vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.2.96/27 reject"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: rule flag, 10.0.2.96/27",
		     say_next(lab, &self->follower));
	EXPECT_EQ(1, addr_bound(&lab->rt, "vip0", "10.0.2.99"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "=10.0.2.96/27 flag"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "-10.0.2.96/27"));
	EXPECT_STREQ("resolved vip0 10.0.2.99: rule flag, 10.0.2.96/27",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "-10.0.2.64/26"));
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say_next(lab, &self->follower));

	ASSERT_EQ(0, rule_change(lab, "vip0", "169.254.169.254/32 reject"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "169.254.169.254"));
	EXPECT_STREQ("rejected vip0 169.254.169.254: rule reject, 169.254.169.254/32 x1",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "169.254.0.0/16 reject"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "-169.254.169.254"));
	EXPECT_STREQ("changed vip0 169.254.169.254: rule reject, 169.254.0.0/16 x1",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, rule_change(lab, "vip0", "-169.254.0.0/16"));
	EXPECT_STREQ("resolved vip0 169.254.169.254: rule reject, 169.254.0.0/16 x1",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_F(rules, host_stays_judged)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.2.0/24 allow"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	EXPECT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
	/* With host allow the rule has the last word */
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, ALLOW, KEEP));
	EXPECT_STREQ("resolved vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	EXPECT_STREQ("nothing", unexpected(lab, &self->follower));
}

TEST_F(rules, audit_and_ack)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, rule_change(lab, "vip0", "8.8.0.0/16 reject"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "2001:4860::/32 reject"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "8.8.8.8"));
	/* Kernels before 6.3 cannot name anything */
	EXPECT_NE(NULL, strstr(lab->rt.ack, "rule")) TH_LOG("%s", lab->rt.ack);
	EXPECT_STREQ("rejected vip0 8.8.8.8: rule reject, 8.8.0.0/16 x1",
		     say_next(lab, &self->follower));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "2001:4860::8888"));
	EXPECT_STRNE("", lab->rt.ack);
	EXPECT_STREQ("rejected vip0 2001:4860::8888: rule reject, 2001:4860::/32 x1",
		     say_next(lab, &self->follower));
	ASSERT_EQ(0, link_policy(lab, "vip0", IPVSDUMMY_MODE_AUDIT, KEEP,
				 KEEP));
	EXPECT_STREQ("resolved vip0 8.8.8.8: rule reject, 8.8.0.0/16 x1",
		     say_next(lab, &self->follower));
	EXPECT_STREQ("resolved vip0 2001:4860::8888: rule reject, 2001:4860::/32 x1",
		     say_next(lab, &self->follower));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "8.8.8.8"));
	EXPECT_STREQ("flagged vip0 8.8.8.8: rule flag would reject, 8.8.0.0/16",
		     say_next(lab, &self->follower));
}

static const char *explain(struct lab *lab, const char *address,
			   struct msg *msg)
{
	struct nlmsghdr *nlh = family_begin(lab, IPVSDUMMY_CMD_CHECK, 0);
	struct ip ip = parse_ip(address);

	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	mnl_attr_put(nlh, A(ADDRESS), ip.size, ip.bytes);
	mnl_attr_put(nlh, A(EXPLAIN), 0, NULL);
	family_ask(lab, nlh, msg);
	return msg->reason;
}

TEST_F(rules, explain)
{
	struct lab *lab = &self->lab;
	struct msg msg;

	lab_watch_dummy(lab, "w1");
	ASSERT_EQ(0, addr_add(&lab->rt, "w1", "10.0.2.15/16"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.0.0/8 flag"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.0.2.0/24 allow"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "10.9.0.0/16 reject"));
	EXPECT_STREQ("rule allow - 10.0.2.0/24\n"
		     "rule flag - 10.0.0.0/8\n"
		     "host reject w0 10.0.2.15/32 decides\n"
		     "host reject w1 10.0.2.15/32\n"
		     "onlink flag w0 10.0.2.0/24\n"
		     "onlink flag w1 10.0.0.0/16\n",
		     explain(lab, "10.0.2.15", &msg));
	EXPECT_EQ(6, NUM(&msg, REASONS));
	EXPECT_STREQ("vip0 10.0.2.15: host reject, w0 10.0.2.15/32",
		     say(&msg));
	EXPECT_STREQ("rule allow - 10.0.2.0/24 decides\n"
		     "rule flag - 10.0.0.0/8\n"
		     "onlink flag w0 10.0.2.0/24\n"
		     "onlink flag w1 10.0.0.0/16\n",
		     explain(lab, "10.0.2.99", &msg));
	EXPECT_STREQ("vip0 10.0.2.99: allow", say(&msg));
	EXPECT_STREQ("rule reject - 10.9.0.0/16 decides\n"
		     "rule flag - 10.0.0.0/8\n",
		     explain(lab, "10.9.0.1", &msg));
	EXPECT_STREQ("onlink flag w0 2001:db8:2::/64 decides\n",
		     explain(lab, "2001:db8:2::99", &msg));
	EXPECT_STREQ("", explain(lab, "fe80::1", &msg));
	EXPECT_EQ(0, NUM(&msg, REASONS));
}

/* More reasons than an answer can hold: their number is told */
TEST_F(rules, explain_much)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct msg msg;
	int plen;

	for (plen = 0; plen <= 128; plen += 32) {
		int i;

		nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);
		mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
		for (i = plen; i < plen + 32 && i <= 128; i++)
			put_rule(nlh, text("::/%u flag", i));
		ASSERT_EQ(0, family_talk(lab, nlh, NULL));
	}
	nlh = family_begin(lab, IPVSDUMMY_CMD_CHECK, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	mnl_attr_put(nlh, A(ADDRESS), 16, parse_ip("::").bytes);
	mnl_attr_put(nlh, A(EXPLAIN), 0, NULL);
	family_ask(lab, nlh, &msg);
	EXPECT_EQ(129, NUM(&msg, REASONS));
	EXPECT_STREQ("vip0 ::: rule flag, ::/128", say(&msg));
}

/* The longest name decides, an exact one before all */
TEST_F(rules, names)
{
	struct lab *lab = &self->lab;
	const char *refused = "rejected vip0 192.168.7.1: host reject, ab1 192.168.7.1/32 x1";

	ASSERT_EQ(0, link_add(&lab->rt, "ab1", "dummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "ab1", "192.168.7.1/24"));
	EXPECT_STREQ("vip0 192.168.7.9: allow",
		     check(lab, "vip0", "192.168.7.9"));
	ASSERT_EQ(0, watch_add(lab, "a*"));
	EXPECT_STREQ("vip0 192.168.7.9: onlink flag, ab1 192.168.7.0/24",
		     check(lab, "vip0", "192.168.7.9"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "192.168.7.1"));
	EXPECT_STREQ(refused, say_next(lab, &self->follower));
	ASSERT_EQ(0, watch_exclude(lab, "ab*"));
	EXPECT_STREQ("vip0 192.168.7.9: allow",
		     check(lab, "vip0", "192.168.7.9"));
	ASSERT_EQ(0, watch_add(lab, "ab1"));
	EXPECT_STREQ("vip0 192.168.7.9: onlink flag, ab1 192.168.7.0/24",
		     check(lab, "vip0", "192.168.7.9"));
	EXPECT_STREQ("w0 reason 3 addresses 2\ns0 reason 3 addresses 1\n"
		     "ab1 reason 3 addresses 1\n"
		     "name w0\nname s0\nname a*\nexclude ab*\nname ab1\n",
		     say_dump(lab, IPVSDUMMY_CMD_WATCH_GET));

	/* By its new name it is excluded, and back by the old one */
	ASSERT_EQ(0, link_rename(&lab->rt, "ab1", "ab2"));
	EXPECT_STREQ("vip0 192.168.7.9: allow",
		     check(lab, "vip0", "192.168.7.9"));
	ASSERT_EQ(0, link_rename(&lab->rt, "ab2", "ac1"));
	EXPECT_STREQ("vip0 192.168.7.9: onlink flag, ac1 192.168.7.0/24",
		     check(lab, "vip0", "192.168.7.9"));

	/* Another one that comes later */
	ASSERT_EQ(0, link_add(&lab->rt, "a", "dummy"));
	ASSERT_EQ(0, addr_add(&lab->rt, "a", "192.168.8.1/24"));
	EXPECT_STREQ("vip0 192.168.8.9: onlink flag, a 192.168.8.0/24",
		     check(lab, "vip0", "192.168.8.9"));
	EXPECT_EQ(ENOENT, watch_del(lab, "ab"));
	ASSERT_EQ(0, watch_del(lab, "a*"));
	EXPECT_STREQ("vip0 192.168.8.9: allow",
		     check(lab, "vip0", "192.168.8.9"));

	/* Everything, but for one, and for the links themselves */
	ASSERT_EQ(0, watch_add(lab, "*"));
	ASSERT_EQ(0, watch_exclude(lab, "a"));
	ASSERT_EQ(0, watch_del(lab, "w0"));
	EXPECT_STREQ("vip0 192.168.8.9: allow",
		     check(lab, "vip0", "192.168.8.9"));
	EXPECT_STREQ("vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     check(lab, "vip0", "10.0.2.99"));
	EXPECT_EQ(EEXIST, watch_add(lab, "a"));
	ASSERT_EQ(0, watch_del(lab, "a"));
	EXPECT_STREQ("vip0 192.168.8.9: onlink flag, a 192.168.8.0/24",
		     check(lab, "vip0", "192.168.8.9"));
}

TEST_HARNESS_MAIN
