// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the index and of judging. Addresses are written as iproute2
 * writes them: "10.0.2.15/24", "10.0.0.1 peer 10.9.9.9/24".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/inet.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "judge.h"
#include "selftest.h"

#define HOST	IPVSDUMMY_CLASS_HOST
#define ONLINK	IPVSDUMMY_CLASS_ONLINK
#define RULE	IPVSDUMMY_CLASS_RULE
#define GATEWAY	IPVSDUMMY_CLASS_GATEWAY
#define NEIGH	IPVSDUMMY_CLASS_NEIGH
#define ALLOW	IPVSDUMMY_ACTION_ALLOW
#define FLAG	IPVSDUMMY_ACTION_FLAG
#define REJECT	IPVSDUMMY_ACTION_REJECT
#define SKIP	IPVSDUMMY_ACTION_SKIP
#define VERIFY	IPVSDUMMY_ACTION_VERIFY
#define ENFORCE	IPVSDUMMY_MODE_ENFORCE
#define AUDIT	IPVSDUMMY_MODE_AUDIT

#define expect	ipvsdummy_expect

unsigned int ipvsdummy_checks;

static const struct ipvsdummy_rules no_rules __initconst;

struct place {
	const char *text;
	int ifindex;
	int vrf;
};

static bool __init parse_addr(const char *text, u8 family, char delim,
			      union nf_inet_addr *addr, const char **end)
{
	return family == AF_INET ?
	       in4_pton(text, -1, (u8 *)addr, delim, end) :
	       in6_pton(text, -1, (u8 *)addr, delim, end);
}

/**
 * ipvsdummy_selftest_parse - read an address
 * @text: as iproute2 writes it
 * @ifaddr: the result, of no interface
 *
 * Return: whether it could be read.
 */
bool __init ipvsdummy_selftest_parse(const char *text,
				     struct ipvsdummy_ifaddr *ifaddr)
{
	const char *what = text, *peer = strstr(text, " peer ");

	memset(ifaddr, 0, sizeof(*ifaddr));
	ifaddr->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (!parse_addr(text, ifaddr->family, peer ? ' ' : '/', &ifaddr->local,
			&text))
		return expect(false, "cannot read %s", what);
	ifaddr->peer = ifaddr->local;
	if (peer && !parse_addr(peer + strlen(" peer "), ifaddr->family, '/',
				&ifaddr->peer, &text))
		return expect(false, "cannot read %s", what);
	while (*++text)
		ifaddr->plen = 10 * ifaddr->plen + *text - '0';
	return true;
}

static bool __init parse(const struct place *place,
			 struct ipvsdummy_ifaddr *ifaddr)
{
	bool good = ipvsdummy_selftest_parse(place->text, ifaddr);

	ifaddr->ifindex = place->ifindex;
	ifaddr->vrf = place->vrf;
	return good;
}

static struct ipvsdummy_watched_addr *__init
add(struct ipvsdummy_index *index, const struct place *place)
{
	struct ipvsdummy_ifaddr ifaddr;
	bool came;

	if (!parse(place, &ifaddr))
		return ERR_PTR(-EINVAL);
	return ipvsdummy_index_add(index, &ifaddr, &came);
}

/* Does @vip clash with @match, in class @class? */
static bool __init
clashes(const char *what, const struct ipvsdummy_index *index,
	const struct ipvsdummy_policy *policy, const struct place *vip,
	bool with_gone, u8 class, const struct place *match)
{
	struct ipvsdummy_verdict verdict;
	struct ipvsdummy_ifaddr ifaddr, want = {};

	if (!parse(vip, &ifaddr) || (class && !parse(match, &want)))
		return false;
	ipvsdummy_judge(index, NULL, policy, &no_rules, &ifaddr, with_gone, &verdict);
	return expect(verdict.class == class &&
		      verdict.match_ifindex == want.ifindex &&
		      verdict.match_plen == want.plen &&
		      !memcmp(&verdict.match_prefix, &want.local,
			      sizeof(want.local)) &&
		      verdict.evidence ==
		      (class ? IPVSDUMMY_EVIDENCE_ADDRESS : 0),
		      "%s: %s is of class %u, by interface %d, length %u", what,
		      vip->text, verdict.class, verdict.match_ifindex,
		      verdict.match_plen);
}

struct match_case {
	const char *what;
	struct place watched[4];
	struct place vip;
	u8 class;
	struct place match;
};

static const struct match_case matches[] __initconst = {
	{ "nothing watched", { }, { "10.0.2.15/32" } },
	{ "the address itself", { { "10.0.2.15/24", 2 } },
	  { "10.0.2.15/32" }, HOST, { "10.0.2.15/32", 2 } },
	{ "in its prefix", { { "10.0.2.15/24", 2 } },
	  { "10.0.2.99/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "network address", { { "10.0.2.15/24", 2 } },
	  { "10.0.2.0/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "broadcast address", { { "10.0.2.15/24", 2 } },
	  { "10.0.2.255/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "below the prefix", { { "10.0.2.15/24", 2 } }, { "10.0.1.255/32" } },
	{ "above the prefix", { { "10.0.2.15/24", 2 } }, { "10.0.3.0/32" } },
	{ "v6 itself", { { "2001:db8::5/64", 2 } },
	  { "2001:db8::5/128" }, HOST, { "2001:db8::5/128", 2 } },
	{ "v6 in its prefix", { { "2001:db8::5/64", 2 } },
	  { "2001:db8::6/128" }, ONLINK, { "2001:db8::/64", 2 } },
	{ "v6 first", { { "2001:db8::5/64", 2 } },
	  { "2001:db8::/128" }, ONLINK, { "2001:db8::/64", 2 } },
	{ "v6 last", { { "2001:db8::5/64", 2 } },
	  { "2001:db8::ffff:ffff:ffff:ffff/128" },
	  ONLINK, { "2001:db8::/64", 2 } },
	{ "v6 below", { { "2001:db8:0:1::5/64", 2 } },
	  { "2001:db8::ffff:ffff:ffff:ffff/128" } },
	{ "v6 above", { { "2001:db8:0:1::5/64", 2 } },
	  { "2001:db8:0:2::/128" } },
	{ "v6 with the bytes of v4", { { "10.0.2.15/24", 2 } },
	  { "a00:20f::/128" } },
	{ "v4 with the bytes of v6", { { "a00:20f::/24", 2 } },
	  { "10.0.2.15/32" } },
	{ "v4 with the bytes and length of v6",
	  { { "10.0.1.1/24", 2 }, { "a00:20f::/24", 2 } }, { "10.0.2.99/32" } },

	{ "/31, itself", { { "10.0.2.14/31", 2 } },
	  { "10.0.2.14/32" }, HOST, { "10.0.2.14/32", 2 } },
	{ "/31, the other", { { "10.0.2.14/31", 2 } },
	  { "10.0.2.15/32" }, ONLINK, { "10.0.2.14/31", 2 } },
	{ "/31, below", { { "10.0.2.14/31", 2 } }, { "10.0.2.13/32" } },
	{ "/31, above", { { "10.0.2.14/31", 2 } }, { "10.0.2.16/32" } },
	{ "/32, itself", { { "10.0.2.14/32", 2 } },
	  { "10.0.2.14/32" }, HOST, { "10.0.2.14/32", 2 } },
	{ "/32, below", { { "10.0.2.14/32", 2 } }, { "10.0.2.13/32" } },
	{ "/32, above", { { "10.0.2.14/32", 2 } }, { "10.0.2.15/32" } },
	{ "/127, the other", { { "2001:db8::5/127", 2 } },
	  { "2001:db8::4/128" }, ONLINK, { "2001:db8::4/127", 2 } },
	{ "/127, above", { { "2001:db8::5/127", 2 } }, { "2001:db8::6/128" } },
	{ "/128, itself", { { "2001:db8::5/128", 2 } },
	  { "2001:db8::5/128" }, HOST, { "2001:db8::5/128", 2 } },
	{ "/128, below", { { "2001:db8::5/128", 2 } }, { "2001:db8::4/128" } },
	{ "/0", { { "10.0.2.15/0", 2 } },
	  { "203.0.113.1/32" }, ONLINK, { "0.0.0.0/0", 2 } },
	{ "/0 of v6", { { "2001:db8::5/0", 2 } },
	  { "fdff::1/128" }, ONLINK, { "::/0", 2 } },
	{ "/0, the other family", { { "10.0.2.15/0", 2 } },
	  { "2001:db8::5/128" } },
	{ "/1", { { "10.0.2.15/1", 2 } },
	  { "126.255.255.255/32" }, ONLINK, { "0.0.0.0/1", 2 } },
	{ "/1, above", { { "10.0.2.15/1", 2 } }, { "128.0.0.0/32" } },
	{ "/65", { { "2001:db8::5/65", 2 } },
	  { "2001:db8::7fff:0:0:1/128" }, ONLINK, { "2001:db8::/65", 2 } },
	{ "/65, above", { { "2001:db8::5/65", 2 } },
	  { "2001:db8::8000:0:0:1/128" } },

	{ "link-local of v6", { { "fe80::1/64", 2 } }, { "fe80::1/128" } },
	{ "beside it", { { "fe80::1/64", 2 } }, { "fe80::2/128" } },
	{ "end of fe80::/10", { { "fe80::1/8", 2 } }, { "febf:ffff::1/128" } },
	{ "after fe80::/10", { { "fe80::1/8", 2 } },
	  { "fec0::1/128" }, ONLINK, { "fe00::/8", 2 } },
	{ "before fe80::/10", { { "fe80::1/8", 2 } },
	  { "fe7f:ffff::1/128" }, ONLINK, { "fe00::/8", 2 } },
	{ "short prefix over fe80::/64", { { "fe80::1/64", 2 } },
	  { "fc00::1/6" } },
	{ "short prefix over fe80::/10", { { "fe80::1/10", 2 } },
	  { "fc00::1/6" } },
	{ "link-local peer", { { "fe80::1/64", 2 } },
	  { "2001:db8::1 peer fe80::2/128" } },
	{ "loopback", { { "127.0.0.1/8", 2 } }, { "127.0.0.1/32" } },
	{ "end of 127/8", { { "10.0.2.15/0", 2 } }, { "127.255.255.255/32" } },
	{ "before 127/8", { { "10.0.2.15/0", 2 } },
	  { "126.255.255.255/32" }, ONLINK, { "0.0.0.0/0", 2 } },
	{ "after 127/8", { { "10.0.2.15/0", 2 } },
	  { "128.0.0.0/32" }, ONLINK, { "0.0.0.0/0", 2 } },
	{ "link-local of v4", { { "169.254.1.1/16", 2 } },
	  { "169.254.1.1/32" } },
	{ "beside it", { { "169.254.1.1/16", 2 } }, { "169.254.255.255/32" } },
	{ "before 169.254/16", { { "169.254.1.1/8", 2 } },
	  { "169.253.255.255/32" }, ONLINK, { "169.0.0.0/8", 2 } },
	{ "after 169.254/16", { { "169.254.1.1/8", 2 } },
	  { "169.255.0.0/32" }, ONLINK, { "169.0.0.0/8", 2 } },
	{ "loopback of v6", { { "::1/128", 2 } }, { "::1/128" } },
	{ "after ::1", { { "::2/128", 2 } },
	  { "::2/128" }, HOST, { "::2/128", 2 } },
	{ "looks like ::1", { { "2001:db8::1/128", 2 } },
	  { "2001:db8::1/128" }, HOST, { "2001:db8::1/128", 2 } },

	{ "another VRF", { { "10.0.2.15/24", 2, 10 } }, { "10.0.2.15/32" } },
	{ "another VRF, prefix", { { "10.0.2.15/24", 2, 10 } },
	  { "10.0.2.99/32", 0, 11 } },
	{ "no VRF", { { "10.0.2.15/24", 2 } }, { "10.0.2.15/32", 0, 10 } },
	{ "the same VRF", { { "10.0.2.15/24", 2 }, { "10.0.2.15/24", 3, 10 } },
	  { "10.0.2.15/32", 0, 10 }, HOST, { "10.0.2.15/32", 3 } },
	{ "the same VRF, prefix",
	  { { "10.0.2.15/24", 2 }, { "10.0.2.15/24", 3, 10 } },
	  { "10.0.2.99/32", 0, 10 }, ONLINK, { "10.0.2.0/24", 3 } },
	{ "another VRF, short prefix", { { "10.0.2.15/24", 2, 10 } },
	  { "10.0.0.1/8" } },

	{ "two have it", { { "10.0.2.15/24", 3 }, { "10.0.2.15/24", 2 } },
	  { "10.0.2.15/32" }, HOST, { "10.0.2.15/32", 2 } },
	{ "two have it, turned",
	  { { "10.0.2.15/24", 2 }, { "10.0.2.15/24", 3 } },
	  { "10.0.2.15/32" }, HOST, { "10.0.2.15/32", 2 } },
	{ "two have the prefix",
	  { { "10.0.2.15/24", 3 }, { "10.0.2.16/24", 2 } },
	  { "10.0.2.99/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "two have the prefix, turned",
	  { { "10.0.2.15/24", 2 }, { "10.0.2.16/24", 3 } },
	  { "10.0.2.99/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "the longest prefix",
	  { { "10.0.2.15/16", 2 }, { "10.0.2.16/25", 4 },
	    { "10.0.2.17/24", 3 } },
	  { "10.0.2.99/32" }, ONLINK, { "10.0.2.0/25", 4 } },
	{ "the longest that has it",
	  { { "10.0.2.15/16", 2 }, { "10.0.2.16/26", 4 },
	    { "10.0.2.17/24", 3 } },
	  { "10.0.2.99/32" }, ONLINK, { "10.0.2.0/24", 3 } },
	{ "host before onlink", { { "10.0.2.99/24", 2 }, { "10.0.2.15/32", 3 } },
	  { "10.0.2.15/32" }, HOST, { "10.0.2.15/32", 3 } },

	{ "watched peer form", { { "10.0.2.15 peer 10.9.9.9/32", 2 } },
	  { "10.0.2.15/32" }, HOST, { "10.0.2.15/32", 2 } },
	{ "its peer", { { "10.0.2.15 peer 10.9.9.9/32", 2 } },
	  { "10.9.9.9/32" }, ONLINK, { "10.9.9.9/32", 2 } },
	{ "beside it", { { "10.0.2.15 peer 10.9.9.9/24", 2 } },
	  { "10.0.2.16/32" } },
	{ "in its peer's prefix", { { "10.0.2.15 peer 10.9.9.9/24", 2 } },
	  { "10.9.9.0/32" }, ONLINK, { "10.9.9.0/24", 2 } },
	{ "v6 peer", { { "2001:db8::1 peer 2001:db8:9::9/128", 2 } },
	  { "2001:db8:9::9/128" }, ONLINK, { "2001:db8:9::9/128", 2 } },

	{ "VIP's peer", { { "10.0.2.15/24", 2 } },
	  { "203.0.113.1 peer 10.0.2.99/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "VIP's peer, watched itself", { { "10.0.2.15/32", 2 } },
	  { "203.0.113.1 peer 10.0.2.15/32" } },
	{ "VIP's peer's prefix, the same", { { "10.0.2.15/24", 2 } },
	  { "203.0.113.1 peer 10.0.2.99/24" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "VIP's peer's prefix, inside", { { "10.0.2.15/24", 2 } },
	  { "203.0.113.1 peer 10.0.2.99/25" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "VIP's peer's prefix, around", { { "10.0.2.15/24", 2 } },
	  { "203.0.113.1 peer 10.0.9.9/16" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "VIP's peer elsewhere", { { "10.0.2.15/24", 2 } },
	  { "203.0.113.1 peer 10.0.3.9/24" } },
	{ "VIP before its peer", { { "10.0.2.15/24", 2 },
				   { "10.9.9.1/30", 1 } },
	  { "10.0.2.99 peer 10.9.9.2/32" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "watched VIP before its peer", { { "10.0.2.15/24", 2 } },
	  { "10.0.2.15 peer 10.0.2.99/32" }, HOST, { "10.0.2.15/32", 2 } },
	{ "VIP's v6 peer", { { "2001:db8::1/64", 2 } },
	  { "fd00::1 peer 2001:db8::2/128" }, ONLINK, { "2001:db8::/64", 2 } },

	{ "short prefix around", { { "10.0.2.15/24", 2 } },
	  { "10.0.3.1/23" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "short prefix beside", { { "10.0.2.15/24", 2 } }, { "10.0.4.1/22" } },
	{ "short prefix inside", { { "10.0.2.15/24", 2 } },
	  { "10.0.2.99/25" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "short prefix around a /32", { { "10.0.2.15/32", 2 } },
	  { "10.0.0.1/8" } },
	{ "short prefix around many, of the lowest the shortest",
	  { { "10.2.0.1/16", 2 }, { "10.1.0.1/24", 4 }, { "10.1.0.2/16", 3 } },
	  { "10.0.0.1/8" }, ONLINK, { "10.1.0.0/16", 3 } },
	{ "short prefix around many, the lowest",
	  { { "10.2.0.1/24", 1 }, { "10.1.2.1/24", 3 }, { "10.1.1.1/24", 4 },
	    { "10.1.3.1/24", 2 } },
	  { "10.0.0.1/8" }, ONLINK, { "10.1.1.0/24", 4 } },
	{ "short prefix around many, the lowest ifindex",
	  { { "10.1.1.1/24", 3 }, { "10.1.1.2/24", 2 }, { "10.1.1.3/24", 4 } },
	  { "10.0.0.1/8" }, ONLINK, { "10.1.1.0/24", 2 } },
	{ "VIP's /0", { { "10.0.2.15/24", 2 } },
	  { "203.0.113.1/0" }, ONLINK, { "10.0.2.0/24", 2 } },
	{ "VIP's /0 of v6", { { "2001:db8::1/64", 2 } },
	  { "fd00::1/0" }, ONLINK, { "2001:db8::/64", 2 } },
	{ "v6 short prefix around", { { "2001:db8:0:1::1/64", 2 } },
	  { "2001:db8:0:2::1/48" }, ONLINK, { "2001:db8:0:1::/64", 2 } },
	{ "v6 short prefix beside", { { "2001:db8:1::1/64", 2 } },
	  { "2001:db8:0:2::1/48" } },
};

static bool __init test_matches(void)
{
	struct ipvsdummy_index index;
	unsigned int i, j;
	bool good = true;

	for (i = 0; i < ARRAY_SIZE(matches); i++) {
		memset(&index, 0, sizeof(index));
		ipvsdummy_index_init(&index);
		for (j = 0; j < 4 && matches[i].watched[j].text; j++)
			good &= expect(!IS_ERR(add(&index,
						   &matches[i].watched[j])),
				       "%s: add", matches[i].what);
		good &= clashes(matches[i].what, &index,
				&ipvsdummy_default_policy, &matches[i].vip,
				false, matches[i].class, &matches[i].match);
		ipvsdummy_index_destroy(&index);
	}
	return good;
}

struct action_case {
	const char *vip;
	struct ipvsdummy_policy policy;
	u8 class;
	u8 action;
	u8 would;
};

/* 10.0.2.15/24 and 192.0.2.1/32 are watched */
static const struct action_case actions[] __initconst = {
	{ "10.0.2.15/32", { ENFORCE, { 0, REJECT, FLAG } }, HOST, REJECT },
	{ "10.0.2.15/32", { ENFORCE, { 0, SKIP, FLAG } }, HOST, SKIP },
	{ "10.0.2.15/32", { ENFORCE, { 0, FLAG, REJECT } }, HOST, FLAG },
	{ "10.0.2.15/32", { ENFORCE, { 0, ALLOW, FLAG } }, ONLINK, FLAG },
	{ "10.0.2.15/32", { ENFORCE, { 0, ALLOW, REJECT } }, ONLINK, REJECT },
	{ "10.0.2.15/32", { ENFORCE, { 0, ALLOW, ALLOW } } },
	{ "10.0.2.15/32", { ENFORCE, { 0, REJECT, ALLOW } }, HOST, REJECT },
	{ "10.0.2.99/32", { ENFORCE, { 0, REJECT, FLAG } }, ONLINK, FLAG },
	{ "10.0.2.99/32", { ENFORCE, { 0, FLAG, REJECT } }, ONLINK, REJECT },
	{ "10.0.2.99/32", { ENFORCE, { 0, REJECT, ALLOW } } },
	{ "192.0.2.1/32", { ENFORCE, { 0, ALLOW, REJECT } } },
	{ "192.0.2.2/32", { ENFORCE, { 0, REJECT, REJECT } } },
	{ "10.0.2.15/32", { AUDIT, { 0, REJECT, FLAG } }, HOST, FLAG, REJECT },
	{ "10.0.2.15/32", { AUDIT, { 0, SKIP, FLAG } }, HOST, FLAG, SKIP },
	{ "10.0.2.15/32", { AUDIT, { 0, FLAG, REJECT } }, HOST, FLAG },
	{ "10.0.2.15/32", { AUDIT, { 0, ALLOW, REJECT } },
	  ONLINK, FLAG, REJECT },
	{ "10.0.2.15/32", { AUDIT, { 0, ALLOW, ALLOW } } },
	{ "10.0.2.99/32", { AUDIT, { 0, REJECT, FLAG } }, ONLINK, FLAG },
	{ "10.0.2.99/32", { AUDIT, { 0, FLAG, REJECT } },
	  ONLINK, FLAG, REJECT },
	{ "192.0.2.2/32", { AUDIT, { 0, REJECT, REJECT } } },
};

static bool __init test_actions(void)
{
	static const struct place watched[] __initconst = {
		{ "10.0.2.15/24", 2 }, { "192.0.2.1/32", 2 },
	};
	const struct ipvsdummy_policy *policy = &ipvsdummy_default_policy;
	struct ipvsdummy_index index = {};
	struct ipvsdummy_verdict verdict;
	struct ipvsdummy_ifaddr vip;
	bool good = true;
	unsigned int i;

	ipvsdummy_index_init(&index);
	for (i = 0; i < ARRAY_SIZE(watched); i++)
		good &= expect(!IS_ERR(add(&index, &watched[i])), "add");
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		good &= parse(&(struct place){ actions[i].vip }, &vip);
		ipvsdummy_judge(&index, NULL, &actions[i].policy, &no_rules,
				&vip, false, &verdict);
		good &= expect(verdict.class == actions[i].class &&
			       verdict.action == actions[i].action &&
			       verdict.would == actions[i].would,
			       "action %u of class %u, would %u, in case %u",
			       verdict.action, verdict.class, verdict.would, i);
	}
	ipvsdummy_index_destroy(&index);

	good &= expect(policy->mode == ENFORCE &&
		       policy->action[HOST] == REJECT &&
		       policy->action[ONLINK] == FLAG, "default policy");
	for (i = ALLOW; i <= VERIFY; i++)
		good &= expect(ipvsdummy_action_fits(HOST, i) ==
			       (i != VERIFY) &&
			       ipvsdummy_action_fits(ONLINK, i) ==
			       (i != SKIP) &&
			       ipvsdummy_action_fits(RULE, i) == (i < SKIP),
			       "does action %u fit?", i) &&
			expect(ipvsdummy_action_refuses(i) == (i >= REJECT),
			       "does action %u refuse?", i);
	for (i = HOST; i < IPVSDUMMY_CLASSES; i++) {
		verdict = (struct ipvsdummy_verdict) { .class = i };
		good &= expect(ipvsdummy_severity(&verdict) ==
			       (i == ONLINK ? IPVSDUMMY_SEVERITY_INFO :
				i == NEIGH ? IPVSDUMMY_SEVERITY_WARNING :
				IPVSDUMMY_SEVERITY_CRITICAL),
			       "severity of class %u", i);
	}
	verdict.class = NEIGH;
	verdict.owner.confirmed = true;
	return expect(ipvsdummy_severity(&verdict) ==
		      IPVSDUMMY_SEVERITY_CRITICAL, "severity of an owner") &&
	       good;
}

/* Its class, and match, without gone ones and with them */
static bool __init gone_is(const char *what, const struct ipvsdummy_index *index,
			   const char *vip, u8 live, u8 gone,
			   const char *live_match, const char *gone_match)
{
	const struct ipvsdummy_policy *policy = &ipvsdummy_default_policy;
	const struct place place = { vip };

	return clashes(what, index, policy, &place, false, live,
		       &(struct place){ live_match, 2 }) &&
	       clashes(what, index, policy, &place, true, gone,
		       &(struct place){ gone_match, 2 });
}

/* Gone is held until it is purged; what comes back was never away */
static bool __init test_gone(void)
{
	static const struct place first __initconst = { "10.0.2.15/24", 2 };
	static const struct place second __initconst = { "10.0.2.16/24", 2 };
	const char *own = "10.0.2.15/32", *other = "10.0.2.99/32";
	const char *net = "10.0.2.0/24";
	const unsigned long t = ULONG_MAX - 10;		/* wraps on the way */
	struct ipvsdummy_watched_addr *a, *b;
	struct ipvsdummy_index index = {};
	LIST_HEAD(owned);
	bool good;

	ipvsdummy_index_init(&index);
	a = add(&index, &first);
	b = add(&index, &second);
	if (IS_ERR(a) || IS_ERR(b)) {
		ipvsdummy_index_destroy(&index);
		return expect(false, "add");
	}
	list_add_tail(&a->owner_node, &owned);
	list_add_tail(&b->owner_node, &owned);

	good = expect(add(&index, &first) == a && index.count == 2 &&
		      a->owner_node.next == &b->owner_node, "added twice");
	ipvsdummy_index_mark_gone(&index, a, t);
	good &= expect(list_empty(&a->owner_node) && !a->live, "gone") &&
		gone_is("one gone", &index, own, ONLINK, HOST, net, own) &&
		gone_is("one gone, another has the prefix", &index, other,
			ONLINK, ONLINK, net, net) &&
		expect(!ipvsdummy_index_purge(&index, t - 1), "held") &&
		expect(add(&index, &first) == a && a->live, "back") &&
		gone_is("back", &index, own, HOST, HOST, own, own) &&
		expect(!ipvsdummy_index_purge(&index, t + 20), "purged alive");

	if (!good)
		goto destroy;

	ipvsdummy_index_mark_gone(&index, b, t + 5);
	ipvsdummy_index_mark_gone(&index, a, t + 15);
	good = gone_is("both gone", &index, own, 0, HOST, NULL, own) &&
	       gone_is("both gone", &index, other, 0, ONLINK, NULL, net) &&
	       gone_is("both gone, short prefix", &index, "10.0.0.1/8", 0,
		       ONLINK, NULL, net) &&
	       gone_is("both gone, peer", &index, "192.0.2.1 peer 10.0.2.9/32",
		       0, ONLINK, NULL, net) &&
	       expect(ipvsdummy_index_purge(&index, t + 14) &&
		      index.count == 1, "the first is purged alone") &&
	       gone_is("purged", &index, "10.0.2.16/32", 0, ONLINK, NULL,
		       net) &&
	       gone_is("held", &index, own, 0, HOST, NULL, own) &&
	       expect(ipvsdummy_index_purge(&index, t + 15) && !index.count,
		      "purged") &&
	       gone_is("all purged", &index, own, 0, 0, NULL, NULL) &&
	       gone_is("all purged", &index, other, 0, 0, NULL, NULL) &&
	       expect(!ipvsdummy_index_purge(&index, t + 99), "purged twice");
destroy:
	ipvsdummy_index_destroy(&index);
	return good;
}

/* The same address with another prefix, peer, interface or VRF is another */
static bool __init test_identity(void)
{
	static const struct place places[] __initconst = {
		{ "10.0.2.15/24", 2 }, { "10.0.2.15/25", 2 },
		{ "10.0.2.15/24", 3 }, { "10.0.2.15/24", 2, 10 },
		{ "10.0.2.15 peer 10.9.9.9/24", 2 },
		{ "10.0.2.15 peer 10.9.8.9/24", 2 }, { "10.0.2.16/24", 2 },
		{ "a00:20f::/24", 2 }, { "10.0.2.15/32", 2 },
		{ "10.0.2.15 peer 10.9.9.9/32", 2 },
	};
	/* Host bits of a peer say nothing */
	static const struct place alias __initconst = {
		"10.0.2.15 peer 10.9.9.1/24", 2
	};
	struct ipvsdummy_watched_addr *addrs[ARRAY_SIZE(places)];
	struct ipvsdummy_index index = {};
	struct ipvsdummy_ifaddr ifaddr;
	bool good = true;
	unsigned int i;

	ipvsdummy_index_init(&index);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		good &= parse(&places[i], &ifaddr) &&
			expect(!ipvsdummy_index_find(&index, &ifaddr),
			       "%s found too early", places[i].text);
		addrs[i] = add(&index, &places[i]);
		good &= expect(!IS_ERR(addrs[i]) && index.count == i + 1,
			       "%s added", places[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(places); i++)
		good &= parse(&places[i], &ifaddr) &&
			expect(ipvsdummy_index_find(&index, &ifaddr) ==
			       addrs[i], "%s found", places[i].text);
	good &= parse(&alias, &ifaddr) &&
		expect(ipvsdummy_index_find(&index, &ifaddr) == addrs[4],
		       "%s found", alias.text);
	ipvsdummy_index_destroy(&index);
	return good;
}

/* The @i-th of many: v4 and v6, with prefixes shared and their own */
static void __init nth(unsigned int i, struct ipvsdummy_ifaddr *ifaddr)
{
	u8 *bytes = (u8 *)&ifaddr->local;

	memset(ifaddr, 0, sizeof(*ifaddr));
	ifaddr->ifindex = 1 + i % 7;
	if (i & 1) {
		bytes[0] = 10;
		bytes[1] = i >> 16;
		bytes[2] = i >> 8;
		bytes[3] = i;
		ifaddr->family = AF_INET;
		ifaddr->plen = i & 2 ? 24 : 32;
	} else {
		bytes[0] = 0xfd;
		bytes[5] = i >> 16;
		bytes[6] = i >> 8;
		bytes[7] = i;
		bytes[15] = 1;
		ifaddr->family = AF_INET6;
		ifaddr->plen = i & 2 ? 64 : 128;
	}
	ifaddr->peer = ifaddr->local;
}

/* Are just those of a step judged as host addresses? */
static bool __init have(const struct ipvsdummy_index *index, unsigned int n,
			unsigned int step)
{
	struct ipvsdummy_verdict verdict;
	struct ipvsdummy_ifaddr vip;
	unsigned int i;

	for (i = 0; i < n; i++) {
		cond_resched();
		nth(i, &vip);
		vip.plen = ipvsdummy_max_plen(vip.family);
		ipvsdummy_judge(index, NULL, &ipvsdummy_default_policy, &no_rules,
				&vip, true, &verdict);
		if (i % step ? verdict.class == HOST :
		    verdict.class != HOST || verdict.match_ifindex !=
		    vip.ifindex)
			return expect(false, "of %u, number %u is of class %u",
				      n, i, verdict.class);
	}
	return expect(true, "have");
}

/* Grows all the way up to the cap, says no there, and shrinks to nothing */
static bool __init test_growth(void)
{
	const unsigned int max = IPVSDUMMY_INDEX_MAX;
	struct ipvsdummy_watched_addr *addr;
	struct ipvsdummy_index index = {};
	struct ipvsdummy_ifaddr ifaddr;
	bool came, good = true;
	unsigned int i;

	ipvsdummy_index_init(&index);
	for (i = 0; i < max && good; i++) {
		nth(i, &ifaddr);
		addr = ipvsdummy_index_add(&index, &ifaddr, &came);
		good = expect(!IS_ERR(addr) && came && index.count == i + 1,
			      "add %u", i);
		if (good && !(index.count & i) && i < 4096)
			good = have(&index, i + 1, 1);
	}
	good = good && have(&index, max, 1);

	nth(max, &ifaddr);
	addr = ipvsdummy_index_add(&index, &ifaddr, &came);
	good &= expect(addr == ERR_PTR(-ENOSPC) && !came &&
		       index.count == max, "one too many");
	for (i = 0; i < max && good; i++) {
		nth(i, &ifaddr);
		addr = ipvsdummy_index_add(&index, &ifaddr, &came);
		good = expect(!IS_ERR(addr) && !came, "full, add %u again", i);
		if (good && i % 64)
			ipvsdummy_index_mark_gone(&index, addr, i);
	}
	nth(max, &ifaddr);
	good = good &&
	       expect(ipvsdummy_index_add(&index, &ifaddr, &came) ==
		      ERR_PTR(-ENOSPC), "gone ones take place") &&
	       have(&index, max, 1) &&
	       expect(ipvsdummy_index_purge(&index, max) &&
		      index.count == max / 64, "purge") &&
	       have(&index, max, 64) &&
	       expect(!IS_ERR(ipvsdummy_index_add(&index, &ifaddr, &came)) &&
		      came, "place again");
	ipvsdummy_index_destroy(&index);
	return good;
}

static bool __init test_order(void)
{
	static const char * const texts[][2] __initconst = {
		{ "0.0.0.0/0", "0.0.0.1/0" }, { "10.0.0.2/0", "10.0.1.0/0" },
		{ "127.0.0.1/0", "128.0.0.0/0" }, { "1.0.0.0/0", "2.0.0.0/0" },
		{ "::/0", "::1/0" }, { "::2/0", "::1:0/0" },
		{ "::1:ffff:ffff/0", "0:0:0:1::/0" },
		{ "7fff::/0", "8000::/0" }, { "1::2/0", "2::1/0" },
	};
	struct ipvsdummy_ifaddr low, high;
	bool good = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		good &= parse(&(struct place){ texts[i][0] }, &low) &&
			parse(&(struct place){ texts[i][1] }, &high);
		good &= expect(ipvsdummy_addr_cmp(low.family, &low.local,
						  &high.local) < 0 &&
			       ipvsdummy_addr_cmp(low.family, &high.local,
						  &low.local) > 0 &&
			       !ipvsdummy_addr_cmp(low.family, &low.local,
						   &low.local),
			       "%s before %s", texts[i][0], texts[i][1]);
		good &= expect(!ipvsdummy_addr_equal(low.family, &low.local,
						     &high.local) &&
			       ipvsdummy_addr_equal(low.family, &low.local,
						    &low.local),
			       "%s is not %s", texts[i][0], texts[i][1]);
	}
	/* Behind an IPv4 address there is nothing */
	low.local.all[0] = high.local.all[0];
	good &= expect(ipvsdummy_addr_equal(AF_INET, &low.local,
					    &high.local) &&
		       !ipvsdummy_addr_cmp(AF_INET, &low.local, &high.local),
		       "only 4 bytes");
	return good;
}

static bool __init test_equal(void)
{
	static const struct ipvsdummy_verdict base __initconst = {
		.class = HOST, .evidence = IPVSDUMMY_EVIDENCE_ADDRESS,
		.match_ifindex = 2, .match_plen = 128, .action = FLAG,
	};
	struct ipvsdummy_verdict other[8];
	bool good = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(other); i++)
		other[i] = base;
	other[0].class = ONLINK;
	other[1].owner.confirmed = true;
	other[2].would = REJECT;
	other[3].match_ifindex = 3;
	other[4].match_plen = 127;
	other[5].match_prefix.in6.s6_addr[3] = 1;
	other[6].match_prefix.in6.s6_addr[15] = 1;
	other[7].owner.lladdr[5] = 1;
	for (i = 0; i < ARRAY_SIZE(other); i++)
		good &= expect(!ipvsdummy_verdict_equal(AF_INET6, &base,
							&other[i]) &&
			       ipvsdummy_verdict_equal(AF_INET6, &other[i],
						       &other[i]),
			       "verdict and other %u", i);
	good &= expect(ipvsdummy_verdict_equal(AF_INET, &base, &other[6]) &&
		       !ipvsdummy_verdict_equal(AF_INET, &base, &other[5]),
		       "verdicts of v4");
	other[0] = base;
	other[0].action = REJECT;
	other[0].evidence = 0;
	other[0].owner.station = IPVSDUMMY_STATION_PROXY;
	return expect(ipvsdummy_verdict_equal(AF_INET, &base, &other[0]),
		      "what does not count") && good;
}

struct rank {
	u8 class;
	struct place match;
	struct ipvsdummy_owner owner;
};

/* From the first to the last; what does not rank alternates */
static bool __init test_outranks(void)
{
	static const struct rank ranks[] __initconst = {
		{ RULE, { "9.0.0.0/24", 0 } }, { RULE, { "10.0.0.0/24", 0 } },
		{ HOST, { "10.0.0.2/32", 2 } }, { HOST, { "10.0.0.2/32", 3 } },
		{ HOST, { "10.0.1.0/32", 1 } },
		{ GATEWAY, { "10.0.0.1/32", 3 } },
		{ NEIGH, { "10.0.0.1/32", 3 }, { .confirmed = true } },
		{ NEIGH, { "10.0.0.1/32", 3 } },
		{ NEIGH, { "10.0.0.1/32", 3 }, { .lladdr = { [5] = 1 } } },
		{ ONLINK, { "10.0.0.1/32", 5 } },
		{ ONLINK, { "9.0.0.0/24", 5 } },
		{ ONLINK, { "10.0.0.0/24", 2 } },
		{ ONLINK, { "10.0.0.0/24", 3 } },
		{ ONLINK, { "10.0.1.0/24", 1 } },
		{ ONLINK, { "128.0.0.0/24", 1 } },
		{ ONLINK, { "10.0.0.0/23", 1 } }, { ONLINK, { "0.0.0.0/0", 1 } },
		{ 0, { "10.0.0.1/32", 1 } }, { 0, { "0.0.0.0/0", 0 } },
	};
	struct ipvsdummy_verdict verdicts[ARRAY_SIZE(ranks)] = {};
	struct ipvsdummy_ifaddr ifaddr;
	unsigned int i, j;
	bool good = true;

	for (i = 0; i < ARRAY_SIZE(ranks); i++) {
		good &= parse(&ranks[i].match, &ifaddr);
		verdicts[i].class = ranks[i].class;
		verdicts[i].match_prefix = ifaddr.local;
		verdicts[i].match_plen = ifaddr.plen;
		verdicts[i].match_ifindex = ifaddr.ifindex;
		verdicts[i].owner = ranks[i].owner;
		verdicts[i].action = i & 1 ? FLAG : REJECT;
		verdicts[i].would = i & 2 ? REJECT : 0;
	}
	for (i = 0; i < ARRAY_SIZE(ranks); i++)
		for (j = 0; j < ARRAY_SIZE(ranks); j++)
			good &= expect(ipvsdummy_verdict_outranks(AF_INET,
								  &verdicts[i],
								  &verdicts[j])
				       == (i < j), "ranks %u and %u", i, j);
	return good;
}

/* The same bytes everywhere, so that a failure in the kernel is one at home */
static bool __init test_random(void)
{
	static u8 bytes[4096] __initdata;
	u32 x = 2463534242U;
	unsigned int i, run;

	for (run = 0; run < 64; run++) {
		for (i = 0; i < sizeof(bytes); i++) {
			/* xorshift, Marsaglia 2003 */
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			bytes[i] = x >> 24;
		}
		if (!ipvsdummy_selftest_replay(bytes, sizeof(bytes)))
			return expect(false, "run %u", run);
	}
	return true;
}

const struct ipvsdummy_selftest ipvsdummy_selftests[] __initconst = {
	{ "matches", test_matches },
	{ "actions", test_actions },
	{ "gone", test_gone },
	{ "identity", test_identity },
	{ "growth", test_growth },
	{ "order", test_order },
	{ "equal", test_equal },
	{ "outranks", test_outranks },
	{ "random", test_random },
	{ "rules", ipvsdummy_selftest_rules },
	{ "many rules", ipvsdummy_selftest_many_rules },
	{ "owners", ipvsdummy_selftest_owners },
	{ "gateways", ipvsdummy_selftest_gateways },
	{ "arp", ipvsdummy_selftest_arp },
	{ "nd", ipvsdummy_selftest_nd },
	{ "sightings", ipvsdummy_selftest_sightings },
};

/**
 * ipvsdummy_selftest - run all unit tests
 *
 * Return: whether none failed.
 */
bool __init ipvsdummy_selftest(void)
{
	unsigned int i, failed = 0;

	for (i = 0; i < IPVSDUMMY_SELFTESTS; i++) {
		if (ipvsdummy_selftests[i].run())
			continue;
		pr_err("selftest: %s failed\n", ipvsdummy_selftests[i].name);
		failed++;
	}
	pr_info("selftest: %u checks, %u of %u tests failed\n",
		ipvsdummy_checks, failed, IPVSDUMMY_SELFTESTS);
	return !failed;
}
