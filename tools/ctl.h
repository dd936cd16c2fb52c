/* SPDX-License-Identifier: GPL-2.0 */
/* What the subcommands of ipvsdummyctl share. */
#ifndef IPVSDUMMY_CTL_H
#define IPVSDUMMY_CTL_H

#include <stdbool.h>

#include "nl.h"
#include "print.h"

/**
 * struct ctl - what every subcommand gets
 * @json: JSON rather than text
 * @pretty: JSON on more than one line
 * @strict: of check: flagged is as bad as refused
 * @standalone: of check: judge here, without the module
 * @dry_run: change nothing, only tell
 * @follow: of evict: keep at it
 * @force: go on with a batch after an error
 * @batch: file that has the subcommands, "-" for standard input, or NULL
 * @nl: a socket, after ctl_open()
 */
struct ctl {
	bool json;
	bool pretty;
	bool strict;
	bool standalone;
	bool dry_run;
	bool follow;
	bool force;
	const char *batch;
	struct nl nl;
};

int ctl_find(struct ctl *ctl);
int ctl_open(struct ctl *ctl);
int ctl_fail(const struct ctl *ctl, const char *word, int err);
bool ctl_is_name(const char *dev);
bool ctl_has_stdin(const struct ctl *ctl);
int ctl_put(const struct ctl *ctl, json_t *json, int exit_code);

bool watch_is_name(const char *name);
int watch_talk(struct nl *nl, uint8_t cmd, const char *name, bool exclude);

struct peers;
int peers_make(struct ctl *ctl, const char *file, struct peers *peers);

struct policy;
int sync_link(struct ctl *ctl, const char *dev, const struct policy *wanted,
	      const char *file);

/* cmd-check.c */
struct setting;
int check_conflicts(const struct ctl *ctl, const char *dev,
		    const struct setting *settings,
		    const struct blob *addresses, size_t count);

/* Subcommands: argv without the subcommand itself; return the exit code */
int cmd_show(struct ctl *ctl, int argc, char **argv);
int cmd_set(struct ctl *ctl, int argc, char **argv);
int cmd_watch(struct ctl *ctl, int argc, char **argv);
int cmd_rule(struct ctl *ctl, int argc, char **argv);
int cmd_peer(struct ctl *ctl, int argc, char **argv);
int cmd_wire(struct ctl *ctl, int argc, char **argv);
int cmd_check(struct ctl *ctl, int argc, char **argv);
int cmd_why(struct ctl *ctl, int argc, char **argv);
int cmd_save(struct ctl *ctl, int argc, char **argv);
int cmd_sync(struct ctl *ctl, int argc, char **argv);
int cmd_adopt(struct ctl *ctl, int argc, char **argv);
int cmd_release(struct ctl *ctl, int argc, char **argv);
int cmd_upgrade(struct ctl *ctl, int argc, char **argv);
int cmd_evict(struct ctl *ctl, int argc, char **argv);

#endif
