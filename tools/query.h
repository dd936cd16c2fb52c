/* SPDX-License-Identifier: GPL-2.0 */
/* Requests whose answers are records. */
#ifndef IPVSDUMMY_QUERY_H
#define IPVSDUMMY_QUERY_H

#include "nl.h"
#include "record.h"

int query_one(struct nl *nl, struct record *record);
int query_status(struct nl *nl, struct record *status);
int query_link(struct nl *nl, const char *dev);
int query_links(struct nl *nl, struct records *links);
int query_conflicts(struct nl *nl, struct records *conflicts);
int query_events(struct nl *nl, uint64_t after, struct records *events);
int query_watches(struct nl *nl, struct records *watches);

#endif
