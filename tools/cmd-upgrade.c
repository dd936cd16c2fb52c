// SPDX-License-Identifier: GPL-2.0
/* upgrade: release, unload the module, load the one that is installed now, adopt.
 * Dummies hold the addresses meanwhile, and a file what was set. What there is
 * tells how far it got, so whoever is killed leaves something to go on from.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "rtnl.h"
#include "snapshot.h"
#include "swap.h"

#define MODULE		"ipvsdummy"

/* Goes with the next boot, as what it has does */
#define FILE_NAME	"/run/ipvsdummy-upgrade"

#define SAFE_PATH	"/usr/sbin:/usr/bin:/sbin:/bin"

/* A dump that somebody takes keeps the module for a moment */
#define TRIES_MAX	50
#define TRY_USEC	20000

#define LINE_LEN	160

/**
 * struct upgrade - an upgrade that is being done
 * @ctl: what every subcommand gets
 * @file: that holds the snapshot, locked
 * @snapshot: what was set
 * @link: the one that is being filled
 * @result: what was taken over, by link
 */
struct upgrade {
	struct ctl *ctl;
	int file;
	struct snapshot snapshot;
	const struct snapshot_link *link;
	struct swap_result *result;
};

static void exec_child(char *const argv[], int output)
{
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	clearenv();
	setenv("PATH", SAFE_PATH, 1);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(EXIT_ERROR);
}

/* Run a program, which is quick; returns whether all was well. Its first line is
 * kept, whatever it was.
 */
static bool run(char line[static LINE_LEN], char *const argv[])
{
	char rest[LINE_LEN];
	int ends[2], status;
	FILE *output;
	pid_t child;

	*line = '\0';
	if (pipe2(ends, O_CLOEXEC))
		return false;
	child = fork();
	if (!child)
		exec_child(argv, ends[1]);
	close(ends[1]);
	output = fdopen(ends[0], "r");
	if (output && fgets(line, LINE_LEN, output))
		while (fgets(rest, sizeof(rest), output))
			;
	if (output)
		fclose(output);
	line[strcspn(line, "\n")] = '\0';
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

/* Is there a module that could be loaded? */
static int check_installed(void)
{
	char *const argv[] = { "modinfo", "-F", "name", MODULE, NULL };
	char line[LINE_LEN];

	if (run(line, argv))
		return 0;
	return fail(MODULE, "none to load, nothing was changed: %s", line);
}

static int check_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
	uint64_t needed = 1ULL << CAP_NET_ADMIN | 1ULL << CAP_SYS_ADMIN |
			  1ULL << CAP_SYS_MODULE;
	uint64_t effective;

	syscall(SYS_capget, &head, data);
	effective = data[0].effective | (uint64_t)data[1].effective << 32;
	if ((effective & needed) == needed)
		return 0;
	return fail("upgrade", "%s", strerror(EPERM));
}

static int query_elsewhere(struct nl *nl, struct records *links)
{
	int err;

	err = nl_open(nl);
	if (!err)
		err = nl_find_family(nl, IPVSDUMMY_GENL_NAME);
	if (!err)
		err = query_links(nl, links);
	nl_close(nl);
	return err;
}

/* Links elsewhere do not keep the module, they go with it: find one in the
 * namespace of a file
 */
static int check_namespace(const char *path, int home)
{
	struct records links = {};
	static struct nl nl;
	int err = 0, ret = 0;
	int other;

	other = open(path, O_RDONLY | O_CLOEXEC);
	if (other < 0)		/* gone meanwhile */
		return 0;
	if (!setns(other, CLONE_NEWNET))
		err = query_elsewhere(&nl, &links);
	else if (errno != EINVAL)	/* what is no namespace has no links */
		err = -errno;
	if (err)
		ret = fail(path, "%s", strerror(-err));
	else if (links.count)
		ret = fail(links.record[0].ifname,
			   "is in the network namespace %s, and would go with the module",
			   path);
	records_free(&links);
	close(other);
	if (setns(home, CLONE_NEWNET))
		ret = fail("network namespace", "%s", strerror(errno));
	return ret;
}

static bool is_same(const char *path, int home)
{
	struct stat a, b;

	return !stat(path, &a) && !fstat(home, &b) && a.st_ino == b.st_ino;
}

/* Namespaces have a process in them, or a name of ip-netns(8)'s */
static int check_namespaces(const char *dir, const char *rest)
{
	struct dirent *entry;
	char path[300];
	int ret = 0;
	DIR *entries;
	int home;

	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		return fail("/proc/self/ns/net", "%s", strerror(errno));
	entries = opendir(dir);
	while (!ret && entries && (entry = readdir(entries))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name,
			 rest);
		if (!is_same(path, home))
			ret = check_namespace(path, home);
	}
	if (entries)
		closedir(entries);
	close(home);
	return ret;
}

static int check_elsewhere(void)
{
	int ret = check_namespaces("/proc", "/ns/net");

	return ret ? ret : check_namespaces("/run/netns", "");
}

/* How many users the module has, -1 if it is not to be known */
static long read_users(void)
{
	FILE *file = fopen("/sys/module/" MODULE "/refcnt", "re");
	long users = -1;

	if (file) {
		if (fscanf(file, "%ld", &users) != 1)
			users = -1;
		fclose(file);
	}
	return users;
}

/* Each link of the initial network namespace is one, and there should be no
 * other
 */
static int check_users(const struct upgrade *u)
{
	const char *name = u->snapshot.link->name;
	long users, links = u->snapshot.count;
	int tries = TRIES_MAX;

	while ((users = read_users()) > links && --tries)
		usleep(TRY_USEC);
	if (users < 0)
		return fail(MODULE, "this kernel does not let modules go");
	if (users < links)
		return fail(name, "not in the initial network namespace");
	if (users > links)
		return fail(MODULE, "in use by something else than links");
	return 0;
}

static int check_all(const struct upgrade *u, const char *dev)
{
	const struct snapshot *snapshot = &u->snapshot;
	int ret = 0;
	size_t i;

	for (i = 0; !ret && dev && i < snapshot->count; i++)
		if (strcmp(snapshot->link[i].name, dev))
			ret = fail(snapshot->link[i].name,
				   "keeps the module, too (ipvsdummyctl upgrade, for all links)");
	if (!ret)
		ret = check_users(u);
	if (!ret)
		ret = check_installed();
	return ret ? ret : check_elsewhere();
}

/* What will be read if this is interrupted is what counts */
static int write_file(struct upgrade *u)
{
	int err = ftruncate(u->file, 0) ? -errno :
		  snapshot_write(&u->snapshot, u->file);

	if (err)
		return fail(FILE_NAME, "%s", strerror(-err));
	snapshot_free(&u->snapshot);
	return snapshot_read(&u->snapshot, FILE_NAME) ? 0 : EXIT_ERROR;
}

static int open_file(struct upgrade *u)
{
	u->file = open(FILE_NAME, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
		       O_NOFOLLOW, 0600);
	if (u->file < 0)
		return fail(FILE_NAME, "%s", strerror(errno));
	if (!flock(u->file, LOCK_EX | LOCK_NB))
		return 0;
	close(u->file);
	u->file = -1;
	return fail(FILE_NAME, "an upgrade is going on");
}

static int release_all(struct upgrade *u)
{
	struct swap_plan plan = {
		.from = "ipvsdummy", .to = "dummy", .opposite = "adopt",
	};
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < u->snapshot.count; i++) {
		plan.dev = u->snapshot.link[i].name;
		ret = swap(&plan, &u->result[i]);
	}
	return ret;
}

/* Returns 0 or a negative errno */
static int unload(void)
{
	int tries = TRIES_MAX;

	while (syscall(SYS_delete_module, MODULE, O_NONBLOCK)) {
		if (errno == ENOENT)
			break;
		if (errno != EWOULDBLOCK || !--tries)
			return -errno;
		usleep(TRY_USEC);
	}
	return 0;
}

static int load(void)
{
	char *const argv[] = { "modprobe", MODULE, NULL };
	char line[LINE_LEN];

	return run(line, argv) ? 0 : fail(MODULE, "not loaded: %s", line);
}

/* The module is another one, so are its numbers */
static int find_module(struct upgrade *u, struct record *status)
{
	struct nl *nl = &u->ctl->nl;
	int err;

	nl->family.id = 0;
	err = ctl_find(u->ctl);
	if (!err)
		err = query_status(nl, status);
	return err;
}

static int set_target(struct upgrade *u)
{
	struct record status;
	int err;

	err = find_module(u, &status);
	if (err)
		return ctl_fail(u->ctl, MODULE, err);
	if (status.instance == u->snapshot.target)
		return 0;
	err = snapshot_set_target(&u->snapshot, u->file, status.instance);
	return err ? fail(FILE_NAME, "%s", strerror(-err)) : 0;
}

/* The link has its policy before it has an address, but refuses none */
static int prepare(const char *name, void *data)
{
	const struct upgrade *u = data;
	struct policy policy = u->link->policy;

	policy.settings[SETTING_MODE].to = IPVSDUMMY_MODE_AUDIT;
	return sync_link(u->ctl, name, &policy, FILE_NAME);
}

static int adopt_all(struct upgrade *u)
{
	struct snapshot *snapshot = &u->snapshot;
	struct swap_plan plan = {
		.from = "dummy",
		.to = "ipvsdummy",
		.opposite = "release",
		.prepare = prepare,
		.data = u,
	};
	size_t i;
	int ret;

	ret = snapshot_make(snapshot, u->ctl, FILE_NAME);
	for (i = 0; !ret && i < snapshot->count; i++) {
		u->link = &snapshot->link[i];
		plan.dev = u->link->name;
		ret = swap(&plan, &u->result[i]);
		if (!ret)
			ret = sync_link(u->ctl, plan.dev, &u->link->policy,
					FILE_NAME);
	}
	return ret;
}

static bool all_guarded(const struct snapshot *snapshot)
{
	static struct rtnl_link link;
	bool all = true;
	struct nl nl;
	size_t i;

	if (nl_open_rtnl(&nl))
		return false;
	for (i = 0; all && i < snapshot->count; i++)
		all = !rtnl_link_get(&nl, snapshot->link[i].name, &link) &&
		      !strcmp(link.kind, "ipvsdummy");
	nl_close(&nl);
	return all;
}

static bool is_begun(const struct snapshot *snapshot, const char *dev)
{
	size_t i;

	for (i = 0; i < snapshot->count; i++)
		if (!dev || !strcmp(snapshot->link[i].name, dev))
			return true;
	return false;
}

enum step { RELEASE, LOAD, ADOPT };

/* What was begun is to be finished; what was finished in another way is not */
static int choose_step(struct upgrade *u, const char *dev, enum step *step)
{
	struct snapshot *snapshot = &u->snapshot;
	struct record status = {};
	int err, ret;

	err = find_module(u, &status);
	if (err && err != -ENOENT)
		return ctl_fail(u->ctl, MODULE, err);
	if (!snapshot_read(snapshot, FILE_NAME))
		return EXIT_ERROR;
	if (snapshot->count && (!all_guarded(snapshot) ||
				snapshot->target == status.instance)) {
		if (!is_begun(snapshot, dev))
			return fail(dev, "finish the other one first (ipvsdummyctl upgrade)");
		*step = err ? LOAD :
			status.instance == snapshot->instance ? RELEASE : ADOPT;
		return *step == LOAD ? 0 : check_elsewhere();
	}

	snapshot_free(snapshot);
	ret = ctl_open(u->ctl);
	if (!ret)
		ret = snapshot_take(snapshot, u->ctl);
	if (!ret && !is_begun(snapshot, dev))
		ret = fail(dev ? dev : MODULE, dev ? "no link of kind ipvsdummy" :
						     "no links");
	if (!ret)
		ret = check_all(u, dev);
	return ret ? ret : write_file(u);
}

static int print_result(const struct upgrade *u)
{
	const struct snapshot *snapshot = &u->snapshot;
	json_t *json, *links;
	struct record status;
	char name[TEXT_NAME];
	size_t i;
	int err;

	err = query_status(&u->ctl->nl, &status);
	if (err)
		return ctl_fail(u->ctl, MODULE, err);
	if (u->ctl->json) {
		links = json_array();
		for (i = 0; i < snapshot->count; i++)
			json_array_append_new(links, json_pack
				("{s:o, s:I, s:I}",
				 "dev", json_name(snapshot->link[i].name),
				 "addresses",
				 (json_int_t)u->result[i].addresses,
				 "routes", (json_int_t)u->result[i].routes));
		json = json_pack("{s:o, s:o, s:o}",
				 "before", json_name(snapshot->version),
				 "module", json_name(status.version),
				 "links", links);
		return ctl_put(u->ctl, json, EXIT_SUCCESS);
	}
	printf("module %s, before %s\n", status.version, snapshot->version);
	for (i = 0; i < snapshot->count; i++) {
		text_escape(name, sizeof(name), snapshot->link[i].name);
		printf("%s: ipvsdummy again, %zu addresses and %zu routes kept\n",
		       name, u->result[i].addresses, u->result[i].routes);
	}
	return finish(EXIT_SUCCESS);
}

static int fail_unfinished(const char *dev)
{
	return fail(dev, "the addresses are kept, the policy is in "
		    FILE_NAME "; go on with ipvsdummyctl upgrade");
}

/* If the module cannot go, all is to be as before */
static int take_out(struct upgrade *u, const char *dev)
{
	int err, ret;

	ret = release_all(u);
	err = ret ? 0 : unload();
	if (!ret && !err)
		return 0;
	if (err)
		ret = fail(MODULE, "not unloaded: %s", strerror(-err));
	if (adopt_all(u))
		return fail_unfinished(dev);
	unlink(FILE_NAME);
	return ret;
}

static int upgrade(struct upgrade *u, const char *dev)
{
	enum step step = RELEASE;
	int ret;

	ret = choose_step(u, dev, &step);
	if (ret)
		return ret;
	u->result = calloc(u->snapshot.count, sizeof(*u->result));
	if (!u->result)
		return fail(NULL, "out of memory");

	if (step == RELEASE) {
		ret = take_out(u, dev);
		if (ret)
			return ret;
	}
	/* A module that somebody loaded meanwhile may be the wrong one, too */
	if (step != ADOPT || !unload())
		ret = load();
	if (!ret)
		ret = set_target(u);
	if (!ret)
		ret = adopt_all(u);
	if (ret)
		return fail_unfinished(dev);
	unlink(FILE_NAME);
	return print_result(u);
}

/* A file that has nothing tells nothing */
static void close_file(const struct upgrade *u)
{
	struct stat stat;

	if (u->file < 0)
		return;
	if (!fstat(u->file, &stat) && !stat.st_size)
		unlink(FILE_NAME);
	close(u->file);
}

int cmd_upgrade(struct ctl *ctl, int argc, char **argv)
{
	struct upgrade u = { .ctl = ctl, .file = -1 };
	int ret;

	if (argc > 1)
		return fail(argv[1], "only one link, or none for all");
	if (argc && !ctl_is_name(argv[0]))
		return EXIT_ERROR;
	ret = check_capabilities();
	if (!ret)
		ret = open_file(&u);
	if (!ret)
		ret = upgrade(&u, argc ? argv[0] : NULL);
	snapshot_free(&u.snapshot);
	free(u.result);
	close_file(&u);
	return ret;
}
