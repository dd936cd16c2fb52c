// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipvs.h"
#include "print.h"
#include "words.h"

#define JSON_VERSION	1

/* Room for all services and servers that are told */
#define SERVICES_TEXT	16384

#define RED		"\033[1;31m"
#define YELLOW		"\033[33m"
#define GREEN		"\033[32m"
#define BOLD		"\033[1m"

enum column {
	COLUMN_TIME,
	COLUMN_EVENT,
	COLUMN_SEVERITY,
	COLUMN_ADDRESS,
	COLUMN_LINK,
	COLUMN_CLASS,
	COLUMN_WHY,
	COLUMN_COUNT,
	COLUMN_SERVICES,
	COLUMNS
};

static bool is(const struct record *record, uint32_t event)
{
	return record->event == event;
}

/* As the kernel log has it. Returns the end. */
static char *put_match(char *dst, const struct record *record)
{
	char lladdr[TEXT_LLADDR] = "another station";
	const char *relation = "of";
	char prefix[TEXT_PREFIX];

	switch (record->class) {
	case IPVSDUMMY_CLASS_HOST:
		dst += sprintf(dst, "address");
		break;
	case IPVSDUMMY_CLASS_GATEWAY:
		dst += sprintf(dst, "default route");
		relation = "by";
		break;
	case IPVSDUMMY_CLASS_NEIGH:
		if (record->has[IPVSDUMMY_A_LLADDR])
			text_lladdr(lladdr, &record->lladdr);
		dst += sprintf(dst, "%s", lladdr);
		relation = "on";
		break;
	default:
		text_prefix(prefix, &record->match_prefix,
			    record->match_prefixlen);
		dst += sprintf(dst, "prefix %s", prefix);
	}
	if (record->has[IPVSDUMMY_A_MATCH_IFNAME])
		dst += sprintf(dst, " %s %s", relation, record->match_ifname);
	if (record->has[IPVSDUMMY_A_VLAN])
		dst += sprintf(dst, ", vlan %" PRIu32, record->vlan);
	if (record->has[IPVSDUMMY_A_STATION])
		dst += sprintf(dst, ", %s",
			       word_of(&station_words, record->station));
	return dst;
}

/**
 * record_why - what an address clashes with
 * @dst: where to; empty if nothing is known. Holds the interface's name as it
 *	is, so it is not fit for a terminal.
 * @record: a conflict, an event or a check's verdict
 */
void record_why(char dst[static WHY_MAX], const struct record *record)
{
	*dst = '\0';
	if (!record->has[IPVSDUMMY_A_MATCH_PREFIX])
		return;
	dst = put_match(dst, record);
	if (record->has[IPVSDUMMY_A_WOULD])
		sprintf(dst, ", would %s",
			word_of(&action_words, record->would));
}

/* What there is to say of an event that is about no address */
static void describe(char dst[static WHY_MAX], const struct record *record)
{
	if (is(record, EVENT_UNAVAILABLE))
		sprintf(dst, "the ipvsdummy module is not loaded");
	else if (is(record, EVENT_UNGUARDED) && !*record->kind)
		sprintf(dst, "link %s is gone", record->ifname);
	else if (is(record, EVENT_UNGUARDED))
		sprintf(dst, "link %s is of kind %s", record->ifname,
			record->kind);
	else if (is(record, IPVSDUMMY_EVENT_RESOLVED))
		sprintf(dst, "link %s is not unguarded any more",
			record->ifname);
	else if (!is(record, IPVSDUMMY_EVENT_LOST))
		*dst = '\0';
	else if (!record->has[IPVSDUMMY_A_COUNT])
		sprintf(dst, "the module was loaded anew, events are lost");
	else if (record->has[IPVSDUMMY_A_IFINDEX])
		sprintf(dst, "there is no room for %" PRIu64
			" conflicts", record->count);
	else
		sprintf(dst, "%" PRIu64 " events are lost", record->count);
}

/**
 * record_message - the same sentence as in the kernel log
 * @dst: where to. Holds names as they are, so it is not fit for a terminal.
 * @record: a conflict or an event
 */
void record_message(char dst[static MESSAGE_MAX], const struct record *record)
{
	const char *event = word_of(&event_words, record->event);
	char address[INET6_ADDRSTRLEN];
	char reason[WHY_MAX];

	if (!record->has[IPVSDUMMY_A_ADDRESS]) {
		describe(dst, record);
		return;
	}
	text_address(address, &record->address);
	record_why(reason, record);
	snprintf(dst, MESSAGE_MAX, "%s %s: %s%s%s", event, address,
		 word_of(&class_words, record->class), *reason ? ", " : "",
		 reason);
}

static json_t *json_message(const struct record *record)
{
	char message[MESSAGE_MAX];

	record_message(message, record);
	return json_name(message);
}

/**
 * json_name - a string that holds bytes of somebody else's choice
 * @name: a string
 *
 * Return: it as JSON, escaped as for terminals if it is not valid UTF-8.
 */
json_t *json_name(const char *name)
{
	char escaped[TEXT_ESCAPED(MESSAGE_MAX)];
	json_t *json = json_string(name);

	if (json)
		return json;
	text_escape(escaped, sizeof(escaped), name);
	return json_string(escaped);
}

static json_t *json_word(const struct words *words, uint32_t value)
{
	return json_string(word_of(words, value));
}

static json_t *json_time(uint64_t ns)
{
	char text[TEXT_TIME];

	text_time_utc(text, ns);
	return json_string(text);
}

static json_t *json_address_family(const struct blob *address)
{
	return json_string(address->len == 4 ? "inet" : "inet6");
}

static json_t *json_address(const struct blob *address)
{
	char text[INET6_ADDRSTRLEN];

	text_address(text, address);
	return json_string(text);
}

static json_t *json_prefix(const struct blob *prefix, uint32_t plen)
{
	char text[TEXT_PREFIX];

	text_prefix(text, prefix, plen);
	return json_string(text);
}

static json_t *json_lladdr(const struct blob *lladdr)
{
	char text[TEXT_LLADDR];

	text_lladdr(text, lladdr);
	return json_string(text);
}

static json_t *json_server(const struct ipvs_server *server)
{
	return json_pack("{so si sI}", "address",
			 json_address(&server->address), "port",
			 (int)server->port, "weight",
			 (json_int_t)server->weight);
}

static void put_omitted(json_t *json, size_t omitted)
{
	if (omitted)
		json_object_set_new(json, "omitted", json_integer(omitted));
}

static json_t *json_service(const struct served_service *service)
{
	const struct ipvs_service *virtual = service->virtual;
	json_t *servers = json_array(), *json;
	size_t i;

	for (i = 0; i < service->count; i++)
		json_array_append_new(servers,
				      json_server(&service->server[i]));
	json = json_pack("{ss si so so}", "protocol",
			 word_of(&protocol_words, virtual->protocol), "port",
			 (int)virtual->port, "scheduler",
			 json_name(virtual->scheduler), "real_servers",
			 servers);
	put_omitted(json, service->omitted);
	return json;
}

static json_t *json_services(const struct served *served)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < served->count; i++)
		json_array_append_new(list, json_service(&served->service[i]));
	return list;
}

/**
 * json_record - a conflict, an event or a check's verdict as JSON
 * @r: the record
 *
 * Return: an object with the keys of what is known.
 */
json_t *json_record(const struct record *r)
{
	json_t *json = json_object();
	char instance[17];

#define PUT(_attr, _key, _value)					\
	do {								\
		if (r->has[IPVSDUMMY_A_ ## _attr])			\
			json_object_set_new(json, _key, _value);	\
	} while (0)

	snprintf(instance, sizeof(instance), "%016" PRIx64, r->instance);

	json_object_set_new(json, "v", json_integer(JSON_VERSION));
	PUT(SEQ, "seq", json_integer(r->seq));
	PUT(INSTANCE, "instance", json_string(instance));
	PUT(TIME, "time", json_time(r->time));
	PUT(EVENT, "event", json_word(&event_words, r->event));
	PUT(SEVERITY, "severity", json_word(&severity_words, r->severity));
	PUT(EVENT, "message", json_message(r));
	PUT(SINCE, "since", json_time(r->since));
	PUT(WOULD, "would", json_word(&action_words, r->would));
	PUT(IFNAME, "dev", json_name(r->ifname));
	PUT(IFINDEX, "ifindex", json_integer(r->ifindex));
	PUT(ADDRESS, "family", json_address_family(&r->address));
	PUT(ADDRESS, "address", json_address(&r->address));
	PUT(CLASS, "class", json_word(&class_words, r->class));
	PUT(ACTION, "action", json_word(&action_words, r->action));
	PUT(EVIDENCE, "evidence", json_word(&evidence_words, r->evidence));
	PUT(MATCH_IFNAME, "match_dev", json_name(r->match_ifname));
	PUT(MATCH_PREFIX, "match_prefix",
	    json_prefix(&r->match_prefix, r->match_prefixlen));
	PUT(LLADDR, "lladdr", json_lladdr(&r->lladdr));
	PUT(CLAIM, "claim", json_word(&claim_words, r->claim));
	PUT(VLAN, "vlan", json_integer(r->vlan));
	PUT(STATION, "station", json_word(&station_words, r->station));
	PUT(COUNT, "count", json_integer(r->count));
#undef PUT
	if (r->served) {
		json_object_set_new(json, "services", json_services(r->served));
		if (r->served->omitted)
			json_object_set_new(json, "services_omitted",
					    json_integer(r->served->omitted));
	}
	return json;
}

static int put_chunk(const char *chunk, size_t len, void *data)
{
	size_t i;

	(void)data;
	for (i = 0; i < len; i++) {
		/* DEL is the one control character that jansson lets through;
		 * it can only be in a string.
		 */
		if (chunk[i] == '\177')
			fputs("\\u007f", stdout);
		else
			putchar(chunk[i]);
	}
	return 0;
}

/**
 * json_put - print JSON and a newline, all of it printable ASCII
 * @json: what
 * @pretty: on more than one line
 */
void json_put(const json_t *json, bool pretty)
{
	json_dump_callback(json, put_chunk, NULL, JSON_ENSURE_ASCII |
			   (pretty ? JSON_INDENT(2) : JSON_COMPACT));
	putchar('\n');
}

/**
 * print_init - start printing
 * @printer: filled in
 * @json: as JSON
 * @color: in colour
 *
 * The columns begin as wide as what they hold usually is.
 */
void print_init(struct printer *printer, bool json, bool color)
{
	*printer = (struct printer) {
		.json = json,
		.color = color,
		.table = {
			.columns = COLUMNS,
			.width = {
				[COLUMN_EVENT] = sizeof("rejected") - 1,
				[COLUMN_SEVERITY] = sizeof("critical") - 1,
				[COLUMN_ADDRESS] = sizeof("172.50.60.105") - 1,
				[COLUMN_LINK] = sizeof("kube-ipvs0") - 1,
				[COLUMN_CLASS] = sizeof("onlink") - 1,
			},
		},
	};
}

struct row {
	const char *cell[COLUMNS];
	char time[TEXT_TIME];
	char address[INET6_ADDRSTRLEN];
	char link[TEXT_NAME];
	char why[TEXT_ESCAPED(WHY_MAX)];
	char count[24];
};

static void put_server(FILE *out, const struct ipvs_server *server)
{
	char address[INET6_ADDRSTRLEN];

	text_address(address, &server->address);
	fprintf(out, server->address.len == sizeof(struct in_addr) ?
		" %s:%u" : " [%s]:%u", address, server->port);
}

/* "tcp 80 rr: 10.0.0.1:8080 10.0.0.2:8080 +4" */
static void put_service(FILE *out, const struct served_service *service)
{
	const struct ipvs_service *virtual = service->virtual;
	char scheduler[TEXT_ESCAPED(IP_VS_SCHEDNAME_MAXLEN)];
	size_t i;

	text_escape(scheduler, sizeof(scheduler), virtual->scheduler);
	fprintf(out, "%s %u %s%s", word_of(&protocol_words, virtual->protocol),
		virtual->port, scheduler, service->count ? ":" : "");
	for (i = 0; i < service->count; i++)
		put_server(out, &service->server[i]);
	if (service->omitted)
		fprintf(out, " +%zu", service->omitted);
}

static void put_services(FILE *out, const struct served *served)
{
	size_t i;

	for (i = 0; i < served->count; i++) {
		fputs(i ? ", " : "", out);
		put_service(out, &served->service[i]);
	}
	if (served->omitted)
		fprintf(out, ", +%zu", served->omitted);
}

/* Too long to be cleared for every row. Good until the next one */
static const char *services_text(const struct served *served)
{
	static char text[SERVICES_TEXT];
	FILE *out = fmemopen(text, sizeof(text), "w");

	if (!out)
		return "";
	put_services(out, served);
	fclose(out);
	return text;
}

static void fill_row(struct row *row, const struct printer *printer,
		     const struct record *record)
{
	char reason[WHY_MAX];

	*row = (struct row) {
		.cell = {
			[COLUMN_TIME] = row->time,
			[COLUMN_EVENT] = word_of(&event_words, record->event),
			[COLUMN_SEVERITY] = "-",
			[COLUMN_ADDRESS] = row->address,
			[COLUMN_LINK] = row->link,
			[COLUMN_CLASS] = "-",
			[COLUMN_WHY] = row->why,
			[COLUMN_COUNT] = row->count,
			[COLUMN_SERVICES] = "",
		},
		.time = "-",
		.address = "-",
		.link = "-",
	};
	if (record->has[printer->state ? IPVSDUMMY_A_SINCE :
					 IPVSDUMMY_A_TIME])
		text_time_local(row->time, printer->state ? record->since :
							    record->time);
	if (record->has[IPVSDUMMY_A_SEVERITY])
		row->cell[COLUMN_SEVERITY] = word_of(&severity_words,
						     record->severity);
	if (record->has[IPVSDUMMY_A_IFNAME])
		text_escape(row->link, sizeof(row->link), record->ifname);
	if (record->has[IPVSDUMMY_A_CLASS])
		row->cell[COLUMN_CLASS] = word_of(&class_words, record->class);

	if (record->has[IPVSDUMMY_A_ADDRESS]) {
		text_address(row->address, &record->address);
		record_why(reason, record);
		if (record->count > 1)
			snprintf(row->count, sizeof(row->count), "x%" PRIu64,
				 record->count);
	} else {
		describe(reason, record);
	}
	text_escape(row->why, sizeof(row->why), reason);
	if (record->served)
		row->cell[COLUMN_SERVICES] = services_text(record->served);
}

/**
 * print_fit - make the columns wide enough for a record
 * @printer: a printer
 * @record: what is to be printed
 */
void print_fit(struct printer *printer, const struct record *record)
{
	struct row row;

	fill_row(&row, printer, record);
	table_fit(&printer->table, row.cell);
}

/**
 * print_header - name the columns of a listing
 * @printer: a printer
 */
void print_header(struct printer *printer)
{
	static const char *const cell[COLUMNS] = {
		"SINCE", "STATE", "SEVERITY", "ADDRESS", "LINK", "CLASS",
		"WHY", "", "SERVES"
	};

	table_put(&printer->table, cell, NULL);
}

static const char *severity_color(const struct record *record)
{
	switch (record->severity) {
	case IPVSDUMMY_SEVERITY_CRITICAL:
		return RED;
	case IPVSDUMMY_SEVERITY_WARNING:
		return YELLOW;
	}
	return "";
}

/**
 * print_record - print a conflict or an event
 * @printer: a printer
 * @record: what
 */
void print_record(struct printer *printer, const struct record *record)
{
	const char *color[COLUMNS];
	json_t *json;
	struct row row;
	int i;

	if (printer->json) {
		json = json_record(record);
		json_put(json, false);
		json_decref(json);
		return;
	}

	for (i = 0; i < COLUMNS; i++)
		color[i] = "";
	color[COLUMN_EVENT] = is(record, IPVSDUMMY_EVENT_RESOLVED) ?
			      GREEN : severity_color(record);
	color[COLUMN_SEVERITY] = color[COLUMN_EVENT];
	color[COLUMN_ADDRESS] = BOLD;

	fill_row(&row, printer, record);
	table_put(&printer->table, row.cell, printer->color ? color : NULL);
}
