#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VM: nics=1 timeout=600
#
# Who else owns an address that is to be bound: what the neighbour tables say,
# what was seen on the wire, and who answers when asked.
. "$(dirname "$0")/wire-common.sh"

# neigh ADDRESS MAC STATE [LINK]: the node's neighbour entry
neigh()
{
	here ip neigh replace "$1" lladdr "$2" nud "$3" dev "${4:-w0}" ||
		fail "no entry of $1"
}

neigh_state()
{
	[ "$(here ip -j neigh show "$2" dev w0 |
		jq -r '.[0].state[0] // "none"')" = "$1" ]
}

# families TEST: with the first part of the addresses, and the whole length
families()
{
	setup
	for family in "10.1.0. 32" "fd00:1:: 128"; do
		echo "# $family"
		# shellcheck disable=SC2086 # words
		"$1" $family
	done
}

# station_has ADDRESS...: the station takes them
station_has()
{
	local address

	for address; do
		case $address in
		*:*) expect there ip addr add "$address/64" dev w0p ;;
		*) expect there ip addr add "$address/24" dev w0p ;;
		esac
	done
}

station_loses()
{
	local address

	for address; do
		case $address in
		*:*) expect there ip addr del "$address/64" dev w0p ;;
		*) expect there ip addr del "$address/24" dev w0p ;;
		esac
	done
}

# The node speaks to the station
speak()
{
	here ping -c 1 -W 5 "$1" >/dev/null || fail "no ping of $1"
	neigh_state REACHABLE "$1" || fail "$1 is not reachable"
}

# binds ADDRESS: succeeds if it does
binds()
{
	vip_add "$1" 2>/dev/null
}

# never_bound PROBES ADDRESS...: however often it is tried, until so many more
# probes have been sent
never_bound()
{
	local until=$(($(counter probes) + $1)) end=$((SECONDS + deadline))
	local address
	shift

	until counted probes "$until"; do
		for address; do
			refused neigh vip_add "$address"
		done
		((SECONDS < end)) || fail "no probes: $(counter probes)"
	done
}

states()
{
	local state i=32

	for state in permanent reachable; do
		i=$((i + 1))
		neigh $1$i $mac_a $state
		refused neigh vip_add $1$i/$2
		is "rejected neigh w0" $1$i || fail "$state"
		owned "neigh null $mac_a critical" $1$i ||
			fail "$state: $(owner $1$i)"
	done
	for state in stale delay probe; do
		i=$((i + 1))
		neigh $1$i $mac_a $state
		expect vip_add $1$i/$2
		is "flagged neigh w0" $1$i || fail "$state"
		owned "neigh null $mac_a warning" $1$i ||
			fail "$state: $(owner $1$i)"
	done
	for state in failed none; do
		i=$((i + 1))
		neigh $1$i $mac_a $state
		expect vip_add $1$i/$2
		is "flagged onlink w0" $1$i || fail "$state"
	done
}

test_states() { families states; }

# What the node itself, or an interface that is not on the segment, says
not_others()
{
	new_link dummy d$2 && new_link dummy e$2
	expect here ip link set d$2 up
	neigh ${1}48 "$w0_mac" permanent
	neigh ${1}49 "$(mac_of e$2)" permanent
	neigh ${1}50 "$(mac_of $dev)" reachable
	neigh ${1}51 $mac_a permanent d$2
	for i in 48 49 50 51; do
		expect vip_add $1$i/$2
		is "flagged onlink w0" $1$i || fail "$1$i: $(state $1$i)"
	done
}

test_not_others() { families not_others; }

policies()
{
	neigh ${1}64 $mac_a permanent
	set_policy neigh flag
	expect vip_add ${1}64/$2
	is "flagged neigh w0" ${1}64 || fail "neigh flag"
	owned "neigh null $mac_a critical" ${1}64 || fail "neigh flag: owner"
	set_policy neigh allow
	is "flagged onlink w0" ${1}64 || fail "neigh allow"
	set_policy onlink allow
	is "" ${1}64 || fail "neigh and onlink allow"
	set_policy neigh reject onlink flag
	is "flagged neigh w0" ${1}64 || fail "not flagged again"
	expect vip_del ${1}64/$2
	set_policy mode audit
	expect vip_add ${1}64/$2
	equal reject "$(field would ${1}64)" would
	expect vip_del ${1}64/$2
	set_policy mode enforce
	expect ctl peer add $mac_a
	expect vip_add ${1}64/$2
	is "flagged onlink w0" ${1}64 || fail "a peer's"
	expect ctl peer del $mac_a
	wait_for is "flagged neigh w0" ${1}64
}

test_policies() { families policies; }

# An entry that becomes reachable after the bind
late()
{
	expect vip_add ${1}65/$2
	neigh ${1}65 $mac_a stale
	settle
	is "flagged onlink w0" ${1}65 || fail "stale is no late conflict"
	neigh ${1}65 $mac_a reachable
	wait_for is "flagged neigh w0" ${1}65
	owned "neigh null $mac_a critical" ${1}65 || fail "$(owner ${1}65)"
	expect vip_add ${1}66/$2
	neigh ${1}66 "$w0_mac" reachable
	neigh ${1}67 $mac_a reachable
	settle
	is "flagged onlink w0" ${1}66 || fail "own MAC"
}

test_late()
{
	setup
	bind_up_to 30
	late 10.1.0. 32
	late fd00:1:: 128
}

# Who claimed an address before it was bound is remembered.
test_sightings()
{
	setup
	bind_up_to 30
	claim 10.1.0.64 $mac_b
	claim 10.1.0.64 $mac_a
	send arp op reply spa 10.9.0.64 tpa 10.1.0.9 sha $mac_a
	send arp tpa 10.1.0.65 sha $mac_a
	claim 10.1.0.66 $mac_c
	send na target fd00:1::64 lladdr $mac_a override
	settle
	counted sightings 4 || fail "sightings: $(counter sightings)"
	expect vip_add 10.1.0.64/32
	is "flagged neigh w0" 10.1.0.64 || fail "$(state 10.1.0.64)"
	owned "arp gratuitous $mac_a warning" 10.1.0.64 ||
		fail "$(owner 10.1.0.64)"
	expect vip_add 10.9.0.64/32
	is "flagged neigh w0" 10.9.0.64 || fail "$(state 10.9.0.64)"
	owned "arp reply $mac_a warning" 10.9.0.64 || fail "$(owner 10.9.0.64)"
	expect vip_add 10.1.0.65/32
	is "flagged onlink w0" 10.1.0.65 || fail "a probe claims nothing"
	expect ctl peer add $mac_c
	expect vip_add 10.1.0.66/32
	is "flagged onlink w0" 10.1.0.66 || fail "a peer's"
	expect vip_add fd00:1::64/128
	is "flagged neigh w0" fd00:1::64 || fail "$(state fd00:1::64)"
	owned "nd advert $mac_a warning" fd00:1::64 ||
		fail "$(owner fd00:1::64)"
	# what the operator says is weighed with it
	set_policy neigh allow
	is "flagged onlink w0" 10.1.0.64 || fail "neigh allow"
	is "" 10.9.0.64 || fail "neigh allow outside of prefixes"
}

test_no_sightings()
{
	setup
	bind_up_to 30
	claim 10.1.0.64 $mac_a
	settle
	expect ctl wire set sightings 0
	equal 0 "$(counter sightings_max)" sightings_max
	equal 0 "$(counter sightings)" sightings
	claim 10.1.0.65 $mac_a
	expect vip_add 10.1.0.64/32
	expect vip_add 10.1.0.65/32
	is "flagged onlink w0" 10.1.0.64 || fail "not forgotten"
	is "flagged onlink w0" 10.1.0.65 || fail "remembered"
	expect ctl wire set sightings 4096
	claim 10.1.0.66 $mac_a
	settle
	expect vip_add 10.1.0.66/32
	is "flagged neigh w0" 10.1.0.66 || fail "not remembered"
}

# However much is forged, it takes an answer to refuse a VIP, and with neigh flag
# not even that does.
test_forgeries()
{
	setup
	bind_up_to 30
	send arp op reply spa 10.1.0.64 tpa 10.1.0.9 sha $mac_a dst "$w0_mac" \
		count 1000
	claim 10.1.0.64 $mac_a count 1000
	settle
	expect vip_add 10.1.0.64/32
	is "flagged neigh w0" 10.1.0.64 || fail "$(state 10.1.0.64)"
	expect vip_del 10.1.0.64/32
	station_has 10.1.0.64
	speak 10.1.0.64
	refused neigh vip_add 10.1.0.64/32
	set_policy neigh flag
	expect vip_add 10.1.0.64/32
	is "flagged neigh w0" 10.1.0.64 || fail "$(state 10.1.0.64)"
}

# Who was known for sure stays the owner until he no longer answers, though the
# neighbour entry is gone.
test_sticky()
{
	local both="10.1.0.64/32 fd00:1::64/128" vip

	setup
	station_has 10.1.0.64 fd00:1::64
	speak 10.1.0.64
	speak fd00:1::64
	for vip in $both; do
		refused neigh vip_add $vip
	done
	expect here ip neigh flush dev w0
	# shellcheck disable=SC2086 # words
	never_bound 4 $both
	is "rejected neigh w0" 10.1.0.64 || fail "$(state 10.1.0.64)"
	is "rejected neigh w0" fd00:1::64 || fail "$(state fd00:1::64)"
	station_loses 10.1.0.64 fd00:1::64
	for vip in $both; do
		wait_for binds $vip
	done
}

aged()
{
	! neigh_state REACHABLE "$1"
}

# An owner that ages as in weeks of silence: the holder's tries do not wear the
# refusal out.
test_sticky_ages()
{
	setup
	station_has 10.1.0.64
	speak 10.1.0.64
	refused neigh vip_add 10.1.0.64/32
	# once more, for an entry that ages at once
	here sysctl -qw net.ipv4.neigh.w0.gc_stale_time=1 \
		net.ipv4.neigh.w0.base_reachable_time_ms=500
	expect here ip neigh flush dev w0
	expect here ping -c 1 -W 5 10.1.0.64
	wait_for aged 10.1.0.64
	never_bound 8 10.1.0.64/32
	station_loses 10.1.0.64
	wait_for binds 10.1.0.64/32
}

# A refusal that nobody stands for ends.
test_sticky_nobody()
{
	setup
	neigh 10.1.0.64 $mac_a permanent
	neigh fd00:1::64 $mac_a permanent
	refused neigh vip_add 10.1.0.64/32
	refused neigh vip_add fd00:1::64/128
	expect here ip neigh del 10.1.0.64 dev w0
	expect here ip neigh del fd00:1::64 dev w0
	refused neigh vip_add 10.1.0.64/32
	refused neigh vip_add fd00:1::64/128
	wait_for binds 10.1.0.64/32
	wait_for binds fd00:1::64/128
}

# What nobody can vouch for is asked about, and binds at a later try.
test_verify_free()
{
	local vip

	setup
	set_policy onlink verify
	hear
	for vip in 10.1.0.64/32 fd00:1::64/128; do
		refused onlink vip_add $vip
	done
	# ip has no word for the error's number if there is a sentence
	refused "Resource temporarily unavailable" \
		here ifconfig $dev:v 10.1.0.64
	for vip in 10.1.0.64/32 fd00:1::64/128; do
		wait_for binds $vip
	done
	# RFC 5227, 2.1.1: three of them; of RFC 4862, 5.1, one is enough
	equal 3 "$(heard "arp 1 $w0_mac 0.0.0.0 .* 10.1.0.64")" probes
	heard_more 0 "ns $w0_mac :: fd00:1::64" || fail "no solicitation"
	counted probes 4 || fail "probes: $(counter probes)"
	# what was free a moment ago binds at once
	for vip in 10.1.0.64/32 fd00:1::64/128; do
		expect vip_del $vip
		expect vip_add $vip
	done
	# an address outside of every prefix needs no asking
	expect vip_add 10.9.0.64/32
}

says_neigh()
{
	local out

	! out=$(vip_add "$1" 2>&1) || fail "$1 is bound"
	[[ $out == *neigh* ]]
}

# The incident cannot be: an owner that the node never spoke to
test_verify_owned()
{
	local vip

	setup
	station_has 10.1.0.64 fd00:1::64
	set_policy onlink verify
	for vip in 10.1.0.64/32 fd00:1::64/128; do
		refused onlink vip_add $vip
	done
	for vip in 10.1.0.64/32 fd00:1::64/128; do
		wait_for says_neigh $vip
		is "rejected neigh w0" ${vip%/*} || fail "$(state ${vip%/*})"
		equal "$(there cat /sys/class/net/w0p/address)" \
			"$(field lladdr ${vip%/*})" lladdr
		equal critical "$(field severity ${vip%/*})" severity
	done
	never_bound 4 10.1.0.64/32 fd00:1::64/128
	refused "Address already in use" here ifconfig $dev:v 10.1.0.64
	station_loses 10.1.0.64 fd00:1::64
	for vip in 10.1.0.64/32 fd00:1::64/128; do
		wait_for binds $vip
	done
}

# answer ADDRESS: when it is asked for, three stations answer at once
answer()
{
	wait_for heard_more 0 "arp 1 $w0_mac 0.0.0.0 .* $1"
	send arp op reply spa "$1" tpa 10.1.0.9 tha "$w0_mac" dst "$w0_mac" \
		sha $mac_a count 3 vary sha
}

# That peers answer before the owner does not hide him.
test_verify_among_peers()
{
	local i

	setup
	set_policy onlink verify
	expect ctl peer add $mac_a
	expect ctl peer add $mac_b
	hear
	for i in 64 65 66 67; do
		refused onlink vip_add 10.1.0.$i/32
		answer 10.1.0.$i
		wait_for says_neigh 10.1.0.$i/32
		equal $mac_c "$(field lladdr 10.1.0.$i)" lladdr
	done
}

# A frame that says whose it is vouches for nobody: not for the owner, if he does
# not answer, and not for the VIP, if he does.
test_verify_claimed()
{
	setup
	bind_up_to 30
	station_has 10.1.0.64
	claim 10.1.0.64 "$(there cat /sys/class/net/w0p/address)"
	claim 10.1.0.65 $mac_a
	settle
	set_policy onlink verify
	refused onlink vip_add 10.1.0.64/32
	refused onlink vip_add 10.1.0.65/32
	wait_for says_neigh 10.1.0.64/32
	wait_for binds 10.1.0.65/32
}

# Asked after the bind, who has the address says so.
test_probe()
{
	local mac

	setup
	set_policy probe on
	hear
	station_has 10.1.0.64 fd00:1::64
	mac=$(there cat /sys/class/net/w0p/address)
	for i in 64 65; do
		expect vip_add 10.1.0.$i/32
		expect vip_add fd00:1::$i/128
	done
	wait_for is "flagged neigh w0" 10.1.0.64
	wait_for is "flagged neigh w0" fd00:1::64
	for vip in 10.1.0.64 fd00:1::64; do
		equal "$mac" "$(field lladdr $vip)" lladdr
		equal probe "$(field evidence $vip)" evidence
	done
	wait_for heard_more 2 "arp 1 $w0_mac 0.0.0.0 .* 10.1.0.65"
	wait_for heard_more 0 "ns $w0_mac :: fd00:1::65"
	is "flagged onlink w0" 10.1.0.65 || fail "$(state 10.1.0.65)"
	is "flagged onlink w0" fd00:1::65 || fail "$(state fd00:1::65)"
	# the node never says that it has it
	equal 0 "$(heard "arp [12] $w0_mac 10.1.0.6[45]")" announcements
	equal 0 "$(heard "na $w0_mac .* fd00:1::6[45]")" advertisements
}

# Two that probe at the same time (RFC 5227, 2.1.1)
test_probe_simultaneous()
{
	setup
	bind_up_to 30
	set_policy probe on
	hear
	expect vip_add 10.1.0.64/32
	wait_for heard_more 0 "arp 1 $w0_mac 0.0.0.0 .* 10.1.0.64"
	send arp tpa 10.1.0.64 sha $mac_a
	wait_for is "flagged neigh w0" 10.1.0.64
	owned "arp probe $mac_a warning" 10.1.0.64 || fail "$(owner 10.1.0.64)"
	# its own one that comes back is nobody's
	expect vip_add 10.1.0.65/32
	wait_for heard_more 0 "arp 1 $w0_mac 0.0.0.0 .* 10.1.0.65"
	send arp tpa 10.1.0.65 sha "$w0_mac"
	nobodys 10.1.0.65
}

# Many VIPs at once make no storm: what is asked a second is limited.
test_probe_many()
{
	local begin before rate

	setup
	set_policy probe on
	expect vip_add 10.1.0.9/16 w0
	hear
	seq 1 2000 | awk '{ printf "addr add 10.1.%d.%d/32 dev %s\n",
		1 + $1 / 250, 1 + $1 % 250, dev }' dev=$dev |
		here ip -batch - || fail "cannot bind"
	wait_for heard_more 20 "arp 1 $w0_mac 0.0.0.0"
	begin=$(date +%s%N)
	before=$(heard "arp 1 $w0_mac 0.0.0.0")
	wait_for heard_more $((before + 100)) "arp 1 $w0_mac 0.0.0.0"
	rate=$(($(heard "arp 1 $w0_mac 0.0.0.0") - before))
	rate=$((rate * 1000000000 / ($(date +%s%N) - begin)))
	echo "# $rate probes a second"
	[ $rate -le 250 ] || fail "$rate probes a second"
}

run_all test_states test_not_others test_policies test_late test_sightings \
	test_no_sightings test_forgeries test_sticky test_sticky_ages \
	test_sticky_nobody test_verify_free test_verify_owned \
	test_verify_among_peers test_verify_claimed test_probe \
	test_probe_simultaneous test_probe_many
