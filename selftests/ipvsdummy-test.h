/* SPDX-License-Identifier: GPL-2.0 */
/* The family for tests. Every message that comes from the module is checked
 * here, attribute by attribute; say() makes one line of what is left to
 * compare, so that a test reads like what a monitor would print.
 */
#ifndef IPVSDUMMY_TEST_H
#define IPVSDUMMY_TEST_H

#include <linux/genetlink.h>
#include <linux/ipvsdummy.h>

#include "rtnl-test.h"

#define KEEP	-1	/* leave a setting as it is */
#define HOLD_MS	5000	/* before what went is over */
#define REPEAT_MS	10000	/* between equal events */

#define A(name)		IPVSDUMMY_A_##name
#define BIT(name)	(1ULL << IPVSDUMMY_A_##name)
#define CLASS_BIT(name)	(1ULL << IPVSDUMMY_A_CLASS_##name)
#define NUM(msg, name)	((msg)->num[IPVSDUMMY_A_##name])

enum { NONE, U32, U64, STRING, BINARY, LLADDR, NEST, FLAG_ONLY };

static const uint8_t kind_of[IPVSDUMMY_A_MAX + 1] = {
	[A(IFINDEX)] = U32,
	[A(IFNAME)] = STRING,
	[A(INSTANCE)] = U64,
	[A(SEQ)] = U64,
	[A(VERSION)] = STRING,
	[A(MODE)] = U32,
	[A(ADDRESSES)] = U32,
	[A(CLASS_POLICY)] = NEST,
	[A(EVENT)] = U32,
	[A(TIME)] = U64,
	[A(SINCE)] = U64,
	[A(SEVERITY)] = U32,
	[A(FAMILY)] = U32,
	[A(ADDRESS)] = BINARY,
	[A(CLASS)] = U32,
	[A(ACTION)] = U32,
	[A(WOULD)] = U32,
	[A(EVIDENCE)] = U32,
	[A(MATCH_IFINDEX)] = U32,
	[A(MATCH_IFNAME)] = STRING,
	[A(MATCH_PREFIX)] = BINARY,
	[A(MATCH_PREFIXLEN)] = U32,
	[A(COUNT)] = U64,
	[A(WATCH_NAME)] = STRING,
	[A(WATCH_REASON)] = U32,
	[A(RING_SIZE)] = U32,
	[A(RING_OLDEST)] = U64,
	[A(CONFLICTS)] = U32,
	[A(CONFLICTS_MAX)] = U32,
	[A(UNRECORDED)] = U64,
	[A(UNWATCHED)] = U64,
	[A(LINKS)] = U32,
	[A(EVENTS)] = U64,
	[A(WATCH_EXCLUDE)] = FLAG_ONLY,
	[A(RULE)] = NEST,
	[A(RULES)] = U32,
	[A(RULES_MAX)] = U32,
	[A(REASONS)] = U32,
	[A(REASON)] = NEST,
	[A(LLADDR)] = LLADDR,
	[A(ARP_REPLY)] = U32,
	[A(PROBE)] = U32,
	[A(CLAIM)] = U32,
	[A(VLAN)] = U32,
	[A(STATION)] = U32,
	[A(PEERS)] = U32,
	[A(PEERS_MAX)] = U32,
	[A(SIGHTINGS)] = U32,
	[A(SIGHTINGS_MAX)] = U32,
	[A(CLAIM_TIMEOUT)] = U32,
	[A(FRAMES)] = U64,
	[A(CLAIMS)] = U64,
	[A(MALFORMED)] = U64,
	[A(EVICTED)] = U64,
	[A(UNCLAIMED)] = U64,
	[A(PROBES)] = U64,
};

static const uint8_t class_kind_of[IPVSDUMMY_A_CLASS_MAX + 1] = {
	[A(CLASS_CLASS)] = U32,
	[A(CLASS_ACTION)] = U32,
	[A(CLASS_REJECTED)] = U64,
	[A(CLASS_SKIPPED)] = U64,
	[A(CLASS_FLAGGED)] = U64,
	[A(CLASS_ACTIVE)] = U32,
};

#define POSITION	(BIT(INSTANCE) | BIT(SEQ))
#define LINK_NAME	(BIT(IFINDEX) | BIT(IFNAME))
#define VIP		(BIT(FAMILY) | BIT(ADDRESS))
#define MATCH		(BIT(CLASS) | BIT(EVIDENCE) | BIT(SEVERITY) |	\
			 BIT(MATCH_PREFIX) | BIT(MATCH_PREFIXLEN))
#define MATCH_LINK	(BIT(MATCH_IFINDEX) | BIT(MATCH_IFNAME))

#define HAS_STATUS	(POSITION | BIT(VERSION) | BIT(RING_SIZE) |	\
			 BIT(RING_OLDEST) | BIT(CONFLICTS) |		\
			 BIT(CONFLICTS_MAX) | BIT(UNRECORDED) |		\
			 BIT(UNWATCHED) | BIT(LINKS) | BIT(PEERS) |	\
			 BIT(PEERS_MAX) | BIT(SIGHTINGS) |		\
			 BIT(SIGHTINGS_MAX) | BIT(CLAIM_TIMEOUT) |	\
			 BIT(FRAMES) | BIT(CLAIMS) | BIT(MALFORMED) |	\
			 BIT(EVICTED) | BIT(UNCLAIMED) | BIT(PROBES))
#define HAS_LINK	(POSITION | LINK_NAME | BIT(MODE) |		\
			 BIT(ADDRESSES) | BIT(EVENTS) | BIT(UNRECORDED) | \
			 BIT(RULES) | BIT(RULES_MAX) | BIT(CLASS_POLICY) | \
			 BIT(ARP_REPLY) | BIT(PROBE))
#define HAS_RULE	(POSITION | LINK_NAME | BIT(RULE))
#define HAS_WATCHED	(POSITION | LINK_NAME | BIT(WATCH_REASON) |	\
			 BIT(ADDRESSES))
#define HAS_NAME	(POSITION | BIT(WATCH_NAME))
#define HAS_CHECK	(POSITION | LINK_NAME | VIP | BIT(ACTION))
#define HAS_LOST	(POSITION | BIT(TIME) | BIT(EVENT) | BIT(COUNT))
#define HAS_CONFLICT	(POSITION | BIT(TIME) | BIT(EVENT) | LINK_NAME |	\
			 VIP | MATCH | BIT(SINCE) | BIT(ACTION))
#define OWNER		(BIT(LLADDR) | BIT(CLAIM) | BIT(VLAN) | BIT(STATION))
#define MAY_CONFLICT	(BIT(WOULD) | BIT(COUNT) | MATCH_LINK | OWNER)

/**
 * struct msg - a message of the family
 * @cmd: enum ipvsdummy_cmd
 * @has: bits of the attributes that it has
 * @num: numbers by attribute
 * @str: strings by attribute
 * @bin: addresses by attribute
 * @class: class policies by class
 * @rule: "10.0.0.0/8 allow"
 * @reason: the same for each reason, and which decides, a line each
 */
struct msg {
	uint8_t cmd;
	uint64_t has;
	uint64_t num[IPVSDUMMY_A_MAX + 1];
	char str[IPVSDUMMY_A_MAX + 1][16];
	uint8_t bin[IPVSDUMMY_A_MAX + 1][16];
	struct {
		uint64_t has;
		uint64_t num[IPVSDUMMY_A_CLASS_MAX + 1];
	} class[IPVSDUMMY_CLASS_NEIGH + 1];
	char rule[64];
	char reason[1024];
};

/**
 * struct list - messages of a dump
 * @msgs: them
 * @n: their number
 */
struct list {
	struct msg *msgs;
	unsigned int n;
};

/**
 * struct lab - a netns of a test's own with a link, vip0
 * @netns: it
 * @rt: rtnetlink
 * @gn: generic netlink, for what is asked
 * @family: number of the family
 * @group: number of its multicast group
 * @instance: of the module; 0 before its first message
 */
struct lab {
	int netns;
	struct nl rt;
	struct nl gn;
	uint16_t family;
	uint32_t group;
	uint64_t instance;
};

static inline uint64_t get_number(const struct nlattr *attr, uint8_t kind)
{
	size_t size = mnl_attr_get_payload_len(attr);

	if (size != (kind == U32 ? sizeof(uint32_t) : sizeof(uint64_t)))
		die("attribute %u has %zu bytes", mnl_attr_get_type(attr),
		    size);
	return kind == U32 ? mnl_attr_get_u32(attr) : mnl_attr_get_u64(attr);
}

static inline void parse_class(const struct nlattr *nest, struct msg *msg)
{
	uint64_t num[IPVSDUMMY_A_CLASS_MAX + 1] = {}, has = 0;
	const struct nlattr *attr;
	unsigned int type;

	mnl_attr_for_each_nested(attr, nest) {
		type = mnl_attr_get_type(attr);
		if (type == A(CLASS_PAD))
			continue;
		if (type > IPVSDUMMY_A_CLASS_MAX || !class_kind_of[type])
			die("unknown attribute %u in a class policy", type);
		if (has & (1ULL << type))
			die("attribute %u twice in a class policy", type);
		has |= 1ULL << type;
		num[type] = get_number(attr, class_kind_of[type]);
	}
	type = num[A(CLASS_CLASS)];
	if (type < IPVSDUMMY_CLASS_HOST || type > IPVSDUMMY_CLASS_NEIGH)
		die("a policy of class %u", type);
	if (msg->class[type].has)
		die("two policies of class %u", type);
	msg->class[type].has = has;
	memcpy(msg->class[type].num, num, sizeof(num));
}

static inline const char *action_word(uint64_t action)
{
	static const char * const words[] = {
		[IPVSDUMMY_ACTION_ALLOW] = "allow",
		[IPVSDUMMY_ACTION_FLAG] = "flag",
		[IPVSDUMMY_ACTION_REJECT] = "reject",
		[IPVSDUMMY_ACTION_SKIP] = "skip",
	};

	return action < sizeof(words) / sizeof(*words) ? words[action] : "?";
}

static inline const char *class_word(uint64_t class)
{
	static const char * const words[] = {
		[IPVSDUMMY_CLASS_HOST] = "host",
		[IPVSDUMMY_CLASS_ONLINK] = "onlink",
		[IPVSDUMMY_CLASS_RULE] = "rule",
		[IPVSDUMMY_CLASS_GATEWAY] = "gateway",
		[IPVSDUMMY_CLASS_NEIGH] = "neigh",
	};

	return class < sizeof(words) / sizeof(*words) ? words[class] : "?";
}

static inline const char *say_prefix(const struct nlattr *prefix, uint32_t plen)
{
	size_t size = mnl_attr_get_payload_len(prefix);
	char buffer[INET6_ADDRSTRLEN];

	if (size != 4 && size != 16)
		die("a prefix of %zu bytes", size);
	inet_ntop(size == 4 ? AF_INET : AF_INET6, mnl_attr_get_payload(prefix),
		  buffer, sizeof(buffer));
	return text("%s/%u", buffer, plen);
}

static inline void parse_rule(const struct nlattr *nest, struct msg *msg)
{
	const struct nlattr *attr, *of[IPVSDUMMY_A_RULE_MAX + 1] = {};

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) > IPVSDUMMY_A_RULE_MAX)
			die("attribute %u in a rule", mnl_attr_get_type(attr));
		of[mnl_attr_get_type(attr)] = attr;
	}
	if (!of[A(RULE_PREFIX)] || !of[A(RULE_PREFIXLEN)] ||
	    !of[A(RULE_ACTION)] || of[A(RULE_OP)])
		die("an odd rule");
	snprintf(msg->rule, sizeof(msg->rule), "%s %s",
		 say_prefix(of[A(RULE_PREFIX)],
			    mnl_attr_get_u32(of[A(RULE_PREFIXLEN)])),
		 action_word(mnl_attr_get_u32(of[A(RULE_ACTION)])));
}

static inline void parse_reason(const struct nlattr *nest, struct msg *msg)
{
	const struct nlattr *attr, *of[IPVSDUMMY_A_REASON_MAX + 1] = {};
	size_t used = strlen(msg->reason);

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) > IPVSDUMMY_A_REASON_MAX)
			die("attribute %u in a reason",
			    mnl_attr_get_type(attr));
		of[mnl_attr_get_type(attr)] = attr;
	}
	if (!of[A(REASON_CLASS)] || !of[A(REASON_ACTION)] ||
	    !of[A(REASON_MATCH_PREFIX)] || !of[A(REASON_MATCH_PREFIXLEN)] ||
	    !of[A(REASON_MATCH_IFINDEX)] != !of[A(REASON_MATCH_IFNAME)])
		die("an odd reason");
	snprintf(msg->reason + used, sizeof(msg->reason) - used,
		 "%s %s %s %s%s\n",
		 class_word(mnl_attr_get_u32(of[A(REASON_CLASS)])),
		 action_word(mnl_attr_get_u32(of[A(REASON_ACTION)])),
		 of[A(REASON_MATCH_IFNAME)] ?
		 mnl_attr_get_str(of[A(REASON_MATCH_IFNAME)]) : "-",
		 say_prefix(of[A(REASON_MATCH_PREFIX)],
			    mnl_attr_get_u32(of[A(REASON_MATCH_PREFIXLEN)])),
		 of[A(REASON_DECIDES)] ? " decides" : "");
}

static inline void parse_attr(const struct nlattr *attr, struct msg *msg)
{
	size_t size = mnl_attr_get_payload_len(attr);
	unsigned int type = mnl_attr_get_type(attr);
	const char *str = mnl_attr_get_payload(attr);

	if (type == A(PAD))
		return;
	if (type > IPVSDUMMY_A_MAX || !kind_of[type])
		die("unknown attribute %u", type);
	if (msg->has & (1ULL << type) && kind_of[type] != NEST)
		die("attribute %u twice", type);
	msg->has |= 1ULL << type;

	switch (kind_of[type]) {
	case STRING:
		if (size < 2 || size > 16 || strnlen(str, size) != size - 1)
			die("attribute %u: string of %zu bytes", type, size);
		memcpy(msg->str[type], str, size);
		break;
	case BINARY:
		if (size != 4 && size != 16)
			die("attribute %u: address of %zu bytes", type, size);
		memcpy(msg->bin[type], str, size);
		msg->num[type] = size;
		break;
	case LLADDR:
		if (size != 6)
			die("attribute %u: lladdr of %zu bytes", type, size);
		memcpy(msg->bin[type], str, size);
		break;
	case NEST:
		if (type == A(CLASS_POLICY))
			parse_class(attr, msg);
		else if (type == A(RULE))
			parse_rule(attr, msg);
		else
			parse_reason(attr, msg);
		break;
	case FLAG_ONLY:
		if (size)
			die("attribute %u: flag of %zu bytes", type, size);
		break;
	default:
		msg->num[type] = get_number(attr, kind_of[type]);
	}
}

static inline void check_class_policies(const struct msg *msg)
{
	const uint64_t all = CLASS_BIT(CLASS) | CLASS_BIT(REJECTED) |
			     CLASS_BIT(SKIPPED) | CLASS_BIT(FLAGGED) |
			     CLASS_BIT(ACTIVE);
	unsigned int class;

	for (class = IPVSDUMMY_CLASS_HOST; class <= IPVSDUMMY_CLASS_NEIGH;
	     class++)
		if (msg->class[class].has !=
		    (all | (class == IPVSDUMMY_CLASS_RULE ? 0 :
			    CLASS_BIT(ACTION))))
			die("class %u: attributes %#llx", class,
			    (unsigned long long)msg->class[class].has);
}

/* What holds of every verdict */
static inline void check_verdict(const struct msg *msg)
{
	uint64_t size = NUM(msg, FAMILY) == AF_INET ? 4 : 16;
	uint64_t would = NUM(msg, WOULD), action = NUM(msg, ACTION);
	uint64_t class = NUM(msg, CLASS), evidence = NUM(msg, EVIDENCE);
	static const uint8_t first_evidence[IPVSDUMMY_CLASS_NEIGH + 1] = {
		[IPVSDUMMY_CLASS_HOST] = IPVSDUMMY_EVIDENCE_ADDRESS,
		[IPVSDUMMY_CLASS_ONLINK] = IPVSDUMMY_EVIDENCE_ADDRESS,
		[IPVSDUMMY_CLASS_RULE] = IPVSDUMMY_EVIDENCE_RULE,
		[IPVSDUMMY_CLASS_GATEWAY] = IPVSDUMMY_EVIDENCE_ROUTE,
		[IPVSDUMMY_CLASS_NEIGH] = IPVSDUMMY_EVIDENCE_NEIGH,
	};

	if (NUM(msg, ADDRESS) != size)
		die("an address of %llu bytes", (unsigned long long)size);
	if (msg->has & BIT(WOULD) &&
	    ((would != IPVSDUMMY_ACTION_REJECT &&
	      would != IPVSDUMMY_ACTION_SKIP &&
	      would != IPVSDUMMY_ACTION_VERIFY) ||
	     action != IPVSDUMMY_ACTION_FLAG))
		die("would %u beside action %u", (int)would, (int)action);
	if (!(msg->has & BIT(CLASS))) {
		if (action != IPVSDUMMY_ACTION_ALLOW)
			die("action %u without a class", (int)action);
		return;
	}
	if (action != IPVSDUMMY_ACTION_FLAG &&
	    action != IPVSDUMMY_ACTION_REJECT &&
	    (action != IPVSDUMMY_ACTION_SKIP ||
	     class != IPVSDUMMY_CLASS_HOST) &&
	    (action != IPVSDUMMY_ACTION_VERIFY ||
	     class != IPVSDUMMY_CLASS_ONLINK))
		die("action %u in class %u", (int)action,
		    (int)class);
	if (NUM(msg, SEVERITY) != (class == IPVSDUMMY_CLASS_ONLINK ?
				   IPVSDUMMY_SEVERITY_INFO :
				   IPVSDUMMY_SEVERITY_CRITICAL) &&
	    (NUM(msg, SEVERITY) != IPVSDUMMY_SEVERITY_WARNING ||
	     class != IPVSDUMMY_CLASS_NEIGH))
		die("severity %u in class %u", (int)NUM(msg, SEVERITY),
		    (int)class);
	if (evidence < first_evidence[class] ||
	    evidence > (class == IPVSDUMMY_CLASS_NEIGH ?
			IPVSDUMMY_EVIDENCE_PROBE : first_evidence[class]))
		die("evidence %u in class %u", (int)evidence, (int)class);
	if ((msg->has & OWNER) && class != IPVSDUMMY_CLASS_NEIGH)
		die("an owner in class %u", (int)class);
	if ((msg->has & MATCH_LINK) !=
	    (class == IPVSDUMMY_CLASS_RULE ? 0 : MATCH_LINK))
		die("a match with an interface, or without");
	if (NUM(msg, MATCH_PREFIX) != size ||
	    NUM(msg, MATCH_PREFIXLEN) > size * 8 ||
	    (class == IPVSDUMMY_CLASS_HOST &&
	     (NUM(msg, MATCH_PREFIXLEN) != size * 8 ||
	      memcmp(msg->bin[A(MATCH_PREFIX)], msg->bin[A(ADDRESS)], size))))
		die("a match of length %u", (int)NUM(msg, MATCH_PREFIXLEN));
}

/* What holds of every event, and of every conflict if it is of a dump */
static inline void check_conflict(const struct msg *msg)
{
	static const int8_t action_of[] = {
		[IPVSDUMMY_EVENT_REJECTED] = IPVSDUMMY_ACTION_REJECT,
		[IPVSDUMMY_EVENT_SKIPPED] = IPVSDUMMY_ACTION_SKIP,
		[IPVSDUMMY_EVENT_FLAGGED] = IPVSDUMMY_ACTION_FLAG,
		[IPVSDUMMY_EVENT_CHANGED] = -1,
		[IPVSDUMMY_EVENT_RESOLVED] = -1,
	};
	uint64_t event = NUM(msg, EVENT), action = NUM(msg, ACTION), now;
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	now = real.tv_sec * 1000000000ULL + real.tv_nsec;
	if (NUM(msg, TIME) > now || NUM(msg, TIME) + 600000000000ULL < now)
		die("a time of %llu, now is %llu",
		    (unsigned long long)NUM(msg, TIME),
		    (unsigned long long)now);
	if (msg->has & BIT(COUNT) && !NUM(msg, COUNT))
		die("a count of 0");
	if (event == IPVSDUMMY_EVENT_LOST)
		return;
	if (event >= sizeof(action_of) || !action_of[event])
		die("event %u", (int)event);
	if (action_of[event] > 0 && (int)action != action_of[event])
		die("event %u with action %u", (int)event, (int)action);
	if (msg->cmd == IPVSDUMMY_CMD_CONFLICT_GET && action_of[event] < 0)
		die("a conflict in state %u", (int)event);
	if (NUM(msg, SINCE) > NUM(msg, TIME))
		die("a conflict from the future");
	if (action != IPVSDUMMY_ACTION_FLAG && !NUM(msg, COUNT))
		die("a refusal without count");
}

static inline uint64_t due_attributes(const struct msg *msg)
{
	switch (msg->cmd) {
	case IPVSDUMMY_CMD_STATUS_GET:
		return HAS_STATUS;
	case IPVSDUMMY_CMD_LINK_GET:
		return HAS_LINK;
	case IPVSDUMMY_CMD_WATCH_GET:
		return msg->has & BIT(WATCH_NAME) ?
		       HAS_NAME | (msg->has & BIT(WATCH_EXCLUDE)) : HAS_WATCHED;
	case IPVSDUMMY_CMD_RULE_GET:
		return HAS_RULE;
	case IPVSDUMMY_CMD_CHECK:
		return HAS_CHECK | (msg->has & BIT(CLASS) ? MATCH : 0) |
		       (msg->has & (BIT(WOULD) | MATCH_LINK | BIT(REASONS) |
				    BIT(REASON)));
	case IPVSDUMMY_CMD_CONFLICT_GET:
		return HAS_CONFLICT | (msg->has & MAY_CONFLICT);
	case IPVSDUMMY_CMD_EVENT_GET:
	case IPVSDUMMY_CMD_EVENT_NTF:
		if (NUM(msg, EVENT) == IPVSDUMMY_EVENT_LOST)
			return HAS_LOST | (msg->has & LINK_NAME ?
					   LINK_NAME : 0);
		return HAS_CONFLICT | (msg->has & MAY_CONFLICT);
	}
	die("command %u", msg->cmd);
}

static inline void parse_msg(struct lab *lab, const struct nlmsghdr *nlh,
			     struct msg *msg)
{
	const struct genlmsghdr *head = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	memset(msg, 0, sizeof(*msg));
	if (nlh->nlmsg_type != lab->family ||
	    head->version != IPVSDUMMY_GENL_VERSION)
		die("a message of type %u, version %u", nlh->nlmsg_type,
		    head->version);
	msg->cmd = head->cmd;
	mnl_attr_for_each(attr, nlh, sizeof(*head))
		parse_attr(attr, msg);

	if (msg->has != due_attributes(msg))
		die("command %u: attributes %#llx instead of %#llx", msg->cmd,
		    (unsigned long long)msg->has,
		    (unsigned long long)due_attributes(msg));
	if (!lab->instance)
		lab->instance = NUM(msg, INSTANCE);
	if (!lab->instance || NUM(msg, INSTANCE) != lab->instance)
		die("instance %llx", (unsigned long long)NUM(msg, INSTANCE));
	if (NUM(msg, UNWATCHED))
		die("addresses are not watched");
	if (msg->has & BIT(CLASS_POLICY))
		check_class_policies(msg);
	if (msg->has & BIT(ADDRESS))
		check_verdict(msg);
	if (msg->has & BIT(EVENT))
		check_conflict(msg);
}

static inline const char *event_word(uint64_t event)
{
	static const char * const words[] = {
		[IPVSDUMMY_EVENT_REJECTED] = "rejected",
		[IPVSDUMMY_EVENT_SKIPPED] = "skipped",
		[IPVSDUMMY_EVENT_FLAGGED] = "flagged",
		[IPVSDUMMY_EVENT_CHANGED] = "changed",
		[IPVSDUMMY_EVENT_RESOLVED] = "resolved",
		[IPVSDUMMY_EVENT_LOST] = "lost",
	};

	return words[event];
}

static inline const char *say_address(const struct msg *msg, int attr)
{
	char *buffer = text_buffer();

	inet_ntop(NUM(msg, FAMILY), msg->bin[attr], buffer, TEXT_SIZE);
	return buffer;
}

static inline const char *say_verdict(const struct msg *msg)
{
	const char *would = "";

	if (!(msg->has & BIT(CLASS)))
		return text("%s %s: allow", msg->str[A(IFNAME)],
			    say_address(msg, A(ADDRESS)));
	if (msg->has & BIT(WOULD))
		would = text(" would %s", action_word(NUM(msg, WOULD)));
	return text("%s %s: %s %s%s, %s%s%s/%u", msg->str[A(IFNAME)],
		    say_address(msg, A(ADDRESS)),
		    class_word(NUM(msg, CLASS)),
		    action_word(NUM(msg, ACTION)), would,
		    msg->str[A(MATCH_IFNAME)],
		    msg->has & MATCH_LINK ? " " : "",
		    say_address(msg, A(MATCH_PREFIX)),
		    (int)NUM(msg, MATCH_PREFIXLEN));
}

static inline const char *say_class(const struct msg *msg, int class)
{
	const uint64_t *num = msg->class[class].num;

	return text(" %s:%s %d+%d+%d=%d", class_word(class),
		    action_word(num[A(CLASS_ACTION)]),
		    (int)num[A(CLASS_REJECTED)], (int)num[A(CLASS_SKIPPED)],
		    (int)num[A(CLASS_FLAGGED)], (int)num[A(CLASS_ACTIVE)]);
}

/* Of the rules only if there is something to say */
static inline const char *say_rules(const struct msg *msg)
{
	const uint64_t *num = msg->class[IPVSDUMMY_CLASS_RULE].num;

	if (NUM(msg, RULES_MAX) != 8192)
		die("%d rules at most", (int)NUM(msg, RULES_MAX));
	if (!NUM(msg, RULES) && !num[A(CLASS_REJECTED)] &&
	    !num[A(CLASS_FLAGGED)])
		return "";
	return text(" %d rules %d+%d=%d", (int)NUM(msg, RULES),
		    (int)num[A(CLASS_REJECTED)], (int)num[A(CLASS_FLAGGED)],
		    (int)num[A(CLASS_ACTIVE)]);
}

/* One line of a message; what parse_msg() checked is not repeated */
static inline const char *say(const struct msg *msg)
{
	const char *count = "";

	switch (msg->cmd) {
	case IPVSDUMMY_CMD_STATUS_GET:
		return text("seq %llu ring %d from %llu conflicts %d of %d+%llu links %d",
			    (unsigned long long)NUM(msg, SEQ),
			    (int)NUM(msg, RING_SIZE),
			    (unsigned long long)NUM(msg, RING_OLDEST),
			    (int)NUM(msg, CONFLICTS),
			    (int)NUM(msg, CONFLICTS_MAX),
			    (unsigned long long)NUM(msg, UNRECORDED),
			    (int)NUM(msg, LINKS));
	case IPVSDUMMY_CMD_LINK_GET:
		return text("%s %s addrs %d events %llu%s%s%s",
			    msg->str[A(IFNAME)],
			    NUM(msg, MODE) == IPVSDUMMY_MODE_AUDIT ?
			    "audit" : "enforce", (int)NUM(msg, ADDRESSES),
			    (unsigned long long)NUM(msg, EVENTS),
			    say_class(msg, IPVSDUMMY_CLASS_HOST),
			    say_class(msg, IPVSDUMMY_CLASS_ONLINK),
			    say_rules(msg));
	case IPVSDUMMY_CMD_WATCH_GET:
		if (msg->has & BIT(WATCH_NAME))
			return text("%s %s", msg->has & BIT(WATCH_EXCLUDE) ?
				    "exclude" : "name",
				    msg->str[A(WATCH_NAME)]);
		return text("%s reason %d addresses %d", msg->str[A(IFNAME)],
			    (int)NUM(msg, WATCH_REASON),
			    (int)NUM(msg, ADDRESSES));
	case IPVSDUMMY_CMD_RULE_GET:
		return text("%s %s", msg->str[A(IFNAME)], msg->rule);
	case IPVSDUMMY_CMD_CHECK:
		return say_verdict(msg);
	}
	if (NUM(msg, EVENT) == IPVSDUMMY_EVENT_LOST)
		return text("lost %s%s%llu", msg->str[A(IFNAME)],
			    msg->has & BIT(IFNAME) ? " " : "",
			    (unsigned long long)NUM(msg, COUNT));
	if (NUM(msg, COUNT))
		count = text(" x%llu", (unsigned long long)NUM(msg, COUNT));
	return text("%s %s%s", event_word(NUM(msg, EVENT)), say_verdict(msg),
		    count);
}

static inline struct nlmsghdr *family_begin(struct lab *lab, uint8_t cmd,
					    uint16_t flags)
{
	struct genlmsghdr head = {
		.cmd = cmd,
		.version = IPVSDUMMY_GENL_VERSION,
	};

	return nl_begin(&lab->gn, lab->family, flags, &head, sizeof(head));
}

struct collect {
	struct lab *lab;
	struct list *list;
};

static inline void collect_msg(const struct nlmsghdr *nlh, void *data)
{
	struct collect *collect = data;
	struct list *list = collect->list;

	/* Grows in powers of two */
	if (!(list->n & (list->n - 1))) {
		list->msgs = realloc(list->msgs, sizeof(*list->msgs) *
				     (list->n ? 2 * list->n : 1));
		if (!list->msgs)
			die("no memory");
	}
	parse_msg(collect->lab, nlh, &list->msgs[list->n++]);
}

/* Talk to the family. Return: 0 or an errno */
static inline int family_talk(struct lab *lab, struct nlmsghdr *nlh,
			      struct list *list)
{
	struct collect collect = { .lab = lab, .list = list };

	if (list)
		*list = (struct list){};
	return nl_talk(&lab->gn, nlh, list ? collect_msg : NULL, &collect);
}

static inline void list_free(struct list *list)
{
	free(list->msgs);
}

static inline void family_dump(struct lab *lab, uint8_t cmd, struct list *list)
{
	int err = family_talk(lab, family_begin(lab, cmd, NLM_F_DUMP), list);

	if (err)
		die("dump %u: %s", cmd, strerror(err));
}

/* A request that is answered by one message */
static inline void family_ask(struct lab *lab, struct nlmsghdr *nlh,
			      struct msg *msg)
{
	struct list list;
	int err = family_talk(lab, nlh, &list);

	if (err || list.n != 1)
		die("%u answers, %s", list.n, strerror(err));
	*msg = list.msgs[0];
	list_free(&list);
}

static inline void status_get(struct lab *lab, struct msg *msg)
{
	family_ask(lab, family_begin(lab, IPVSDUMMY_CMD_STATUS_GET, 0), msg);
}

static inline uint64_t newest_seq(struct lab *lab)
{
	struct msg msg;

	status_get(lab, &msg);
	return NUM(&msg, SEQ);
}

static inline void link_get(struct lab *lab, const char *dev, struct msg *msg)
{
	struct nlmsghdr *nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_GET, 0);

	mnl_attr_put_strz(nlh, A(IFNAME), dev);
	family_ask(lab, nlh, msg);
}

static inline void put_class(struct nlmsghdr *nlh, uint32_t class, int action)
{
	struct nlattr *nest;

	if (action == KEEP)
		return;
	nest = mnl_attr_nest_start(nlh, A(CLASS_POLICY));
	mnl_attr_put_u32(nlh, A(CLASS_CLASS), class);
	mnl_attr_put_u32(nlh, A(CLASS_ACTION), action);
	mnl_attr_nest_end(nlh, nest);
}

/* Set a link's policy. Return: 0 or an errno, as all below */
static inline int link_policy(struct lab *lab, const char *dev, int mode,
			      int host, int onlink)
{
	struct nlmsghdr *nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);

	mnl_attr_put_strz(nlh, A(IFNAME), dev);
	if (mode != KEEP)
		mnl_attr_put_u32(nlh, A(MODE), mode);
	put_class(nlh, IPVSDUMMY_CLASS_HOST, host);
	put_class(nlh, IPVSDUMMY_CLASS_ONLINK, onlink);
	return family_talk(lab, nlh, NULL);
}

/* "10.0.0.0/8 allow", "-10.0.0.0/8" to delete, "=10.0.0.0/8 flag" to replace */
static inline void put_rule(struct nlmsghdr *nlh, const char *rule)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, A(RULE));
	char prefix[64], action[16] = "allow";
	struct ip ip;
	int i;

	if (sscanf(rule + strspn(rule, "-="), "%63s %15s", prefix, action) < 1)
		die("rule %s", rule);
	ip = parse_ip(prefix);
	mnl_attr_put(nlh, A(RULE_PREFIX), ip.size, ip.bytes);
	mnl_attr_put_u32(nlh, A(RULE_PREFIXLEN), ip.plen);
	for (i = 0; strcmp(action, action_word(i)); i++)
		;
	if (*rule != '-')
		mnl_attr_put_u32(nlh, A(RULE_ACTION), i);
	if (*rule == '-')
		mnl_attr_put_u32(nlh, A(RULE_OP), IPVSDUMMY_RULE_OP_DEL);
	if (*rule == '=')
		mnl_attr_put_u32(nlh, A(RULE_OP), IPVSDUMMY_RULE_OP_REPLACE);
	mnl_attr_nest_end(nlh, nest);
}

static inline int rule_change(struct lab *lab, const char *dev,
			      const char *rule)
{
	struct nlmsghdr *nlh = family_begin(lab, IPVSDUMMY_CMD_LINK_SET, 0);

	mnl_attr_put_strz(nlh, A(IFNAME), dev);
	put_rule(nlh, rule);
	return family_talk(lab, nlh, NULL);
}

static inline int watch_set(struct lab *lab, uint8_t cmd, const char *name)
{
	struct nlmsghdr *nlh = family_begin(lab, cmd, 0);

	mnl_attr_put_strz(nlh, A(WATCH_NAME), name);
	return family_talk(lab, nlh, NULL);
}

static inline int watch_exclude(struct lab *lab, const char *name)
{
	struct nlmsghdr *nlh = family_begin(lab, IPVSDUMMY_CMD_WATCH_ADD, 0);

	mnl_attr_put_strz(nlh, A(WATCH_NAME), name);
	mnl_attr_put(nlh, A(WATCH_EXCLUDE), 0, NULL);
	return family_talk(lab, nlh, NULL);
}

static inline int watch_add(struct lab *lab, const char *name)
{
	return watch_set(lab, IPVSDUMMY_CMD_WATCH_ADD, name);
}

static inline int watch_del(struct lab *lab, const char *name)
{
	return watch_set(lab, IPVSDUMMY_CMD_WATCH_DEL, name);
}

static inline const char *check(struct lab *lab, const char *dev,
				const char *address)
{
	struct nlmsghdr *nlh = family_begin(lab, IPVSDUMMY_CMD_CHECK, 0);
	struct ip ip = parse_ip(address);
	struct msg msg;

	mnl_attr_put_strz(nlh, A(IFNAME), dev);
	mnl_attr_put(nlh, A(ADDRESS), ip.size, ip.bytes);
	family_ask(lab, nlh, &msg);
	if (NUM(&msg, FAMILY) != ip.family ||
	    memcmp(msg.bin[A(ADDRESS)], ip.bytes, ip.size))
		die("checked %s instead of %s",
		    say_address(&msg, A(ADDRESS)), address);
	return say(&msg);
}

/* The events after @seq; ends the test if their numbers have a gap */
static inline void events_after(struct lab *lab, uint64_t seq,
				struct list *list)
{
	struct nlmsghdr *nlh;
	struct msg *msg;
	unsigned int i;

	nlh = family_begin(lab, IPVSDUMMY_CMD_EVENT_GET, NLM_F_DUMP);
	mnl_attr_put_u64(nlh, A(SEQ), seq);
	if (family_talk(lab, nlh, list))
		die("event-get");
	for (i = 0; i < list->n; i++) {
		msg = &list->msgs[i];
		if (!i && NUM(msg, EVENT) == IPVSDUMMY_EVENT_LOST &&
		    !(msg->has & BIT(IFNAME)))
			seq += NUM(msg, COUNT);
		else
			seq++;
		if (NUM(msg, SEQ) != seq)
			die("event %llu where %llu was due",
			    (unsigned long long)NUM(msg, SEQ),
			    (unsigned long long)seq);
	}
}

static inline void print_dump(struct lab *lab, uint8_t cmd, FILE *to)
{
	struct list list;
	unsigned int i;

	family_dump(lab, cmd, &list);
	for (i = 0; i < list.n; i++)
		fprintf(to, "%s\n", say(&list.msgs[i]));
	list_free(&list);
}

/* All lines of a dump, each with a newline */
static inline char *say_dump(struct lab *lab, uint8_t cmd)
{
	size_t size;
	char *all;
	FILE *to = open_memstream(&all, &size);

	print_dump(lab, cmd, to);
	fclose(to);
	return all;
}

static inline char *conflicts(struct lab *lab)
{
	return say_dump(lab, IPVSDUMMY_CMD_CONFLICT_GET);
}

/* Everything that a request could have changed */
static inline char *snapshot(struct lab *lab)
{
	struct msg status;
	size_t size;
	char *all;
	FILE *to = open_memstream(&all, &size);

	status_get(lab, &status);
	fprintf(to, "%s\n", say(&status));
	print_dump(lab, IPVSDUMMY_CMD_LINK_GET, to);
	print_dump(lab, IPVSDUMMY_CMD_CONFLICT_GET, to);
	print_dump(lab, IPVSDUMMY_CMD_WATCH_GET, to);
	print_dump(lab, IPVSDUMMY_CMD_RULE_GET, to);
	fclose(to);
	return all;
}

/**
 * struct follower - a socket in the multicast group
 * @nl: it
 * @seq: number of the last event
 */
struct follower {
	struct nl nl;
	uint64_t seq;
};

static inline void follow(struct lab *lab, struct follower *follower)
{
	nl_open(&follower->nl, NETLINK_GENERIC);
	if (mnl_socket_setsockopt(follower->nl.mnl, NETLINK_ADD_MEMBERSHIP,
				  &lab->group, sizeof(lab->group)))
		die("group %u: %m", lab->group);
	follower->seq = newest_seq(lab);
}

/* Get the next event, which has to come within @timeout_ms and to be numbered
 * one more than the one before. Return: whether one came
 */
static inline bool next_event(struct lab *lab, struct follower *follower,
			      struct msg *msg, int64_t timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;
	uint8_t data[4096];
	struct nlmsghdr *nlh = (void *)data;
	ssize_t size;

	do {
		if (!nl_readable(&follower->nl, deadline - now_ms()))
			return false;
		size = recv(nl_fd(&follower->nl), data, sizeof(data), 0);
		if (size < 0)
			die("follower: %m");
		if (!mnl_nlmsg_ok(nlh, size) || nlh->nlmsg_len != size)
			die("not one message a datagram");
		parse_msg(lab, nlh, msg);
		if (msg->cmd != IPVSDUMMY_CMD_EVENT_NTF)
			die("command %u from the group", msg->cmd);
	} while (NUM(msg, SEQ) <= follower->seq);

	if (NUM(msg, SEQ) != ++follower->seq)
		die("event %llu after %llu",
		    (unsigned long long)NUM(msg, SEQ),
		    (unsigned long long)follower->seq - 1);
	return true;
}

static inline const char *say_within(struct lab *lab,
				     struct follower *follower,
				     int64_t timeout_ms)
{
	struct msg msg;

	if (!next_event(lab, follower, &msg, timeout_ms))
		return "no event";
	return say(&msg);
}

/* The next event, which is not held back */
static inline const char *say_next(struct lab *lab, struct follower *follower)
{
	return say_within(lab, follower, HOLD_MS - 500);
}

/* The next event, which is held back */
static inline const char *say_held(struct lab *lab, struct follower *follower)
{
	return say_within(lab, follower, NL_PATIENCE);
}

static inline void find_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group, *part;
	struct lab *lab = data;
	uint32_t id = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			lab->family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_VERSION &&
		    mnl_attr_get_u32(attr) != IPVSDUMMY_GENL_VERSION)
			die("version %u", mnl_attr_get_u32(attr));
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr) {
			mnl_attr_for_each_nested(part, group) {
				if (mnl_attr_get_type(part) ==
				    CTRL_ATTR_MCAST_GRP_ID)
					id = mnl_attr_get_u32(part);
				if (mnl_attr_get_type(part) ==
				    CTRL_ATTR_MCAST_GRP_NAME &&
				    strcmp(mnl_attr_get_str(part),
					   IPVSDUMMY_MCGRP_CONFLICTS))
					die("group %s",
					    mnl_attr_get_str(part));
			}
		}
	}
	lab->group = id;
}

/* Sockets in the netns that the test is in; asking loads the module */
static inline void lab_sockets(struct lab *lab)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nlmsghdr *nlh;

	nl_open(&lab->rt, NETLINK_ROUTE);
	nl_open(&lab->gn, NETLINK_GENERIC);
	nlh = nl_begin(&lab->gn, GENL_ID_CTRL, 0, &head, sizeof(head));
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, IPVSDUMMY_GENL_NAME);
	if (nl_talk(&lab->gn, nlh, find_family, lab) || !lab->family ||
	    !lab->group)
		die("no family " IPVSDUMMY_GENL_NAME);
}

/* Make a netns with vip0, and with what a test of events needs:
 *
 *	vip0	ipvsdummy, the link under test
 *	w0	dummy, watched, without an address
 *	s0, s1	a watched dummy and an ipvsdummy link for unexpected()
 *
 * Interfaces get no address of their own, and theirs are good at once.
 */
static inline void lab_open(struct lab *lab)
{
	memset(lab, 0, sizeof(*lab));
	lab->netns = netns_new();
	set_sysctl("net/ipv6/conf/default/addr_gen_mode", "1");
	set_sysctl("net/ipv6/conf/default/accept_dad", "0");
	lab_sockets(lab);
	if (link_add(&lab->rt, "vip0", "ipvsdummy"))
		die("vip0: %s", lab->rt.ack);
}

static inline void lab_watch_dummy(struct lab *lab, const char *name)
{
	if (link_add(&lab->rt, name, "dummy") || link_up(&lab->rt, name, true))
		die("%s: %s", name, lab->rt.ack);
	if (watch_add(lab, name))
		die("watch %s: %s", name, lab->gn.ack);
}

static inline void lab_open_watching(struct lab *lab)
{
	lab_open(lab);
	lab_watch_dummy(lab, "w0");
	lab_watch_dummy(lab, "s0");
	if (addr_add(&lab->rt, "s0", "192.0.2.1/24") ||
	    link_add(&lab->rt, "s1", "ipvsdummy"))
		die("s1");
}

/* Cause two events, and tell what the follower got before them: a way to be
 * sure that there was nothing. All that is put off is done first, but for what
 * is held back.
 */
static inline const char *unexpected(struct lab *lab,
				     struct follower *follower)
{
	const char *event;

	if (link_policy(lab, "s1", KEEP, KEEP, KEEP) ||
	    addr_add(&lab->rt, "s1", "192.0.2.2"))
		die("s1: %s", lab->rt.ack);
	event = say_next(lab, follower);
	if (strcmp(event, "flagged s1 192.0.2.2: onlink flag, s0 192.0.2.0/24"))
		return event;
	if (addr_del(&lab->rt, "s1", "192.0.2.2"))
		die("s1: %s", lab->rt.ack);
	event = say_next(lab, follower);
	if (strcmp(event,
		   "resolved s1 192.0.2.2: onlink flag, s0 192.0.2.0/24"))
		return event;
	return "nothing";
}

#endif
