/* SPDX-License-Identifier: GPL-2.0 */
/* Requests whose answers are records. */
#ifndef IPVSDUMMY_QUERY_H
#define IPVSDUMMY_QUERY_H

#include "nl.h"
#include "record.h"

typedef int query_callback(const struct record *record, void *data);

int query_one(struct nl *nl, struct record *record);
int query_status(struct nl *nl, struct record *status);
int query_link(struct nl *nl, const char *dev);
int query_links(struct nl *nl, struct records *links);
int query_conflicts(struct nl *nl, struct records *conflicts);
int query_each_conflict(struct nl *nl, query_callback *callback, void *data);
int query_events(struct nl *nl, uint64_t after, struct records *events);
int query_watches(struct nl *nl, struct records *watches);

#endif
