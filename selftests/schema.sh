#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: part=python timeout=300
#
# What others see: the monitor's JSON against its schema, every kind of event; and
# the kernel's own client, which knows the family by our spec alone.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

[ -d /vm/ynl ] || skip_all "not in a VM with Python"
modprobe -a ip_vs ip_vs_rr

setup()
{
	guarded_netns
	expect vip_add fd00:1::1/64 w0
}

# valid FILE: each of its lines is as the schema says
valid()
{
	python3 - /vm/event.schema.json "$1" <<-'EOF'
		import json, sys
		from jsonschema import Draft7Validator

		schema = json.load(open(sys.argv[1]))
		Draft7Validator.check_schema(schema)
		validator = Draft7Validator(schema)
		bad = 0
		for line in open(sys.argv[2]):
		    for error in validator.iter_errors(json.loads(line)):
		        print("#", error.message, "in", line, end="")
		        bad += 1
		sys.exit(bad > 0)
	EOF
}

told()
{
	grep -q "\"event\":\"$1\"" "$tmp/events"
}

# All events there are, with all that can be known
test_events()
{
	local event odd=$'a"\\\e\xff' owner=52:54:00:12:34:08

	setup
	follow "$tmp/events"
	expect here ipvsadm -A -t 10.1.0.9:80 -s rr
	expect here ipvsadm -a -t 10.1.0.9:80 -r 10.2.0.1 -m
	expect vip_add 10.1.0.9/32
	expect vip_add fd00:1::9/128
	new_link ipvsdummy "$odd"
	expect vip_add 10.1.0.7/32 "$odd"
	refused "" vip_add 10.1.0.1/32
	set_policy host skip
	refused "" vip_add fd00:1::1/128
	expect here ip link set w0 up
	expect here ip link set w0p up
	expect here ip neigh add 10.1.0.9 lladdr $owner dev w0 nud permanent
	wait_for told changed
	expect ctl rule add $dev 192.0.2.0/24 reject
	refused "" vip_add 192.0.2.1/32
	expect here ip route add default via 10.1.0.254
	set_policy mode audit onlink verify
	expect vip_add 10.1.0.254/32
	expect vip_add 10.1.0.6/32
	churn 2500
	here ipvsdummy-mon --follow --json --since 1 | head -n 1 >"$tmp/lost"
	equal lost "$(jq -r .event "$tmp/lost")" "event for the oldest ones"
	expect here ip link del "$odd"
	expect here ip link del $dev
	for event in rejected skipped flagged changed resolved unguarded; do
		wait_for told $event
	done
	for event in host gateway neigh onlink rule; do
		grep -q "\"class\":\"$event\"" "$tmp/events" ||
			fail "no class $event"
	done
	for event in would lladdr count services; do
		grep -q "\"$event\":" "$tmp/events" || fail "no $event"
	done
	valid "$tmp/events" || fail "not as the schema says"
	valid "$tmp/lost" || fail "not as the schema says"
}

test_unavailable()
{
	setup
	expect vip_add 10.1.0.2/32
	here ipvsdummy-mon --json >"$tmp/events"
	expect here ip link del $dev
	rmmod ipvsdummy || fail "cannot be unloaded"
	ipvsdummy-mon --json >>"$tmp/events"
	modprobe ipvsdummy
	equal "flagged unavailable" "$(jq -r .event "$tmp/events" | xargs)" events
	valid "$tmp/events" || fail "not as the schema says"
}

# A schema that finds nothing wrong is none
test_strict()
{
	setup
	expect vip_add 10.1.0.2/32
	here ipvsdummy-mon --json >"$tmp/good"
	valid "$tmp/good" || fail "not as the schema says"
	jq -c '.dve = .dev' "$tmp/good" >"$tmp/key"
	jq -c '.class = "hsot"' "$tmp/good" >"$tmp/word"
	jq -c 'del(.severity)' "$tmp/good" >"$tmp/missing"
	jq -c '.seq = "1"' "$tmp/good" >"$tmp/type"
	for file in key word missing type; do
		valid "$tmp/$file" >/dev/null && fail "$file is good?"
	done
	return 0
}

ynl()
{
	local cli=/vm/ynl/pyynl/cli.py

	[ -e $cli ] || cli=/vm/ynl/cli.py
	here python3 $cli --spec /vm/specs/ipvsdummy.yaml --no-schema \
		--output-json "$@"
}

# Of what both print: the same of each conflict
test_ynl_dump()
{
	setup
	expect vip_add 10.1.0.2/32
	expect vip_add fd00:1::2/128
	refused "" vip_add 10.1.0.1/32
	ynl --dump conflict-get | jq -c '.[] | [.seq, .ifname, .class, .action,
		.event, .severity, .evidence, ."match-ifname"]' >"$tmp/theirs"
	here ipvsdummy-mon --json | jq -c '[.seq, .dev, .class, .action,
		.event, .severity, .evidence, .match_dev]' >"$tmp/ours"
	equal 3 "$(wc -l <"$tmp/ours")" conflicts
	diff "$tmp/ours" "$tmp/theirs" | sed 's/^/# /' | grep . &&
		fail "they differ"
	equal '["vm",3]' "$(ynl --do status-get --json '{}' |
		jq -c '[.version, .seq]')" status
	ynl --dump event-get --json '{"seq": 1}' | jq -c 'map(.seq)' \
		>"$tmp/events"
	equal "[2,3]" "$(cat "$tmp/events")" "events after the first"
}

test_ynl_subscribe()
{
	local wait=--sleep

	setup
	follow "$tmp/events"
	ynl --help | grep -q -- --duration && wait=--duration
	ynl --subscribe conflicts $wait 10 >"$tmp/ntf" &
	followers+=" $!"
	wait_for joined
	expect vip_add 10.1.0.2/32
	expect vip_del 10.1.0.2/32
	refused "" vip_add 10.1.0.1/32
	wait "${followers##* }" || fail "cli.py"
	jq -c '.[].msg | [.seq, .event, .ifname, .class, .severity]' "$tmp/ntf" \
		>"$tmp/theirs"
	jq -c '[.seq, .event, .dev, .class, .severity]' "$tmp/events" \
		>"$tmp/ours"
	equal 3 "$(wc -l <"$tmp/ours")" events
	diff "$tmp/ours" "$tmp/theirs" | sed 's/^/# /' | grep . &&
		fail "they differ"
	return 0
}

run_all test_events test_unavailable test_strict test_ynl_dump \
	test_ynl_subscribe
