/* SPDX-License-Identifier: GPL-2.0 */
/* What ARP frames and Neighbor Discovery messages say. */
#ifndef _IPVSDUMMY_FRAME_H
#define _IPVSDUMMY_FRAME_H

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/types.h>

#define IPVSDUMMY_NONCE_LEN	6	/* RFC 3971, 5.3.2; as Linux sends it */

/**
 * enum ipvsdummy_frame_kind - what a frame is
 * @IPVSDUMMY_FRAME_OTHER: nothing that says who has an address
 * @IPVSDUMMY_FRAME_MALFORMED: not to be trusted in itself
 * @IPVSDUMMY_FRAME_CLAIM: its sender has, or wants, an address
 */
enum ipvsdummy_frame_kind {
	IPVSDUMMY_FRAME_OTHER,
	IPVSDUMMY_FRAME_MALFORMED,
	IPVSDUMMY_FRAME_CLAIM,
};

/**
 * struct ipvsdummy_frame - what a frame says
 * @addr: the address that is claimed
 * @target: of an ARP request, the address asked for
 * @lladdr: the sender
 * @nonce: of a DAD neighbor solicitation
 * @kind: enum ipvsdummy_frame_kind
 * @claim: enum ipvsdummy_claim
 * @request: an ARP request, or a neighbor solicitation
 * @has_nonce: whether there is one
 */
struct ipvsdummy_frame {
	union nf_inet_addr addr;
	union nf_inet_addr target;
	u8 lladdr[ETH_ALEN];
	u8 nonce[IPVSDUMMY_NONCE_LEN];
	u8 kind;
	u8 claim;
	bool request;
	bool has_nonce;
};

void ipvsdummy_frame_arp(struct ipvsdummy_frame *frame, const u8 *source,
			 const u8 *arp, size_t len);
void ipvsdummy_frame_nd(struct ipvsdummy_frame *frame, const u8 *source,
			const struct in6_addr *from, u8 hop_limit,
			const u8 *nd, size_t len);

#endif
