# What the action does; see action.yml. It reads INPUT_*, ACTION_PATH, RUNNER_TEMP and GITHUB_OUTPUT.
set -euo pipefail

case $INPUT_COMMAND in
  serve) extra="" ;;
  check) extra="[kit]" ;;
  *) echo "::error::command is '$INPUT_COMMAND'; expected serve or check"; exit 2 ;;
esac
python=$(command -v python3 || command -v python) || { echo "::error::Python 3.11 or later is needed: actions/setup-python brings it"; exit 2; }
folder=$RUNNER_TEMP/leadsquared-slots
if [ ! -e "$folder/installed$extra" ]; then # a job may start the emulator, and check it in a later step
  "$python" -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$ACTION_PATH/../..$extra"
  touch "$folder/installed" "$folder/installed$extra"
fi

words=(--profile "$INPUT_PROFILE" --seed "$INPUT_SEED")
[ -z "$INPUT_SCENARIO" ] || words+=(--scenario "$INPUT_SCENARIO")
if [ -n "$INPUT_ARGS" ]; then
  while IFS= read -r -d '' word; do words+=("$word"); done < <(xargs printf '%s\0' <<<"$INPUT_ARGS")
fi

if [ "$INPUT_COMMAND" = check ]; then
  exec "$folder/bin/lsq-contract" check "$INPUT_URL" --github --no-color "${words[@]}"
fi

rm -f "$folder/port"
nohup "$folder/bin/lsq-mock" serve --port "$INPUT_PORT" --port-file "$folder/port" "${words[@]}" >"$folder/log" 2>&1 </dev/null &
server=$!
for _ in $(seq 300); do
  [ ! -s "$folder/port" ] || break
  kill -0 "$server" 2>/dev/null || { echo "::error::the emulator did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"; exit 1; }
  sleep 0.1
done
[ -s "$folder/port" ] || { echo "::error::the emulator was not ready within 30 seconds"; exit 1; }
url=http://127.0.0.1:$(cat "$folder/port")
{
  echo "url=$url"
  echo "access-key=${LSQ_ACCESS_KEY:-AccessKey}"
  echo "secret-key=${LSQ_SECRET_KEY:-SecretKey}"
} >>"$GITHUB_OUTPUT"
echo "lsq-mock listens on $url; its log is $folder/log"
