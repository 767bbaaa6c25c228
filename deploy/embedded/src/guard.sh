# Runs one server and ends it when the pipe on standard input closes. The kernel closes that pipe
# however the parent dies, so that even `kill -9` of the parent leaves no server behind.
#
# Arguments: the signal that stops the server, the seconds it may take before it is killed, a folder
# to remove afterwards or an empty word, and the command. Prints the server's process id.
unset GUARD
signal=$1
grace_s=$2
remove=$3
shift 3

exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
echo "$server"
exec >&-
trap 'kill -s "$signal" "$server"' HUP INT TERM

(
    trap - HUP INT TERM
    while read -r _; do :; done <&3
    kill -s "$signal" "$server"
    ticks=$((grace_s * 10))
    while [ "$ticks" -gt 0 ] && kill -0 "$server"; do
        sleep 0.1
        ticks=$((ticks - 1))
    done
    kill -s KILL "$server"
) 2>/dev/null &
watcher=$!
exec 3<&-

while :; do
    wait "$server"
    status=$?
    kill -0 "$server" 2>/dev/null || break
done
kill "$watcher" 2>/dev/null
[ -z "$remove" ] || rm -rf "$remove"
exit "$status"
