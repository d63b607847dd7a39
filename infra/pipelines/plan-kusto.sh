#!/usr/bin/env bash
# Plans the definitions of a database, shows the plan as a summary of the run, and sets the outputs hasChanges and hash.
set -euo pipefail
: "${KUSTO_CLUSTER:?}" "${KUSTO_DATABASE:?}" "${KUSTO_ENVIRONMENT:?}" "${AGENT_TEMPDIRECTORY:?}"

status=0
plan="$(npm run --silent kusto -- plan --check --environment "$KUSTO_ENVIRONMENT")" || status=$?
hash="$(printf '%s' "$plan" | sha256sum | cut -d ' ' -f 1)"
# What a database holds must not give the agent a command.
plan="${plan//\#\#/# #}"
printf '%s\n' "$plan"
# 1 is a plan with changes, anything above is a failure.
[ "$status" -le 1 ] || exit "$status"

summary="$AGENT_TEMPDIRECTORY/kusto-plan.md"
{ echo '````'; printf '%s\n' "$plan"; echo '````'; } > "$summary"
echo "##vso[task.uploadsummary]$summary"
has_changes=false
[ "$status" -eq 0 ] || has_changes=true
echo "##vso[task.setvariable variable=hasChanges;isOutput=true]$has_changes"
echo "##vso[task.setvariable variable=hash;isOutput=true]$hash"
