# shellcheck shell=bash
# A small and careful client of LeadSquared's RetrieveAvailableSlots for bash, curl, jq and GNU date; to be sourced and copied.
#
#   bookable '["a@example.com"]' 2026-03-02 2026-03-06 false      a JSON list of {user, start, end}; returns 1 and a message
#                                                                   on standard error where it does not know
# Keys come from LSQ_ACCESS_KEY and LSQ_SECRET_KEY, in single quotes wherever they are written down: they have a $.

PAGE_SIZE=${PAGE_SIZE:-100}
TRIES=4
CALLS=()

# One answer, however many calls it takes, in $answer.
ask() {
  local attempt text pause seconds
  for ((attempt = 1; attempt <= TRIES; attempt++)); do
    if ((${#CALLS[@]} >= 25)); then # 25 calls in 5 s, and no more
      pause=$(jq -n "[${CALLS[0]} + 5.5 - $EPOCHREALTIME, 0] | max")
      sleep "$pause"
      CALLS=("${CALLS[@]:1}")
    fi
    CALLS+=("$EPOCHREALTIME")
    pause=$(jq -n "0.2 * pow(2; $attempt)")
    # Keys in headers, and from standard input: a URL is written into logs, and arguments are seen by every user of the machine.
    if text=$(printf 'header = "x-LSQ-AccessKey: %s"\nheader = "x-LSQ-SecretKey: %s"\n' "$LSQ_ACCESS_KEY" "$LSQ_SECRET_KEY" |
      curl --silent --show-error --max-time 10 --config - --header 'Content-Type: application/json' --data-binary "$1" \
        "$LSQ_BASE_URL/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress" 2>&1); then
      case $text in '<'*) echo "an HTML page in place of an answer" >&2; return 1 ;; esac
      # The status does not tell an error from an answer: the vendor sends errors inside 200, too.
      if jq -e 'type == "object" and has("RecordCount")' <<<"$text" >/dev/null 2>&1; then
        answer=$text
        return 0
      fi
      if jq -e 'type == "object"' <<<"$text" >/dev/null 2>&1; then
        seconds=$(jq -r '.ExceptionMessage // "" | capture("exceeded the limit of \\d+ in (?<s>\\d+) second").s // empty' <<<"$text")
        [ -n "$seconds" ] || { echo "$text" >&2; return 1; }
        pause=$((seconds)).1
      fi
    fi # else reset, closed, cut off, or too slow: worth another try
    ((attempt == TRIES)) || sleep "$pause"
  done
  echo "$text" >&2
  return 1
}

# When a user is free, breaks taken out, as lines: user, zone, first and last second. The end itself may be a time that a change of
# clocks skips, and that date refuses; the second before is there.
FREE='
  def seconds: split(":") | map(tonumber) | .[0] * 3600 + .[1] * 60 + .[2];
  def span: [(.StartTime | seconds), (.EndTime | seconds | if . == 0 then 86400 else . end)];
  def wall($day): . + ($day + "T00:00:00Z" | fromdate) | strftime("%Y-%m-%d %H:%M:%S");
  (.List // [])[] | .Date as $day | .UserSlots[] | . as $entry
  | reduce ($entry.Breaks // [] | map(span))[] as $pause ($entry.AvailableSlots // [] | map(span);
      map([.[0], ([.[1], $pause[0]] | min)], [([.[0], $pause[1]] | max), .[1]]) | map(select(.[0] < .[1])))
  | .[] | [$entry.EmailAddress, $entry.WorkDayTemplateTimeZone, (.[0] | wall($day)), (.[1] - 1 | wall($day))] | @tsv'

bookable() {
  local from=$2 to page pages body answer found=''
  while [[ ! $from > $3 ]]; do
    to=$(date -u -d "$from +100 days" +%F)
    [[ $to > $3 ]] && to=$3
    for ((page = 1, pages = 1; page <= pages; page++)); do
      body=$(jq -nc --argjson users "$1" --arg from "$from" --arg to "$to" --argjson flag "$4" --argjson page "$page" --argjson size "$PAGE_SIZE" \
        '{FromDate: $from, ToDate: $to, Users: $users, IncludeAllowedConflictSlots: $flag, Paging: {PageIndex: $page, PageSize: $size}}')
      ask "$body" || return 1
      pages=$(jq "(.RecordCount / $PAGE_SIZE) | ceil" <<<"$answer")
      found+=$(jq -r "$FREE" <<<"$answer")$'\n'
    done
    from=$(date -u -d "$to +1 day" +%F)
  done
  found=$(grep . <<<"$found" || true)
  [ -n "$found" ] || { echo '[]'; return 0; }
  # GNU date reads wall-clock times of any zone, a file of them at once.
  paste <(cut -f1 <<<"$found") \
    <(awk -F'\t' '{ printf "TZ=\"%s\" %s\n", $2, $3 }' <<<"$found" | TZ=UTC date -f - +%FT%TZ) \
    <(awk -F'\t' '{ printf "TZ=\"%s\" %s\n", $2, $4 }' <<<"$found" | date -f - +%s) |
    jq -Rnc '[inputs | split("\t") | {user: .[0], start: .[1], end: (.[2] | tonumber + 1 | todate)}]'
}
