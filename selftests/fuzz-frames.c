// SPDX-License-Identifier: GPL-2.0
/* A station that sends ARP and Neighbor Discovery frames that are almost right,
 * through a tap, which the kernel receives before write() returns.
 *
 * fuzz-frames TAP COUNT SEED CORPUS SEEN
 */
#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <stddef.h>

#include "fuzz-test.h"

static int tap;

static const char *const addresses4[] = {
	"0.0.0.0", "10.1.0.1", "10.1.0.7", "10.1.0.8", "10.1.0.99", "10.1.0.254",
	"10.2.0.1", "10.2.0.2", "127.0.0.1", "224.0.0.1", "255.255.255.255"
};

static const char *const addresses6[] = {
	"::", "fd00:1::1", "fd00:1::7", "fd00:1::8", "fd00:1::fe", "fd00:2::1",
	"fe80::1", "fe80::99", "::1", "ff02::1", "ff02::2", "ff02::1:ff00:7"
};

static const uint8_t stations[][ETH_ALEN] = {
	{ 2, 0, 0, 0, 0, 0x10 }, { 2, 0, 0, 0, 0, 0x11 }, { 2, 0, 0, 0, 0, 0x99 },
	{ 2, 0, 0, 0, 0, 0xfe }, { 0, 0, 0x5e, 0, 1, 7 }, { 0, 0, 0x5e, 0, 2, 7 },
	{ 0, 0, 0, 0, 0, 0 }, { 1, 0, 0x5e, 0, 0, 1 }, { 0x33, 0x33, 0, 0, 0, 1 },
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	{ 2, 0, 0, 0, 0, 1 }	/* the tap's own */
};

static void *put(struct input *frame, const void *bytes, size_t len)
{
	void *at = &frame->bytes[frame->len];

	memcpy(at, bytes, len);
	frame->len += len;
	return at;
}

static void put16(struct input *frame, uint16_t number)
{
	number = htons(number);
	put(frame, &number, sizeof(number));
}

/* Any number of stations, or one of a few */
static void put_station(struct input *frame)
{
	uint8_t *station = put(frame, stations[any(ARRAY_SIZE(stations))], ETH_ALEN);

	if (rarely(16))
		station[5] = random32();
}

static void put_address4(struct input *frame)
{
	struct in_addr address;

	inet_pton(AF_INET, addresses4[any(ARRAY_SIZE(addresses4))], &address);
	put(frame, &address, sizeof(address));
}

static void put_address6(struct input *frame)
{
	struct in6_addr address;

	inet_pton(AF_INET6, addresses6[any(ARRAY_SIZE(addresses6))], &address);
	put(frame, &address, sizeof(address));
}

static void put_arp(struct input *frame, const uint8_t *source)
{
	put16(frame, rarely(32) ? any_number() : 1);
	put16(frame, rarely(32) ? any_number() : ETH_P_IP);
	put16(frame, rarely(32) ? random32() : ETH_ALEN << 8 | 4);
	put16(frame, rarely(32) ? any_number() : 1 + any(2));
	if (rarely(8))
		put_station(frame);
	else
		put(frame, source, ETH_ALEN);
	put_address4(frame);
	put_station(frame);
	put_address4(frame);
}

/* RFC 8200, section 8.1 */
static uint16_t checksum(const struct ip6_hdr *ip6, size_t len)
{
	const uint8_t *byte = (const void *)&ip6->ip6_src;
	uint32_t sum = IPPROTO_ICMPV6 + len;
	size_t i;

	for (i = 0; i < 2 * sizeof(struct in6_addr) + len; i++)
		sum += i % 2 ? byte[i] : byte[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void put_option(struct input *frame, const uint8_t *source)
{
	static const uint8_t types[] = { 1, 2, 14, 5, 3, 0 };
	uint8_t head[2] = {
		types[any(ARRAY_SIZE(types))],
		rarely(16) ? any_number() : 1
	};

	put(frame, head, sizeof(head));
	if (rarely(8))
		put_station(frame);
	else
		put(frame, source, ETH_ALEN);
}

static void put_nd(struct input *frame, const uint8_t *source)
{
	static const uint8_t types[] = {
		ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT, ND_ROUTER_ADVERT,
		ND_ROUTER_SOLICIT, ICMP6_ECHO_REQUEST
	};
	struct ip6_hdr *ip6 = (void *)&frame->bytes[frame->len];
	struct icmp6_hdr icmp6 = {
		.icmp6_type = any(8) ? types[any(2)] : types[any(ARRAY_SIZE(types))],
		.icmp6_code = rarely(32) ? any_number() : 0,
		.icmp6_dataun.icmp6_un_data32[0] = htonl(any(8) << 29),
	};
	struct icmp6_hdr *head;
	size_t from;

	memset(ip6, 0, sizeof(*ip6));
	ip6->ip6_flow = htonl(6 << 28);
	ip6->ip6_nxt = rarely(32) ? any_number() : IPPROTO_ICMPV6;
	ip6->ip6_hlim = rarely(16) ? any_number() : 255;
	frame->len += offsetof(struct ip6_hdr, ip6_src);
	put_address6(frame);
	put_address6(frame);
	from = frame->len;
	head = put(frame, &icmp6, sizeof(icmp6));
	put_address6(frame);
	while (any(2) && frame->len < 512)
		put_option(frame, source);
	ip6->ip6_plen = htons(rarely(32) ? any_number() : frame->len - from);
	if (!rarely(32))
		head->icmp6_cksum = checksum(ip6, frame->len - from);
}

static void generate(struct input *frame)
{
	static const uint8_t own[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
	bool arp = any(2);
	uint8_t *source;

	frame->len = 0;
	if (any(4))
		put(frame, own, ETH_ALEN);
	else
		put_station(frame);
	source = &frame->bytes[frame->len];
	put_station(frame);
	if (rarely(8)) {
		put16(frame, rarely(4) ? ETH_P_8021AD : ETH_P_8021Q);
		put16(frame, any(4) | any(8) << 13);
	}
	put16(frame, rarely(64) ? any_number() :
	      arp ? ETH_P_ARP : ETH_P_IPV6);
	if (arp)
		put_arp(frame, source);
	else
		put_nd(frame, source);
	if (rarely(4)) {
		memset(&frame->bytes[frame->len], 0, 64);
		frame->len += any(64);
	}
}

static void mutate(struct input *frame)
{
	mutate_bytes(frame, rarely(4) ? 0 : ETH_HLEN);
}

/* What it thinks of the frame is its business. */
static void run(const struct input *frame)
{
	if (write(tap, frame->bytes, frame->len) < 0)
		return;
}

int main(int argc, char *argv[])
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	if (argc != 6) {
		fputs("fuzz-frames TAP COUNT SEED CORPUS SEEN\n", stderr);
		return 2;
	}
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", argv[1]);
	tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &request)) {
		perror(argv[1]);
		return 1;
	}
	return fuzz(argv + 2, generate, mutate, run);
}
