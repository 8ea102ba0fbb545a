#!/usr/bin/env bash
# The driver for `lsq-contract consumer -- bash driver.sh`: asks the application one question after the other.
. "$(dirname "$0")/slots.sh"

results=()
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
while read -r question; do
  field() { jq -c ".$1" <<<"$question"; }
  text() { jq -r ".$1" <<<"$question"; }
  # Not in a subshell: the calls are counted here.
  if bookable "$(field users)" "$(text from)" "$(text to)" "$(field includeAllowedConflictSlots)" 2>"$errors" >"$errors.out"; then
    results+=("{\"bookable\": $(cat "$errors.out")}")
  else
    results+=("$(jq -Rsc '{error: .}' <"$errors")")
  fi
done < <(jq -c '.questions[]')
rm -f "$errors.out"
printf '%s\n' "${results[@]}" | jq -sc '{results: .}'
