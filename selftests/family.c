// SPDX-License-Identifier: GPL-2.0
/* The requests of the generic-netlink family: what they answer, to whom, and
 * what they refuse.
 *
 * VM: nics=1 timeout=180
 */
#include "kselftest_harness.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "ipvsdummy-test.h"

#define NOBODY	65534

static void become(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		die("setresuid: %m");
}

static void drop_net_admin(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		die("capget: %m");
	data[0].effective &= ~(1U << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &head, data))
		die("capset: %m");
}

static void regain_net_admin(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		die("capget: %m");
	data[0].effective |= 1U << CAP_NET_ADMIN;
	if (syscall(SYS_capset, &head, data))
		die("capset: %m");
}

FIXTURE(family) {
	struct lab lab;
};

FIXTURE_SETUP(family)
{
	if (geteuid())
		SKIP(return, "needs root");
	lab_open_watching(&self->lab);
}

FIXTURE_TEARDOWN(family)
{
}

TEST_F(family, status)
{
	char version[64] = {};
	struct msg msg;
	FILE *file;

	status_get(&self->lab, &msg);
	EXPECT_STREQ("seq 0 ring 4096 from 1 conflicts 0 of 65536+0 links 2",
		     say(&msg));
	file = fopen("/sys/module/ipvsdummy/version", "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%63s", version));
	EXPECT_STREQ(version, msg.str[A(VERSION)]);

	ASSERT_EQ(0, addr_add(&self->lab.rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(EADDRINUSE, addr_add(&self->lab.rt, "vip0", "10.0.2.15"));
	ASSERT_EQ(0, addr_add(&self->lab.rt, "vip0", "10.0.2.99"));
	ASSERT_EQ(0, addr_add(&self->lab.rt, "vip0", "10.0.3.99"));
	status_get(&self->lab, &msg);
	EXPECT_STREQ("seq 2 ring 4096 from 1 conflicts 2 of 65536+0 links 2",
		     say(&msg));
}

/* A netns that never had a link answers, and has nothing */
TEST_F(family, status_without_link)
{
	struct lab lab = {};
	struct msg msg;

	lab.netns = netns_new();
	lab_sockets(&lab);
	status_get(&lab, &msg);
	EXPECT_STREQ("seq 0 ring 0 from 1 conflicts 0 of 65536+0 links 0",
		     say(&msg));
	EXPECT_STREQ("", say_dump(&lab, IPVSDUMMY_CMD_LINK_GET));
	EXPECT_STREQ("", say_dump(&lab, IPVSDUMMY_CMD_CONFLICT_GET));
	EXPECT_STREQ("", say_dump(&lab, IPVSDUMMY_CMD_EVENT_GET));
	EXPECT_STREQ("", say_dump(&lab, IPVSDUMMY_CMD_WATCH_GET));

	/* Names may be given before there is anything of that name, or a link
	 * to guard
	 */
	EXPECT_EQ(0, watch_add(&lab, "later"));
	EXPECT_STREQ("name later\n",
		     say_dump(&lab, IPVSDUMMY_CMD_WATCH_GET));
	ASSERT_EQ(0, link_add(&lab.rt, "later", "dummy"));
	EXPECT_STREQ("later reason 3 addresses 0\nname later\n",
		     say_dump(&lab, IPVSDUMMY_CMD_WATCH_GET));
	ASSERT_EQ(0, addr_add(&lab.rt, "later", "10.0.2.15/24"));
	ASSERT_EQ(0, link_add(&lab.rt, "vip0", "ipvsdummy"));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab.rt, "vip0", "10.0.2.15"));
}

TEST_F(family, link_get)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct list list;
	struct msg msg;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "2001:db8::99"));
	ASSERT_EQ(0, addr_add(&lab->rt, "s1", "10.0.2.99"));
	ASSERT_EQ(0, link_policy(lab, "vip0", KEEP, IPVSDUMMY_ACTION_SKIP,
				 KEEP));
	ASSERT_EQ(EEXIST, addr_add(&lab->rt, "vip0", "10.0.2.15"));

	link_get(lab, "vip0", &msg);
	EXPECT_STREQ("vip0 enforce addrs 2 events 3 host:skip 2+1+0=1 onlink:flag 0+0+1=1",
		     say(&msg));
	EXPECT_EQ(index_of("vip0"), (int)NUM(&msg, IFINDEX));
	EXPECT_EQ(4, NUM(&msg, SEQ));

	nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_GET, 0);
	mnl_attr_put_u32(nlh, A(IFINDEX), index_of("s1"));
	family_ask(lab, nlh, &msg);
	EXPECT_STREQ("s1 enforce addrs 1 events 1 host:reject 0+0+0=0 onlink:flag 0+0+1=1",
		     say(&msg));
	EXPECT_EQ(index_of("s1"), (int)NUM(&msg, IFINDEX));

	nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_GET, 0);
	mnl_attr_put_u32(nlh, A(IFINDEX), index_of("s1"));
	mnl_attr_put_strz(nlh, A(IFNAME), "s1");
	family_ask(lab, nlh, &msg);
	EXPECT_EQ(index_of("s1"), (int)NUM(&msg, IFINDEX));

	family_dump(lab, IPVSDUMMY_CMD_LINK_GET, &list);
	ASSERT_EQ(2, list.n);
	EXPECT_STREQ("vip0", list.msgs[0].str[A(IFNAME)]);
	EXPECT_STREQ("s1", list.msgs[1].str[A(IFNAME)]);
}

/* More links than one skb holds, each once, by ifindex */
TEST_F(family, link_dump)
{
	struct lab *lab = &self->lab;
	uint64_t before = 0;
	struct list list;
	unsigned int i;

	for (i = 0; i < 150; i++)
		ASSERT_EQ(0, link_add(&lab->rt, text("v%u", i), "ipvsdummy"));
	ASSERT_EQ(0, link_del(&lab->rt, "v50"));
	family_dump(lab, IPVSDUMMY_CMD_LINK_GET, &list);
	EXPECT_EQ(151, list.n);
	for (i = 0; i < list.n; i++) {
		EXPECT_LT(before, NUM(&list.msgs[i], IFINDEX));
		before = NUM(&list.msgs[i], IFINDEX);
	}
}

TEST_F(family, link_set)
{
	static const struct {
		int mode, host, onlink;
		const char *says;
	} steps[] = {
		{ IPVSDUMMY_MODE_AUDIT, KEEP, KEEP,
		  "vip0 audit addrs 0 events 0 host:reject 0+0+0=0 onlink:flag 0+0+0=0" },
		{ KEEP, IPVSDUMMY_ACTION_ALLOW, KEEP,
		  "vip0 audit addrs 0 events 0 host:allow 0+0+0=0 onlink:flag 0+0+0=0" },
		{ KEEP, IPVSDUMMY_ACTION_FLAG, IPVSDUMMY_ACTION_ALLOW,
		  "vip0 audit addrs 0 events 0 host:flag 0+0+0=0 onlink:allow 0+0+0=0" },
		{ IPVSDUMMY_MODE_ENFORCE, IPVSDUMMY_ACTION_SKIP,
		  IPVSDUMMY_ACTION_REJECT,
		  "vip0 enforce addrs 0 events 0 host:skip 0+0+0=0 onlink:reject 0+0+0=0" },
		{ KEEP, KEEP, KEEP,
		  "vip0 enforce addrs 0 events 0 host:skip 0+0+0=0 onlink:reject 0+0+0=0" },
		{ KEEP, IPVSDUMMY_ACTION_REJECT, IPVSDUMMY_ACTION_FLAG,
		  "vip0 enforce addrs 0 events 0 host:reject 0+0+0=0 onlink:flag 0+0+0=0" },
	};
	struct msg msg, other;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ASSERT_EQ(0, link_policy(&self->lab, "vip0", steps[i].mode,
					 steps[i].host, steps[i].onlink));
		link_get(&self->lab, "vip0", &msg);
		EXPECT_STREQ(steps[i].says, say(&msg));
		link_get(&self->lab, "s1", &other);
		EXPECT_STREQ("s1 enforce addrs 0 events 0 host:reject 0+0+0=0 onlink:flag 0+0+0=0",
			     say(&other));
	}
}

/* IPv4 before IPv6, low before high, link by link; also of one link only */
TEST_F(family, conflict_get)
{
	struct lab *lab = &self->lab;
	struct nlmsghdr *nlh;
	struct list list;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "2001:db8:2::15/64"));
	ASSERT_EQ(0, addr_add(&lab->rt, "s1", "10.0.2.7"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "2001:db8:2::99"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "2001:db8:2::15"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.2"));
	EXPECT_STREQ("flagged vip0 10.0.2.2: onlink flag, w0 10.0.2.0/24\n"
		     "rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1\n"
		     "flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24\n"
		     "rejected vip0 2001:db8:2::15: host reject, w0 2001:db8:2::15/128 x1\n"
		     "flagged vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64\n"
		     "flagged s1 10.0.2.7: onlink flag, w0 10.0.2.0/24\n",
		     conflicts(lab));

	family_dump(lab, IPVSDUMMY_CMD_CONFLICT_GET, &list);
	EXPECT_EQ(index_of("vip0"), (int)NUM(&list.msgs[0], IFINDEX));
	EXPECT_EQ(index_of("w0"), (int)NUM(&list.msgs[0], MATCH_IFINDEX));
	EXPECT_EQ(6, NUM(&list.msgs[0], SEQ));
	EXPECT_EQ(5, NUM(&list.msgs[1], SEQ));
	EXPECT_EQ(1, NUM(&list.msgs[5], SEQ));

	nlh = family_begin(lab, IPVSDUMMY_CMD_CONFLICT_GET, NLM_F_DUMP);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	ASSERT_EQ(0, family_talk(lab, nlh, &list));
	ASSERT_EQ(5, list.n);
	EXPECT_STREQ("flagged vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64",
		     say(&list.msgs[4]));

	nlh = family_begin(lab, IPVSDUMMY_CMD_CONFLICT_GET, NLM_F_DUMP);
	mnl_attr_put_u32(nlh, A(IFINDEX), index_of("s1"));
	ASSERT_EQ(0, family_talk(lab, nlh, &list));
	ASSERT_EQ(1, list.n);
	EXPECT_STREQ("flagged s1 10.0.2.7: onlink flag, w0 10.0.2.0/24",
		     say(&list.msgs[0]));
}

static unsigned int number_of(const struct msg *msg)
{
	const uint8_t *address = msg->bin[A(ADDRESS)];

	return address[2] << 8 | address[3];
}

/* 3,000 conflicts come in many skbs. In between, some that were listed go, some
 * that were not listed go, some come: what stays is listed once, in order.
 */
TEST_F_TIMEOUT(family, conflict_dump, 60)
{
	struct lab *lab = &self->lab;
	struct list list = {};
	struct collect collect = { .lab = lab, .list = &list };
	struct nlmsghdr *nlh;
	struct nl reader;
	unsigned int i, due, parts = 0;
	int err = -1;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.255.1/16"));
	addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.0.%u.%u", 1000, 3000, 0);
	family_dump(lab, IPVSDUMMY_CMD_CONFLICT_GET, &list);
	ASSERT_EQ(3000, list.n);
	for (i = 0; i < list.n; i++)
		ASSERT_EQ(1000 + i, number_of(&list.msgs[i]));
	list = (struct list){};

	nlh = family_begin(lab, IPVSDUMMY_CMD_CONFLICT_GET, NLM_F_DUMP);
	nl_open(&reader, NETLINK_GENERIC);
	nl_send(&reader, nlh, nlh->nlmsg_len);
	while (!nl_read_part(&reader, nlh->nlmsg_seq, collect_msg, &collect,
			     &err)) {
		if (parts++)
			continue;
		ASSERT_LT(0, list.n);
		ASSERT_GT(2000, list.n);
		addr_many(&lab->rt, RTM_DELADDR, "vip0", "10.0.%u.%u", 1000,
			  list.n, 0);
		addr_many(&lab->rt, RTM_DELADDR, "vip0", "10.0.%u.%u", 3500,
			  100, 0);
		addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.0.%u.%u", 100,
			  100, 0);
		addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.0.%u.%u", 4000,
			  100, 0);
	}
	EXPECT_EQ(0, err);
	EXPECT_LT(3, parts);
	EXPECT_EQ(3000, list.n);
	for (i = 0, due = 1000; i < list.n; i++, due++) {
		if (due == 3500)
			due += 100;
		ASSERT_EQ(due, number_of(&list.msgs[i]));
	}
}

TEST_F(family, event_get)
{
	struct lab *lab = &self->lab;
	struct list list;
	struct msg msg;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_EQ(0, addr_del(&lab->rt, "vip0", "10.0.2.99"));

	events_after(lab, 0, &list);
	ASSERT_EQ(3, list.n);
	EXPECT_STREQ("flagged vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say(&list.msgs[0]));
	EXPECT_EQ(NUM(&list.msgs[0], SINCE), NUM(&list.msgs[2], SINCE));
	EXPECT_EQ(index_of("vip0"), (int)NUM(&list.msgs[0], IFINDEX));
	EXPECT_EQ(index_of("w0"), (int)NUM(&list.msgs[0], MATCH_IFINDEX));
	EXPECT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say(&list.msgs[1]));
	EXPECT_STREQ("resolved vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
		     say(&list.msgs[2]));

	events_after(lab, 2, &list);
	EXPECT_EQ(1, list.n);
	events_after(lab, 3, &list);
	EXPECT_EQ(0, list.n);
	events_after(lab, 1000, &list);
	EXPECT_EQ(0, list.n);
	family_dump(lab, IPVSDUMMY_CMD_EVENT_GET, &list);
	EXPECT_EQ(3, list.n);

	/* The ring goes with the last link, and says so; numbers go on */
	ASSERT_EQ(0, link_del(&lab->rt, "vip0"));
	events_after(lab, 3, &list);
	ASSERT_EQ(1, list.n);
	EXPECT_STREQ("resolved vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say(&list.msgs[0]));
	ASSERT_EQ(0, link_del(&lab->rt, "s1"));
	status_get(lab, &msg);
	EXPECT_STREQ("seq 4 ring 0 from 5 conflicts 0 of 65536+0 links 0",
		     say(&msg));
	events_after(lab, 1, &list);
	ASSERT_EQ(1, list.n);
	EXPECT_STREQ("lost 3", say(&list.msgs[0]));
	EXPECT_EQ(4, NUM(&list.msgs[0], SEQ));
	events_after(lab, 4, &list);
	EXPECT_EQ(0, list.n);

	ASSERT_EQ(0, link_add(&lab->rt, "vip0", "ipvsdummy"));
	status_get(lab, &msg);
	EXPECT_STREQ("seq 4 ring 4096 from 5 conflicts 0 of 65536+0 links 1",
		     say(&msg));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	events_after(lab, 2, &list);
	ASSERT_EQ(2, list.n);
	EXPECT_STREQ("lost 2", say(&list.msgs[0]));
	EXPECT_EQ(5, NUM(&list.msgs[1], SEQ));
}

TEST_F_TIMEOUT(family, event_ring_wraps, 60)
{
	struct lab *lab = &self->lab;
	struct list list;
	struct msg msg;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.255.1/16"));
	addr_many(&lab->rt, RTM_NEWADDR, "vip0", "10.0.%u.%u", 1000, 2500, 0);
	addr_many(&lab->rt, RTM_DELADDR, "vip0", "10.0.%u.%u", 1000, 2500, 0);
	status_get(lab, &msg);
	EXPECT_STREQ("seq 5000 ring 4096 from 905 conflicts 0 of 65536+0 links 2",
		     say(&msg));

	events_after(lab, 0, &list);
	ASSERT_EQ(4097, list.n);
	EXPECT_STREQ("lost 904", say(&list.msgs[0]));
	EXPECT_EQ(904, NUM(&list.msgs[0], SEQ));
	EXPECT_STREQ("flagged vip0 10.0.7.112: onlink flag, w0 10.0.0.0/16",
		     say(&list.msgs[1]));
	EXPECT_STREQ("resolved vip0 10.0.13.171: onlink flag, w0 10.0.0.0/16",
		     say(&list.msgs[4096]));

	events_after(lab, 903, &list);
	ASSERT_EQ(4097, list.n);
	EXPECT_STREQ("lost 1", say(&list.msgs[0]));
	events_after(lab, 904, &list);
	ASSERT_EQ(4096, list.n);
	EXPECT_EQ(905, NUM(&list.msgs[0], SEQ));
}

TEST_F(family, watch)
{
	struct lab *lab = &self->lab;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(0, watch_add(lab, "absent"));
	EXPECT_STREQ("w0 reason 3 addresses 1\n"
		     "s0 reason 3 addresses 1\n"
		     "name w0\nname s0\nname absent\n",
		     say_dump(lab, IPVSDUMMY_CMD_WATCH_GET));
	EXPECT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));

	/* What a name stood for is watched no more at once */
	ASSERT_EQ(0, watch_del(lab, "w0"));
	EXPECT_STREQ("s0 reason 3 addresses 1\n"
		     "name s0\nname absent\n",
		     say_dump(lab, IPVSDUMMY_CMD_WATCH_GET));
	EXPECT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.15"));

	/* An ipvsdummy link is never watched */
	ASSERT_EQ(0, watch_add(lab, "vip0"));
	EXPECT_STREQ("s0 reason 3 addresses 1\n"
		     "name s0\nname absent\nname vip0\n",
		     say_dump(lab, IPVSDUMMY_CMD_WATCH_GET));
}

/* The list of names is bounded, and comes in as many parts as it takes */
TEST_F(family, watch_limit)
{
	struct lab *lab = &self->lab;
	struct list list;
	unsigned int i;

	for (i = 0; i < 254; i++)
		ASSERT_EQ(0, watch_add(lab, text("longer-name%u", i)));
	EXPECT_EQ(ENOSPC, watch_add(lab, "more"));
	EXPECT_STRNE("", lab->gn.ack);
	family_dump(lab, IPVSDUMMY_CMD_WATCH_GET, &list);
	ASSERT_EQ(2 + 256, list.n);
	for (i = 0; i < 254; i++)
		ASSERT_STREQ(text("name longer-name%u", i),
			     say(&list.msgs[4 + i]));
	EXPECT_EQ(0, watch_del(lab, "longer-name77"));
	EXPECT_EQ(0, watch_add(lab, "more"));
	EXPECT_EQ(ENOSPC, watch_add(lab, "longer-name77"));
}

/* Judging binds nothing and tells nobody */
TEST_F(family, check)
{
	static const struct {
		int mode, host, onlink;
		const char *says[4];
	} steps[] = {
		{ IPVSDUMMY_MODE_ENFORCE, IPVSDUMMY_ACTION_REJECT,
		  IPVSDUMMY_ACTION_FLAG, {
			"vip0 10.0.2.15: host reject, w0 10.0.2.15/32",
			"vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
			"vip0 2001:db8:2::15: host reject, w0 2001:db8:2::15/128",
			"vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64",
		} },
		{ IPVSDUMMY_MODE_ENFORCE, IPVSDUMMY_ACTION_SKIP,
		  IPVSDUMMY_ACTION_REJECT, {
			"vip0 10.0.2.15: host skip, w0 10.0.2.15/32",
			"vip0 10.0.2.99: onlink reject, w0 10.0.2.0/24",
			"vip0 2001:db8:2::15: host skip, w0 2001:db8:2::15/128",
			"vip0 2001:db8:2::99: onlink reject, w0 2001:db8:2::/64",
		} },
		{ IPVSDUMMY_MODE_AUDIT, KEEP, KEEP, {
			"vip0 10.0.2.15: host flag would skip, w0 10.0.2.15/32",
			"vip0 10.0.2.99: onlink flag would reject, w0 10.0.2.0/24",
			"vip0 2001:db8:2::15: host flag would skip, w0 2001:db8:2::15/128",
			"vip0 2001:db8:2::99: onlink flag would reject, w0 2001:db8:2::/64",
		} },
		/* The next class decides where one allows */
		{ IPVSDUMMY_MODE_AUDIT, IPVSDUMMY_ACTION_ALLOW,
		  IPVSDUMMY_ACTION_FLAG, {
			"vip0 10.0.2.15: onlink flag, w0 10.0.2.0/24",
			"vip0 10.0.2.99: onlink flag, w0 10.0.2.0/24",
			"vip0 2001:db8:2::15: onlink flag, w0 2001:db8:2::/64",
			"vip0 2001:db8:2::99: onlink flag, w0 2001:db8:2::/64",
		} },
		{ IPVSDUMMY_MODE_ENFORCE, IPVSDUMMY_ACTION_FLAG,
		  IPVSDUMMY_ACTION_ALLOW, {
			"vip0 10.0.2.15: host flag, w0 10.0.2.15/32",
			"vip0 10.0.2.99: allow",
			"vip0 2001:db8:2::15: host flag, w0 2001:db8:2::15/128",
			"vip0 2001:db8:2::99: allow",
		} },
	};
	static const char * const addresses[] = {
		"10.0.2.15", "10.0.2.99", "2001:db8:2::15", "2001:db8:2::99",
	};
	struct lab *lab = &self->lab;
	unsigned int i, j;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "2001:db8:2::15/64"));
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ASSERT_EQ(0, link_policy(lab, "vip0", steps[i].mode,
					 steps[i].host, steps[i].onlink));
		for (j = 0; j < ARRAY_SIZE(addresses); j++)
			EXPECT_STREQ(steps[i].says[j],
				     check(lab, "vip0", addresses[j]));
	}
	EXPECT_STREQ("vip0 172.50.60.105: allow",
		     check(lab, "vip0", "172.50.60.105"));
	EXPECT_STREQ("vip0 2001:db8:9::1: allow",
		     check(lab, "vip0", "2001:db8:9::1"));
	EXPECT_EQ(0, newest_seq(lab));
	EXPECT_STREQ("", conflicts(lab));
	EXPECT_EQ(0, addr_bound(&lab->rt, "vip0", "10.0.2.99"));
}

/* A piece of a request: an attribute, or a nest of some */
struct piece {
	uint16_t type;
	uint16_t size;
	const char *data;
	uint32_t value;
	struct piece *nested;
};

#define NUMBER(attr, v)	{ .type = A(attr), .size = 4, .value = (v) }
#define BYTES(attr, n)	{ .type = A(attr), .size = (n), .data = zeroes }
#define WORD(attr, s)	{ .type = A(attr), .size = sizeof(s), .data = (s) }
#define POLICY(...)	{ .type = A(CLASS_POLICY) | NLA_F_NESTED,	\
			  .nested = (struct piece[]){ __VA_ARGS__, {} } }
#define CLASS(c)	NUMBER(CLASS_CLASS, c)
#define ACTION(a)	NUMBER(CLASS_ACTION, IPVSDUMMY_ACTION_##a)
#define RULE(...)	{ .type = A(RULE) | NLA_F_NESTED,		\
			  .nested = (struct piece[]){ __VA_ARGS__, {} } }
#define PREFIX(bytes)	{ .type = A(RULE_PREFIX), .size = 4, .data = (bytes) }
#define PLEN(n)		NUMBER(RULE_PREFIXLEN, n)
#define TO(a)		NUMBER(RULE_ACTION, IPVSDUMMY_ACTION_##a)
#define TEN_8		RULE(PREFIX("\12\0\0\0"), PLEN(8), TO(ALLOW))
#define VIP0		WORD(IFNAME, "vip0")
#define HOST		CLASS(IPVSDUMMY_CLASS_HOST)
#define ONLINK		CLASS(IPVSDUMMY_CLASS_ONLINK)
#define GOOD		POLICY(HOST, ACTION(ALLOW))
#define AUDIT		NUMBER(MODE, IPVSDUMMY_MODE_AUDIT)

static const char zeroes[64];

#define LINK_GET	IPVSDUMMY_CMD_LINK_GET
#define LINK_SET	IPVSDUMMY_CMD_LINK_SET
#define CHECK		IPVSDUMMY_CMD_CHECK
#define WATCH_ADD	IPVSDUMMY_CMD_WATCH_ADD
#define WATCH_DEL	IPVSDUMMY_CMD_WATCH_DEL

static const struct bad {
	const char *what;
	int err;
	uint8_t cmd;
	bool dump;
	struct piece pieces[6];
} bad_requests[] = {
	/* Attributes that there are not */
	{ "unknown attribute", EINVAL, LINK_GET, false,
	  { VIP0, { .type = IPVSDUMMY_A_MAX + 1, .size = 4 } } },
	{ "unknown attribute of a set", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, { .type = IPVSDUMMY_A_MAX + 1, .size = 4 } } },
	{ "unknown attribute of a dump", EINVAL, LINK_GET, true,
	  { { .type = IPVSDUMMY_A_MAX + 1, .size = 4 } } },
	{ "attribute 0", EINVAL, LINK_GET, false,
	  { VIP0, { .type = 0, .size = 4 } } },
	{ "attribute that only answers have", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, { .type = A(EVENTS), .size = 8, .data = zeroes } } },
	{ "attribute that only answers have, in status-get", EINVAL,
	  IPVSDUMMY_CMD_STATUS_GET, false,
	  { { .type = A(LINKS), .size = 4, .data = zeroes } } },
	{ "unknown attribute in a class policy", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, ACTION(ALLOW),
				{ .type = IPVSDUMMY_A_CLASS_MAX + 1,
				  .size = 4 }) } },
	{ "counter in a class policy", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, ACTION(ALLOW),
				BYTES(CLASS_REJECTED, 8)) } },

	/* Something given twice */
	{ "ifname twice", EEXIST, LINK_GET, false, { VIP0, VIP0 } },
	{ "ifname twice in a set", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, VIP0 } },
	{ "ifname twice in a dump", EEXIST, IPVSDUMMY_CMD_CONFLICT_GET, true,
	  { VIP0, VIP0 } },
	{ "seq twice in a dump", EEXIST, IPVSDUMMY_CMD_EVENT_GET, true,
	  { BYTES(SEQ, 8), BYTES(SEQ, 8) } },
	{ "ifname twice in a check", EEXIST, CHECK, false,
	  { VIP0, VIP0, BYTES(ADDRESS, 4) } },
	{ "mode twice", EEXIST, LINK_SET, false, { VIP0, AUDIT, AUDIT } },
	{ "address twice", EEXIST, CHECK, false,
	  { VIP0, BYTES(ADDRESS, 4), BYTES(ADDRESS, 4) } },
	{ "watch-name twice", EEXIST, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "a"), WORD(WATCH_NAME, "b") } },
	{ "class twice", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, GOOD, POLICY(HOST, ACTION(FLAG)) } },
	{ "class twice with one action", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, GOOD, GOOD } },
	{ "class twice in a class policy", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(ONLINK, HOST, ACTION(ALLOW)) } },
	{ "action twice in a class policy", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, ACTION(FLAG), ACTION(ALLOW)) } },

	/* Wrong lengths */
	{ "ifindex of 2 bytes", EINVAL, LINK_GET, false,
	  { BYTES(IFINDEX, 2) } },
	{ "ifindex of 8 bytes", EINVAL, LINK_SET, false,
	  { BYTES(IFINDEX, 8), AUDIT } },
	{ "empty ifindex", EINVAL, LINK_GET, false, { BYTES(IFINDEX, 0) } },
	{ "seq of 4 bytes", EINVAL, IPVSDUMMY_CMD_EVENT_GET, true,
	  { BYTES(SEQ, 4) } },
	{ "mode of 1 byte", EINVAL, LINK_SET, false, { VIP0, BYTES(MODE, 1) } },
	{ "class of 8 bytes", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(BYTES(CLASS_CLASS, 8), ACTION(FLAG)) } },
	{ "action of 2 bytes", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, BYTES(CLASS_ACTION, 2)) } },
	{ "empty class policy", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, { .type = A(CLASS_POLICY) | NLA_F_NESTED } } },
	{ "class policy that is no nest", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, { .type = A(CLASS_POLICY), .size = 4 } } },
	{ "garbage in a class policy", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, { .type = A(CLASS_POLICY) | NLA_F_NESTED, .size = 7,
			   .data = "\377\377\377\377\377\377\377" } } },
	{ "address of 0 bytes", EINVAL, CHECK, false,
	  { VIP0, BYTES(ADDRESS, 0) } },
	{ "address of 3 bytes", EINVAL, CHECK, false,
	  { VIP0, BYTES(ADDRESS, 3) } },
	{ "address of 5 bytes", EINVAL, CHECK, false,
	  { VIP0, BYTES(ADDRESS, 5) } },
	{ "address of 17 bytes", EINVAL, CHECK, false,
	  { VIP0, BYTES(ADDRESS, 17) } },
	{ "ifname of 16 characters", EINVAL, LINK_SET, false,
	  { WORD(IFNAME, "0123456789abcdef"), AUDIT } },
	{ "unterminated ifname", EINVAL, LINK_GET, false,
	  { { .type = A(IFNAME), .size = 4, .data = "vip0" } } },
	{ "unterminated watch-name", EINVAL, WATCH_ADD, false,
	  { { .type = A(WATCH_NAME), .size = 2, .data = "w1" } } },

	/* Names that name no interface */
	{ "watch-name of 16 characters", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "0123456789abcdef") } },
	{ "empty watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "") } },
	{ "asterisk in the middle of a watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "ve*th") } },
	{ "two asterisks in a watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "veth**") } },
	{ "watch-name that is there, excluded", EEXIST, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "w0"), BYTES(WATCH_EXCLUDE, 0) } },
	{ "flag with a value", ERANGE, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "w1"), BYTES(WATCH_EXCLUDE, 4) } },
	{ "template as watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "eth%d") } },
	{ "path as watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "a/b") } },
	{ "two words as watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "a b") } },
	{ "dot as watch-name", EINVAL, WATCH_ADD, false,
	  { WORD(WATCH_NAME, ".") } },
	{ "watch-name that is there", EEXIST, WATCH_ADD, false,
	  { WORD(WATCH_NAME, "w0") } },
	{ "watch-name that is not there", ENOENT, WATCH_DEL, false,
	  { WORD(WATCH_NAME, "eth0") } },

	/* Numbers that mean nothing */
	{ "ifindex 0", ERANGE, LINK_GET, false, { NUMBER(IFINDEX, 0) } },
	{ "mode 2", ERANGE, LINK_SET, false, { VIP0, NUMBER(MODE, 2), GOOD } },
	{ "huge mode", ERANGE, LINK_SET, false,
	  { VIP0, NUMBER(MODE, 0xffffffff) } },
	{ "class 0", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, GOOD, POLICY(CLASS(0), ACTION(FLAG)) } },
	{ "class 6", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, GOOD, POLICY(CLASS(6), ACTION(FLAG)) } },
	{ "class 258", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(CLASS(258), ACTION(FLAG)) } },
	{ "action 5", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, NUMBER(CLASS_ACTION, 5)) } },
	{ "action 256", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, NUMBER(CLASS_ACTION, 256)) } },

	/* Pairs without sense; the good ones beside them do not count */
	{ "skip of onlink", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(ONLINK, ACTION(SKIP)) } },
	{ "skip of gateway", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(CLASS(IPVSDUMMY_CLASS_GATEWAY),
				ACTION(SKIP)) } },
	{ "skip of neigh", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(CLASS(IPVSDUMMY_CLASS_NEIGH),
				ACTION(SKIP)) } },
	{ "verify of host", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(HOST, ACTION(VERIFY)) } },
	{ "verify of gateway", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(CLASS(IPVSDUMMY_CLASS_GATEWAY),
				ACTION(VERIFY)) } },
	{ "verify of neigh", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(CLASS(IPVSDUMMY_CLASS_NEIGH),
				ACTION(VERIFY)) } },
	{ "action of class rule", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(CLASS(IPVSDUMMY_CLASS_RULE), ACTION(FLAG)) } },
	{ "skip of onlink behind a good policy", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, GOOD, POLICY(ONLINK, ACTION(SKIP)) } },
	{ "skip of onlink before a good policy", EDOM, LINK_SET, false,
	  { VIP0, POLICY(ONLINK, ACTION(SKIP)), GOOD, AUDIT } },

	/* Rules; the good ones beside them do not count */
	{ "rule with host bits", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(PREFIX("\12\0\0\1"), PLEN(24), TO(FLAG)) } },
	{ "rule with the last host bit", EINVAL, LINK_SET, false,
	  { VIP0, RULE(PREFIX("\12\0\0\1"), PLEN(31), TO(FLAG)) } },
	{ "rule of 33 bits", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(PREFIX("\12\0\0\1"), PLEN(33), TO(FLAG)) } },
	{ "rule of 129 bits", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, RULE(BYTES(RULE_PREFIX, 16), PLEN(129), TO(FLAG)) } },
	{ "rule of 5 bytes", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, RULE(BYTES(RULE_PREFIX, 5), PLEN(0), TO(FLAG)) } },
	{ "rule of 17 bytes", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, RULE(BYTES(RULE_PREFIX, 17), PLEN(0), TO(FLAG)) } },
	{ "rule without prefix", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(PLEN(0), TO(FLAG)) } },
	{ "rule without length", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(BYTES(RULE_PREFIX, 4), TO(FLAG)) } },
	{ "rule without action", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(BYTES(RULE_PREFIX, 4), PLEN(0)) } },
	{ "rule that skips", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8,
	    RULE(BYTES(RULE_PREFIX, 4), PLEN(0), TO(SKIP)) } },
	{ "rule that verifies", EDOM, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8,
	    RULE(BYTES(RULE_PREFIX, 4), PLEN(0), TO(VERIFY)) } },
	{ "rule of action 5", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(BYTES(RULE_PREFIX, 4), PLEN(0),
				     NUMBER(RULE_ACTION, 5)) } },
	{ "rule of op 3", ERANGE, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(BYTES(RULE_PREFIX, 4), PLEN(0), TO(FLAG),
				     NUMBER(RULE_OP, 3)) } },
	{ "rule twice", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, TEN_8 } },
	{ "action twice in a rule", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(BYTES(RULE_PREFIX, 4), PLEN(0), TO(FLAG),
				     TO(ALLOW)) } },
	{ "rule that is not there", ENOENT, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8, RULE(BYTES(RULE_PREFIX, 4), PLEN(0),
				     NUMBER(RULE_OP, IPVSDUMMY_RULE_OP_DEL)) } },
	{ "rule that was flushed", ENOENT, LINK_SET, false,
	  { VIP0, BYTES(FLUSH_RULES, 0),
	    RULE(PREFIX("\254\20\0\0"), PLEN(12),
		 NUMBER(RULE_OP, IPVSDUMMY_RULE_OP_DEL)) } },
	{ "rule that is there", EEXIST, LINK_SET, false,
	  { VIP0, AUDIT, TEN_8,
	    RULE(PREFIX("\254\20\0\0"), PLEN(12), TO(FLAG)) } },
	{ "rules of another link's kind", EOPNOTSUPP, LINK_SET, false,
	  { WORD(IFNAME, "w0"), TEN_8 } },
	{ "rules to dump of another kind", EOPNOTSUPP, IPVSDUMMY_CMD_RULE_GET,
	  true, { WORD(IFNAME, "w0") } },

	/* Something missing */
	{ "link-get of nothing", EINVAL, LINK_GET, false, { {} } },
	{ "link-set of nothing", EINVAL, LINK_SET, false, { AUDIT, GOOD } },
	{ "check of no link", EINVAL, CHECK, false, { BYTES(ADDRESS, 4) } },
	{ "check of no address", EINVAL, CHECK, false, { VIP0 } },
	{ "watch-add of nothing", EINVAL, WATCH_ADD, false, { {} } },
	{ "watch-del of nothing", EINVAL, WATCH_DEL, false, { {} } },
	{ "class without action", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, GOOD, POLICY(ONLINK) } },
	{ "action without class", EINVAL, LINK_SET, false,
	  { VIP0, AUDIT, POLICY(ACTION(FLAG)) } },

	/* No such link */
	{ "no link of this name", ENODEV, LINK_GET, false,
	  { WORD(IFNAME, "nowhere") } },
	{ "no link of this index", ENODEV, LINK_SET, false,
	  { NUMBER(IFINDEX, 0x7fffffff), AUDIT } },
	{ "no link of a huge index", ENODEV, LINK_SET, false,
	  { NUMBER(IFINDEX, 0xffffffff), AUDIT } },
	{ "no link of this name to check", ENODEV, CHECK, false,
	  { WORD(IFNAME, "nowhere"), BYTES(ADDRESS, 4) } },
	{ "no link of this name to dump", ENODEV, IPVSDUMMY_CMD_CONFLICT_GET,
	  true, { WORD(IFNAME, "nowhere") } },
	{ "index and name of two links", EINVAL, LINK_SET, false,
	  { NUMBER(IFINDEX, 1), VIP0, AUDIT } },

	/* A link of another kind */
	{ "a dummy", EOPNOTSUPP, LINK_GET, false, { WORD(IFNAME, "w0") } },
	{ "a dummy to set", EOPNOTSUPP, LINK_SET, false,
	  { WORD(IFNAME, "w0"), AUDIT } },
	{ "lo to set", EOPNOTSUPP, LINK_SET, false,
	  { NUMBER(IFINDEX, 1), AUDIT } },
	{ "a dummy to check", EOPNOTSUPP, CHECK, false,
	  { WORD(IFNAME, "w0"), BYTES(ADDRESS, 4) } },
	{ "a dummy to dump", EOPNOTSUPP, IPVSDUMMY_CMD_CONFLICT_GET, true,
	  { WORD(IFNAME, "w0") } },
};

static void put_pieces(struct nlmsghdr *nlh, const struct piece *piece)
{
	struct nlattr *nest;

	for (; piece->type || piece->size; piece++) {
		if (piece->nested) {
			nest = mnl_attr_nest_start(nlh, piece->type &
						   ~NLA_F_NESTED);
			put_pieces(nlh, piece->nested);
			mnl_attr_nest_end(nlh, nest);
		} else {
			mnl_attr_put(nlh, piece->type, piece->size,
				     piece->data ?: (void *)&piece->value);
		}
	}
}

TEST_F(family, bad_requests)
{
	struct lab *lab = &self->lab;
	char *before, *after;
	const struct bad *bad;
	struct nlmsghdr *nlh;
	struct list list;
	int err;

	/* What a set that went through would change */
	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	ASSERT_EQ(0, rule_change(lab, "vip0", "172.16.0.0/12 reject"));
	before = snapshot(lab);

	for (bad = bad_requests;
	     bad < bad_requests + ARRAY_SIZE(bad_requests); bad++) {
		nlh = family_begin(lab, bad->cmd, bad->dump ? NLM_F_DUMP : 0);
		put_pieces(nlh, bad->pieces);
		err = family_talk(lab, nlh, &list);
		EXPECT_EQ(bad->err, err)
			TH_LOG("%s: %s", bad->what, strerror(err));
		EXPECT_EQ(0, list.n)
			TH_LOG("%s was answered", bad->what);
		/* 6.1 gives the start of a dump no place for a sentence, only
		 * the attributes' validation before it
		 */
		if (!bad->dump || bad->err == EINVAL)
			EXPECT_STRNE("", lab->gn.ack)
				TH_LOG("%s: no extended ack", bad->what);
		after = snapshot(lab);
		EXPECT_STREQ(before, after)
			TH_LOG("%s changed something", bad->what);
		free(after);
	}
}

/* A link in another netns is none, by name and by index */
TEST_F(family, other_netns)
{
	struct lab *lab = &self->lab, other;
	struct nlmsghdr *nlh;
	struct list list;
	int ifindex, i;
	char *before;

	lab_open(&other);
	for (i = 0; i < 20; i++)
		ASSERT_EQ(0, link_add(&other.rt, text("v%u", i), "ipvsdummy"));
	ifindex = index_of("v19");
	before = snapshot(&other);

	nlh = family_begin(lab, LINK_SET, 0);
	mnl_attr_put_u32(nlh, A(IFINDEX), ifindex);
	mnl_attr_put_u32(nlh, A(MODE), IPVSDUMMY_MODE_AUDIT);
	EXPECT_EQ(ENODEV, family_talk(lab, nlh, NULL));
	EXPECT_STRNE("", lab->gn.ack);
	EXPECT_EQ(ENODEV, link_policy(lab, "v19", IPVSDUMMY_MODE_AUDIT, KEEP,
				      KEEP));
	EXPECT_STRNE("", lab->gn.ack);
	nlh = family_begin(lab, LINK_GET, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "v19");
	EXPECT_EQ(ENODEV, family_talk(lab, nlh, &list));
	EXPECT_EQ(0, list.n);
	EXPECT_STRNE("", lab->gn.ack);
	EXPECT_STREQ(before, snapshot(&other));
}

/* Messages that end too soon, or that nobody knows: refused, and no harm */
TEST_F(family, malformed)
{
	struct lab *lab = &self->lab;
	char *before = snapshot(lab);
	struct nlmsghdr *nlh;
	struct nlattr *attr;
	struct list list;
	unsigned int cmd;

	for (cmd = 0; cmd < 256; cmd++) {
		if (cmd >= IPVSDUMMY_CMD_STATUS_GET &&
		    cmd <= IPVSDUMMY_CMD_MAX && cmd != IPVSDUMMY_CMD_EVENT_NTF)
			continue;
		EXPECT_EQ(EOPNOTSUPP,
			  family_talk(lab, family_begin(lab, cmd, 0), &list))
			TH_LOG("command %u", cmd);
		EXPECT_EQ(EOPNOTSUPP,
			  family_talk(lab, family_begin(lab, cmd, NLM_F_DUMP),
				      &list))
			TH_LOG("dump of command %u", cmd);
	}
	/* A dump that is none, and the other way round */
	nlh = family_begin(lab, IPVSDUMMY_CMD_CONFLICT_GET, 0);
	EXPECT_EQ(EOPNOTSUPP, family_talk(lab, nlh, &list));
	nlh = family_begin(lab, LINK_SET, NLM_F_DUMP);
	EXPECT_EQ(EOPNOTSUPP, family_talk(lab, nlh, &list));

	/* No room for the generic-netlink header */
	nlh = family_begin(lab, LINK_GET, 0);
	nlh->nlmsg_len = NLMSG_HDRLEN + 2;
	EXPECT_EQ(EINVAL, family_talk(lab, nlh, &list));
	/* An attribute longer than the message, one shorter than its header,
	 * and bytes that are none
	 */
	nlh = family_begin(lab, LINK_SET, 0);
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	attr->nla_len = 200;
	EXPECT_EQ(EINVAL, family_talk(lab, nlh, NULL));
	EXPECT_STRNE("", lab->gn.ack);
	nlh = family_begin(lab, LINK_SET, 0);
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	attr->nla_len = 2;
	EXPECT_EQ(EINVAL, family_talk(lab, nlh, NULL));
	EXPECT_STRNE("", lab->gn.ack);
	nlh = family_begin(lab, LINK_SET, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	memset(mnl_nlmsg_get_payload_tail(nlh), 0xff, 3);
	nlh->nlmsg_len += 3;
	EXPECT_EQ(EINVAL, family_talk(lab, nlh, NULL));
	EXPECT_STRNE("", lab->gn.ack);
	/* A nest that promises more than it has */
	nlh = family_begin(lab, LINK_SET, 0);
	mnl_attr_put_strz(nlh, A(IFNAME), "vip0");
	attr = mnl_attr_nest_start(nlh, A(CLASS_POLICY));
	mnl_attr_put_u32(nlh, A(CLASS_CLASS), IPVSDUMMY_CLASS_HOST);
	mnl_attr_put_u32(nlh, A(CLASS_ACTION), IPVSDUMMY_ACTION_ALLOW);
	attr->nla_len = 4 + 8 + 4;
	EXPECT_EQ(EINVAL, family_talk(lab, nlh, NULL));
	EXPECT_STRNE("", lab->gn.ack);

	EXPECT_STREQ(before, snapshot(lab));
}

static void expect_no_setting(struct __test_metadata *_metadata,
			      struct lab *lab)
{
	EXPECT_EQ(EPERM, link_policy(lab, "vip0", IPVSDUMMY_MODE_AUDIT, KEEP,
				     KEEP));
	EXPECT_STRNE("", lab->gn.ack);
	EXPECT_EQ(EPERM, watch_add(lab, "w1"));
	EXPECT_STRNE("", lab->gn.ack);
	EXPECT_EQ(EPERM, watch_del(lab, "w0"));
	EXPECT_STRNE("", lab->gn.ack);
}

/* Both who opened the socket and who uses it need the capability */
TEST_F(family, no_capability)
{
	struct lab *lab = &self->lab, other = *lab;
	char *before = snapshot(lab);

	drop_net_admin();
	expect_no_setting(_metadata, lab);
	lab_sockets(&other);
	expect_no_setting(_metadata, &other);
	EXPECT_STREQ(before, snapshot(lab));

	regain_net_admin();
	expect_no_setting(_metadata, &other);
	EXPECT_STREQ(before, snapshot(&other));
	EXPECT_EQ(0, link_policy(lab, "vip0", IPVSDUMMY_MODE_AUDIT, KEEP,
				 KEEP));
}

/* Reading and following need no privilege */
TEST_F(family, nobody)
{
	struct lab *lab = &self->lab, nobody = *lab;
	struct follower follower;
	struct list list;
	char *before;
	struct msg msg;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	ASSERT_EQ(0, addr_add(&lab->rt, "vip0", "10.0.2.99"));
	before = snapshot(lab);
	become(NOBODY);
	lab_sockets(&nobody);
	follow(&nobody, &follower);
	EXPECT_STREQ(before, snapshot(&nobody));
	link_get(&nobody, "vip0", &msg);
	EXPECT_STREQ("vip0 10.0.2.15: host reject, w0 10.0.2.15/32",
		     check(&nobody, "vip0", "10.0.2.15"));
	events_after(&nobody, 0, &list);
	EXPECT_EQ(1, list.n);
	expect_no_setting(_metadata, &nobody);
	EXPECT_STREQ(before, snapshot(&nobody));
}

/* As above; what follows comes from somebody else */
TEST_F(family, nobody_follows)
{
	struct lab *lab = &self->lab, nobody = *lab;
	struct follower follower;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	if (seteuid(NOBODY))
		die("seteuid: %m");
	lab_sockets(&nobody);
	follow(&nobody, &follower);
	if (seteuid(0))
		die("seteuid: %m");
	ASSERT_EQ(EADDRINUSE, addr_add(&lab->rt, "vip0", "10.0.2.15"));
	if (seteuid(NOBODY))
		die("seteuid: %m");
	EXPECT_STREQ("rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32 x1",
		     say_next(&nobody, &follower));
}

/* Root of a user namespace rules his own netns, and no other */
TEST_F(family, user_namespace)
{
	struct lab *lab = &self->lab, outside = *lab, own = {};
	uid_t uid = NOBODY;
	char *before;

	ASSERT_EQ(0, addr_add(&lab->rt, "w0", "10.0.2.15/24"));
	before = snapshot(lab);
	/* Nobody may not be allowed to search the way to there */
	if (chdir("/proc/self"))
		die("/proc/self: %m");
	become(uid);
	lab_sockets(&outside);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		SKIP(return, "no user namespaces for nobody");
	if (prctl(PR_SET_DUMPABLE, 1))
		die("prctl: %m");
	write_file("setgroups", "deny");
	write_file("uid_map", text("0 %u 1", uid));
	write_file("gid_map", text("0 %u 1", uid));

	lab_sockets(&own);
	ASSERT_EQ(0, link_add(&own.rt, "vip0", "ipvsdummy"));
	lab_watch_dummy(&own, "w0");
	ASSERT_EQ(0, addr_add(&own.rt, "w0", "10.0.2.15/24"));
	EXPECT_EQ(EADDRINUSE, addr_add(&own.rt, "vip0", "10.0.2.15"));
	EXPECT_EQ(0, link_policy(&own, "vip0", IPVSDUMMY_MODE_AUDIT, KEEP,
				 KEEP));
	EXPECT_EQ(0, addr_add(&own.rt, "vip0", "10.0.2.15"));
	EXPECT_EQ(0, watch_del(&own, "w0"));

	expect_no_setting(_metadata, &outside);
	EXPECT_STREQ(before, snapshot(&outside));
}

TEST_HARNESS_MAIN
