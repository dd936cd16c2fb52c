// SPDX-License-Identifier: GPL-2.0
/* The kernel lies: the first byte of the input is one of these commands, the rest
 * is what the kernel says.
 */
#include <string.h>

#include "fuzz-tool.h"

static const char *const commands[] = {
	"mon", "mon -j", "mon --advise --color", "mon -f",
	"mon -f -j --status status --metrics metrics --cursor cursor",
	"mon -f --exec /bin/true --status status", "mon -f --syslog",
	"mon -f --since 2", "mon -f -j --since 1970-01-01T00:00:00Z",
	"ctl show", "ctl -j show kube-ipvs0", "ctl version", "ctl -j version",
	"ctl rule list", "ctl -j rule list kube-ipvs0",
	"ctl rule del kube-ipvs0 10.0.0.0/24 flag", "ctl rule flush",
	"ctl watch list", "ctl -j watch list", "ctl watch flush",
	"ctl peer list", "ctl -j peer list", "ctl peer sync peers",
	"ctl wire", "ctl -j wire", "ctl check kube-ipvs0 10.0.0.1 10.0.0.2",
	"ctl -j check kube-ipvs0 10.0.0.1", "ctl why kube-ipvs0 10.0.0.1",
	"ctl -j why kube-ipvs0 10.0.0.1", "ctl save kube-ipvs0",
	"ctl -j save kube-ipvs0", "ctl sync kube-ipvs0 policy",
	"ctl -d -j sync kube-ipvs0 policy", "ctl set kube-ipvs0 mode audit",
	"ctl evict kube-ipvs0", "ctl -j evict kube-ipvs0 neigh",
	"ctl -follow evict kube-ipvs0", "ctl adopt kube-ipvs0 mode audit",
	"ctl -j adopt kube-ipvs0", "ctl -d adopt kube-ipvs0",
	"ctl -j -d adopt kube-ipvs0", "ctl release kube-ipvs0",
	"ctl -standalone check kube-ipvs0 10.0.0.1 fd00::1",
};

static const char policy[] =
"set DEV mode enforce onlink verify\n"
"rule add DEV 10.1.0.0/16 allow\n"
"watch add eth*\n"
"watch exclude eth7\n";

static const char peers[] = "10.0.0.0/8\nfd00::1\n2:0:0:0:0:1\n";

int fuzz_one(const uint8_t *bytes, size_t len)
{
	struct fuzz fuzz = {};
	bool is_peers;

	if (!len)
		return 0;
	fuzz.command = commands[*bytes % (sizeof(commands) / sizeof(*commands))];
	fuzz.json = strstr(fuzz.command, " -j");
	is_peers = strstr(fuzz.command, "peers");
	fuzz.file = is_peers ? peers : policy;
	fuzz.file_len = strlen(fuzz.file);
	fuzz.lies = bytes + 1;
	fuzz.lies_len = len - 1;
	fuzz_run(&fuzz);
	return 0;
}
