/* SPDX-License-Identifier: GPL-2.0 */
/* Unit tests of the index and of judging. They run at load in a debug build,
 * and in user space under sanitizers and a fuzzer (selftests/unit).
 */
#ifndef _IPVSDUMMY_SELFTEST_H
#define _IPVSDUMMY_SELFTEST_H

#include <linux/types.h>

#ifdef DEBUG

struct ipvsdummy_ifaddr;

/**
 * struct ipvsdummy_selftest - a unit test
 * @name: its name
 * @run: runs it; logs what fails; returns whether nothing did
 */
struct ipvsdummy_selftest {
	const char *name;
	bool (*run)(void);
};

#define IPVSDUMMY_SELFTESTS	16

extern const struct ipvsdummy_selftest ipvsdummy_selftests[IPVSDUMMY_SELFTESTS];
extern unsigned int ipvsdummy_checks;	/* made so far */

/* selftest.c */
bool ipvsdummy_selftest(void);
bool ipvsdummy_selftest_parse(const char *text,
			      struct ipvsdummy_ifaddr *ifaddr);

/* selftest_rule.c */
bool ipvsdummy_selftest_rules(void);
bool ipvsdummy_selftest_many_rules(void);

/* selftest_owner.c */
bool ipvsdummy_selftest_owners(void);
bool ipvsdummy_selftest_gateways(void);

/* selftest_wire.c */
bool ipvsdummy_selftest_arp(void);
bool ipvsdummy_selftest_nd(void);
bool ipvsdummy_selftest_sightings(void);

/* selftest_model.c */
bool ipvsdummy_selftest_replay(const u8 *bytes, size_t len);

#define ipvsdummy_expect(good, fmt, args...) ({		\
	bool _good = (good);				\
							\
	ipvsdummy_checks++;				\
	if (!_good)					\
		pr_err("selftest: " fmt "\n", ##args);	\
	_good;						\
})

#else

static inline bool ipvsdummy_selftest(void)
{
	return true;
}

#endif

#endif
