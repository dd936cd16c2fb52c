// SPDX-License-Identifier: GPL-2.0
/* check: what would happen to addresses if they were to be bound now. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "settings.h"
#include "standalone.h"
#include "words.h"

#define EXIT_REFUSED	1

/**
 * struct question - an address to ask about
 * @address: in network byte order
 * @label: what the user calls it, or NULL
 * @verdict: the answer
 */
struct question {
	struct blob address;
	char *label;
	struct record verdict;
};

struct questions {
	struct question *question;
	size_t count;
	size_t room;
};

/* Returns the new question, or NULL when there is no memory, which it says */
static struct question *add_question(struct questions *questions,
				     const struct blob *address)
{
	if (questions->count == questions->room) {
		size_t room = questions->room ? 2 * questions->room : 64;
		struct question *more;

		more = reallocarray(questions->question, room, sizeof(*more));
		if (!more) {
			fail(NULL, "out of memory");
			return NULL;
		}
		questions->question = more;
		questions->room = room;
	}
	questions->question[questions->count] = (struct question) {
		.address = *address,
	};
	return &questions->question[questions->count++];
}

/* Cuts off a comment, and space at both ends */
static char *trim(char *line)
{
	char *c, *end;

	for (c = line; *c; c++) {
		if (*c == '#' && (c == line || isspace((unsigned char)c[-1]))) {
			*c = '\0';
			break;
		}
	}
	line += strspn(line, " \t");
	end = line + strlen(line);
	while (end > line && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return line;
}

static bool parse_line(struct questions *questions, char *line, size_t number)
{
	struct question *question;
	struct blob address;
	char *text, *label;

	label = trim(line);
	if (!*label)
		return true;
	text = strsep(&label, " \t");
	if (!text_to_address(&address, text)) {
		fail(text, "not an address (line %zu)", number);
		return false;
	}
	question = add_question(questions, &address);
	if (!question)
		return false;
	if (label) {
		label = strdup(label + strspn(label, " \t"));
		if (!label) {
			fail(NULL, "out of memory");
			return false;
		}
		question->label = label;
	}
	return true;
}

static bool parse_stdin(struct questions *questions)
{
	size_t number = 0, room = 0;
	char *line = NULL;
	bool good = true;
	ssize_t len;

	while (good && (len = getline(&line, &room, stdin)) >= 0) {
		number++;
		if (strlen(line) != (size_t)len) {
			fail(line, "followed by a zero byte (line %zu)",
			     number);
			good = false;
		} else {
			good = parse_line(questions, line, number);
		}
	}
	free(line);
	if (good && ferror(stdin)) {
		fail("standard input", "%s", strerror(errno));
		good = false;
	}
	return good;
}

static bool parse_arguments(struct questions *questions, int argc, char **argv)
{
	struct blob address;
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "-")) {
			fail("-", "not together with addresses");
			return false;
		}
		if (!text_to_address(&address, argv[i])) {
			fail(argv[i], "not an address");
			return false;
		}
		if (!add_question(questions, &address))
			return false;
	}
	return true;
}

static int ask(struct ctl *ctl, const char *dev, struct question *question)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_CHECK, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	mnl_attr_put(nlh, IPVSDUMMY_A_ADDRESS, question->address.len,
		     question->address.data);
	return query_one(&ctl->nl, &question->verdict);
}

static json_t *json_answer(const struct question *question)
{
	json_t *json = json_record(&question->verdict);

	/* These are the namespace's, not the verdict's */
	json_object_del(json, "seq");
	json_object_del(json, "instance");
	if (question->label)
		json_object_set_new(json, "label", json_name(question->label));
	return json;
}

static void print_answer(struct table *table, const struct question *question,
			 bool put)
{
	const struct record *verdict = &question->verdict;
	bool matched = verdict->has[IPVSDUMMY_A_CLASS];
	char reason[WHY_MAX], shown[TEXT_ESCAPED(WHY_MAX)];
	char address[INET6_ADDRSTRLEN];
	char *label = NULL;
	const char *cell[6] = {
		address,
		word_of(&action_words, verdict->action),
		matched ? word_of(&severity_words, verdict->severity) : "-",
		matched ? word_of(&class_words, verdict->class) : "-",
		shown,
		"",
	};

	text_address(address, &question->address);
	record_why(reason, verdict);
	text_escape(shown, sizeof(shown), *reason ? reason : "-");
	if (question->label)
		label = text_escaped(question->label);
	if (label)
		cell[5] = label;

	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
	free(label);
}

static int print_answers(const struct ctl *ctl,
			 const struct questions *questions, int exit_code)
{
	const struct question *question = questions->question;
	struct table table = { .columns = 6 };
	json_t *json;
	size_t i;

	if (ctl->json) {
		json = json_array();
		for (i = 0; i < questions->count; i++, question++)
			json_array_append_new(json, json_answer(question));
		return ctl_put(ctl, json, exit_code);
	}
	for (i = 0; i < questions->count; i++)
		print_answer(&table, &questions->question[i], false);
	for (i = 0; i < questions->count; i++)
		print_answer(&table, &questions->question[i], true);
	return finish(exit_code);
}

static bool is_bad(const struct ctl *ctl, const struct record *verdict)
{
	switch (verdict->action) {
	case IPVSDUMMY_ACTION_ALLOW:
		return false;
	case IPVSDUMMY_ACTION_FLAG:
		return ctl->strict;
	}
	return true;
}

static int ask_all(struct ctl *ctl, const char *dev,
		   struct questions *questions)
{
	int err, ret;
	size_t i;

	ret = ctl_open(ctl);
	for (i = 0; !ret && i < questions->count; i++) {
		err = ask(ctl, dev, &questions->question[i]);
		if (err)
			ret = ctl_fail(ctl, dev, err);
	}
	return ret;
}

static int judge_all(const char *dev, const struct setting *settings,
		     struct questions *questions)
{
	struct standalone *alone = standalone_open(dev);
	size_t i;
	int what;

	if (!alone)
		return fail("netlink", "%s", strerror(errno));
	if (settings[SETTING_MODE].given)
		standalone_set_mode(alone, settings[SETTING_MODE].to);
	for (what = 0; what < SETTINGS_MAX; what++)
		if (settings[what].given && setting_is_class(what))
			standalone_set_action(alone, what, settings[what].to);
	for (i = 0; i < questions->count; i++)
		standalone_judge(alone, &questions->question[i].address,
				 &questions->question[i].verdict);
	standalone_close(alone);
	return 0;
}

static int print_all(const struct ctl *ctl, const struct questions *questions)
{
	int exit_code = EXIT_SUCCESS;
	size_t i;

	for (i = 0; i < questions->count; i++)
		if (is_bad(ctl, &questions->question[i].verdict))
			exit_code = EXIT_REFUSED;
	return print_answers(ctl, questions, exit_code);
}

/* All questions are asked before an answer is printed: no half results */
static int check(struct ctl *ctl, const char *dev, struct questions *questions)
{
	const struct setting defaults[SETTINGS_MAX] = {};
	int ret;

	ret = ctl->standalone ? judge_all(dev, defaults, questions) :
				ask_all(ctl, dev, questions);
	return ret ? ret : print_all(ctl, questions);
}

/**
 * check_conflicts - print which of some addresses would be in conflict
 * @ctl: says how
 * @dev: the link that they would be on
 * @settings: its policy; what is not given is the default
 * @addresses: the addresses
 * @count: how many
 *
 * Return: an exit code, as that of check.
 */
int check_conflicts(const struct ctl *ctl, const char *dev,
		    const struct setting *settings,
		    const struct blob *addresses, size_t count)
{
	struct questions questions = {};
	size_t i, kept = 0;
	int ret = 0;

	for (i = 0; !ret && i < count; i++)
		if (!add_question(&questions, &addresses[i]))
			ret = EXIT_ERROR;
	if (!ret)
		ret = judge_all(dev, settings, &questions);
	for (i = 0; i < questions.count; i++)
		if (questions.question[i].verdict.has[IPVSDUMMY_A_CLASS])
			questions.question[kept++] = questions.question[i];
	questions.count = kept;
	if (!ret)
		ret = print_all(ctl, &questions);
	free(questions.question);
	return ret;
}

int cmd_check(struct ctl *ctl, int argc, char **argv)
{
	struct questions questions = {};
	int ret = EXIT_ERROR;
	bool good;
	size_t i;

	if (!argc)
		return fail("check", "on which link?");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	if (argc == 1)
		return fail(argv[0], "check which addresses?");

	if (argc == 2 && !strcmp(argv[1], "-"))
		good = ctl_has_stdin(ctl) && parse_stdin(&questions);
	else
		good = parse_arguments(&questions, argc - 1, argv + 1);
	if (good)
		ret = check(ctl, argv[0], &questions);

	for (i = 0; i < questions.count; i++)
		free(questions.question[i].label);
	free(questions.question);
	return ret;
}
