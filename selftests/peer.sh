#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The list of peers: words, files, all or nothing, one list for each namespace.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)
. "$(dirname "$0")/common.sh"

setup()
{
	new_netns
	new_link ipvsdummy $dev
}

# All peers, in one line
peers()
{
	ctl peer list | xargs
}

test_words()
{
	setup
	equal "" "$(peers)" "none yet"
	equal "[]" "$(ctl -j peer list)" "none in JSON"
	expect ctl peer add 10.1.0.0/24
	expect ctl peer add 10.2.0.7
	expect ctl peer add fd00:1::/64
	expect ctl peer add fd00:2::7/128
	expect ctl pe a 52:54:0:12:34:AB
	equal "10.1.0.0/24 10.2.0.7 52:54:00:12:34:ab fd00:1::/64 fd00:2::7" \
		"$(ctl peer list | LC_ALL=C sort | xargs)" added
	equal 5 "$(ctl -j wire | jq .peers)" "in number"
	equal '["10.1.0.0/24","10.2.0.7/32","fd00:1::/64","fd00:2::7/128"] ["52:54:00:12:34:ab"]' \
		"$(ctl -j peer list | jq -rc '[map(.prefix // empty),
			map(.lladdr // empty)] | map(sort | tostring) |
			join(" ")')" json
	equal '["inet","inet6"]' "$(ctl -j peer list |
		jq -c 'map(.family // empty) | unique')" families
	expect ctl peer del 10.2.0.7/32
	expect ctl peer del 52:54:00:12:34:ab
	expect ctl peer del fd00:1::/64
	equal "10.1.0.0/24 fd00:2::7" "$(peers)" deleted
	expect ctl peer flush
	expect ctl peer flush
	equal "" "$(peers)" flushed
}

test_wrong_words()
{
	setup
	expect ctl peer add 10.1.0.0/24
	expect ctl peer add 52:54:00:12:34:02
	all_wrong <<-END
		add, del, list, flush or sync | peer
		frob: not what to do about peers | peer frob
		which peer | peer add
		which peer | peer del
		which file | peer sync
		one argument too many | peer add 10.1.0.1 10.1.0.2
		one argument too many | peer list x
		one argument too many | peer flush 10.1.0.0/24
		one argument too many | peer sync /dev/null x
		x: not a prefix or link-layer address | peer add x
		not a prefix or link-layer address | peer add ""
		10.1.0.1/24: host bits set, 10.1.0.0/24? | peer add 10.1.0.1/24
		fd00::1/64: host bits set, fd00::/64? | peer del fd00::1/64
		over 32 | peer add 10.1.0.0/33
		over 128 | peer add fd00::/129
		not a prefix | peer add 10.1.0.0/
		not a prefix | peer add 52:54:00:12:34
		not a prefix | peer add 52:54:00:12:34:02:03
		not a prefix | peer add 52:54:00:12:34:002
		not a prefix | peer add 52:54:00:12:34:
		not a prefix | peer add 52-54-00-12-34-02
		not a prefix | peer add 52:54:00:12:34:0g
		not the address of a station | peer add ff:ff:ff:ff:ff:ff
		not the address of a station | peer add 01:00:5e:00:00:01
		not the address of a station | peer add 0:0:0:0:0:0
		10.1.0.0/24: | peer add 10.1.0.0/24
		52:54:00:12:34:02: | peer add 52:54:0:12:34:2
		10.1.0.0/25: | peer del 10.1.0.0/25
		52:54:00:12:34:03: | peer del 52:54:00:12:34:03
		No such file | peer sync $tmp/nosuch
		Is a directory | peer sync $tmp
	END
	wrong "only for sync" -dry-run peer sync /dev/null
}

test_sync()
{
	setup
	expect ctl peer add 10.9.0.0/16
	expect ctl peer sync - <<-END
		# the nodes, by address
		10.1.0.0/24   # all of them

		  "fd00:1::/64"
		52:54:00:12:34:02
		10.2.0.7
	END
	equal "10.1.0.0/24 10.2.0.7 52:54:00:12:34:02 fd00:1::/64" \
		"$(ctl peer list | LC_ALL=C sort | xargs)" synced
	ctl peer list >"$tmp/list"
	expect ctl peer sync "$tmp/list"
	equal "$(cat "$tmp/list")" "$(ctl peer list)" "there and back"
	# what is listed is the same whatever the order was
	expect ctl peer flush
	tac "$tmp/list" | expect ctl peer sync -
	equal "$(cat "$tmp/list")" "$(ctl peer list)" "in another order"
	expect ctl peer sync /dev/null
	equal "" "$(peers)" "an empty file"
}

# All or nothing, and the line that is wrong is named
test_wrong_files()
{
	local number=0

	setup
	expect ctl peer add 10.9.0.0/16
	while IFS= read -r line; do
		number=$((number + 1))
		printf '# a\n10.1.0.1\n%s\n10.1.0.3\n' "${line#*| }" \
			>"$tmp/file.$number"
		echo "$tmp/file.$number:3: ${line%% |*} | peer sync $tmp/file.$number"
	done >"$tmp/wrong-files" <<-END
		10.1.0.1: given twice, before in line 2 | 10.1.0.1
		10.1.0.1: given twice, before in line 2 | 10.1.0.1/32
		10.1.0.9/24: host bits set | 10.1.0.9/24
		x: not a prefix or link-layer | x
		10.1.0.4: one peer a line | 10.1.0.2 10.1.0.4
		ff:ff:ff:ff:ff:ff: not the address | ff:ff:ff:ff:ff:ff
		10.1.0.2: begins with a quote | '10.1.0.2
	END
	all_wrong <"$tmp/wrong-files"
	equal "10.9.0.0/16" "$(peers)" untouched
	equal "-:1: -: the batch is read from standard input" \
		"$(echo "peer sync -" | ctl -batch - 2>&1 |
			sed 's/^ipvsdummyctl: //')" "standard input twice"
}

test_batch()
{
	setup
	expect ctl -batch - <<-END
		peer add 10.1.0.1
		peer add 52:54:00:12:34:02
		peer del 10.1.0.1
		peer list
	END
	equal "52:54:00:12:34:02" "$(peers)" batch
	equal "52:54:00:12:34:02 []" "$(printf '%s\n' "peer list" "peer flush" \
		"peer list" | ctl -j -batch - |
		jq -rc 'if length > 0 then .[0].lladdr else . end' | xargs)" \
		"JSON of each line"
}

# They are the namespace's: no link's policy has them, and all links lose them
test_namespaces()
{
	local first

	setup
	expect ctl peer add 10.1.0.1
	! ctl save $dev | grep -q 10.1.0.1 || fail "saved with a link"
	ctl save $dev >"$tmp/saved"
	expect ctl sync $dev "$tmp/saved"
	equal "10.1.0.1" "$(peers)" "after a sync"
	first=$ns
	setup
	equal "" "$(peers)" "in another namespace"
	expect ctl peer add 10.1.0.2
	ns=$first
	equal "10.1.0.1" "$(peers)" "in the first"
}

# As many as fit, in one request; and one more.
test_full()
{
	local max

	setup
	max=$(ctl -j wire | jq .peers_max)
	seq 0 $((max - 1)) |
		awk '{ printf "10.%d.%d.7\n", $1 / 256, $1 % 256 }' >"$tmp/full"
	expect ctl peer sync "$tmp/full"
	equal "$max" "$(ctl -j wire | jq .peers)" peers
	equal "$max" "$(ctl peer list | wc -l)" listed
	wrong "" peer add 192.0.2.1
	expect ctl peer sync "$tmp/full"
	echo 192.0.2.1 >>"$tmp/full"
	wrong "" peer sync "$tmp/full"
}

# A station that is a peer since its own address says so. The kernel tells of a new IPv6
# address where nobody may sleep; that somebody does shows on the debug kernel.
test_neighbour6()
{
	guarded_netns
	here ip link set w0 up
	here ip link set w0p up
	expect here ip addr add fd00:1::1/64 dev w0 nodad
	expect here ip neigh replace fd00:1::9 lladdr 02:00:00:00:00:09 dev w0
	expect ctl peer add fd00:1::50
	expect ctl set $dev neigh flag
	expect vip_add fd00:1::9/128
	equal neigh "$(here ipvsdummy-mon --json | jq -r .class)" "a stranger's"
	expect vip_del fd00:1::9/128
	expect here ip neigh replace fd00:1::50 lladdr 02:00:00:00:00:09 dev w0
	expect vip_add fd00:1::9/128
	equal onlink "$(here ipvsdummy-mon --json | jq -r .class)" "a peer's"
}

run_all test_words test_wrong_words test_sync test_wrong_files test_batch \
	test_namespaces test_full test_neighbour6
