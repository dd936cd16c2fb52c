// SPDX-License-Identifier: GPL-2.0
/* ipvsdummyctl: shows and sets what ipvsdummy links do about conflicts. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "lines.h"
#include "query.h"
#include "words.h"

static const char usage[] =
"Usage: ipvsdummyctl [OPTIONS] SUBCOMMAND\n"
"       ipvsdummyctl [OPTIONS] -batch FILE\n"
"\n"
"  show [DEV]                             policy and counters of links\n"
"  set DEV [SETTING VALUE]...             change a link's policy\n"
"  rule add DEV PREFIX ACTION             treat these addresses so\n"
"  rule replace DEV PREFIX ACTION         the same, whatever was said before\n"
"  rule del DEV PREFIX [ACTION]           forget a rule\n"
"  rule list [DEV]                        the rules of links\n"
"  rule flush [DEV]                       forget all rules\n"
"  watch add NAME                         watch this interface, too\n"
"  watch exclude NAME                     do not watch this one\n"
"  watch del NAME                         forget such a name\n"
"  watch list                             the watched interfaces, and the names\n"
"  watch flush                            forget all names\n"
"  peer add PEER                          its claims are no conflict\n"
"  peer del PEER                          forget it\n"
"  peer list                              all peers, one a line\n"
"  peer flush                             forget all peers\n"
"  peer sync FILE                         have those of such a list, no others\n"
"  wire                                   what is known from the wire\n"
"  wire set [sightings N] [timeout SECONDS]\n"
"                                         how much of it, and for how long\n"
"  check DEV ADDRESS...                   what would happen to addresses\n"
"  check DEV -                            the same, for lines ADDRESS [LABEL]\n"
"  why DEV ADDRESS                        what was considered, and what decided\n"
"  save DEV                               print a link's policy, for sync\n"
"  sync DEV FILE                          make a link's policy that of a file\n"
"  adopt DEV [SETTING VALUE]...           put an ipvsdummy link in the place of\n"
"                                         a live dummy\n"
"  release DEV                            put a dummy in its place\n"
"  upgrade [DEV]                          have the module that is installed now\n"
"                                         in the place of the one that is loaded\n"
"  evict DEV [CLASS,...]                  unbind what has another owner for sure,\n"
"                                         or what is of these classes\n"
"  version                                of the tool and of the module\n"
"  help                                   this\n"
"\n"
"  SETTING VALUE\n"
"          mode enforce|audit: audit binds and flags what enforce refuses\n"
"          CLASS ACTION\n"
"          arp-reply normal|uncontested|never: for which addresses to answer\n"
"          probe on|off: ask who else has an address once it is bound\n"
"  CLASS   host (another interface has the address), gateway (a default route\n"
"          leads there), neigh (another station has it), onlink (it is in\n"
"          another interface's prefix)\n"
"  ACTION  allow, flag, reject; for class host skip, for onlink verify\n"
"  NAME    with a trailing asterisk: all that begin so; the longest decides\n"
"  PREFIX  ADDRESS[/LENGTH]; of several rules the longest prefix decides\n"
"  PEER    PREFIX that its own address is in, or its link-layer address\n"
"\n"
"  -j, -json        JSON\n"
"  -p, -pretty      JSON on more than one line\n"
"  -b, -batch FILE  subcommands from a file, one a line; - is standard input\n"
"  -d, -dry-run     sync, adopt: only tell what would be done\n"
"  -follow          evict: keep at it\n"
"  -f, -force       with -batch: go on after an error\n"
"  -strict          check: exit 1 for a flagged address, too\n"
"  -standalone      check: judge here, by the default policy, without the module\n"
"  -h, -help        this\n"
"  -V, -version     the tool's version\n"
"\n"
"Subcommands, words and options may be abbreviated. Exit 0 if all is well, 2 on\n"
"an error, and from check 1 if an address would be refused.\n";

/**
 * ctl_find - find out whether there is a module
 * @ctl: gets a socket to it, if it has none yet; one does for a whole batch
 *
 * Return: 0, -ENOENT if there is none, or another negative errno.
 */
int ctl_find(struct ctl *ctl)
{
	int err = 0;

	if (!ctl->nl.mnl)
		err = nl_open(&ctl->nl);
	if (!err && !ctl->nl.family.id)
		err = nl_find_family(&ctl->nl, IPVSDUMMY_GENL_NAME);
	return err;
}

/**
 * ctl_open - find the module
 * @ctl: gets a socket to it, if it has none yet
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int ctl_open(struct ctl *ctl)
{
	int err = ctl_find(ctl);

	if (err == -ENOENT)
		return fail_absent();
	if (err)
		return fail("netlink", "%s", nl_error(&ctl->nl, err));
	return 0;
}

/**
 * ctl_fail - say why the kernel refused a request
 * @ctl: with the socket of the request
 * @word: what the request was about
 * @err: what nl_talk() returned
 *
 * Return: an exit code.
 */
int ctl_fail(const struct ctl *ctl, const char *word, int err)
{
	if (nl_is_missing(&ctl->nl, err))
		return fail(word, "the module is too old for that (ipvsdummyctl version)");
	return fail(word, "%s", nl_error(&ctl->nl, err));
}

/**
 * ctl_is_name - can this be an interface's name?
 * @dev: what the user wrote
 *
 * Return: whether it can; if not it has been said.
 */
bool ctl_is_name(const char *dev)
{
	if (*dev && strlen(dev) <= IPVSDUMMY_IFNAME_MAX)
		return true;
	fail(dev, "not an interface name");
	return false;
}

/**
 * ctl_has_stdin - can data be read from standard input?
 * @ctl: knows whether a batch is
 *
 * Return: whether it can; if not it has been said.
 */
bool ctl_has_stdin(const struct ctl *ctl)
{
	if (!ctl->batch || strcmp(ctl->batch, "-"))
		return true;
	fail("-", "the batch is read from standard input");
	return false;
}

/**
 * ctl_put - print JSON and finish
 * @ctl: says how
 * @json: what; given away
 * @exit_code: what the subcommand wants to exit with
 *
 * Return: an exit code.
 */
int ctl_put(const struct ctl *ctl, json_t *json, int exit_code)
{
	json_put(json, ctl->pretty);
	json_decref(json);
	return finish(exit_code);
}

/* They understand each other all the same, as far as both know */
static bool differs(const struct record *status)
{
	return strcmp(status->version, IPVSDUMMY_VERSION);
}

static int cmd_version(struct ctl *ctl, int argc, char **argv)
{
	const char *module = "not loaded", *note = "";
	struct record status;
	json_t *json;
	int err;

	if (argc)
		return fail(argv[0], "no arguments expected");
	err = ctl_find(ctl);
	if (!err)
		err = query_status(&ctl->nl, &status);
	if (err && err != -ENOENT)
		return ctl_fail(ctl, "version", err);
	if (!err) {
		module = *status.version ? status.version : "UNKNOWN";
		if (differs(&status))
			note = ", which is another one (ipvsdummyctl upgrade)";
	}

	if (!ctl->json) {
		printf("ipvsdummyctl %s\nmodule %s%s\n", IPVSDUMMY_VERSION,
		       module, note);
		return finish(EXIT_SUCCESS);
	}
	json = json_pack("{s:s}", "version", IPVSDUMMY_VERSION);
	if (!err) {
		json_object_set_new(json, "module", json_name(module));
		json_object_set_new(json, "differ",
				    json_boolean(differs(&status)));
	}
	return ctl_put(ctl, json, EXIT_SUCCESS);
}

static int cmd_help(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	if (argc)
		return fail(argv[0], "no arguments expected");
	fputs(usage, stdout);
	return finish(EXIT_SUCCESS);
}

enum command {
	SHOW, SET, RULE, WATCH, PEER, WIRE, CHECK, WHY, SAVE, SYNC, ADOPT,
	RELEASE, UPGRADE, EVICT, VERSION, HELP, COMMANDS
};

static const char *const command_word[COMMANDS] = {
	[SHOW] = "show",
	[SET] = "set",
	[RULE] = "rule",
	[WATCH] = "watch",
	[PEER] = "peer",
	[WIRE] = "wire",
	[CHECK] = "check",
	[WHY] = "why",
	[SAVE] = "save",
	[SYNC] = "sync",
	[ADOPT] = "adopt",
	[RELEASE] = "release",
	[UPGRADE] = "upgrade",
	[EVICT] = "evict",
	[VERSION] = "version",
	[HELP] = "help",
};

static const struct words command_words = {
	"a subcommand", command_word, COMMANDS
};

static int (*const commands[COMMANDS])(struct ctl *, int, char **) = {
	[SHOW] = cmd_show,
	[SET] = cmd_set,
	[RULE] = cmd_rule,
	[WATCH] = cmd_watch,
	[PEER] = cmd_peer,
	[WIRE] = cmd_wire,
	[CHECK] = cmd_check,
	[WHY] = cmd_why,
	[SAVE] = cmd_save,
	[SYNC] = cmd_sync,
	[ADOPT] = cmd_adopt,
	[RELEASE] = cmd_release,
	[UPGRADE] = cmd_upgrade,
	[EVICT] = cmd_evict,
	[VERSION] = cmd_version,
	[HELP] = cmd_help,
};

static int run_command(struct ctl *ctl, int argc, char **argv)
{
	int command = word_find(&command_words, argv[0]);

	if (command < 0)
		return EXIT_ERROR;
	if (ctl->strict && command != CHECK && !ctl->batch)
		return fail("strict", "only for check");
	if (ctl->standalone && command != CHECK && !ctl->batch)
		return fail("standalone", "only for check");
	if (ctl->dry_run && command != SYNC && command != ADOPT)
		return fail("dry-run", "only for sync and adopt");
	if (ctl->follow && command != EVICT)
		return fail("follow", "only for evict");
	return commands[command](ctl, argc - 1, argv + 1);
}

/* That an address would be refused is no error */
static int run_batch(struct ctl *ctl)
{
	int ret, more, worst = EXIT_SUCCESS;
	struct lines lines;

	if (!lines_open(&lines, ctl->batch))
		return EXIT_ERROR;
	while ((more = lines_next(&lines))) {
		ret = more < 0 ? EXIT_ERROR :
		      run_command(ctl, lines.count, lines.word);
		if (ret > worst)
			worst = ret;
		if (ret == EXIT_ERROR && !ctl->force)
			break;
	}
	return lines_close(&lines) ? worst : EXIT_ERROR;
}

enum option {
	OPT_BATCH, OPT_DRY_RUN, OPT_FOLLOW, OPT_FORCE, OPT_JSON, OPT_PRETTY,
	OPT_STRICT, OPT_STANDALONE, OPT_HELP, OPT_VERSION, OPTIONS
};

static const char *const option_word[OPTIONS] = {
	[OPT_BATCH] = "batch",
	[OPT_DRY_RUN] = "dry-run",
	[OPT_FOLLOW] = "follow",
	[OPT_FORCE] = "force",
	[OPT_JSON] = "json",
	[OPT_PRETTY] = "pretty",
	[OPT_STRICT] = "strict",
	[OPT_STANDALONE] = "standalone",
	[OPT_HELP] = "help",
	[OPT_VERSION] = "version",
};

static const struct words option_words = { "an option", option_word, OPTIONS };

static int find_option(const char *word)
{
	/* Of these letters one is none of the words, one begins two of them */
	if (!strcmp(word, "V"))
		return OPT_VERSION;
	if (!strcmp(word, "f"))
		return OPT_FORCE;
	return word_find(&option_words, word);
}

/* Returns how many arguments it takes, 0 when it is none */
static int take_option(struct ctl *ctl, int argc, char **argv)
{
	const char *word = argv[0] + strspn(argv[0], "-");

	switch (find_option(word)) {
	case OPT_BATCH:
		if (argc > 1 && !ctl->batch) {
			ctl->batch = argv[1];
			return 2;
		}
		fail(argv[0], argc > 1 ? "given twice" : "which file?");
		return 0;
	case OPT_DRY_RUN:
		ctl->dry_run = true;
		return 1;
	case OPT_FORCE:
		ctl->force = true;
		return 1;
	case OPT_JSON:
		ctl->json = true;
		return 1;
	case OPT_PRETTY:
		ctl->pretty = true;
		return 1;
	case OPT_STRICT:
		ctl->strict = true;
		return 1;
	case OPT_STANDALONE:
		ctl->standalone = true;
		return 1;
	case OPT_FOLLOW:
		ctl->follow = true;
		return 1;
	case OPT_HELP:
		exit(cmd_help(ctl, 0, NULL));
	case OPT_VERSION:
		puts("ipvsdummyctl " IPVSDUMMY_VERSION);
		exit(finish(EXIT_SUCCESS));
	}
	return 0;
}

/* Options may be anywhere before "--": takes them out of argv, and returns how
 * many arguments are left, or -1 when an option is none.
 */
static int take_options(struct ctl *ctl, int argc, char **argv)
{
	int i, taken, left = 0;

	for (i = 0; i < argc; i += taken) {
		taken = 1;
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[left++] = argv[i];
			continue;
		}
		if (!strcmp(argv[i], "--"))
			break;
		taken = take_option(ctl, argc - i, argv + i);
		if (!taken)
			return -1;
	}
	for (i++; i < argc; i++)
		argv[left++] = argv[i];
	return left;
}

int main(int argc, char **argv)
{
	static struct ctl ctl;
	int ret;

	ret = begin();
	if (ret)
		return ret;
	argc = take_options(&ctl, argc - 1, ++argv);
	if (argc < 0)
		return EXIT_ERROR;
	if (ctl.force && !ctl.batch)
		return fail("force", "only for a batch");
	if (ctl.batch)
		return argc ? fail(argv[0], "not together with a batch") :
			      run_batch(&ctl);
	if (!argc)
		return fail(NULL, "no subcommand (ipvsdummyctl help)");
	return run_command(&ctl, argc, argv);
}
