/* SPDX-License-Identifier: GPL-2.0 */
/* Records for people and as JSON. */
#ifndef IPVSDUMMY_PRINT_H
#define IPVSDUMMY_PRINT_H

#include <jansson.h>
#include <stdbool.h>

#include "record.h"
#include "table.h"
#include "text.h"

/* "prefix ADDRESS/LEN of NAME, would reject",
 * "LLADDR on NAME, vlan NUMBER, proxy, would reject"
 */
#define WHY_MAX		(TEXT_LLADDR + TEXT_NAME + 64)

/* "changed ADDRESS: CLASS, WHY" */
#define MESSAGE_MAX	(2 * WHY_MAX + INET6_ADDRSTRLEN)

/**
 * struct printer - how conflicts and events are printed
 * @json: as JSON, one object a line
 * @color: in colour
 * @state: what is printed is the conflicts now: the time is when they began
 * @table: the columns
 */
struct printer {
	bool json;
	bool color;
	bool state;
	struct table table;
};

void print_init(struct printer *printer, bool json, bool color);
void print_fit(struct printer *printer, const struct record *record);
void print_header(struct printer *printer);
void print_record(struct printer *printer, const struct record *record);

void record_message(char dst[static MESSAGE_MAX], const struct record *record);
void record_why(char dst[static WHY_MAX], const struct record *record);
json_t *json_name(const char *name);
json_t *json_record(const struct record *record);
void json_put(const json_t *json, bool pretty);

#endif
