// SPDX-License-Identifier: GPL-2.0
/* why: all that was considered about an address, and what decided. */
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "record.h"
#include "words.h"

/**
 * struct reason - something that was considered
 * @has: which attributes were there
 * @decides: it decided
 *
 * The others are the attributes of the same names.
 */
struct reason {
	bool has[IPVSDUMMY_A_REASON_MAX + 1];
	bool decides;
	uint32_t class;
	uint32_t action;
	uint32_t evidence;
	char match_ifname[RECORD_STRING];
	struct blob match_prefix;
	uint32_t match_prefixlen;
	struct blob lladdr;
};

/**
 * struct answer - what the module answers
 * @unexplained: it gives no reasons, only a verdict
 * @verdict: the verdict
 * @reason: what was considered
 * @count: how much there is of it
 */
struct answer {
	bool unexplained;
	struct record verdict;
	struct reason *reason;
	size_t count;
};

static bool copy_reason(struct reason *reason, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	const void *payload = mnl_attr_get_payload(attr);
	uint32_t *number;

	switch (mnl_attr_get_type(attr)) {
	case IPVSDUMMY_A_REASON_DECIDES:
		reason->decides = true;
		return true;
	case IPVSDUMMY_A_REASON_MATCH_IFNAME:
		len = strnlen(payload, len);
		if (len >= sizeof(reason->match_ifname))
			return false;
		memcpy(reason->match_ifname, payload, len);
		return true;
	case IPVSDUMMY_A_REASON_MATCH_PREFIX:
		if (len != 4 && len != 16)
			return false;
		reason->match_prefix.len = len;
		memcpy(reason->match_prefix.data, payload, len);
		return true;
	case IPVSDUMMY_A_REASON_LLADDR:
		if (len > BLOB_MAX)
			return false;
		reason->lladdr.len = len;
		memcpy(reason->lladdr.data, payload, len);
		return true;
	case IPVSDUMMY_A_REASON_CLASS:
		number = &reason->class;
		break;
	case IPVSDUMMY_A_REASON_ACTION:
		number = &reason->action;
		break;
	case IPVSDUMMY_A_REASON_EVIDENCE:
		number = &reason->evidence;
		break;
	case IPVSDUMMY_A_REASON_MATCH_PREFIXLEN:
		number = &reason->match_prefixlen;
		break;
	default:
		return false;
	}
	if (len != sizeof(*number))
		return false;
	*number = mnl_attr_get_u32(attr);
	return true;
}

static int add_reason(struct answer *answer, const struct nlattr *nest)
{
	const struct nlattr *attr;
	struct reason *reason;

	reason = reallocarray(answer->reason, answer->count + 1,
			      sizeof(*reason));
	if (!reason)
		return -ENOMEM;
	answer->reason = reason;
	reason += answer->count++;
	memset(reason, 0, sizeof(*reason));
	mnl_attr_for_each_nested(attr, nest) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type <= IPVSDUMMY_A_REASON_MAX)
			reason->has[type] = copy_reason(reason, attr);
	}
	return 0;
}

static int got_answer(const struct nlmsghdr *nlh, void *data)
{
	struct answer *answer = data;
	const struct nlattr *attr;
	int err;

	record_parse(&answer->verdict, nlh);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != IPVSDUMMY_A_REASON)
			continue;
		err = add_reason(answer, attr);
		if (err)
			return err;
	}
	return 0;
}

/* How many there were that found no place in the answer */
static size_t omitted(const struct answer *answer)
{
	return answer->verdict.reasons > answer->count ?
	       answer->verdict.reasons - answer->count : 0;
}

/* As a verdict, which says what it clashes with */
static void describe(char dst[static WHY_MAX], const struct reason *reason)
{
	struct record record = {
		.class = reason->class,
		.match_prefix = reason->match_prefix,
		.match_prefixlen = reason->match_prefixlen,
		.lladdr = reason->lladdr,
	};

	record.has[IPVSDUMMY_A_MATCH_PREFIX] =
		reason->has[IPVSDUMMY_A_REASON_MATCH_PREFIX] &&
		reason->has[IPVSDUMMY_A_REASON_MATCH_PREFIXLEN];
	record.has[IPVSDUMMY_A_MATCH_IFNAME] =
		reason->has[IPVSDUMMY_A_REASON_MATCH_IFNAME];
	record.has[IPVSDUMMY_A_LLADDR] =
		reason->has[IPVSDUMMY_A_REASON_LLADDR];
	memcpy(record.match_ifname, reason->match_ifname,
	       sizeof(record.match_ifname));
	record_why(dst, &record);
	/* What is known of others is not all worth the same */
	if (reason->class == IPVSDUMMY_CLASS_NEIGH &&
	    reason->has[IPVSDUMMY_A_REASON_EVIDENCE])
		sprintf(dst + strlen(dst), ", evidence %s",
			word_of(&evidence_words, reason->evidence));
}

static json_t *json_reason(const struct reason *reason)
{
	char prefix[TEXT_PREFIX], lladdr[TEXT_LLADDR];
	json_t *json;

	json = json_pack("{s:s, s:s}",
			 "class", word_of(&class_words, reason->class),
			 "action", word_of(&action_words, reason->action));
	if (reason->has[IPVSDUMMY_A_REASON_EVIDENCE])
		json_object_set_new(json, "evidence",
				    json_string(word_of(&evidence_words,
							reason->evidence)));
	if (reason->has[IPVSDUMMY_A_REASON_MATCH_IFNAME])
		json_object_set_new(json, "match_dev",
				    json_name(reason->match_ifname));
	if (reason->has[IPVSDUMMY_A_REASON_MATCH_PREFIX] &&
	    reason->has[IPVSDUMMY_A_REASON_MATCH_PREFIXLEN]) {
		text_prefix(prefix, &reason->match_prefix,
			    reason->match_prefixlen);
		json_object_set_new(json, "match_prefix", json_string(prefix));
	}
	if (reason->has[IPVSDUMMY_A_REASON_LLADDR]) {
		text_lladdr(lladdr, &reason->lladdr);
		json_object_set_new(json, "lladdr", json_string(lladdr));
	}
	json_object_set_new(json, "decides", json_boolean(reason->decides));
	return json;
}

static json_t *json_answer(const struct answer *answer)
{
	json_t *json = json_record(&answer->verdict);
	json_t *reasons;
	size_t i;

	/* These are the namespace's, not the verdict's */
	json_object_del(json, "seq");
	json_object_del(json, "instance");
	if (answer->unexplained)
		return json;
	reasons = json_array();
	for (i = 0; i < answer->count; i++)
		json_array_append_new(reasons, json_reason(&answer->reason[i]));
	json_object_set_new(json, "reasons", reasons);
	json_object_set_new(json, "omitted", json_integer(omitted(answer)));
	return json;
}

/* The classes in the order in which they are considered */
static const uint32_t order[] = {
	IPVSDUMMY_CLASS_RULE,
	IPVSDUMMY_CLASS_HOST,
	IPVSDUMMY_CLASS_GATEWAY,
	IPVSDUMMY_CLASS_NEIGH,
	IPVSDUMMY_CLASS_ONLINK,
};

static void print_row(struct table *table, const struct reason *reason,
		      bool put)
{
	char why[WHY_MAX], shown[TEXT_ESCAPED(WHY_MAX)];
	const char *cell[4] = {
		reason->decides ? "*" : "",
		word_of(&class_words, reason->class),
		"-", "no match",
	};

	if (reason->has[IPVSDUMMY_A_REASON_CLASS]) {
		describe(why, reason);
		text_escape(shown, sizeof(shown), why);
		cell[2] = word_of(&action_words, reason->action);
		cell[3] = shown;
	}
	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
}

static bool is_known(uint32_t class)
{
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (order[i] == class)
			return true;
	return false;
}

/* A class without a match has a row, too */
static void print_class(struct table *table, const struct answer *answer,
			uint32_t class, bool put)
{
	const struct reason none = { .class = class };
	bool matched = false;
	size_t i;

	for (i = 0; i < answer->count; i++) {
		if (answer->reason[i].class != class)
			continue;
		print_row(table, &answer->reason[i], put);
		matched = true;
	}
	if (!matched && !omitted(answer))
		print_row(table, &none, put);
}

static void print_rows(struct table *table, const struct answer *answer,
		       bool put)
{
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(*order); i++)
		print_class(table, answer, order[i], put);
	/* Of classes that only a newer kernel knows */
	for (i = 0; i < answer->count; i++)
		if (!is_known(answer->reason[i].class))
			print_row(table, &answer->reason[i], put);
}

static const char *fate(const struct record *verdict)
{
	switch (verdict->action) {
	case IPVSDUMMY_ACTION_ALLOW:
		return "bound, and nothing reported";
	case IPVSDUMMY_ACTION_FLAG:
		return "bound and flagged";
	case IPVSDUMMY_ACTION_REJECT:
		return "refused with EADDRINUSE";
	case IPVSDUMMY_ACTION_SKIP:
		return "refused with EEXIST";
	case IPVSDUMMY_ACTION_VERIFY:
		return "refused with EAGAIN at first";
	}
	return word_of(&action_words, verdict->action);
}

/* "10.1.0.1 would be refused with EADDRINUSE on kube-ipvs0: host, ..." */
static void print_verdict(const struct answer *answer)
{
	const struct record *verdict = &answer->verdict;
	char why[WHY_MAX] = "", shown[TEXT_ESCAPED(WHY_MAX)];
	char address[INET6_ADDRSTRLEN], name[TEXT_NAME];
	uint32_t class = verdict->class;
	size_t i;

	record_why(why, verdict);
	/* A rule that allows is no conflict, but the reason */
	for (i = 0; !class && i < answer->count; i++) {
		if (!answer->reason[i].decides)
			continue;
		class = answer->reason[i].class;
		describe(why, &answer->reason[i]);
	}
	text_escape(shown, sizeof(shown), why);
	text_escape(name, sizeof(name), verdict->ifname);
	text_address(address, &verdict->address);
	printf("%s would be %s on %s: %s%s%s\n", address, fate(verdict), name,
	       class ? word_of(&class_words, class) : "no conflict",
	       *shown ? ", " : "", shown);
}

static int print_answer(const struct ctl *ctl, const struct answer *answer)
{
	struct table table = { .columns = 4 };

	if (ctl->json)
		return ctl_put(ctl, json_answer(answer), EXIT_SUCCESS);
	table.width[0] = 1;
	if (!answer->unexplained) {
		print_rows(&table, answer, false);
		print_rows(&table, answer, true);
	}
	if (omitted(answer))
		printf("... and %zu more\n", omitted(answer));
	print_verdict(answer);
	return finish(EXIT_SUCCESS);
}

int cmd_why(struct ctl *ctl, int argc, char **argv)
{
	struct answer answer = {};
	struct nlmsghdr *nlh;
	struct blob address;
	uint32_t explain;
	int ret;

	if (!argc)
		return fail("why", "on which link?");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	if (argc == 1)
		return fail(argv[0], "which address?");
	if (argc > 2)
		return fail(argv[2], "one argument too many");
	if (!text_to_address(&address, argv[1]))
		return fail(argv[1], "not an address");
	ret = ctl_open(ctl);
	if (ret)
		return ret;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_CHECK, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, argv[0]);
	mnl_attr_put(nlh, IPVSDUMMY_A_ADDRESS, address.len, address.data);
	explain = nlh->nlmsg_len;
	mnl_attr_put(nlh, IPVSDUMMY_A_EXPLAIN, 0, NULL);
	ret = nl_talk(&ctl->nl, got_answer, &answer);
	if (ret == -EINVAL && ctl->nl.offset == explain) {
		answer.unexplained = true;
		nlh->nlmsg_len = explain;
		nlh->nlmsg_seq = ++ctl->nl.seq;
		ret = nl_talk(&ctl->nl, got_answer, &answer);
	}
	ret = ret ? ctl_fail(ctl, argv[0], ret) : print_answer(ctl, &answer);
	free(answer.reason);
	return ret;
}
