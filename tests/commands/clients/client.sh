#!/bin/sh
# The work of client.py with curl: a process and a connection a call.
set -eu
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
old="$1/iam/v1beta1/organizations/$2"

call() {
    method=$1 url=$2
    shift 2
    curl --silent --show-error --compressed --max-time 20 --output "$answer" --write-out '%{http_code}\n' \
        --request "$method" --header "Authorization: Bearer $token" "$@" "$url"
}

token=$3
call GET "$old/users?limit=2"
call GET "$old/users?limit=2&offset=2"
call POST "$old/teams" --header 'Content-Type: application/json' \
    --data '{"name": "recorded", "description": "für alle"}'
# The first id is that of who made it, the last one that of who changed it.
id=$(sed -E 's/.*"id":"([^"]+)","isIdp.*/\1/' "$answer")
call GET "$old/teams/$id"
call DELETE "$old/teams/$id"
call GET "$old/teams/$id"
call GET "$1/v1/organizations/$2/audit-logs"
