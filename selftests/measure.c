// SPDX-License-Identifier: GPL-2.0
/* Does one thing for the bench, and prints what that took, in ns: the time that went
 * by, and CPU time of the process.
 *
 * measure add|del DEV COUNT		VIPs, by one socket
 * measure refuse DEV COUNT ROUNDS	host addresses, all of which are refused
 * measure churn PREFIX COUNT ROUNDS	an address of each interface comes and goes
 * measure dump addresses|conflicts	read, and not looked at
 * measure late DEV ADDRESS COUNT	bound there, until the last of so many
 *					conflicts is flagged
 * measure send DEV CPUS COUNT		frames, so many on each
 * measure arp DEV COUNT STATIONS IP	requests for an address, of stations by turns
 * measure run COMMAND...		its output is dropped; SIGTERM ends it
 * measure first COMMAND...		until there is some output
 *
 * VIPs are 172.16.0.0 and those that follow, host addresses 10.100.0.1, 10.101.0.1
 * and so on, those of interfaces 10.244.0.0, of stations 10.250.0.1, and those that
 * follow.
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "ipvsdummy-test.h"

#define BATCH	64	/* requests or frames a system call */

#define VIP_FIRST	0xac100000
#define HOST_FIRST	0x0a640001
#define POD_FIRST	0x0af40000
#define STATION_FIRST	0x0afa0001

/**
 * struct request - to add or delete an address
 * @nlh: netlink header
 * @head: rtnetlink header
 * @local_attr: header of @local
 * @local: the address
 * @address_attr: header of @address
 * @address: the same
 */
struct request {
	struct nlmsghdr nlh;
	struct ifaddrmsg head;
	struct nlattr local_attr;
	uint32_t local;
	struct nlattr address_attr;
	uint32_t address;
};

static int64_t ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int64_t cpu_time(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000000LL +
	       (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000LL;
}

static void tell(int64_t elapsed, int64_t cpu)
{
	printf("%lld %lld\n", (long long)elapsed, (long long)cpu);
}

static struct request *new_requests(unsigned int n)
{
	struct request *requests = calloc(n, sizeof(*requests));

	if (!requests)
		die("no memory");
	return requests;
}

static void fill(struct request *request, uint16_t type, int ifindex,
		 uint32_t address)
{
	*request = (struct request) {
		.nlh.nlmsg_len = sizeof(*request),
		.nlh.nlmsg_type = type,
		.nlh.nlmsg_flags = NLM_F_REQUEST,
		.head.ifa_family = AF_INET,
		.head.ifa_prefixlen = 32,
		.head.ifa_index = ifindex,
		.local_attr = { sizeof(struct nlattr) + 4, IFA_LOCAL },
		.local = htonl(address),
		.address_attr = { sizeof(struct nlattr) + 4, IFA_ADDRESS },
		.address = htonl(address),
	};
	if (type == RTM_NEWADDR)
		request->nlh.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
}

/* Read answers up to that of the request @last. Return: how many failed with @err */
static unsigned int answers(struct nl *nl, uint32_t last, int err)
{
	static char answer[8192];
	unsigned int failed = 0;
	struct nlmsghdr *nlh;
	int got;

	do {
		if (recv(nl_fd(nl), answer, sizeof(answer), 0) < 0)
			die("netlink receive: %m");
		nlh = (void *)answer;
		got = -((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
		if (got && got != err)
			die("request %u: %s", nlh->nlmsg_seq, strerror(got));
		failed += !!got;
	} while (nlh->nlmsg_seq != last);
	return failed;
}

/* Only the last of a batch is acknowledged, as what the answers take is not what is
 * to be measured. @err: with which each fails, or 0
 */
static void play(struct request *requests, unsigned int n, unsigned int rounds,
		 int err)
{
	unsigned int i, batch, failed = 0, left;
	int64_t begin, cpu;
	struct nl nl;

	nl_open(&nl, NETLINK_ROUTE);
	for (i = 0; i < n; i++) {
		requests[i].nlh.nlmsg_seq = i + 1;
		if (i % BATCH == BATCH - 1 || i == n - 1)
			requests[i].nlh.nlmsg_flags |= NLM_F_ACK;
	}

	cpu = ns(CLOCK_PROCESS_CPUTIME_ID);
	begin = ns(CLOCK_MONOTONIC);
	for (left = rounds; left; left--) {
		for (i = 0; i < n; i += batch) {
			batch = n - i < BATCH ? n - i : BATCH;
			nl_send(&nl, &requests[i], batch * sizeof(*requests));
			failed += answers(&nl, i + batch, err);
		}
	}
	tell(ns(CLOCK_MONOTONIC) - begin, ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	if (failed != (err ? n * rounds : 0))
		die("%u of %u failed", failed, n * rounds);
}

static void vips(const char *verb, const char *dev, unsigned int n)
{
	uint16_t type = strcmp(verb, "add") ? RTM_DELADDR : RTM_NEWADDR;
	struct request *requests = new_requests(n);
	unsigned int i;

	for (i = 0; i < n; i++)
		fill(&requests[i], type, index_of(dev), VIP_FIRST + i);
	play(requests, n, 1, 0);
}

static void refuse(const char *dev, unsigned int n, unsigned int rounds)
{
	struct request *requests = new_requests(n);
	unsigned int i;

	for (i = 0; i < n; i++)
		fill(&requests[i], RTM_NEWADDR, index_of(dev),
		     HOST_FIRST + (i << 16));
	play(requests, n, rounds, EADDRINUSE);
}

static void churn(const char *prefix, unsigned int n, unsigned int rounds)
{
	struct request *requests = new_requests(2 * n);
	unsigned int i;
	int ifindex;

	for (i = 0; i < n; i++) {
		ifindex = index_of(text("%s%u", prefix, i));
		fill(&requests[i], RTM_NEWADDR, ifindex, POD_FIRST + i);
		fill(&requests[n + i], RTM_DELADDR, ifindex, POD_FIRST + i);
	}
	play(requests, 2 * n, rounds, 0);
}

static void count(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(unsigned int *)data;
}

static void dump(const char *what)
{
	struct ifaddrmsg head = { .ifa_family = AF_INET };
	bool addresses = !strcmp(what, "addresses");
	struct lab lab = {};
	struct nlmsghdr *nlh;
	unsigned int n = 0;
	int64_t begin, cpu;
	int err;

	if (addresses) {
		nl_open(&lab.rt, NETLINK_ROUTE);
		nlh = nl_begin(&lab.rt, RTM_GETADDR, NLM_F_DUMP, &head,
			       sizeof(head));
	} else {
		lab_sockets(&lab);
		nlh = family_begin(&lab, IPVSDUMMY_CMD_CONFLICT_GET, NLM_F_DUMP);
	}
	cpu = ns(CLOCK_PROCESS_CPUTIME_ID);
	begin = ns(CLOCK_MONOTONIC);
	err = nl_talk(addresses ? &lab.rt : &lab.gn, nlh, count, &n);
	tell(ns(CLOCK_MONOTONIC) - begin, ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	if (err)
		die("%s: %s", what, strerror(err));
	fprintf(stderr, "%u %s\n", n, what);
}

/* By the module's own clock: asking for the end of it would take part of the time */
static void latest(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	int64_t *last = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == IPVSDUMMY_A_TIME &&
		    (int64_t)mnl_attr_get_u64(attr) > *last)
			*last = mnl_attr_get_u64(attr);
}

static void late(const char *dev, const char *address, unsigned int n)
{
	int64_t begin, last = 0, give_up = now_ms() + 20 * NL_PATIENCE;
	struct lab lab = {};
	struct msg status;

	lab_sockets(&lab);
	begin = ns(CLOCK_REALTIME);
	if (addr_add(&lab.rt, dev, address))
		die("%s is refused", address);
	do {
		usleep(50000);
		status_get(&lab, &status);
		if (now_ms() > give_up)
			die("%u conflicts", (int)NUM(&status, CONFLICTS));
	} while (NUM(&status, CONFLICTS) < n);
	if (nl_talk(&lab.gn, family_begin(&lab, IPVSDUMMY_CMD_CONFLICT_GET,
					  NLM_F_DUMP), latest, &last))
		die("no dump");
	tell(last - begin, 0);
}

/**
 * struct frame - an ARP request, or anything if it is to be thrown away
 * @dst: Ethernet header
 * @src: Ethernet header
 * @proto: Ethernet header
 * @arp: ARP header
 * @sha: sender
 * @spa: sender
 * @tha: target
 * @tpa: target
 * @pad: up to the shortest frame
 */
struct frame {
	uint8_t dst[ETH_ALEN];
	uint8_t src[ETH_ALEN];
	uint16_t proto;
	struct arphdr arp;
	uint8_t sha[ETH_ALEN];
	uint32_t spa;
	uint8_t tha[ETH_ALEN];
	uint32_t tpa;
	uint8_t pad[18];
} __attribute__((packed));

static struct frame *new_frames(unsigned int n, uint32_t target)
{
	struct frame *frames = calloc(n, sizeof(*frames));
	unsigned int i;

	if (!frames)
		die("no memory");
	for (i = 0; i < n; i++) {
		frames[i] = (struct frame) {
			.dst = { 255, 255, 255, 255, 255, 255 },
			.src = { 2, 0, 0, i >> 16, i >> 8, i },
			.proto = htons(ETH_P_ARP),
			.arp = {
				.ar_hrd = htons(ARPHRD_ETHER),
				.ar_pro = htons(ETH_P_IP),
				.ar_hln = ETH_ALEN,
				.ar_pln = 4,
				.ar_op = htons(ARPOP_REQUEST),
			},
			.spa = htonl(STATION_FIRST + i),
			.tpa = target,
		};
		memcpy(frames[i].sha, frames[i].src, ETH_ALEN);
	}
	return frames;
}

/* @n frames, those of @frames by turns */
static void send_frames(const char *dev, unsigned int n, struct frame *frames,
			unsigned int different)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = index_of(dev),
	};
	struct mmsghdr msgs[BATCH] = {};
	struct iovec iov[BATCH];
	unsigned int i, next = 0;
	int fd, sent;

	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die("packet socket: %m");
	for (i = 0; i < BATCH; i++) {
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		iov[i].iov_len = sizeof(*frames);
	}
	for (; n; n -= sent) {
		for (i = 0; i < BATCH; i++, next++)
			iov[i].iov_base = &frames[next % different];
		sent = sendmmsg(fd, msgs, n < BATCH ? n : BATCH, 0);
		if (sent <= 0)
			die("send: %m");
		next -= BATCH - sent;
	}
}

static void arp(const char *dev, unsigned int n, unsigned int stations,
		const char *target)
{
	struct frame *frames = new_frames(stations, inet_addr(target));
	int64_t begin, cpu;

	cpu = ns(CLOCK_PROCESS_CPUTIME_ID);
	begin = ns(CLOCK_MONOTONIC);
	send_frames(dev, n, frames, stations);
	tell(ns(CLOCK_MONOTONIC) - begin, ns(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

static void send_from(const char *dev, unsigned int cpus, unsigned int n)
{
	struct frame *frames = new_frames(1, 0);
	int64_t begin = ns(CLOCK_MONOTONIC);
	struct rusage usage;
	unsigned int i;
	cpu_set_t set;
	int status;

	for (i = 0; i < cpus; i++) {
		if (fork())
			continue;
		CPU_ZERO(&set);
		CPU_SET(i, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("CPU %u: %m", i);
		send_frames(dev, n, frames, 1);
		_exit(0);
	}
	for (i = 0; i < cpus; i++)
		if (wait(&status) < 0 || status)
			die("a sender failed");
	getrusage(RUSAGE_CHILDREN, &usage);
	tell(ns(CLOCK_MONOTONIC) - begin, cpu_time(&usage));
}

static pid_t child;

static void forward(int sig)
{
	kill(child, sig);
}

static void run(char **command, bool only_first)
{
	struct sigaction action = { .sa_handler = forward };
	int64_t begin = ns(CLOCK_MONOTONIC), elapsed;
	struct rusage usage;
	int out[2];
	char byte;

	if (pipe2(out, O_CLOEXEC))
		die("pipe: %m");
	child = fork();
	if (!child) {
		int fd = only_first ? out[1] : open("/dev/null", O_WRONLY);

		dup2(fd, STDOUT_FILENO);
		execvp(command[0], command);
		die("%s: %m", command[0]);
	}
	sigaction(SIGTERM, &action, NULL);
	if (only_first) {
		close(out[1]);
		if (read(out[0], &byte, 1) != 1)
			die("%s says nothing", command[0]);
	}
	elapsed = ns(CLOCK_MONOTONIC) - begin;
	if (only_first)
		kill(child, SIGKILL);
	while (wait4(child, NULL, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait: %m");
	if (!only_first)
		elapsed = ns(CLOCK_MONOTONIC) - begin;
	tell(elapsed, cpu_time(&usage));
}

int main(int argc, char **argv)
{
	const char *verb = argv[1];

	if (argc < 3)
		die("what?");
	if (!strcmp(verb, "run") || !strcmp(verb, "first"))
		run(argv + 2, !strcmp(verb, "first"));
	else if (!strcmp(verb, "dump"))
		dump(argv[2]);
	else if (argc < 4)
		die("%s of what?", verb);
	else if (!strcmp(verb, "add") || !strcmp(verb, "del"))
		vips(verb, argv[2], atoi(argv[3]));
	else if (argc < 5)
		die("%s how often?", verb);
	else if (!strcmp(verb, "refuse"))
		refuse(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (!strcmp(verb, "churn"))
		churn(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (!strcmp(verb, "late"))
		late(argv[2], argv[3], atoi(argv[4]));
	else if (!strcmp(verb, "send"))
		send_from(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (argc > 5 && !strcmp(verb, "arp"))
		arp(argv[2], atoi(argv[3]), atoi(argv[4]), argv[5]);
	else
		die("what is '%s'?", verb);
	return 0;
}
