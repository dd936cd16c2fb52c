/* SPDX-License-Identifier: GPL-2.0 */
/* All that is set and goes with the module: the policies of the links, and what
 * is the network namespace's. As a file it is a batch.
 */
#ifndef IPVSDUMMY_SNAPSHOT_H
#define IPVSDUMMY_SNAPSHOT_H

#include <stdint.h>

#include "ctl.h"
#include "peer.h"
#include "policy.h"

struct snapshot_link {
	char name[RECORD_STRING];
	struct policy policy;
};

/**
 * struct snapshot - what is set
 * @version: of the module that it was taken from
 * @instance: of that module
 * @target: instance of the module that it is to be made for, 0 if there was none
 * @link: links with their policies; names to be watched are with the first
 * @count: how many links
 * @peers: the peers
 * @has_wire: these are known, too
 * @sightings_max: how many sightings there can be
 * @claim_timeout: seconds after which a claim is over
 */
struct snapshot {
	char version[RECORD_STRING];
	uint64_t instance;
	uint64_t target;
	struct snapshot_link *link;
	size_t count;
	struct peers peers;
	bool has_wire;
	uint32_t sightings_max;
	uint32_t claim_timeout;
};

int snapshot_take(struct snapshot *snapshot, struct ctl *ctl);
int snapshot_write(const struct snapshot *snapshot, int fd);
int snapshot_set_target(struct snapshot *snapshot, int fd, uint64_t target);
bool snapshot_read(struct snapshot *snapshot, const char *file);
int snapshot_make(struct snapshot *snapshot, struct ctl *ctl, const char *file);
void snapshot_free(struct snapshot *snapshot);

#endif
