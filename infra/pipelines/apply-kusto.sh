#!/usr/bin/env bash
# Applies the definitions of a database, if the plan is still the one that was approved.
set -euo pipefail
: "${KUSTO_CLUSTER:?}" "${KUSTO_DATABASE:?}" "${KUSTO_ENVIRONMENT:?}" "${APPROVED_PLAN:?}"

status=0
plan="$(npm run --silent kusto -- plan --check --environment "$KUSTO_ENVIRONMENT")" || status=$?
# 1 is a plan with changes, anything above is a failure.
[ "$status" -le 1 ] || exit "$status"
if [ "$(printf '%s' "$plan" | sha256sum | cut -d ' ' -f 1)" != "$APPROVED_PLAN" ]; then
  echo 'The plan is not the one that was approved, because the database has changed since: run the stage that plans again.' >&2
  exit 1
fi
npm run --silent kusto -- apply --environment "$KUSTO_ENVIRONMENT"
