/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	kmod/uapi/ipvsdummy.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_IPVSDUMMY_H
#define _UAPI_LINUX_IPVSDUMMY_H

#define IPVSDUMMY_GENL_NAME	"ipvsdummy"
#define IPVSDUMMY_GENL_VERSION	1

#define IPVSDUMMY_IFNAME_MAX		15
#define IPVSDUMMY_SIGHTINGS_LIMIT	65536

/**
 * enum ipvsdummy_class - Why an address is in conflict.
 * @IPVSDUMMY_CLASS_HOST: A watched interface of this node has the address.
 * @IPVSDUMMY_CLASS_ONLINK: The address lies in a watched interface's prefix;
 *   no owner is known.
 * @IPVSDUMMY_CLASS_RULE: The operator's own rule says so.
 * @IPVSDUMMY_CLASS_GATEWAY: It is a next hop of a default route.
 * @IPVSDUMMY_CLASS_NEIGH: Another station owns the address: a neighbour entry
 *   says so, or it was seen on the wire.
 */
enum ipvsdummy_class {
	IPVSDUMMY_CLASS_HOST = 1,
	IPVSDUMMY_CLASS_ONLINK,
	IPVSDUMMY_CLASS_RULE,
	IPVSDUMMY_CLASS_GATEWAY,
	IPVSDUMMY_CLASS_NEIGH,
};

/**
 * enum ipvsdummy_action - What is done about an address of a class.
 * @IPVSDUMMY_ACTION_ALLOW: Bind it and say nothing.
 * @IPVSDUMMY_ACTION_FLAG: Bind it and report it.
 * @IPVSDUMMY_ACTION_REJECT: Refuse it with EADDRINUSE and report it.
 * @IPVSDUMMY_ACTION_SKIP: Refuse it with EEXIST and report it. Class host
 *   only.
 * @IPVSDUMMY_ACTION_VERIFY: Refuse it with EAGAIN and ask who has it; bind it
 *   when it is tried again and nobody answered. Class onlink only.
 */
enum ipvsdummy_action {
	IPVSDUMMY_ACTION_ALLOW,
	IPVSDUMMY_ACTION_FLAG,
	IPVSDUMMY_ACTION_REJECT,
	IPVSDUMMY_ACTION_SKIP,
	IPVSDUMMY_ACTION_VERIFY,
};

/**
 * enum ipvsdummy_mode - Whether refusing actions refuse.
 * @IPVSDUMMY_MODE_ENFORCE: Refuse what the policy refuses.
 * @IPVSDUMMY_MODE_AUDIT: Bind and flag what the policy refuses; attribute
 *   would says what enforce had done.
 */
enum ipvsdummy_mode {
	IPVSDUMMY_MODE_ENFORCE,
	IPVSDUMMY_MODE_AUDIT,
};

/**
 * enum ipvsdummy_severity - How bad a conflict is.
 * @IPVSDUMMY_SEVERITY_INFO: Worth a look, an address of class onlink.
 * @IPVSDUMMY_SEVERITY_WARNING: Somebody claims the address, unconfirmed.
 * @IPVSDUMMY_SEVERITY_CRITICAL: The address has another owner for sure.
 */
enum ipvsdummy_severity {
	IPVSDUMMY_SEVERITY_INFO,
	IPVSDUMMY_SEVERITY_WARNING,
	IPVSDUMMY_SEVERITY_CRITICAL,
};

/**
 * enum ipvsdummy_evidence - How a conflict is known.
 * @IPVSDUMMY_EVIDENCE_ADDRESS: An address, or an address' prefix, of a watched
 *   interface.
 * @IPVSDUMMY_EVIDENCE_RULE: A rule of the link.
 * @IPVSDUMMY_EVIDENCE_ROUTE: A default route.
 * @IPVSDUMMY_EVIDENCE_NEIGH: The kernel's neighbour table.
 * @IPVSDUMMY_EVIDENCE_ARP: An ARP frame.
 * @IPVSDUMMY_EVIDENCE_ND: A Neighbor Discovery message.
 * @IPVSDUMMY_EVIDENCE_PROBE: An answer to the module's own question.
 */
enum ipvsdummy_evidence {
	IPVSDUMMY_EVIDENCE_ADDRESS = 1,
	IPVSDUMMY_EVIDENCE_RULE,
	IPVSDUMMY_EVIDENCE_ROUTE,
	IPVSDUMMY_EVIDENCE_NEIGH,
	IPVSDUMMY_EVIDENCE_ARP,
	IPVSDUMMY_EVIDENCE_ND,
	IPVSDUMMY_EVIDENCE_PROBE,
};

/**
 * enum ipvsdummy_event - What happened, and in a conflict dump the state of a
 *   conflict.
 * @IPVSDUMMY_EVENT_REJECTED: A bind was refused with EADDRINUSE.
 * @IPVSDUMMY_EVENT_SKIPPED: A bind was refused with EEXIST.
 * @IPVSDUMMY_EVENT_FLAGGED: An address is bound in spite of a conflict.
 * @IPVSDUMMY_EVENT_CHANGED: The class, the match or the would of a conflict is
 *   another one now; action tells its state.
 * @IPVSDUMMY_EVENT_RESOLVED: The conflict is over.
 * @IPVSDUMMY_EVENT_LOST: As many events as count says are not to be had any
 *   more, or, with ifindex, for as many conflicts there was no place in the
 *   table or no memory.
 */
enum ipvsdummy_event {
	IPVSDUMMY_EVENT_REJECTED = 1,
	IPVSDUMMY_EVENT_SKIPPED,
	IPVSDUMMY_EVENT_FLAGGED,
	IPVSDUMMY_EVENT_CHANGED,
	IPVSDUMMY_EVENT_RESOLVED,
	IPVSDUMMY_EVENT_LOST,
};

/**
 * enum ipvsdummy_watch_reason - Why an interface is watched.
 * @IPVSDUMMY_WATCH_REASON_PHYSICAL: It has a parent device.
 * @IPVSDUMMY_WATCH_REASON_STACKED: It is stacked on a physical one of the same
 *   namespace.
 * @IPVSDUMMY_WATCH_REASON_NAMED: The operator named it.
 */
enum ipvsdummy_watch_reason {
	IPVSDUMMY_WATCH_REASON_PHYSICAL = 1,
	IPVSDUMMY_WATCH_REASON_STACKED,
	IPVSDUMMY_WATCH_REASON_NAMED,
};

/**
 * enum ipvsdummy_rule_op - What is to be done about a rule.
 * @IPVSDUMMY_RULE_OP_ADD: Add it; there must be none of its prefix.
 * @IPVSDUMMY_RULE_OP_REPLACE: Add it, or give the one of its prefix another
 *   action.
 * @IPVSDUMMY_RULE_OP_DEL: Delete the one of its prefix.
 */
enum ipvsdummy_rule_op {
	IPVSDUMMY_RULE_OP_ADD,
	IPVSDUMMY_RULE_OP_REPLACE,
	IPVSDUMMY_RULE_OP_DEL,
};

/**
 * enum ipvsdummy_peer_op - What is to be done about a peer.
 * @IPVSDUMMY_PEER_OP_ADD: Add it; it must not be there.
 * @IPVSDUMMY_PEER_OP_DEL: Delete it.
 */
enum ipvsdummy_peer_op {
	IPVSDUMMY_PEER_OP_ADD,
	IPVSDUMMY_PEER_OP_DEL,
};

/**
 * enum ipvsdummy_arp_reply - For which addresses of a link the node answers
 *   ARP.
 * @IPVSDUMMY_ARP_REPLY_NORMAL: As the kernel does.
 * @IPVSDUMMY_ARP_REPLY_UNCONTESTED: For those that no other station is known
 *   to own.
 * @IPVSDUMMY_ARP_REPLY_NEVER: For none.
 */
enum ipvsdummy_arp_reply {
	IPVSDUMMY_ARP_REPLY_NORMAL,
	IPVSDUMMY_ARP_REPLY_UNCONTESTED,
	IPVSDUMMY_ARP_REPLY_NEVER,
};

/**
 * enum ipvsdummy_probe - Whether to ask who else has an address of class
 *   onlink once it is bound.
 * @IPVSDUMMY_PROBE_OFF: Do not ask.
 * @IPVSDUMMY_PROBE_ON: Ask, as RFC 5227 and RFC 4862 say.
 */
enum ipvsdummy_probe {
	IPVSDUMMY_PROBE_OFF,
	IPVSDUMMY_PROBE_ON,
};

/**
 * enum ipvsdummy_claim - What a station sent when it claimed an address.
 * @IPVSDUMMY_CLAIM_REQUEST: An ARP request from the address.
 * @IPVSDUMMY_CLAIM_REPLY: An ARP reply from the address.
 * @IPVSDUMMY_CLAIM_GRATUITOUS: An ARP request or reply from the address for
 *   itself.
 * @IPVSDUMMY_CLAIM_PROBE: An ARP probe for the address, or a DAD neighbor
 *   solicitation.
 * @IPVSDUMMY_CLAIM_ADVERT: A neighbor advertisement.
 */
enum ipvsdummy_claim {
	IPVSDUMMY_CLAIM_REQUEST = 1,
	IPVSDUMMY_CLAIM_REPLY,
	IPVSDUMMY_CLAIM_GRATUITOUS,
	IPVSDUMMY_CLAIM_PROBE,
	IPVSDUMMY_CLAIM_ADVERT,
};

/**
 * enum ipvsdummy_station - What kind of station it is, where its link-layer
 *   address tells.
 * @IPVSDUMMY_STATION_VRRP: A VRRP or CARP group; the address floats.
 * @IPVSDUMMY_STATION_PROXY: It claims many addresses, as a router with proxy
 *   ARP does.
 */
enum ipvsdummy_station {
	IPVSDUMMY_STATION_VRRP = 1,
	IPVSDUMMY_STATION_PROXY,
};

enum {
	IPVSDUMMY_A_PAD = 1,
	IPVSDUMMY_A_IFINDEX,
	IPVSDUMMY_A_IFNAME,
	IPVSDUMMY_A_INSTANCE,
	IPVSDUMMY_A_SEQ,
	IPVSDUMMY_A_VERSION,
	IPVSDUMMY_A_MODE,
	IPVSDUMMY_A_ADDRESSES,
	IPVSDUMMY_A_CLASS_POLICY,
	IPVSDUMMY_A_EVENT,
	IPVSDUMMY_A_TIME,
	IPVSDUMMY_A_SINCE,
	IPVSDUMMY_A_SEVERITY,
	IPVSDUMMY_A_FAMILY,
	IPVSDUMMY_A_ADDRESS,
	IPVSDUMMY_A_CLASS,
	IPVSDUMMY_A_ACTION,
	IPVSDUMMY_A_WOULD,
	IPVSDUMMY_A_EVIDENCE,
	IPVSDUMMY_A_MATCH_IFINDEX,
	IPVSDUMMY_A_MATCH_IFNAME,
	IPVSDUMMY_A_MATCH_PREFIX,
	IPVSDUMMY_A_MATCH_PREFIXLEN,
	IPVSDUMMY_A_LLADDR,
	IPVSDUMMY_A_COUNT,
	IPVSDUMMY_A_WATCH_NAME,
	IPVSDUMMY_A_WATCH_REASON,
	IPVSDUMMY_A_RING_SIZE,
	IPVSDUMMY_A_RING_OLDEST,
	IPVSDUMMY_A_CONFLICTS,
	IPVSDUMMY_A_CONFLICTS_MAX,
	IPVSDUMMY_A_UNRECORDED,
	IPVSDUMMY_A_UNWATCHED,
	IPVSDUMMY_A_LINKS,
	IPVSDUMMY_A_EVENTS,
	IPVSDUMMY_A_WATCH_EXCLUDE,
	IPVSDUMMY_A_RULE,
	IPVSDUMMY_A_FLUSH_RULES,
	IPVSDUMMY_A_RULES,
	IPVSDUMMY_A_RULES_MAX,
	IPVSDUMMY_A_EXPLAIN,
	IPVSDUMMY_A_REASONS,
	IPVSDUMMY_A_REASON,
	IPVSDUMMY_A_ARP_REPLY,
	IPVSDUMMY_A_PROBE,
	IPVSDUMMY_A_CLAIM,
	IPVSDUMMY_A_VLAN,
	IPVSDUMMY_A_STATION,
	IPVSDUMMY_A_PEER,
	IPVSDUMMY_A_FLUSH_PEERS,
	IPVSDUMMY_A_PEERS,
	IPVSDUMMY_A_PEERS_MAX,
	IPVSDUMMY_A_SIGHTINGS,
	IPVSDUMMY_A_SIGHTINGS_MAX,
	IPVSDUMMY_A_CLAIM_TIMEOUT,
	IPVSDUMMY_A_FRAMES,
	IPVSDUMMY_A_CLAIMS,
	IPVSDUMMY_A_MALFORMED,
	IPVSDUMMY_A_EVICTED,
	IPVSDUMMY_A_UNCLAIMED,
	IPVSDUMMY_A_PROBES,

	__IPVSDUMMY_A_MAX
};
#define IPVSDUMMY_A_MAX (__IPVSDUMMY_A_MAX - 1)

enum {
	IPVSDUMMY_A_CLASS_PAD = 1,
	IPVSDUMMY_A_CLASS_CLASS,
	IPVSDUMMY_A_CLASS_ACTION,
	IPVSDUMMY_A_CLASS_REJECTED,
	IPVSDUMMY_A_CLASS_SKIPPED,
	IPVSDUMMY_A_CLASS_FLAGGED,
	IPVSDUMMY_A_CLASS_ACTIVE,

	__IPVSDUMMY_A_CLASS_MAX
};
#define IPVSDUMMY_A_CLASS_MAX (__IPVSDUMMY_A_CLASS_MAX - 1)

enum {
	IPVSDUMMY_A_RULE_PREFIX = 1,
	IPVSDUMMY_A_RULE_PREFIXLEN,
	IPVSDUMMY_A_RULE_ACTION,
	IPVSDUMMY_A_RULE_OP,

	__IPVSDUMMY_A_RULE_MAX
};
#define IPVSDUMMY_A_RULE_MAX (__IPVSDUMMY_A_RULE_MAX - 1)

enum {
	IPVSDUMMY_A_PEER_PREFIX = 1,
	IPVSDUMMY_A_PEER_PREFIXLEN,
	IPVSDUMMY_A_PEER_LLADDR,
	IPVSDUMMY_A_PEER_OP,

	__IPVSDUMMY_A_PEER_MAX
};
#define IPVSDUMMY_A_PEER_MAX (__IPVSDUMMY_A_PEER_MAX - 1)

enum {
	IPVSDUMMY_A_REASON_CLASS = 1,
	IPVSDUMMY_A_REASON_ACTION,
	IPVSDUMMY_A_REASON_MATCH_IFINDEX,
	IPVSDUMMY_A_REASON_MATCH_IFNAME,
	IPVSDUMMY_A_REASON_MATCH_PREFIX,
	IPVSDUMMY_A_REASON_MATCH_PREFIXLEN,
	IPVSDUMMY_A_REASON_DECIDES,
	IPVSDUMMY_A_REASON_EVIDENCE,
	IPVSDUMMY_A_REASON_LLADDR,

	__IPVSDUMMY_A_REASON_MAX
};
#define IPVSDUMMY_A_REASON_MAX (__IPVSDUMMY_A_REASON_MAX - 1)

enum ipvsdummy_cmd {
	IPVSDUMMY_CMD_STATUS_GET = 1,
	IPVSDUMMY_CMD_LINK_GET,
	IPVSDUMMY_CMD_LINK_SET,
	IPVSDUMMY_CMD_CONFLICT_GET,
	IPVSDUMMY_CMD_EVENT_GET,
	IPVSDUMMY_CMD_EVENT_NTF,
	IPVSDUMMY_CMD_WATCH_GET,
	IPVSDUMMY_CMD_WATCH_ADD,
	IPVSDUMMY_CMD_WATCH_DEL,
	IPVSDUMMY_CMD_CHECK,
	IPVSDUMMY_CMD_RULE_GET,
	IPVSDUMMY_CMD_PEER_GET,
	IPVSDUMMY_CMD_PEER_SET,
	IPVSDUMMY_CMD_WIRE_SET,

	__IPVSDUMMY_CMD_MAX
};
#define IPVSDUMMY_CMD_MAX (__IPVSDUMMY_CMD_MAX - 1)

#define IPVSDUMMY_MCGRP_CONFLICTS	"conflicts"

#endif /* _UAPI_LINUX_IPVSDUMMY_H */
