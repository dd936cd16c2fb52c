// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "lines.h"
#include "query.h"
#include "snapshot.h"
#include "words.h"

/* Comments in the file, each with an instance of the module */
static const char module_words[] = "# module ";
static const char target_words[] = "# target ";

static struct snapshot_link *add_link(struct snapshot *snapshot,
				      const char *name)
{
	struct snapshot_link *more;

	more = reallocarray(snapshot->link, snapshot->count + 1, sizeof(*more));
	if (!more) {
		fail(NULL, "out of memory");
		return NULL;
	}
	snapshot->link = more;
	more += snapshot->count++;
	memset(more, 0, sizeof(*more));
	snprintf(more->name, sizeof(more->name), "%s", name);
	return more;
}

/* What has no words could not be set again */
static bool is_known(const struct policy *policy)
{
	size_t i;
	int what;

	for (what = 0; what < SETTINGS_MAX; what++)
		if (policy->settings[what].given &&
		    !setting_is_known(what, &policy->settings[what]))
			return false;
	for (i = 0; i < policy->rules.count; i++)
		if (!word_is_known(&action_words, policy->rules.rule[i].action))
			return false;
	return !policy->unknown;
}

static int take_link(struct snapshot *snapshot, struct ctl *ctl,
		     const char *name)
{
	struct snapshot_link *link = add_link(snapshot, name);
	int err;

	if (!link)
		return EXIT_ERROR;
	err = policy_query(&ctl->nl, name, &link->policy);
	if (err)
		return ctl_fail(ctl, name, err);
	if (!is_known(&link->policy))
		return fail(name, "has a policy that is newer than this program");
	return 0;
}

/**
 * snapshot_take - find out what is set
 * @snapshot: filled in, to be freed
 * @ctl: with a socket
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int snapshot_take(struct snapshot *snapshot, struct ctl *ctl)
{
	struct records links = {};
	struct record status;
	int err, ret = 0;
	size_t i;

	memset(snapshot, 0, sizeof(*snapshot));
	err = query_status(&ctl->nl, &status);
	if (!err)
		err = query_links(&ctl->nl, &links);
	if (!err)
		err = peers_query(&ctl->nl, &snapshot->peers);
	if (err)
		ret = ctl_fail(ctl, "links", err);
	for (i = 0; !ret && i < links.count; i++)
		ret = take_link(snapshot, ctl, links.record[i].ifname);
	records_free(&links);
	if (ret)
		return ret;

	memcpy(snapshot->version, status.version, sizeof(status.version));
	snapshot->instance = status.instance;
	snapshot->has_wire = status.has[IPVSDUMMY_A_SIGHTINGS_MAX] &&
			     status.has[IPVSDUMMY_A_CLAIM_TIMEOUT];
	snapshot->sightings_max = status.sightings_max;
	snapshot->claim_timeout = status.claim_timeout;
	return 0;
}

/* What is as with a new link need not be said, so that a module that does not
 * know it does not mind.
 */
static void write_settings(FILE *file, const struct setting *settings)
{
	struct setting defaults[SETTINGS_MAX];
	int what;

	settings_default(defaults);
	for (what = 0; what < SETTINGS_MAX; what++)
		if (settings[what].given &&
		    (what == SETTING_MODE ||
		     settings[what].to != defaults[what].to))
			fprintf(file, " %s %s", setting_word(what),
				setting_value(what, &settings[what]));
	fputc('\n', file);
}

static void write_link(FILE *file, const struct snapshot_link *link)
{
	char dev[LINES_WORD], prefix[TEXT_PREFIX];
	const struct rule *rule = link->policy.rules.rule;
	const struct rule *end = rule + link->policy.rules.count;

	lines_word(dev, link->name);
	fprintf(file, "set %s", dev);
	write_settings(file, link->policy.settings);
	for (; rule < end; rule++) {
		rule_text(prefix, rule);
		fprintf(file, "rule add %s %s %s\n", dev, prefix,
			word_of(&action_words, rule->action));
	}
}

static void write_all(FILE *file, const struct snapshot *snapshot)
{
	const struct policy *first = &snapshot->link->policy;
	char word[LINES_WORD], peer[PEER_TEXT];
	size_t i;

	for (i = 0; i < snapshot->count; i++)
		write_link(file, &snapshot->link[i]);
	for (i = 0; i < first->names; i++)
		fprintf(file, "watch %s %s\n",
			first->name[i].exclude ? "exclude" : "add",
			lines_word(word, first->name[i].name));
	for (i = 0; i < snapshot->peers.count; i++) {
		peer_text(peer, &snapshot->peers.peer[i]);
		fprintf(file, "peer add %s\n", peer);
	}
	if (snapshot->has_wire)
		fprintf(file, "wire set sightings %" PRIu32 " timeout %" PRIu32
			"\n", snapshot->sightings_max, snapshot->claim_timeout);
	/* The last line tells that nothing is missing */
	fprintf(file, "%s%016" PRIx64 " %s\n", module_words,
		snapshot->instance, snapshot->version);
}

/* Returns 0 or a negative errno */
static int write_text(int fd, const char *text, size_t len)
{
	ssize_t written;

	while (len) {
		written = write(fd, text, len);
		if (written < 0)
			return -errno;
		text += written;
		len -= written;
	}
	return 0;
}

/**
 * snapshot_write - put a snapshot into a file
 * @snapshot: what
 * @fd: the file, which has nothing yet
 *
 * Return: 0 or a negative errno.
 */
int snapshot_write(const struct snapshot *snapshot, int fd)
{
	char *text = NULL;
	size_t len;
	FILE *file;
	int err;

	file = open_memstream(&text, &len);
	if (!file)
		return -ENOMEM;
	write_all(file, snapshot);
	err = fclose(file) ? -ENOMEM : write_text(fd, text, len);
	free(text);
	return err;
}

/**
 * snapshot_set_target - remember which module a snapshot is to be made for
 * @snapshot: the snapshot
 * @fd: its file, at its end
 * @target: instance of the module
 *
 * Return: 0 or a negative errno.
 */
int snapshot_set_target(struct snapshot *snapshot, int fd, uint64_t target)
{
	char line[64];

	snapshot->target = target;
	sprintf(line, "%s%016" PRIx64 "\n", target_words, target);
	return write_text(fd, line, strlen(line));
}

static bool read_wire(struct snapshot *snapshot, const struct lines *lines)
{
	if (lines->count != 6) {
		fail(lines->word[0], "not as it was written");
		return false;
	}
	snapshot->has_wire = true;
	snapshot->sightings_max = strtoul(lines->word[3], NULL, 10);
	snapshot->claim_timeout = strtoul(lines->word[5], NULL, 10);
	return true;
}

/* Lines about a link follow its first one, which is "set" */
static bool read_line(void *data, const struct lines *lines)
{
	struct snapshot_link *link = NULL;
	struct snapshot *snapshot = data;

	if (snapshot->count)
		link = &snapshot->link[snapshot->count - 1];
	if (!strcmp(lines->word[0], "peer"))
		return peers_add_word(&snapshot->peers,
				      lines->word[lines->count - 1],
				      lines->place.line);
	if (!strcmp(lines->word[0], "wire"))
		return read_wire(snapshot, lines);
	if (!strcmp(lines->word[0], "set") && lines->count > 1)
		link = add_link(snapshot, lines->word[1]);
	else if (!strcmp(lines->word[0], "watch"))
		link = snapshot->link;
	return link && policy_read_line(&link->policy, lines, link->name);
}

/* A number after some words; returns whether the line is such a one */
static bool read_number(uint64_t *number, const char *words, const char *line)
{
	size_t len = strlen(words);

	if (strncmp(line, words, len))
		return false;
	*number = strtoull(line + len, NULL, 16);
	return true;
}

/* What is in the comments; returns whether the file is complete */
static bool read_module(struct snapshot *snapshot, const char *name)
{
	FILE *file = fopen(name, "re");
	bool complete = false;
	size_t room = 0;
	char *line = NULL;

	while (file && getline(&line, &room, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		read_number(&snapshot->target, target_words, line);
		if (!read_number(&snapshot->instance, module_words, line))
			continue;
		complete = true;
		snprintf(snapshot->version, sizeof(snapshot->version), "%s",
			 strrchr(line, ' ') + 1);
	}
	free(line);
	if (file)
		fclose(file);
	return complete;
}

/**
 * snapshot_read - read a snapshot from a file
 * @snapshot: filled in, to be freed; without links if the file has none
 * @file: its name
 *
 * Return: whether all is well; if not it has been said.
 */
bool snapshot_read(struct snapshot *snapshot, const char *file)
{
	bool good;
	size_t i;

	memset(snapshot, 0, sizeof(*snapshot));
	if (!read_module(snapshot, file))
		return true;
	good = lines_each(file, read_line, snapshot);
	for (i = 0; good && i < snapshot->count; i++)
		good = policy_complete(&snapshot->link[i].policy, file);
	return good;
}

static int make_wire(const struct snapshot *snapshot, struct ctl *ctl)
{
	struct record status;
	struct nlmsghdr *nlh;
	int err;

	err = query_status(&ctl->nl, &status);
	/* A module that does not look at the wire has no limits to that */
	if (!err && status.has[IPVSDUMMY_A_SIGHTINGS_MAX] &&
	    (status.sightings_max != snapshot->sightings_max ||
	     status.claim_timeout != snapshot->claim_timeout)) {
		nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_WIRE_SET, 0);
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_SIGHTINGS_MAX,
				 snapshot->sightings_max);
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLAIM_TIMEOUT,
				 snapshot->claim_timeout);
		err = nl_talk(&ctl->nl, NULL, NULL);
	}
	return err ? ctl_fail(ctl, "wire", err) : 0;
}

/**
 * snapshot_make - set what is the network namespace's, but for names, which go
 * with a link's policy
 * @snapshot: how it is to be
 * @ctl: with a socket
 * @file: that the snapshot is from
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int snapshot_make(struct snapshot *snapshot, struct ctl *ctl, const char *file)
{
	int ret = 0;

	if (snapshot->peers.count)
		ret = peers_make(ctl, file, &snapshot->peers);
	if (!ret && snapshot->has_wire)
		ret = make_wire(snapshot, ctl);
	return ret;
}

void snapshot_free(struct snapshot *snapshot)
{
	size_t i;

	for (i = 0; i < snapshot->count; i++)
		policy_free(&snapshot->link[i].policy);
	free(snapshot->link);
	peers_free(&snapshot->peers);
	memset(snapshot, 0, sizeof(*snapshot));
}
