#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each reading verb of the tools, with a module of another version: what is not
# known is said to be so, and what is there is told all the same. The tools are
# built with sanitizers, module.c is the module.
. "$(dirname "$(readlink -f "$0")")/../vm/common"

tools=$out/neighbours/tools
count=0 failed=0

# result NAME PROBLEM
result()
{
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count $1"
	else
		echo "# $2" | sed '2,$s/^/# /'
		echo "not ok $count $1"
		failed=1
	fi
}

# tells EXIT WANTED PROGRAM ARGUMENT...: what it says, white space squeezed
tells()
{
	local rc=0 exit=$1 wanted=$2 program=$3 got problem=''
	shift 3

	got=$(TZ=UTC timeout 20 "$tools/$program" "$@" 2>&1) || rc=$?
	got=$(sed -E 's/ +/ /g; s/^ | $//g' <<<"$got")
	[ "$rc" = "$exit" ] || problem="exit $rc, not $exit: $got"
	[ "$got" = "$wanted" ] || problem="$got"$'\n'"instead of"$'\n'"$wanted"
	result "$MODULE: $program $*" "$problem"
}

build()
{
	local flags="-O0 -g -fsanitize=address,undefined"
	flags+=" -fno-sanitize-recover=all -fno-omit-frame-pointer"

	make -s -C "$selftests/unit" module.o &&
	copy_sources "$out/neighbours" &&
	rm -f "$tools"/ipvsdummy{-mon,ctl} && # which module.o is in
	make -s -j2 -C "$tools" IPVSDUMMY_VERSION=1.0 \
		CFLAGS="$flags" LDFLAGS="$selftests/unit/module.o"
}

test_newer()
{
	export MODULE=newer
	tells 0 "ipvsdummyctl 1.0
module 9.0.0, which is another one (ipvsdummyctl upgrade)" ipvsdummyctl version
	tells 0 '{"version":"1.0","module":"9.0.0","differ":true}' \
		ipvsdummyctl -j version
	tells 0 "kube-ipvs0: mode UNKNOWN, arp-reply UNKNOWN, probe UNKNOWN, addresses 0, rules 0, events 0, lost 0
host reject active 0 rejected 0 skipped 0 flagged 0
onlink UNKNOWN active 0 rejected 0 skipped 0 flagged 0
UNKNOWN flag active 0 rejected 0 skipped 0 flagged 0
UNKNOWN UNKNOWN active 0 rejected 0 skipped 0 flagged 0" \
		ipvsdummyctl show kube-ipvs0
	tells 0 "set kube-ipvs0 mode UNKNOWN host reject onlink UNKNOWN UNKNOWN flag arp-reply UNKNOWN probe UNKNOWN
rule add kube-ipvs0 10.1.0.0/16 UNKNOWN" ipvsdummyctl save kube-ipvs0
	tells 0 "kube-ipvs0 10.1.0.0/16 UNKNOWN" ipvsdummyctl rule list
	tells 0 "10.1.0.1" ipvsdummyctl peer list
	tells 0 "" ipvsdummyctl watch list
	tells 0 "sightings 5" ipvsdummyctl wire
	tells 1 "10.0.0.1 UNKNOWN UNKNOWN UNKNOWN prefix 10.0.0.0/24 of eth0, UNKNOWN, would UNKNOWN" \
		ipvsdummyctl check kube-ipvs0 10.0.0.1
	tells 0 "rule - no match
host - no match
gateway - no match
neigh - no match
onlink - no match
* UNKNOWN UNKNOWN
10.0.0.1 would be UNKNOWN on kube-ipvs0: UNKNOWN, prefix 10.0.0.0/24 of eth0, UNKNOWN, would UNKNOWN" \
		ipvsdummyctl why kube-ipvs0 10.0.0.1
	tells 1 "1970-01-01 00:00:00.000 UNKNOWN UNKNOWN 10.0.0.1 kube-ipvs0 UNKNOWN prefix 10.0.0.0/24 of eth0, UNKNOWN, would UNKNOWN" \
		ipvsdummy-mon
	local event='"time":"1970-01-01T00:00:00.000Z","event":"UNKNOWN","severity":"UNKNOWN","message":"UNKNOWN 10.0.0.1: UNKNOWN, prefix 10.0.0.0/24 of eth0, UNKNOWN, would UNKNOWN","since":"1970-01-01T00:00:00.000Z","would":"UNKNOWN","dev":"kube-ipvs0","ifindex":7,"family":"inet","address":"10.0.0.1","class":"UNKNOWN","action":"UNKNOWN","evidence":"UNKNOWN","match_dev":"eth0","match_prefix":"10.0.0.0/24","lladdr":"61:20:6c:6f:6e:67:65:72:20:6f:6e:65:20:74:68:61:6e:20:6e:6f","claim":"UNKNOWN","station":"UNKNOWN"}'
	tells 0 "$(for seq in 0 1 2 3; do
		echo '{"v":1,"seq":'$seq',"instance":"0000000000000abc",'"$event"
	done)" ipvsdummy-mon --json --follow
	tells 0 "" ipvsdummy-mon --class host
}

test_older()
{
	export MODULE=older
	tells 0 "ipvsdummyctl 1.0
module 0.0.1, which is another one (ipvsdummyctl upgrade)" ipvsdummyctl version
	tells 0 "kube-ipvs0: mode audit, addresses 0, rules 0, events 0, lost 0
host reject active 0 rejected 0 skipped 0 flagged 0" ipvsdummyctl show
	tells 0 "set kube-ipvs0 mode audit host reject" \
		ipvsdummyctl save kube-ipvs0
	tells 0 "" ipvsdummyctl rule list
	tells 0 "[]" ipvsdummyctl -j rule list kube-ipvs0
	tells 0 "" ipvsdummyctl peer list
	tells 2 "ipvsdummyctl: peers: the module is too old for that (ipvsdummyctl version)" \
		ipvsdummyctl peer add 10.0.0.7
	tells 0 "eth0 physical addresses 0" ipvsdummyctl watch list
	tells 0 "{}" ipvsdummyctl -j wire
	tells 1 "10.0.0.1 reject critical host address of eth0" \
		ipvsdummyctl check kube-ipvs0 10.0.0.1
	tells 0 "10.0.0.1 would be refused with EADDRINUSE on kube-ipvs0: host, address of eth0" \
		ipvsdummyctl why kube-ipvs0 10.0.0.1
	tells 1 "1970-01-01 00:00:00.000 flagged critical 10.0.0.1 kube-ipvs0 host address of eth0
advice: host: this node has the address itself; take it out of the Service, or where it floats between nodes, 'ipvsdummyctl set DEV host skip'" \
		ipvsdummy-mon
}

test_bare()
{
	export MODULE=bare
	tells 0 "ipvsdummyctl 1.0
module UNKNOWN, which is another one (ipvsdummyctl upgrade)" ipvsdummyctl version
	tells 0 "kube-ipvs0: mode UNKNOWN, addresses 0, rules 0, events 0, lost 0" \
		ipvsdummyctl show
	tells 0 "set kube-ipvs0" ipvsdummyctl save kube-ipvs0
	tells 0 "eth0 UNKNOWN addresses 0" ipvsdummyctl watch list
	tells 1 "10.0.0.1 UNKNOWN - - -" ipvsdummyctl check kube-ipvs0 10.0.0.1
	tells 1 '[{"v":1,"dev":"kube-ipvs0","ifindex":7,"family":"inet","address":"10.0.0.1"}]' \
		ipvsdummyctl -j check kube-ipvs0 10.0.0.1
	tells 1 "- UNKNOWN - 10.0.0.1 kube-ipvs0 -" ipvsdummy-mon
	tells 0 "$(for _ in 0 1 2 3; do
		echo "- UNKNOWN - 10.0.0.1 kube-ipvs0 -"
	done)" ipvsdummy-mon --follow
}

# A dump that is never whole is not taken for ever
test_restless()
{
	export MODULE=restless
	tells 0 "ipvsdummyctl: links or addresses change all the time, some may be missing
10.0.0.1 allow - - -" ipvsdummyctl check -standalone kube-ipvs0 10.0.0.1
}

echo "KTAP version 1"
if ! log=$(build 2>&1); then
	echo "1..1"
	result build "$log"
	exit 1
fi
test_newer
test_older
test_bare
test_restless
echo "1..$count"
exit $failed
